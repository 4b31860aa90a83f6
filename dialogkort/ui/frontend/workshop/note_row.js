// @ts-check
// One note on the pad: saved while it is typed.

import { roundButton } from "../core/buttons.js";
import { dayFieldWithFault } from "../core/day_field.js";
import { h } from "../core/dom.js";
import { asKey } from "../core/texts.js";
import { LIMITS, NEXT_STEP, NOTE_KINDS } from "../core/vocabulary.js";
import { privacyHints } from "./privacy_hints.js";

const GROWS_BY_ITSELF = CSS.supports("field-sizing", "content");
const BREATH = 400; // ms of quiet before what was typed is sent
const ENDS_SENTENCE = /[.!?…][ \n]$|\n$/; // then it is sent at once: undo goes by the sentence
const MAX_UNSAVED_MS = 3000; // ms after which it is sent without a pause

/**
 * What a row tells the pad: `typed` after every letter, `edited` when something was sent or taken away,
 * `grown` with its first letter, `next` when its writer wants another note. `keep` and `replace` return the
 * event.
 *
 * @typedef {{ newId: () => string, typed: () => void, edited: () => void, announce: (text: string) => void,
 *   keep: (note: object) => { id: string }, replace: (id: string, note: object) => { id: string },
 *   remove: (row: NoteRow) => void, grown: (row: NoteRow) => void, next: () => void }} RowHandlers
 */

export class NoteRow {
  /** @type {string | null} */
  id = null;
  /** @type {string | null} the id of the event that it reads by */
  version = null;
  dirty = false;
  #on;
  #fields;
  #timer = null;
  #begunAt = 0; // when the first letter was typed that is not sent yet
  #kind = NOTE_KINDS[0]; // as it was sent: a change of it is a step of its own

