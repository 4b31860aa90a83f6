// @ts-check
// All notes of the group in one list: searched, put in order, and written in where they stand.

import { iconButton } from "../core/buttons.js";
import { dialogShell } from "../core/dialogs.js";
import { h, setAttribute, setText, setVisible } from "../core/dom.js";
import { asKey } from "../core/texts.js";
import { areaShape } from "../core/theme.js";
import { NEXT_STEP } from "../core/vocabulary.js";
import { groupNotes, matchingNotes } from "./note_groups.js";
import { NoteRow } from "./note_row.js";
import { removedNotes } from "./removed_notes.js";
import { nameOf } from "./session_groups.js";

/** @typedef {import("../core/types.js").Note} Note */
/** @typedef {import("../core/types.js").Deck} Deck */
/** @typedef {import("./notes_state.js").RemovedNote} RemovedNote */
/** @typedef {import("./note_groups.js").NoteGroup} NoteGroup */
/** @typedef {{ row: NoteRow, note: Note, element: HTMLElement, where: HTMLElement }} Entry */

/** @type {import("./note_groups.js").Order[]} */
const ORDERS = ["card", "kind", "area"];
// ms before notes move to where they belong now: one may only be on the way to the next field
const REST = 300;

export class AllNotes {
  #on;
  #shell;
  #search;
  #chips;
  #removed;
  #sessionName = h("p", { class: "dk-all-whose" });
  #count = h("p", { class: "dk-quiet", role: "status" });
  #list = h("div", { class: "dk-all-groups" });
  /** @type {Entry[]} */
  #entries = [];
  /** @type {Note[]} */
  #notes = [];
  /** @type {Deck | null} */
  #deck = null;
  #order = ORDERS[0];
  #laid = "";
  /** @type {Record<string, import("../core/types.js").Finding[]>} */
  #findings = {};

