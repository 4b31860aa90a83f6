// @ts-check
// What a coder thinks of the note at hand, saved while it is typed.

import { h } from "../core/dom.js";
import { labelledField } from "./sign_in_form.js";

const PAUSE = 700; // ms without a letter before a memo is sent

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {import("./model.js").CodingModel} model
 * @param {{ write: (fields: { note: string, noted_in: string, text: string }) => void,
 *   typed: () => void }} on
 */
export function memoField(t, model, { write, typed }) {
  const memo = h("textarea", { rows: 3, placeholder: t("coding.memo_hint") });
  /** @type {import("../core/types.js").CorpusNote | null} */
  let subject = null; // the note that the field is about
  let timer = null;

  const flush = () => {
    clearTimeout(timer);
    timer = null;
    const text = memo.value.trim();
    if (!subject || text === model.reading(subject.id).memo.trim()) return typed();
    write({ note: subject.id, noted_in: subject.in, text });
  };
  memo.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(flush, PAUSE);
    typed();
  });
  memo.addEventListener("blur", flush);
  return {
    element: labelledField(t("coding.memo"), memo, "dk-coding-memo"),
    flush,
    /** Whether something was typed that is not sent yet. */
    get isBeingWritten() {
      return timer !== null;
    },
    focus: () => memo.focus(),
    paint() {
      const { note } = model;
      if (note && subject?.id === note.id && document.activeElement === memo) return; // one is writing in it
      subject = note;
      const words = note ? model.reading(note.id).memo : "";
      if (memo.value !== words) memo.value = words;
    },
    /** Forget a note that was erased: its memo must not be written. */
    forgetUnless(/** @type {(note: string) => boolean} */ exists) {
      if (subject && !exists(subject.id)) subject = null;
    },
  };
}
