// @ts-check
// The lines that are typed in already, in the order it happened: a press takes one up again.

import { h, setAttribute, setText, setVisible } from "../core/dom.js";
import { keyedList } from "../core/keyed_list.js";
import { asKey } from "../core/texts.js";
import { areaShape } from "../core/theme.js";
import { OPENING_QUESTIONS, OUTCOME_OF } from "../core/vocabulary.js";

/** @typedef {import("./line.js").Subject} Subject */
/** @typedef {Subject & { key: string, place: number | null, words: string, facts: string, area: any,
 *   isInHand: boolean }} ListedLine */

/** @param {import("../core/texts.js").Texts} t @param {(subject: Subject) => void} takeUp */
export function lineList(t, takeUp) {
  const title = h("h2", { id: "dk-lines-title" }, t("paper.lines"));
  const none = h("p", { class: "dk-quiet" }, t("paper.no_lines"));
  const list = h("ul", { class: "dk-lines" });
  const naming = { class: "dk-lines-side", "aria-labelledby": "dk-lines-title" };
  const element = h("section", naming, title, none, list);
  const paintLines = keyedList(list, () => lineRow(takeUp), ({ key }) => key);
  let shown = "";
  const buttons = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll("button")]);
  const stopAt = (/** @type {HTMLElement | undefined} */ chosen) => {
    for (const button of buttons()) button.tabIndex = button === chosen ? 0 : -1;
  };
  list.addEventListener("focusin", (event) => stopAt(/** @type {HTMLElement} */ (event.target)));
  list.addEventListener("keydown", (event) => {
    const all = buttons();
    const place = all.findIndex((button) => button === event.target);
    const to = { ArrowUp: place - 1, ArrowDown: place + 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || place < 0 || event.altKey) return;
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, to))].focus();
  });
  return {
    element,
    paint(/** @type {ListedLine[]} */ lines) {
      setVisible(none, !lines.length);
      paintLines(lines);
      /** @type {HTMLElement | null} */
      const inHand = list.querySelector("[aria-current]");
      if (!list.contains(document.activeElement)) stopAt(inHand ?? buttons().at(-1));
      const now = JSON.stringify(lines.map(({ key, isInHand }) => [key, isInHand]));
      if (now !== shown) bringIntoView(list, inHand ?? list.lastElementChild);
      shown = now;
    },
  };
}

/** Scroll a list, and nothing around it, until one of its lines is seen. */
function bringIntoView(/** @type {Element} */ list, /** @type {Element | null} */ line) {
  if (!line) return;
  const [outer, inner] = [list.getBoundingClientRect(), line.getBoundingClientRect()];
  if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom;
  else if (inner.top < outer.top) list.scrollTop -= outer.top - inner.top;
}

function lineRow(/** @type {(subject: Subject) => void} */ takeUp) {
  const [place, shape, words] = [h("span", { class: "dk-line-place" }), h("span", {}), h("span", {})];
  const facts = h("span", { class: "dk-quiet" });
  /** @type {ListedLine} */
  let shown;
  const onclick = () => takeUp(shown);
  const button = h(
    "button",
    { class: "dk-line", type: "button", onclick },
    ...[place, shape, h("span", { class: "dk-line-words" }, words, facts)],
  );
  return {
    element: h("li", {}, button),
    paint(/** @type {ListedLine} */ line) {
      if (line.area && line.area !== shown?.area) shape.replaceChildren(areaShape(line.area));
      shown = line;
      setText(place, line.place === null ? "" : `${line.place + 1}.`);
      setText(words, line.words);
      setText(facts, line.facts);
      setAttribute(button, "aria-current", line.isInHand && "true");
      setAttribute(button, "data-line", line.key);
    },
  };
}

/**
 * The lines as they are listed: the opening questions that have notes, then the cards in their order.
 *
 * @param {import("../core/texts.js").Texts} t
 * @param {import("../workshop/model.js").TableView} view
 * @param {Subject | null} inHand
 * @returns {ListedLine[]}
 */
export function listedLines(t, { table, deck, notes, noteCounts }, inHand) {
  const openings = OPENING_QUESTIONS.flatMap((question) => {
    const count = notes.filter(({ opening_question }) => opening_question === question).length;
    const words = `${t("bar.opening")}: ${t(`opening.question_${question}`)}`;
    const isInHand = inHand?.opening_question === question;
    const about = { key: `opening-${question}`, place: null, words, area: null, isInHand };
    return count ? [{ ...about, opening_question: question, facts: t("table.notes", { count }) }] : [];
  });
  const cards = table.turn_order.map((card, place) => {
    const { number, question, area } = deck.cards[card];
    const words = `${t("card.number", { number })}: ${question}`;
    const facts = factsOf(t, table, card, noteCounts[card] ?? 0);
    const isInHand = inHand?.card === card;
    return { key: card, place, card, words, facts, area: deck.areas[area], isInHand };
  });
  return [...openings, ...cards];
}

/** What was typed in of a card, in words. */
function factsOf(t, { turned, card_facts }, card, count) {
  const { agreement, reason, minutes } = card_facts[card] ?? {};
  const outcome = t(`outcome.${OUTCOME_OF[turned[card]].key}.word`);
  const facts = [
    outcome,
    agreement && t(`agreement.${asKey(agreement)}`),
    reason && t(`skip.${asKey(reason)}`),
    minutes != null && t("paper.took", { count: minutes }),
    count > 0 && t("table.notes", { count }),
  ];
  return facts.filter(Boolean).join(" · ");
}
