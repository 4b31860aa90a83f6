// @ts-check
// The note pad: many notes to a card, each saved while it is typed.

import { h, setAttribute, setText } from "../core/dom.js";
import { NoteRow } from "./note_row.js";

/** @typedef {import("../core/types.js").Note} Note */
/** @typedef {{ card?: string, opening_question?: number }} Subject what notes belong to */

// ms without a letter in which one who writes keeps the pen: in the middle of a sentence, after one, and in a
// field that nothing was written in yet
const THOUGHT = 300_000;
const SENTENCE = 60_000;
const ENTERED = 10_000;
const ENDS_SENTENCE = /[.!?…\n]\s*$/;
const REST = 300; // ms before the pad shrinks again: what one is about to press must not move away meanwhile

/**
 * `keep(note)` is called with every new version of a note and returns its event, `remove(id)` when one is
 * taken off, `replace(id, note)` when it goes on as another one without its earlier words; `edited()` hears
 * every key and every sending, `onWriting` whether somebody is in the pad.
 *
 * @typedef {{ t: import("../core/texts.js").Texts, newId: () => string, edited: () => void, announce: (text:
 *   string) => void, keep: (note: object) => { id: string }, remove: (id: string) => void, replace: (id:
 *   string, note: object) => { id: string }, onWriting: (isWriting: boolean) => void }} PadHandlers
 */

/** Somebody is in it, or what was typed there is not sent yet. */
const isInHand = (/** @type {NoteRow} */ row) => row.dirty || row.hasFocus;

export class Notepad {
  #on;
  #heading = h("h2", { class: "dk-pad-title" });
  #list = h("div", { class: "dk-notes" });
  /** @type {Subject | null} */
  #about = null;
  /** @type {NoteRow[]} the notes on show, the last one always blank */
  #rows = [];
  #writingUntil = 0;
  /** @type {Record<string, import("../core/types.js").Finding[]>} */
  #findings = {};

