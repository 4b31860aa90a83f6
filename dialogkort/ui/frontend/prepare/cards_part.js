// @ts-check
// The cards: how they are drawn, which areas in which order, which cards are left out or chosen.

import { roundButton } from "../core/buttons.js";
import { h, setText, setVisible } from "../core/dom.js";
import { keyedList } from "../core/keyed_list.js";
import { foldedPart } from "./plan_field.js";
import { moved, toggled } from "./plan_state.js";

const PICKED = ["chosen", "own order"];

/** @param {import("../core/texts.js").Texts} t @param {(fields: Record<string, any>) => void} change */
export function cardsPart(t, change) {
  /** @type {import("./plan_form.js").ShownPlan} */
  let shown;
  const draws = drawChoice(t, (draw) => change({ draw }));
  const areas = orderedList(t, {
    change: (list) => change({ areas: list }),
    words: (area) => area,
    all: () => shown.choices.areas,
    listed: () => shown.fields.areas.length ? shown.fields.areas : shown.choices.areas,
  });
  const order = orderedList(t, {
    change: (list) => change({ chosen: list }),
    words: (card) => wordsOf(shown, card),
    all: () => shown.fields.chosen,
    listed: () => shown.fields.chosen,
  });
  const cards = cardChecks(t, (card, isIn) => {
    const { draw, chosen, left_out } = shown.fields;
    if (PICKED.includes(draw)) change({ chosen: toggled(chosen, card, isIn) });
    else change({ left_out: toggled(left_out, card, !isIn) });
  });
  const areasHeading = h("h3", {}, t("prepare.areas"));
  const orderHeading = h("h3", {}, t("prepare.order"));
  const cardsHeading = h("h3", {});
  const part = foldedPart(
    t("prepare.which_cards"),
    draws.element,
    areasHeading,
    areas.element,
    orderHeading,
    order.element,
    cardsHeading,
    cards.element,
  );
  return {
    element: part.element,
    paint(/** @type {import("./plan_form.js").ShownPlan} */ plan) {
      shown = plan;
      const { draw } = plan.fields;
      const isPicked = PICKED.includes(draw);
      draws.paint(plan.choices.draws, draw);
      for (const element of [areasHeading, areas.element]) setVisible(element, draw === "by area");
      const isOrdered = draw === "own order" && plan.fields.chosen.length > 0;
      for (const element of [orderHeading, order.element]) setVisible(element, isOrdered);
      setText(cardsHeading, t(isPicked ? "prepare.choose_cards" : "prepare.leave_out"));
      if (draw === "by area") areas.paint();
      if (draw === "own order") order.paint();
      cards.paint(plan, isPicked);
      const name = plan.choices.draws.find((choice) => choice.draw === draw)?.name ?? "";
      part.tell(`${name} · ${t("prepare.on_table", { count: plan.plan.on_table })}`);
    },
  };
}

/** A card's number and question; a question of one's own is marked so. */
function wordsOf({ deck, questions }, /** @type {string} */ id) {
  const card = deck.cards[id];
  if (card) return `${card.number}. ${card.question}`;
  const own = questions.find(({ question }) => `own-${question}` === id);
  return own?.text ?? id;
}

function drawChoice(t, choose) {
  const box = h("fieldset", { class: "dk-prep-draws" }, h("legend", {}, t("prepare.draw")));
  const name = `dk-draw-${Math.random().toString(36).slice(2)}`;
  const buttons = new Map();
  return {
    element: box,
    paint(/** @type {{ draw: string, name: string }[]} */ draws, /** @type {string} */ chosen) {
      for (const { draw, name: words } of draws) {
        if (!buttons.has(draw)) {
          const radio = h("input", { type: "radio", name, value: draw, onchange: () => choose(draw) });
          buttons.set(draw, radio);
          box.append(h("label", { class: "dk-check" }, radio, h("span", {}, words)));
        }
        buttons.get(draw).checked = draw === chosen;
      }
    },
  };
}

/** A list whose items are put in order, and left out or taken in, by buttons. */
function orderedList(t, { change, words, all, listed }) {
  const list = h("ol", { class: "dk-prep-ordered" });
  const shift = (item, by) => change(moved(listed(), item, by));
  const row = () => {
    let item = "";
    const label = h("span", {});
    const check = h("input", {
      type: "checkbox",
      onchange: () => change(toggled(listed(), item, check.checked)),
    });
    const up = roundButton("up", t("prepare.up"), () => shift(item, -1));
    const down = roundButton("down", t("prepare.down"), () => shift(item, 1));
    const name = h("label", { class: "dk-check" }, check, label);
    return {
      element: h("li", {}, name, up, down),
      paint(/** @type {string} */ shownItem) {
        item = shownItem;
        const index = listed().indexOf(item);
        check.checked = index >= 0;
        up.disabled = index < 1;
        down.disabled = index < 0 || index === listed().length - 1;
        up.setAttribute("aria-label", `${t("prepare.up")}: ${words(item)}`);
        down.setAttribute("aria-label", `${t("prepare.down")}: ${words(item)}`);
        setText(label, words(item));
      },
    };
  };
  const paintRows = keyedList(list, row, (item) => item);
  return {
    element: list,
    paint: () => paintRows([...listed(), ...all().filter((item) => !listed().includes(item))]),
  };
}

/** Every card of the deck by area, with a mark by those that lie on the table. */
function cardChecks(t, choose) {
  const element = h("div", { class: "dk-prep-areas" });
  const checks = new Map();
  let painted = "";
  const areaPart = (area, cards) => {
    const rows = cards.map(({ id, words, isOwn }) => {
      const check = h("input", { type: "checkbox", onchange: () => choose(id, check.checked) });
      checks.set(id, check);
      const mark = isOwn && h("span", { class: "dk-prep-own" }, t("prepare.own"));
      return h("li", {}, h("label", { class: "dk-check" }, check, h("span", {}, words, mark)));
    });
    return h("details", {}, h("summary", {}, area), h("ul", { class: "dk-prep-checks" }, rows));
  };
  return {
    element,
    paint(/** @type {import("./plan_form.js").ShownPlan} */ shown, /** @type {boolean} */ isPicked) {
      const areas = listedCards(shown);
      if (JSON.stringify(areas) !== painted) {
        const open = [...element.querySelectorAll("details")].map((part) => part.open);
        painted = JSON.stringify(areas);
        checks.clear();
        element.replaceChildren(...areas.map(({ name, cards }) => areaPart(name, cards)));
        element.querySelectorAll("details").forEach((part, index) => (part.open = Boolean(open[index])));
      }
      const { chosen, left_out } = shown.fields;
      for (const [id, check] of checks) {
        check.checked = isPicked ? chosen.includes(id) : !left_out.includes(id);
      }
    },
  };
}

function listedCards(/** @type {import("./plan_form.js").ShownPlan} */ { deck, questions }) {
  const cards = Object.entries(deck.cards).map(([id, { area, number, question }]) => ({
    id,
    area: deck.areas[area].name,
    words: `${number}. ${question}`,
    isOwn: false,
  }));
  const worded = questions.filter(({ text }) => text.trim());
  const own = worded.map(({ question, text, area }) => ({
    id: `own-${question}`,
    area,
    words: text,
    isOwn: true,
  }));
  const all = [...cards, ...own];
  return deck.areas.map(({ name }) => ({ name, cards: all.filter(({ area }) => area === name) }));
}