  /**
   * @param {Omit<import("./notepad.js").PadHandlers, "onWriting"> &
   *   import("./removed_notes.js").RemovedHandlers & { closed: () => void, download: () => void }} handlers
   */
  constructor(handlers) {
    const { t } = (this.#on = handlers);
    this.#shell = dialogShell(t, t("notes.title"), "notes");
    const label = { type: "search", "aria-label": t("notes.search"), placeholder: t("notes.search") };
    this.#search = h("input", { ...label, autocomplete: "off", oninput: () => this.#lay() });
    this.#chips = ORDERS.map((order) => {
      const attributes = { class: "dk-chip", type: "button", "data-order": order };
      return h("button", { ...attributes, onclick: () => this.#arrange(order) }, t(`notes.by_${order}`));
    });
    const naming = { class: "dk-scopes", role: "group", "aria-label": t("notes.by") };
    const by = h("span", { "aria-hidden": "true" }, t("notes.by"));
    const download = iconButton("save", t("download.button"), handlers.download, "dk-download");
    const chips = h("div", naming, by, this.#chips);
    const tools = h("div", { class: "dk-all-tools" }, this.#search, chips, download);
    this.#removed = removedNotes(t, handlers, {
      whereOf: (note) => this.#whereOf(note),
      whenEmpty: () => this.#search.focus(),
    });
    this.#shell.fill(this.#sessionName, tools, this.#count, this.#list, this.#removed.element);
    this.#list.addEventListener("focusout", () => setTimeout(() => this.#lay(), REST));
    this.element.addEventListener("close", () => (this.flush(), handlers.closed()));
  }

  get element() {
    return this.#shell.element;
  }

  /** @param {import("./model.js").TableView} view @param {RemovedNote[]} removed */
  open({ table, notes, deck }, removed) {
    setText(this.#sessionName, nameOf(/** @type {any} */ (table.details)));
    this.#entries = [];
    this.#search.value = "";
    this.#laid = "";
    this.#shell.open();
    this.paint(notes, deck, removed);
    this.#arrange(this.#order);
  }

  /** Show the notes as they are, leaving alone what is being typed. */
  paint(/** @type {Note[]} */ notes, /** @type {Deck} */ deck, /** @type {RemovedNote[]} */ removed) {
    if (!this.element.open) return;
    [this.#notes, this.#deck] = [notes, deck];
    this.#removed.paint(removed);
    for (const note of notes) {
      const entry = this.#entryOf(note) ?? this.#addEntry(note);
      entry.note = note;
      if (!entry.row.dirty) entry.row.show(note);
    }
    const known = new Set(notes.map(({ id }) => id));
    for (const { row } of this.#entries) {
      const isGone = !row.dirty && !known.has(row.id);
      if (isGone && row.hasFocus && row.id && !row.isBlank) row.clear(); // another window took it away
    }
    this.#lay();
  }

  /** Lead to a note. */
  goTo(/** @type {string} */ note) {
    this.#entries.find(({ row }) => row.id === note)?.row.focus();
  }

  /** Mark the places that may identify somebody. */
  showFindings(/** @type {Record<string, import("../core/types.js").Finding[]>} */ findings) {
    this.#findings = findings;
    for (const { row } of this.#entries) row.hints.show(findings[row.id] ?? []);
  }

  flush() {
    for (const { row } of this.#entries) row.flush();
  }

  /** What is typed and not sent yet. */
  drafts() {
    const begun = this.#entries.filter(({ row }) => row.dirty);
    return begun.map(({ row, note }) => ({ ...row.read(), ...subjectOf(note) }));
  }

  #arrange(order) {
    this.#order = order;
    for (const chip of this.#chips) setAttribute(chip, "aria-pressed", String(chip.dataset.order === order));
    this.#lay();
  }

  /** The entry of a note: also when it goes on under another id, because something was taken out of it. */
  #entryOf(/** @type {Note} */ { id, version, instead_of }) {
    const isGone = instead_of && !this.#notes.some((note) => note.id === instead_of); // else both are there
    const entry = this.#entries.find(({ row }) => row.id === id) ??
      this.#entries.find(({ row }) => row.version === version || (isGone && row.id === instead_of));
    if (entry && entry.row.id !== id) entry.row.becomes(id);
    return entry;
  }

  #addEntry(/** @type {Note} */ note) {
    const { t, newId, edited, announce, keep, replace } = this.#on;
    const row = new NoteRow(t, {
      newId,
      edited,
      announce,
      typed: edited,
      keep: (content) => keep({ ...content, ...subjectOf(entry.note) }),
      replace: (id, content) => replace(id, { ...content, ...subjectOf(entry.note) }),
      remove: () => this.#remove(entry),
      grown: () => {},
      next: () => this.#entryAfter(entry)?.row.focus(),
    });
    const where = h("p", { class: "dk-quiet dk-all-where" });
    const entry = { row, note, where, element: h("li", {}, where, row.element) };
    row.hints.show(this.#findings[note.id] ?? []);
    this.#entries.push(entry);
    return entry;
  }

  #remove(/** @type {Entry} */ entry) {
    const next = this.#entryAfter(entry);
    if (entry.row.id) this.#on.remove(entry.row.id);
    if (next) next.row.focus();
    else this.#search.focus();
    entry.element.remove();
    this.#entries = this.#entries.filter((other) => other !== entry);
  }

  #entryAfter(/** @type {Entry} */ entry) {
    const items = [...this.#list.querySelectorAll("li")];
    const next = items[items.indexOf(/** @type {HTMLLIElement} */ (entry.element)) + 1];
    return this.#entries.find(({ element }) => element === next);
  }

  /** Put the notes where they belong; nothing moves while somebody writes in one of them. */
  #lay() {
    if (!this.#deck || this.#entries.some(({ row }) => row.hasFocus || row.dirty)) return;
    const matching = matchingNotes(this.#notes, this.#deck, this.#search.value);
    const groups = groupNotes(matching, this.#deck, this.#order);
    this.#say(matching.length);
    const layout = JSON.stringify([this.#order, groups.map(({ notes, ...what }) => [what, ids(notes)])]);
    if (layout === this.#laid) return;
    this.#laid = layout;
    const known = new Set(ids(this.#notes));
    this.#entries = this.#entries.filter(({ row }) => known.has(row.id));
    this.#list.replaceChildren(...groups.map((group) => this.#section(group)));
  }

  #say(/** @type {number} */ count) {
    const { t } = this.#on;
    const none = this.#notes.length ? "notes.none_found" : "notes.none";
    setText(this.#count, count ? t("table.notes", { count }) : t(none));
  }

  #section(/** @type {NoteGroup} */ group) {
    const items = group.notes.map((note) => {
      const entry = this.#entries.find(({ row }) => row.id === note.id);
      const where = group.card || group.opening ? "" : this.#whereOf(note);
      setText(entry.where, where);
      setVisible(entry.where, Boolean(where));
      return entry.element;
    });
    return h("section", {}, h("h3", {}, this.#headingOf(group)), h("ul", {}, items));
  }

  #headingOf(/** @type {NoteGroup} */ { kind, card, opening, area }) {
    const { t } = this.#on;
    if (kind) return t(kind === NEXT_STEP ? "notes.next_steps" : `kinds.${asKey(kind)}`);
    if (card) return this.#whereOf({ card });
    if (opening) return this.#whereOf({ opening_question: opening });
    if (opening === 0) return t("bar.opening");
    return [areaShape(this.#deck.areas[area]), " ", this.#deck.areas[area].name];
  }

  /** What a note belongs to, in words. */
  #whereOf(/** @type {Partial<Note>} */ { card, opening_question }) {
    const { t } = this.#on;
    if (!card) {
      const opening = this.#deck.openings.find(({ question }) => question === opening_question);
      return [t("bar.opening"), opening?.text].filter(Boolean).join(": ");
    }
    const { number, question } = this.#deck.cards[card];
    return `${t("card.number", { number })}: ${question}`;
  }
}

/** What a note belongs to, as its events tell it. */
function subjectOf(/** @type {Note} */ { card, opening_question }) {
  return card ? { card } : { opening_question };
}

function ids(/** @type {Note[]} */ notes) {
  return notes.map(({ id }) => id);
}