  /** @param {PadHandlers} handlers */
  constructor(handlers) {
    const { t } = handlers;
    this.#on = handlers;
    const hint = h("p", { class: "dk-quiet dk-pad-hint" }, t("pad.hint"));
    this.element = h(
      "aside",
      { class: "dk-pad", "aria-label": t("pad.title") },
      this.#heading,
      hint,
      this.#list,
    );
    this.element.addEventListener("focusin", () => {
      if (this.#rowInHand()?.isUntouched) this.#writingUntil = 0; // the one before it is finished
      this.#hold(ENTERED);
      requestAnimationFrame(() => this.#makeRoom()); // when the click has found its letter
    });
    this.element.addEventListener("focusout", () => this.#shrinkLater());
  }

  /** Open the pad at a card or an opening question. */
  turnTo(/** @type {Subject} */ subject, /** @type {string} */ title) {
    this.flush();
    this.#writingUntil = 0;
    this.#about = subject;
    setText(this.#heading, title);
    this.#clear();
    this.#makeRoom();
  }

  /** Nobody sees the pad: a blank one is ready for the next card. */
  putAway() {
    if (!this.#about) return;
    this.flush();
    this.#about = null;
    this.#clear();
  }

  /** Show notes, leaving alone what is being typed. */
  paint(/** @type {Note[]} */ notes) {
    if (!this.#about) return;
    const visible = notes.filter((note) => this.#belongs(note));
    this.#moveOut(visible);
    this.#follow(visible);
    const ids = visible.map(({ id }) => id);
    visible.forEach((note, index) => {
      const row = this.#rows.find(({ id }) => id === note.id) ?? this.#addRow(note.id, ids.slice(index + 1));
      if (!row.dirty) row.show(note);
    });
    this.#takeAwayOthers(new Set(ids));
  }

  /** What was written in a note has gone on, as a version of another one. */
  moved(/** @type {string} */ before, /** @type {string} */ now, /** @type {string} */ version) {
    const row = this.#rows.find((row) => row.id === before || row.id === now);
    if (!row) return;
    row.becomes(now);
    row.version = version;
  }

  /** Mark the places that may identify somebody. */
  showFindings(/** @type {Record<string, import("../core/types.js").Finding[]>} */ findings) {
    this.#findings = findings;
    for (const row of this.#rows) row.hints.show(findings[row.id] ?? []);
  }

  /** Send at once what is still waiting for a pause in typing. */
  flush() {
    for (const row of this.#rows) row.flush();
  }

  /** Whether somebody is at a note here: in a field of it, and not since long without a letter. */
  get isBeingWritten() {
    return this.element.contains(document.activeElement) && performance.now() < this.#writingUntil;
  }

  #hold(/** @type {number} */ ms) {
    this.#writingUntil = Math.max(this.#writingUntil, performance.now() + ms);
  }

  /** What is typed and not sent yet. */
  drafts() {
    return this.#rows.filter((row) => row.dirty).map((row) => ({ ...row.read(), ...this.#about }));
  }

  /** Where its writer is: which note of what, from which letter to which; null when that is elsewhere. */
  place() {
    const row = this.#rowInHand();
    return row
      ? { about: this.#about, note: row.id, caret: row.caret(), scrolled: this.#list.scrollTop }
      : null;
  }

  /** Put the writer back there; false when the note is not on show (yet). */
  goTo({ about, note, caret, scrolled }) {
    const row = note ? this.#rows.find((shown) => shown.id === note) : this.#rows.at(-1);
    if (!row || JSON.stringify(about) !== JSON.stringify(this.#about)) return false;
    row.focus(caret);
    this.#list.scrollTop = scrolled;
    return true;
  }

  #belongs(note) {
    const { card, opening_question } = this.#about;
    return card ? note.card === card : note.opening_question === opening_question;
  }

  /** Two windows wrote in one note: the server has made a note of its own of what was written here. */
  #moveOut(notes) {
    for (const note of notes) {
      const row = this.#rows.find((shown) => shown.version === note.version);
      if (row) row.id = note.id;
    }
    this.#rows.slice(0, -1).filter((row) => this.#isTwin(row)).forEach((row) => this.#takeAway(row));
  }

  /** True for a second row of a note, shown before it was known that the first goes on as that one. */
  #isTwin(/** @type {NoteRow} */ row) {
    const rows = this.#rows.filter(({ id }) => id && id === row.id);
    const stays = rows.find(isInHand) ?? rows[0];
    return rows.length > 1 && row !== stays && !isInHand(row);
  }

  /**
   * Another window has taken something out of a note: it goes on as another one, also where it is being
   * written.
   */
  #follow(notes) {
    const known = new Set(notes.map((note) => note.id));
    for (const { id, instead_of } of notes) {
      const row = instead_of && !known.has(instead_of) && this.#rows.find((shown) => shown.id === instead_of);
      if (row && !this.#rows.some((shown) => shown.id === id)) row.becomes(id);
    }
  }

  #takeAwayOthers(known) {
    for (const row of this.#rows.slice(0, -1)) {
      if (row.dirty || known.has(row.id)) continue;
      if (row.hasFocus) {
        if (row.id && !row.isBlank) row.clear(); // it was erased or taken off by another window
        continue;
      }
      this.#takeAway(row);
    }
  }

  #takeAway(/** @type {NoteRow} */ row) {
    this.#rows.splice(this.#rows.indexOf(row), 1);
    row.element.remove();
  }

  #clear() {
    if (this.#rows.length === 1 && this.#rows[0].isUntouched) return;
    this.#rows = [];
    this.#list.replaceChildren();
    this.#addBlankRow();
  }

  #newRow() {
    const { t, newId, edited, announce, keep, replace } = this.#on;
    const row = new NoteRow(t, {
      newId,
      edited,
      announce,
      typed: () => {
        this.#writingUntil = 0;
        this.#hold(ENDS_SENTENCE.test(row.read().text) ? SENTENCE : THOUGHT);
        edited();
      },
      keep: (note) => keep({ ...note, ...this.#about }),
      replace: (id, note) => replace(id, { ...note, ...this.#about }),
      remove: (row) => this.#drop(row),
      grown: (row) => row === this.#rows.at(-1) && this.#addBlankRow(), // a new blank one comes under it
      next: () => this.goToBlank(),
    });
    return row;
  }

  #addBlankRow() {
    const row = this.#newRow();
    this.#rows.push(row);
    this.#list.append(row.element);
  }

  /** A row for a note that came from elsewhere, or back: before those that were begun after it. */
  #addRow(/** @type {string} */ id, /** @type {string[]} */ later) {
    const row = this.#newRow();
    const next = this.#rows.find((other) => later.includes(other.id)) ?? this.#rows.at(-1);
    this.#list.insertBefore(row.element, next.element);
    this.#rows.splice(this.#rows.indexOf(next), 0, row);
    row.hints.show(this.#findings[id] ?? []);
    return row;
  }

  /** Begin a new note. */
  goToBlank() {
    this.#rows.at(-1).focus();
    this.#rows.at(-1).element.scrollIntoView({ block: "nearest" });
  }

  /** The note that somebody writes in begins anew as one of another kind. */
  beginAs(/** @type {string} */ kind) {
    this.#rowInHand()?.beginAs(kind);
  }

  #drop(row) {
    const index = this.#rows.indexOf(row);
    this.#takeAway(row);
    if (row.id) this.#on.remove(row.id);
    if (!this.#rows.length) this.#addBlankRow();
    this.#rows[Math.min(index, this.#rows.length - 1)].focus();
  }

  #rowInHand() {
    return this.#rows.find((row) => row.hasFocus);
  }

  #shrinkLater() {
    const isPressed = () => document.querySelector(":active") !== null; // a finger may take its time
    setTimeout(() => isPressed() ? this.#shrinkLater() : this.#makeRoom(), REST);
  }

  /** On a phone the pad is larger while one writes in it. */
  #makeRoom() {
    const isWriting = this.element.contains(document.activeElement);
    setAttribute(this.element, "data-writing", isWriting);
    this.#on.onWriting(isWriting);
    this.#rowInHand()?.hints.bringIntoView();
  }
}
