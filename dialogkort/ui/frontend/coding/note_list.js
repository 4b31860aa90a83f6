// @ts-check
// The notes to code, one to a row.

import { h, setAttribute, setText, setVisible } from "../core/dom.js";
import { asKey } from "../core/texts.js";
import { areaShape } from "../core/theme.js";
import { isCoded } from "./coding_state.js";
import { PAGE_SIZE } from "./model.js";

/** @typedef {import("./model.js").CodingModel} CodingModel */
/** @typedef {import("../core/types.js").CorpusNote} CorpusNote */

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {CodingModel} model
 * @param {{ filter: HTMLElement, root: HTMLElement, goTo: (place: number) => void }} on
 */
export function noteList(t, model, { filter, root, goTo }) {
  const rows = h("ol", { class: "dk-coding-notes", "aria-label": t("coding.notes") });
  const nothing = h("p", { class: "dk-quiet dk-coding-nothing" });
  /** @type {string | null} which rows are on the page */
  let paintedPage = null;
  /** @type {{ element: HTMLElement, foot: HTMLElement, note: CorpusNote }[]} */
  let visibleRows = [];

  const row = (/** @type {number} */ index) => {
    const note = model.noteAt(index);
    const foot = h("div", { class: "dk-coding-said" });
    const element = noteElement(t, model, note, foot);
    element.addEventListener(
      "click",
      () => model.current !== index && !String(getSelection()) && goTo(index),
    );
    return { element, foot, note };
  };
  const turnPage = (from) => {
    const key = `${from} ${model.list.length} ${model.list[from]}`;
    if (paintedPage === key) return;
    paintedPage = key;
    visibleRows = model.list.slice(from, from + PAGE_SIZE).map(row);
    rows.replaceChildren(...visibleRows.map(({ element }) => element));
    rows.scrollTop = 0;
  };
  const paintRow = ({ element, foot, note }, names) => {
    const reading = model.reading(note.id);
    const isCurrent = note.id === model.note?.id;
    setAttribute(element, "aria-current", isCurrent && "true");
    setAttribute(element, "tabindex", isCurrent ? "0" : "-1");
    element.dataset.state = isCoded(reading) ? "coded" : "open";
    const words = tagsOf(t, reading, names);
    if (foot.dataset.content === words.join("\n")) return;
    foot.dataset.content = words.join("\n");
    foot.replaceChildren(...words.map((word) => h("span", { class: "dk-coding-tag" }, word)));
    // it grew
    if (isCurrent && root.contains(document.activeElement)) element.scrollIntoView({ block: "nearest" });
  };
  const currentRow = () => /** @type {HTMLElement | null} */ (rows.querySelector("[aria-current]"));
  return {
    element: h("div", { class: "dk-coding-list" }, filter, nothing, rows),
    paint() {
      const hadFocus = rows.contains(document.activeElement);
      turnPage(model.pageStart);
      const names = new Map(model.codes().map((code) => [code.id, code.name]));
      for (const row of visibleRows) paintRow(row, names);
      if (hadFocus && !rows.contains(document.activeElement)) currentRow()?.focus({ preventScroll: true });
      setVisible(nothing, !model.list.length);
      setText(nothing, model.corpus.notes.length ? t("coding.nothing_found") : t("coding.no_notes"));
      setVisible(rows, model.list.length > 0);
    },
    /** Move the keyboard to the note at hand. */
    focus() {
      currentRow()?.focus({ preventScroll: true });
      currentRow()?.scrollIntoView({ block: "nearest" });
    },
    /** The note that is marked as the one at hand. */
    get marked() {
      return currentRow()?.dataset.note;
    },
    /** Draw the rows anew next time. */
    forget: () => (paintedPage = null),
  };
}

/** What a coder has said of a note, in words. */
function tagsOf(t, { codes, none, memo }, names) {
  const tags = none ? [t("coding.none_applies")] : codes.map((code) => names.get(code)).filter(Boolean);
  return memo ? [...tags, t("coding.has_memo")] : tags;
}

function noteElement(t, /** @type {CodingModel} */ model, /** @type {CorpusNote} */ note, foot) {
  const area = model.areaOf(note);
  const group = model.groupOf(note);
  const about = h(
    "div",
    { class: "dk-coding-about" },
    area && h("span", { class: "dk-area" }, areaShape(area), area.name),
    h("span", {}, t(`kinds.${asKey(note.kind)}`)),
  );
  return h(
    "li",
    { class: "dk-coding-note", tabindex: "-1", "data-note": note.id },
    about,
    h("p", { class: "dk-quiet dk-coding-group" }, [group?.where, group?.group].filter(Boolean).join(" · ")),
    h("p", { class: "dk-quiet dk-coding-question" }, questionOf(t, model.cardOf(note), note)),
    h("p", { class: "dk-coding-text" }, note.text),
    foot,
  );
}

function questionOf(t, card, { opening, own_opening: own }) {
  if (own) return own;
  if (!card) return opening ? t("coding.opening", { number: opening }) : "";
  return [card.number && t("coding.card", { number: card.number }), card.question].filter(Boolean).join(": ");
}
