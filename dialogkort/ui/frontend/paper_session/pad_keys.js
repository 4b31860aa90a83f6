// @ts-check
// The pad by keyboard alone while a session is typed in: Enter goes on, and a letter with a colon in front
// says what kind of note it is.

import { NEXT_STEP, NOTE_KINDS } from "../core/vocabulary.js";
import { kindTyped } from "./line.js";

/**
 * @param {import("../workshop/notepad.js").Notepad} notepad
 * @param {import("./line.js").Letters} letters
 * @param {{ next: () => void }} on `next` is called for Enter in a note that nothing is written in
 */
export function typeInPad(notepad, letters, { next }) {
  notepad.element.addEventListener("keydown", (event) => {
    const field = /** @type {HTMLTextAreaElement} */ (event.target);
    const note = field.closest(".dk-note");
    if (!note || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === ":" && field.localName === "textarea") beginAs(event, field);
    if (event.key !== "Enter" || event.shiftKey || field.localName === "button") return;
    event.preventDefault();
    if (!event.repeat) goOn(note, field);
  });

  function beginAs(/** @type {KeyboardEvent} */ event, /** @type {HTMLTextAreaElement} */ field) {
    const kind = kindTyped(field.value, letters, NOTE_KINDS);
    if (!kind) return;
    event.preventDefault();
    notepad.beginAs(kind);
  }

  /** From the words of a next step to who and when; else to a new note; from one without words onwards. */
  function goOn(/** @type {Element} */ note, /** @type {Element} */ field) {
    const fields = /** @type {HTMLInputElement[]} */ ([
      ...note.querySelectorAll("textarea, .dk-step input:not([type=date])"),
    ]);
    if (field.localName === "select") return fields[0].focus();
    const isBlank = fields.every(({ value }) => !value.trim());
    if (isBlank) return next();
    const isStep = /** @type {HTMLElement} */ (note).dataset.kind === NEXT_STEP;
    const following = isStep && fields[fields.indexOf(/** @type {any} */ (field)) + 1];
    if (following) return following.focus();
    notepad.flush();
    notepad.goToBlank();
  }
}
