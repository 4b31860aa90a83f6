// @ts-check
// The end of a session, and what became of earlier steps, as they will be when pending events have happened.

/** @typedef {import("../core/types.js").Closing} Closing */
/** @typedef {import("../core/types.js").PendingEvent} PendingEvent */

/** Each event of `domain/closing` that shows at once: what there is after it. */
const AFTER = {
  "rated": (closing) => (closing.shown ? closing : { ...closing, answers: closing.answers + 1 }),
  "retention set": (closing, { until = "" }) => ({ ...closing, keep_until: until }),
  "step status": (closing, { note, status, word = "" }) => ({
    ...closing,
    statuses: { ...closing.statuses, [note]: { status, word } },
  }),
};

/** The kinds of events that are foreseen here. */
export const FORESEEN = Object.keys(AFTER);

/** @param {Closing} closing @param {PendingEvent} event @returns {Closing} */
export function closingAfter(closing, event) {
  const after = AFTER[event.what];
  return after && closing ? after(closing, event) : closing;
}

/** How many answered each of the numbers, from the highest down. */
export function countsOf(/** @type {[number, string][]} */ ratings, /** @type {number} */ highest) {
  const numbers = Array.from({ length: highest }, (_, index) => highest - index);
  return numbers.map((number) => ({ number, count: ratings.filter(([rating]) => rating === number).length }));
}
