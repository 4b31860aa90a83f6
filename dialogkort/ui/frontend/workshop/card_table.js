// @ts-check
// The table: every card at its place, face down until it is turned.

import { h, setAttribute } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { asKey } from "../core/texts.js";
import { areaShape } from "../core/theme.js";
import { OUTCOME_OF } from "../core/vocabulary.js";

const FEW = 21; // cards: three rows
const MOST_ACROSS = 7;
const MOST_ACROSS_NARROW = 3;

/** @typedef {import("../core/types.js").Table} Table */
/** @typedef {import("../core/types.js").Deck} Deck */

/**
 * The spread deck. `turn(card)` is called when a card is picked by mouse, touch or key.
 *
 * @param {import("../core/texts.js").Texts} t
 * @param {(card: string) => void} turn
 */
export function cardTable(t, turn) {
  const element = h("div", { class: "dk-spread", role: "group", "aria-label": t("table.cards") });
  /** @type {HTMLButtonElement[]} */
  let buttons = [];
  let focused = 0;
  let laid = "";

  const setTabStop = (index) => {
    buttons[focused]?.setAttribute("tabindex", "-1");
    focused = index;
    buttons[focused].setAttribute("tabindex", "0");
  };
  const focusPlace = (index) => {
    setTabStop(index);
    buttons[focused].focus();
  };
  element.addEventListener("keydown", (event) => {
    const goal = goalOf(event.key, focused, buttons);
    if (goal === undefined) return;
    event.preventDefault();
    if (goal >= 0 && goal < buttons.length) focusPlace(goal);
  });
  const lay = (order) => {
    laid = order.join();
    focused = 0;
    buttons = order.map((card, index) => {
      const pick = () => {
        setTabStop(index);
        turn(card);
      };
      return cardPlace(card, index, pick);
    });
    element.replaceChildren(...buttons);
    element.toggleAttribute("data-few", order.length <= FEW);
    element.style.setProperty("--across", String(evenColumns(order.length, MOST_ACROSS)));
    element.style.setProperty("--across-narrow", String(evenColumns(order.length, MOST_ACROSS_NARROW)));
  };
  return {
    element,
    paint(
      /** @type {Table} */ table,
      /** @type {Deck} */ deck,
      /** @type {Record<string, number>} */ noteCounts,
    ) {
      if (laid !== table.order.join()) lay(table.order);
      table.order.forEach((card, index) => {
        const notes = noteCounts[card] ?? 0;
        paintPlace(t, buttons[index], { place: index, card, notes }, deck, table);
      });
      fitQuestions(element);
    },
    /** The table has another size. */
    refit: () => fitQuestions(element),
    buttonOf: (/** @type {string} */ card) => buttons.find((place) => place.dataset.card === card),
    /** Move the keyboard to a card's place. */
    focusOn(/** @type {string} */ card) {
      const index = buttons.findIndex((button) => button.dataset.card === card);
      focusPlace(index < 0 ? focused : index);
    },
  };
}

/** How many of some cards lie beside each other, so that the rows are as even as can be. */
export function evenColumns(/** @type {number} */ count, /** @type {number} */ most) {
  return Math.ceil(count / Math.max(1, Math.ceil(count / most))) || 1;
}

/** Where a key leads from a place; nowhere when it is none of those that move. */
function goalOf(key, from, buttons) {
  const columns = columnsOf(buttons);
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[key];
  return step ? from + step : { Home: 0, End: buttons.length - 1 }[key];
}

function cardPlace(card, index, onclick) {
  const attributes = {
    class: "dk-card",
    type: "button",
    "data-card": card,
    tabindex: index ? "-1" : "0",
    onclick,
  };
  const vars = { "--lean": lean(index) };
  return h(
    "button",
    { ...attributes, vars },
    h("span", { class: "dk-back" }),
    h("span", { class: "dk-mini" }),
  );
}

function paintPlace(
  t,
  button,
  { place, card: id, notes },
  /** @type {Deck} */ deck,
  /** @type {Table} */ table,
) {
  const state = table.turned[id] ?? "down";
  const facts = table.card_facts[id] ?? {};
  const picture = JSON.stringify([state, notes, table.current === id, facts]);
  if (button.dataset.picture === picture) return;
  button.dataset.picture = picture;
  button.dataset.state = state;
  const outcome = OUTCOME_OF[state];
  setAttribute(button, "data-aside", outcome?.isAside);
  const card = deck.cards[id];
  const area = deck.areas[card.area];
  const { number, question } = card;
  const gaps = { place: place + 1, number, area: area.name, question };
  const label = outcome
    ? t("table.place_turned", { ...gaps, outcome: t(`outcome.${outcome.key}.word`) })
    : t("table.place_down", gaps);
  setAttribute(button, "aria-label", notes ? `${label} ${t("table.notes", { count: notes })}` : label);
  setAttribute(button, "aria-current", table.current === id && "true");
  const content = outcome ? smallFace(t, card, area, outcome, facts, notes) : [];
  button.querySelector(".dk-mini").replaceChildren(...content);
}

/** What can be read of a turned card from a distance. */
function smallFace(t, { number, question }, area, became, facts, notes) {
  const words = facts.reason ? t(`skip.${asKey(facts.reason)}`) : t(`outcome.${became.key}.heading`);
  const seen = facts.agreement && t(`agreement.${asKey(facts.agreement)}`);
  const pinned = h("span", { class: "dk-mini-notes" }, t("table.notes", { count: notes }));
  return [
    h("span", { class: "dk-mini-head" }, areaShape(area), h("span", {}, String(number)), notes > 0 && pinned),
    h("span", { class: "dk-mini-room" }, h("span", { class: "dk-mini-text" }, question)),
    h("span", { class: "dk-mini-foot" }, icon(became.icon), outcome(words, seen)),
  ];
}

const MIN_LINES = 2; // of a question: less of it says nothing

/** As much of each question as there is room for in whole lines; where that is too little, none of it. */
function fitQuestions(table) {
  const rooms = [...table.querySelectorAll(".dk-mini-room")];
  const inEach = rooms.map((room) => room.clientHeight / parseFloat(getComputedStyle(room).lineHeight));
  rooms.forEach((room, index) => {
    const lines = Math.floor(inEach[index] + 0.01);
    room.style.setProperty("--lines", String(lines));
    setAttribute(room, "data-cramped", lines < MIN_LINES);
  });
}

/** How many places stand side by side just now. */
function columnsOf(buttons) {
  const first = buttons[0]?.offsetTop;
  const wrap = buttons.findIndex((place) => place.offsetTop !== first);
  return wrap < 0 ? buttons.length : wrap;
}

/** A small fixed tilt, so that the deck looks laid by hand. */
function lean(index) {
  return (((index * 7919) % 17) - 8) / 8;
}

/** What became of a card; or how it was seen: then the icon says the former, and the question has room. */
function outcome(/** @type {string} */ words, /** @type {string | null | undefined} */ seen) {
  return h("span", {}, seen && h("span", { class: "dk-unseen" }, `${words} · `), seen ?? words);
}
