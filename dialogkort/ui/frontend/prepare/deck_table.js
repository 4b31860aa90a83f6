// @ts-check
// The cards of a file to mend: question, area and examples of each, with what was found at its line; and its
// number, where that is missing, wrong or another card's.

import { roundButton, textButton } from "../core/buttons.js";
import { h, setAttribute, setText, setVisible } from "../core/dom.js";
import { keyedList } from "../core/keyed_list.js";
import { findingItem } from "./deck_finding.js";

/** @typedef {import("../core/types.js").EditedCard} EditedCard */
/** @typedef {import("../core/types.js").DeckFinding} DeckFinding */

const MOST = 1000; // cards of a deck
/** @type {EditedCard} */
const EMPTY = {
  line: 0,
  stray: [],
  converted: [],
  id: "",
  number: "",
  area: "",
  area_confidence: "",
  question: "",
  examples: "",
  examples_label: "",
};
const CONFIDENCES = ["sure", "likely", "judgement"];
let tables = 0; // so that each has areas of its own to suggest

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {(cards: EditedCard[]) => void} change
 */
export function deckTable(t, change) {
  /** @type {EditedCard[]} */
  let cards = [];
  /** @type {Map<number, DeckFinding[]>} */
  let findings = new Map();
  const suggestions = `dk-deck-areas-${++tables}`;
  const areas = h("datalist", { id: suggestions });
  const list = h("ol", { class: "dk-deck-rows" });
  let [unit, file] = ["row", ""];
  const listed = new Set(); // lines with findings: a card being mended stays while somebody writes in it
  const onlyFindings = h("input", { type: "checkbox", onchange: () => (listed.clear(), paintRows()) });
  const filter = h("label", { class: "dk-check" }, onlyFindings, h("span", {}, t("decks.only_findings")));
  const set = (/** @type {EditedCard} */ card, /** @type {Partial<EditedCard>} */ fields) => {
    cards = cards.map((one) => one.line === card.line ? mended(one, fields) : one);
    change(cards);
  };
  const remove = (/** @type {EditedCard} */ card) => {
    cards = cards.filter((one) => one.line !== card.line);
    paintRows();
    change(cards);
  };
  const begin = () => {
    const next = (/** @type {number[]} */ numbers) => Math.max(0, ...numbers.filter(Number.isFinite)) + 1;
    const number = String(next(cards.map(({ number }) => parseInt(number))));
    const added = { ...EMPTY, line: next([1, ...cards.map(({ line }) => line)]), number };
    cards = [...cards, added];
    onlyFindings.checked = false;
    paintRows();
    list.lastElementChild.querySelector("textarea").focus();
    change(cards);
  };
  const add = textButton(t("decks.add"), begin);
  const make = () => deckRow(t, suggestions, set, remove);
  const paintList = keyedList(list, make, ({ card }) => String(card.line));
  const paintRows = () => {
    const withoutNumber = withNumbersToMend(cards);
    const rows = cards.map((card) => ({
      card,
      findings: findings.get(card.line) ?? [],
      asksNumber: withoutNumber.has(card),
      where: t(`decks.${unit}`, { line: card.line }),
    }));
    for (const { card, findings } of rows) if (findings.length) listed.add(card.line);
    add.disabled = cards.length >= MOST;
    paintList(onlyFindings.checked ? rows.filter(({ card }) => listed.has(card.line)) : rows);
  };
  return {
    element: h("div", { class: "dk-deck-table" }, areas, filter, list, add),
    /** Show the cards; of a file that `isRead` now those first that must be mended. */
    paint(
      /** @type {import("../core/types.js").EditedDeck} */ deck,
      /** @type {DeckFinding[]} */ all,
      isRead = false,
    ) {
      if (deck.file !== file || isRead) listed.clear();
      ({ cards, unit, file } = deck);
      findings = new Map(cards.map(({ line }) => [line, all.filter((one) => one.line === line)]));
      const hasFindings = [...findings.values()].some((one) => one.length);
      setVisible(filter, hasFindings && cards.length > 1);
      if (!hasFindings) onlyFindings.checked = false;
      else if (isRead) onlyFindings.checked = [...findings.values()].flat().some((one) => one.is_error);
      const names = [...new Set(cards.map(({ area }) => area.trim()).filter(Boolean))];
      areas.replaceChildren(...names.map((value) => h("option", { value })));
      paintRows();
    },
  };
}