  /** @param {import("../core/texts.js").Texts} t @param {RowHandlers} handlers */
  constructor(t, handlers) {
    this.#on = handlers;
    this.#fields = noteFields(t, () => this.#remove());
    const { words } = this.#fields;
    const redact = (text, caret) => this.#redact(text, caret);
    this.hints = privacyHints({ t, words, noteId: () => this.id, redact, announce: handlers.announce });
    this.element = noteElement(this.#fields, this.hints);
    this.#listen();
    this.#dress();
  }

  get isBlank() {
    const { words, owner, due } = this.#fields;
    return ![words, owner, due].some((field) => field.value.trim());
  }

  /** Nobody has written or chosen anything here. */
  get isUntouched() {
    return !this.id && this.isBlank && this.#fields.kind.value === NOTE_KINDS[0];
  }

  get hasFocus() {
    return this.element.contains(document.activeElement);
  }

  /** Show a note as it reads now. */
  show(/** @type {import("../core/types.js").Note} */ note) {
    const { words, kind, owner, due } = this.#fields;
    this.id = note.id;
    this.version = note.version;
    if (words.value !== note.text) {
      const [from, to] = this.caret();
      words.value = note.text;
      // another window's words came in
      if (document.activeElement === words) words.setSelectionRange(from, to);
    }
    if (kind.value !== note.kind) kind.value = note.kind;
    this.#kind = note.kind;
    if (owner.value.trim() !== note.owner) owner.value = note.owner;
    if (due.value !== note.due) due.value = note.due;
    this.#dress();
    this.#grow();
    this.hints.paint();
  }

  /** The note is gone: what it said must not stay in a field. */
  clear() {
    for (const name of ["words", "owner", "due"]) this.#fields[name].value = "";
    this.id = this.version = null;
    this.hints.show([]);
    this.#dress();
    this.#grow();
  }

  /** It begins anew as a note of another kind: what stood there was only the word for that. */
  beginAs(/** @type {string} */ kind) {
    clearTimeout(this.#timer);
    this.dirty = false;
    if (!this.version) this.id = null;
    this.#fields.words.value = "";
    this.#fields.kind.value = this.#kind = kind;
    if (this.id) this.#changed();
    this.#dress();
    this.#on.edited();
  }

  /** What is written here belongs to another note from now on. */
  becomes(/** @type {string} */ id) {
    this.hints.moved(this.id, id);
    this.id = this.version = id;
  }

  read() {
    const { words, owner, due } = this.#fields;
    const after = this.version ? { after: this.version } : {};
    return {
      note: this.id,
      text: words.value,
      kind: this.#kind,
      owner: owner.value.trim(),
      due: due.value,
      ...after,
    };
  }

  /** Send at once what still waits for a pause in typing. */
  flush() {
    clearTimeout(this.#timer);
    if (!this.dirty) return;
    this.dirty = false;
    this.version = this.#on.keep(this.read()).id;
    this.#on.edited();
  }

  caret() {
    const { words } = this.#fields;
    return [words.selectionStart, words.selectionEnd];
  }

  /** @param {number[]} [caret] */
  focus(caret) {
    const { words } = this.#fields;
    words.focus({ preventScroll: Boolean(caret) });
    if (caret) words.setSelectionRange(caret[0], caret[1]);
  }

  #listen() {
    const { words, kind, owner, due } = this.#fields;
    for (const field of [words, owner, due.input]) field.addEventListener("input", () => this.#changed());
    words.addEventListener("input", () => ENDS_SENTENCE.test(this.#written()) && this.flush());
    kind.addEventListener("change", () => {
      this.flush();
      this.#kind = kind.value;
      this.#dress();
      if (this.id) this.#changed();
    });
    this.element.addEventListener("focusout", () => this.flush());
    words.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.flush();
      this.#on.next();
    });
  }

  /** What stands before the caret. */
  #written() {
    const { words } = this.#fields;
    return words.value.slice(0, words.selectionStart);
  }

  #changed() {
    this.#grow();
    this.hints.paint();
    if (!this.dirty) this.#begunAt = performance.now();
    if (!this.id && this.isBlank) return;
    this.dirty = true;
    if (!this.id) {
      this.id = this.#on.newId();
      this.#on.grown(this);
    }
    this.#dress();
    this.#on.typed();
    clearTimeout(this.#timer);
    const atLatest = Math.max(0, this.#begunAt + MAX_UNSAVED_MS - performance.now());
    this.#timer = setTimeout(() => this.flush(), Math.min(BREATH, atLatest));
  }

  /** Go on with these words as another note: the one there was goes for good, with all it ever said. */
  #redact(text, caret) {
    clearTimeout(this.#timer);
    const before = this.id;
    this.#fields.words.value = text;
    this.dirty = false;
    this.id = this.version = this.#on.replace(before, this.read()).id;
    this.hints.moved(before, this.id);
    this.hints.paint();
    this.#grow();
    this.focus([caret, caret]);
    this.#on.edited();
  }

  #remove() {
    clearTimeout(this.#timer);
    this.dirty = false;
    this.#on.remove(this);
    this.#on.edited();
  }

  #dress() {
    const { kind, step, bin } = this.#fields;
    this.element.dataset.kind = kind.value;
    step.hidden = kind.value !== NEXT_STEP;
    bin.hidden = !this.id;
  }

  #grow() {
    if (GROWS_BY_ITSELF) return;
    const { words } = this.#fields;
    words.style.height = "auto";
    words.style.height = `${words.scrollHeight + 2}px`;
  }
}

/** @param {import("../core/texts.js").Texts} t @param {() => void} remove */
function noteFields(t, remove) {
  const options = NOTE_KINDS.map((value) => h("option", { value }, t(`kinds.${asKey(value)}`)));
  const kind = h("select", { "aria-label": t("pad.kind") }, options);
  const writing = {
    placeholder: t("pad.write"),
    "aria-label": t("pad.text"),
    title: `${t("pad.text")} (N)`,
    spellcheck: "true",
  };
  const words = h("textarea", { rows: 1, ...writing });
  const who = { "aria-label": t("pad.owner"), placeholder: t("pad.owner") };
  const owner = h("input", { ...who, maxlength: LIMITS.name, autocomplete: "off" });
  const due = dayFieldWithFault(t, { "aria-label": t("pad.due"), placeholder: t("pad.due") });
  const step = h("div", { class: "dk-step", hidden: true }, owner, due.element);
  const bin = roundButton("bin", t("pad.remove"), remove);
  bin.hidden = true;
  return { kind, words, owner, due, step, bin };
}

function noteElement({ kind, bin, words, step }, hints) {
  const head = h("div", { class: "dk-note-head" }, kind, bin);
  const writing = h("div", { class: "dk-words" }, hints.marks, words);
  return h("div", { class: "dk-note" }, head, writing, hints.element, step);
}
