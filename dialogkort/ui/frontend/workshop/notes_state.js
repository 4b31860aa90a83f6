// @ts-check
// The notes as they will read when the pending events have happened.

import { NOTE_KINDS } from "../core/vocabulary.js";
import { effectiveEvents } from "../sync/pending_events.js";

/** @typedef {import("../core/types.js").Note} Note */
/** @typedef {import("../core/types.js").PendingEvent} PendingEvent */

/**
 * @param {Record<string, Note>} notes as the server has shown them, by id
 * @param {PendingEvent[]} pending
 * @returns {Note[]} in the order they were begun; one that was emptied is no note
 */
export function predictNotes(notes, pending) {
  const predicted = new Map(Object.entries(notes));
  for (const event of effectiveEvents(pending)) {
    if (event.instead_of) predicted.delete(event.instead_of);
    if (event.what === "noted") predicted.set(event.note, versionOf(event, predicted.get(event.note)));
    else if (event.what === "note removed") predicted.delete(event.note);
  }
  return [...predicted.values()].filter(saysSomething).sort(byBeginning);
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
 * Notes that took the place of one whose newer letters were refused here.
 *
 * @param {Record<string, Note>} notes
 * @param {PendingEvent[]} pending
 */
export function replacementsOfRefused(notes, pending) {
  const refused = new Set(pending.filter((event) => event.refused).map((event) => event.note));
  return Object.values(notes).filter(({ instead_of }) => refused.has(instead_of) && !(instead_of in notes));
}
