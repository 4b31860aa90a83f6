// @ts-check
// A coder's readings and the codes as they will be when the pending events have happened, and which notes
// match.

import { effectiveEvents } from "../sync/pending_events.js";

/** @typedef {import("../core/types.js").Reading} Reading */
/** @typedef {import("../core/types.js").Code} Code */
/** @typedef {import("../core/types.js").PendingEvent} PendingEvent */
/** @typedef {import("../core/types.js").Corpus} Corpus */
/** @typedef {import("../core/types.js").CorpusNote} CorpusNote */

/** @type {Reading} */
export const NOT_READ = { codes: [], none: false, memo: "" };

/** Whether a coder has decided: a code applies, or none does. */
export function isCoded(/** @type {Reading} */ { codes, none }) {
  return none || codes.length > 0;
}

/**
 * @param {Reading | undefined} known
 * @param {PendingEvent[]} waiting
 * @param {string} note
 * @param {string} coder
 * @returns {Reading}
 */
export function predictReading(known, waiting, note, coder) {
  let reading = known ?? NOT_READ;
  for (const event of effectiveEvents(waiting)) {
    if (event.note !== note || event.coder !== coder) continue;
    if (event.what === "memo written") reading = { ...reading, memo: event.text };
    if (event.what === "coded") reading = withCode(reading, event);
  }
  return reading;
}

function withCode(/** @type {Reading} */ reading, /** @type {PendingEvent} */ { code, applies = true }) {
  if (code == null) return applies ? { ...reading, codes: [], none: true } : { ...reading, none: false };
  const others = reading.codes.filter((other) => other !== code);
  return { ...reading, codes: applies ? [...others, code] : others, none: reading.none && !applies };
}

/** @param {Code[]} known @param {PendingEvent[]} waiting @returns {Code[]} */
export function predictCodes(known, waiting) {
  const codes = new Map(known.map((code) => [code.id, code]));
  for (const { what, code, name, definition = "", retired = false } of effectiveEvents(waiting)) {
    if (what === "code defined") codes.set(code, { id: code, name, definition, retired });
  }
  return [...codes.values()];
}

const KINDS_OF_MATCH = {
  open: (reading) => !isCoded(reading),
  none: (reading) => reading.none,
  memo: (reading) => Boolean(reading.memo),
};

/**
 * The indexes in the corpus of the notes that match what was chosen.
 *
 * @param {Corpus} corpus
 * @param {(note: string) => Reading} readingOf
 * @param {{ show: string, area: string, search: string }} filter `show` is a kind of match or a code's id
 */
export function matchingIndexes(corpus, readingOf, { show, area, search }) {
  const wanted = normalised(search);
  const matches = KINDS_OF_MATCH[show] ?? (show ? (reading) => reading.codes.includes(show) : () => true);
  const isWanted = (/** @type {CorpusNote} */ note) => {
    if (area && String(corpus.cards[note.card]?.area ?? "none") !== area) return false;
    return matches(readingOf(note.id)) && (!wanted || normalised(note.text).includes(wanted));
  };
  return [...corpus.notes.keys()].filter((index) => isWanted(corpus.notes[index]));
}

/** What two names have in common that a coder takes for the same. */
export function normalised(/** @type {string} */ words) {
  return words.trim().toLocaleLowerCase();
}

/**
 * What differs, note by note.
 *
 * @param {import("../core/types.js").Disagreement[]} disagreements
 */
export function byNote(disagreements) {
  /** @type {Map<string, import("../core/types.js").Disagreement[]>} */
  const notes = new Map();
  for (const disagreement of disagreements) {
    notes.set(disagreement.note, [...(notes.get(disagreement.note) ?? []), disagreement]);
  }
  return [...notes.values()];
}
