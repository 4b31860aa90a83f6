// @ts-check
// What the coders make of each other: how far they agree, and what they settle together.

import { iconButton, textButton } from "../core/buttons.js";
import { figureTable, scrollable } from "../core/chart_view.js";
import { h } from "../core/dom.js";
import { byNote } from "./coding_state.js";

/** @typedef {import("../core/types.js").Disagreement} Disagreement */
/** @typedef {import("../core/types.js").CorpusNote} CorpusNote */

const AT_A_TIME = 40; // notes that are read differently on show at a time
const CODE_COLUMNS = ["code", "notes", "percent", "alpha", "interval", "meaning"];
const PAIR_COLUMNS = ["code", "pair", "notes", "percent", "kappa", "interval"];
const WORDS = ["meaning", "pair"]; // columns of words among the figures

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {import("./model.js").CodingModel} model
 * @param {{ record: (what: string, fields: object) => { id: string }, back: () => void }} on
 */
export function comparisonView(t, model, { record, back }) {
  const element = h("div", { class: "dk-coding-compare", "data-part": "comparison", hidden: true });
  /**
   * @type {Map<string, { settled: boolean | null, settled_by?: string }>} by note and code, what was settled
   *   here since
   */
  let settledHere = new Map();
  let atMost = AT_A_TIME;

  const settle = (key, what, fields, settled) => {
    const { id } = record(what, fields);
    settledHere.set(key, settled === null ? { settled } : { settled, settled_by: id });
    paint();
  };
  const difference = (/** @type {CorpusNote} */ note, /** @type {Disagreement} */ disagreement) => {
    const key = `${disagreement.note} ${disagreement.code}`;
    const { settled, settled_by } = settledHere.get(key) ?? disagreement;
    const about = { note: note.id, noted_in: note.in, code: disagreement.code };
    return differenceElement(t, disagreement, settled, {
      choose: (applies) => settle(key, "coded", applies ? about : { ...about, applies }, applies),
      takeBack: settled_by ? () => settle(key, "undone", { events: [settled_by] }, null) : null,
    });
  };
  const differingNote = (/** @type {Disagreement[]} */ disagreements) => {
    const index = model.indexOfNote(disagreements[0].note);
    if (index === null) return null; // erased meanwhile
    const note = model.noteAt(index);
    const about = [model.areaOf(note)?.name, model.cardOf(note)?.question].filter(Boolean).join(" · ");
    const text = h("p", { class: "dk-coding-text" }, note.text);
    const question = h("p", { class: "dk-quiet dk-coding-question" }, about);
    return h(
      "li",
      { class: "dk-paper dk-coding-differs", "data-part": "differing" },
      text,
      question,
      disagreements.map((disagreement) => difference(note, disagreement)),
    );
  };
  const showMore = () => {
    atMost += AT_A_TIME;
    paint();
  };
  const differing = (/** @type {Disagreement[]} */ disagreements) => {
    const count = disagreements.length;
    const notes = byNote(disagreements);
    return [
      h("h2", {}, count ? t("coding.left", { count }) : t("coding.disagreements")),
      h("p", { class: "dk-quiet" }, count ? t("coding.settle_hint") : t("coding.no_disagreements")),
      h("ol", { class: "dk-coding-differing" }, notes.slice(0, atMost).map(differingNote)),
      notes.length > atMost && textButton(t("coding.next"), showMore),
    ];
  };
  function paint() {
    const { sentences, rows, pairs, disagreements } = model.comparison;
    if (!model.isComparing || !sentences) return;
    const head = h("h2", { tabindex: "-1" }, t("coding.agreement"));
    const content = h(
      "div",
      { class: "dk-coding-compared" },
      h("div", { class: "dk-coding-compare-head" }, head, iconButton("arrow", t("coding.back"), back)),
      h("p", { class: "dk-quiet" }, t("coding.compare_lead")),
      sentences.map((words) => h("p", {}, words)),
      agreementTables(t, rows, pairs),
      differing(disagreements),
    );
    element.replaceChildren(content);
  }
  return {
    element,
    paint,
    /** Begin anew: the server is asked. */
    begin() {
      settledHere = new Map();
      atMost = AT_A_TIME;
      element.replaceChildren(h("p", { class: "dk-quiet", role: "status" }, t("coding.comparing")));
    },
    showError: (/** @type {string} */ words) =>
      element.replaceChildren(h("p", { class: "dk-trouble", role: "alert" }, words)),
  };
}

function agreementTables(t, rows, pairs) {
  const table = (label, columns, lines) => scrollable(label, agreementTable(t, columns, lines));
  const summary = h("summary", {}, t("coding.pairs"));
  return [
    rows.length > 0 && table(t("coding.agreement"), CODE_COLUMNS, rows),
    pairs.length > 0 && h("details", {}, summary, table(t("coding.pairs"), PAIR_COLUMNS, pairs)),
  ];
}

function agreementTable(t, columns, lines) {
  const names = columns.map((name) => t(`coding.column_${name}`));
  const words = columns.flatMap((name, index) => (WORDS.includes(name) ? [[index, "dk-coding-words"]] : []));
  return figureTable(names, lines, Object.fromEntries(words), "dk-coding-figures");
}

/** One code that a note was read differently for, and what was settled. */
function differenceElement(t, /** @type {Disagreement} */ disagreement, settled, { choose, takeBack }) {
  const coders = t("coding.found_by", {
    coders: disagreement.found_by.join(", "),
    others: disagreement.not_by.join(", "),
  });
  const choice = (applies) => {
    const state = { class: "dk-chip", type: "button", "aria-pressed": String(settled === applies) };
    const words = t(applies ? "coding.applies" : "coding.applies_not");
    return h("button", { ...state, onclick: () => choose(applies) }, words);
  };
  const words = settled ? "coding.settled_yes" : "coding.settled_no";
  const settling = h(
    "div",
    { class: "dk-coding-settle" },
    choice(true),
    choice(false),
    settled != null && h("span", { class: "dk-quiet" }, t(words)),
    settled != null && takeBack && textButton(t("coding.unsettle"), takeBack),
  );
  const title = h("p", {}, h("strong", {}, disagreement.name), `: ${coders}`);
  return h(
    "div",
    { class: "dk-coding-difference", role: "group", "aria-label": disagreement.name },
    title,
    settling,
  );
}
