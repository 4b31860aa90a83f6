// @ts-check
// The notes as they will read when the pending events have happened.

import { NOTE_KINDS } from "../core/vocabulary.js";
import { effectiveEvents, undoneBy } from "../sync/pending_events.js";

/** @typedef {import("../core/types.js").Note} Note */
/** @typedef {import("../core/types.js").PendingEvent} PendingEvent */

/** @typedef {Note & { removals: string[] }} RemovedNote what removed it; none when undo took it back */

/**
 * @param {Record<string, Note>} notes as the server has shown them, by id
 * @param {PendingEvent[]} pending
 * @param {Record<string, RemovedNote>} [removed] those that are off the pad
 * @returns {Note[]} in the order they were begun; one that was emptied is no note
 */
export function predictNotes(notes, pending, removed = {}) {
  return inOrder(predict(notes, pending, removed).notes);
}

/**
 * The notes that will be off the pad, as `predictNotes` gives those that are on it.
 *
 * @param {Record<string, Note>} notes
 * @param {PendingEvent[]} pending
 * @param {Record<string, RemovedNote>} removed
 * @returns {RemovedNote[]}
 */
export function predictRemoved(notes, pending, removed) {
  return inOrder(predict(notes, pending, removed).removed);
}

function predict(notes, /** @type {PendingEvent[]} */ pending, removed) {
  const predicted = { notes: new Map(Object.entries(notes)), removed: new Map(Object.entries(removed)) };
  for (const note of broughtBack(removed, pending)) {
    predicted.notes.set(note.id, note);
    predicted.removed.delete(note.id);
  }
  for (const event of effectiveEvents(pending)) {
    if (event.instead_of) predicted.notes.delete(event.instead_of);
    if (event.what === "noted") note(predicted, event);
    else if (event.what === "note removed") remove(predicted, event);
  }
  return predicted;
}

function note({ notes, removed }, /** @type {PendingEvent} */ event) {
  notes.set(event.note, versionOf(event, notes.get(event.note)));
  removed.delete(event.note);
}

function remove({ notes, removed }, /** @type {PendingEvent} */ event) {
  const note = notes.get(event.note);
  if (note) removed.set(note.id, { ...note, removals: [event.id] });
  notes.delete(event.note);
}

/** Those whose every removal is undone by what is pending. */
function broughtBack(
  /** @type {Record<string, RemovedNote>} */ removed,
  /** @type {PendingEvent[]} */ pending,
) {
  const undone = undoneBy(pending);
  return Object.values(removed).filter(({ removals }) =>
    removals.length && removals.every((id) => undone.has(id))
  );
}

/** @template {Note} AnyNote @param {Map<string, AnyNote>} notes @returns {AnyNote[]} */
function inOrder(notes) {
  return [...notes.values()].filter(saysSomething).sort(byBeginning);
}

/** @param {PendingEvent} event @param {Note | undefined} before @returns {Note} */
function versionOf(event, before) {
  const { id, note, text, kind = NOTE_KINDS[0], card = null, opening_question = null, owner = "", due = "" } =
    event;
  const begun = before?.begun ?? note; // a note gets its id with its first letter
  return { id: note, version: id, text, kind, card, opening_question, owner, due, begun };
}

// What Python's `strip` takes for blank: not quite what `trim` does.
const NO_BLANK = "\ufeff";
const ALSO_BLANK = "\u001c\u001d\u001e\u001f\u0085";

function isLetter(/** @type {string} */ letter) {
  return letter === NO_BLANK || !(/\s/.test(letter) || ALSO_BLANK.includes(letter));
}

function saysSomething(/** @type {Note} */ { text, owner, due }) {
  return [...text].some(isLetter) || Boolean(owner) || Boolean(due);
}

function byBeginning(/** @type {Note} */ one, /** @type {Note} */ other) {
  return one.begun < other.begun ? -1 : Number(one.begun > other.begun);
}

/** How many notes each card has. */
export function countByCard(/** @type {Note[]} */ notes) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const { card } of notes) if (card) counts[card] = (counts[card] ?? 0) + 1;
  return counts;
}

/**
 * Notes that took the place of one whose newer letters were refused here, also those that were removed since:
 * the letters live.
 *
 * @param {Record<string, Note>} notes
 * @param {PendingEvent[]} pending
 * @param {Record<string, RemovedNote>} [removed]
 */
export function replacementsOfRefused(notes, pending, removed = {}) {
  const refused = new Set(pending.filter((event) => event.refused).map((event) => event.note));
  const all = Object.values({ ...removed, ...notes });
  return all.filter(({ instead_of }) => refused.has(instead_of) && !(instead_of in notes));
}
