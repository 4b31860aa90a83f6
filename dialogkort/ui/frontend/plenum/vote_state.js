// @ts-check
// What there is to vote on, and how long a bar is: pure, without a page.

import { LIMITS, NEXT_STEP } from "../core/vocabulary.js";

/** @typedef {import("./room_state.js").RoomState} RoomState */

export const SUBJECTS = ["themes", "steps", "notes"];
const MOST = LIMITS.voteItems;
const CHOICES = [1, 2, 3, 5];
const USUAL = 3; // choices where there is much to choose from

/**
 * The ids of what may stand to vote; of notes, those that were chosen on the board and are still there.
 *
 * @param {RoomState} state
 * @param {string} subject
 * @param {string[]} proposed
 */
export function votable(state, subject, proposed) {
  if (subject === "themes") return state.themes().filter(({ notes }) => notes.length).map(({ id }) => id);
  if (subject === "steps") return state.notes().filter(({ kind }) => kind === NEXT_STEP).map(({ id }) => id);
  return proposed.filter((id) => state.note(id));
}

/** Those of them that stand to vote unless somebody says otherwise: as many as there may be. */
export function firstItems(/** @type {string[]} */ ids) {
  return ids.slice(0, MOST);
}

/**
 * How many of so many each may choose, and how many of them is usual: about a third, for who chooses all says
 * nothing.
 */
export function choicesAmong(/** @type {number} */ count) {
  const offered = CHOICES.filter((choices) => choices === 1 || choices < count);
  const most = Math.min(USUAL, Math.max(1, count / 3));
  return { offered, usual: Math.max(...offered.filter((choices) => choices <= most)) };
}

/** Whether so many may stand to vote. */
export function isVotable(/** @type {number} */ count) {
  return count >= LIMITS.fewestVoteItems && count <= MOST;
}

/**
 * What every item got, with the length of its bar as a share of the longest.
 *
 * @param {{ item: string, rank: number, hands: number, dots: number }[]} results
 */
export function bars(results) {
  const most = Math.max(1, ...results.map(({ hands, dots }) => hands + dots));
  return results.map((one) => ({
    ...one,
    total: one.hands + one.dots,
    length: (one.hands + one.dots) / most,
  }));
}