/** A card with what somebody wrote: what a program had made of that field, or cut off it, holds no more. */
function mended(/** @type {EditedCard} */ card, /** @type {Partial<EditedCard>} */ fields) {
  const converted = card.converted.filter((column) => !(column in fields));
  const stray = "question" in fields || "examples" in fields ? [] : card.stray;
  const id = "number" in fields && isMadeOf(card.id, card.number) ? "" : card.id;
  return { ...card, ...fields, converted, stray, id };
}

/** Whether an id was made of a card's number, and is to be made anew with it. */
function isMadeOf(/** @type {string} */ id, /** @type {string} */ number) {
  return id.endsWith(`-${number.padStart(2, "0")}`);
}

/** The cards whose number is missing, is none, or is an earlier card's. */
function withNumbersToMend(/** @type {EditedCard[]} */ cards) {
  const taken = new Set();
  return new Set(cards.filter(({ number }) => {
    const isWrong = !/^0*[1-9]\d{0,5}([.,]0*)?$/.test(number.trim()) || taken.has(parseInt(number));
    taken.add(parseInt(number));
    return isWrong;
  }));
}

function deckRow(t, suggestions, set, remove) {
  /** @type {EditedCard} */
  let card;
  const name = h("h3", {});
  const drop = roundButton("bin", t("decks.remove"), () => remove(card));
  const field = (control, key, kind = "") => {
    control.addEventListener("input", () => set(card, { [key]: control.value }));
    const label = h("span", {}, t(`decks.${key}`));
    return { control, element: h("label", { class: `dk-prep-field ${kind}` }, label, control), key };
  };
  const options = CONFIDENCES.map((value) => h("option", { value }, t(`decks.confidences.${value}`)));
  const number = field(h("input", { inputmode: "numeric", autocomplete: "off" }), "number");
  const fields = [
    number,
    field(h("textarea", { rows: 2 }), "question", "dk-prep-wide"),
    field(h("input", { list: suggestions, autocomplete: "off" }), "area"),
    field(h("select", {}, options), "area_confidence"),
    field(h("textarea", { rows: 2 }), "examples", "dk-prep-wide"),
  ];
  const list = h("ul", { class: "dk-deck-findings" });
  const grid = h("div", { class: "dk-prep-grid" }, fields.map(({ element }) => element));
  const element = h("li", { class: "dk-prep-part" }, h("header", {}, name, drop), list, grid);
  return {
    element,
    /** @param {{ card: EditedCard, findings: DeckFinding[], asksNumber: boolean, where: string }} row */
    paint(row) {
      card = row.card;
      setText(name, t("decks.card", { number: card.number || "–", where: row.where }));
      if (row.asksNumber || document.activeElement !== number.control) {
        setVisible(number.element, row.asksNumber);
      }
      setAttribute(drop, "aria-label", `${t("decks.remove")}: ${name.textContent}`);
      for (const { control, key } of fields) {
        const value = key === "area_confidence" ? confidenceOf(card) : card[key];
        if (document.activeElement !== control && control.value !== value) control.value = value;
      }
      list.replaceChildren(...row.findings.map(findingItem));
      setVisible(list, row.findings.length > 0);
      const state = row.findings.some(({ is_error }) => is_error) ? "error" : "look";
      setAttribute(element, "data-state", row.findings.length > 0 && state);
    },
  };
}

/** How sure the area is, as the select has it; what a file says otherwise is a finding of its own. */
function confidenceOf(/** @type {EditedCard} */ { area_confidence: written }) {
  const known = {
    "": "sure",
    sikker: "sure",
    sandsynlig: "likely",
    skøn: "judgement",
    judgment: "judgement",
  };
  const value = written.trim().toLowerCase();
  return known[value] ?? (CONFIDENCES.includes(value) ? value : "");
}
