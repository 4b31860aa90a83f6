// @ts-check
// The group's timer as it will be when the pending events have happened, as `domain/timer` has it, and what
// is left of it.

import { OUTCOME_OF } from "../core/vocabulary.js";
import { timeOf } from "../sync/event_ids.js";

/** @typedef {import("../core/types.js").TimerState} TimerState */

/** The timer as it is before anybody has set one. */
export const UNSET = /** @type {TimerState} */ ({ seconds: 300, starts: "never", run: null });

const MOVES = {
  "timer set": ({ run }, { seconds, starts = "never" }) => ({
    seconds,
    starts,
    run: starts === "never" ? null : run,
  }),
  "timer started": (timer, event) => started(timer, event, event.seconds, null),
  "timer extended": extend,
  "timer stopped": stop,
  "ended": stop,
  "turned": (timer, event) =>
    timer.starts === "with card" ? started(timer, event, timer.seconds, event.card) : timer,
};

/** The kinds of events that are the timer's own. */
export const OF_TIMER = Object.keys(MOVES).filter((what) => what.startsWith("timer "));

/**
 * @param {TimerState} timer
 * @param {any} event that the table's rules allow
 * @returns {TimerState}
 */
export function timerAfter(timer, event) {
  const move = MOVES[event.what];
  if (move) return move(timer, event);
  const isOfItsCard = timer.run?.card && timer.run.card === event.card;
  return isOfItsCard && OUTCOME_OF[event.what]?.settles ? stop(timer) : timer;
}

function started(timer, { id }, seconds, card) {
  const started_at = timeOf(id);
  return { ...timer, run: { id, started_at, ends_at: started_at + seconds * 1000, card } };
}

function extend(timer, { id, seconds }) {
  if (!timer.run) return timer;
  return {
    ...timer,
    run: { ...timer.run, ends_at: Math.max(timer.run.ends_at, timeOf(id)) + seconds * 1000 },
  };
}

function stop(timer) {
  return { ...timer, run: null };
}

/**
 * How much is left of a run, in ms; never more than it was given, whatever the clocks say: where the server's
 * was set back, a run may seem to begin in the future, and begins when it is first seen.
 *
 * @param {{ started_at: number, ends_at: number }} run
 * @param {number} now the server's time
 * @param {number} seenAt the server's time when the run was first seen
 */
export function timeLeft({ started_at, ends_at }, now, seenAt) {
  const early = Math.max(0, started_at - seenAt);
  return Math.max(0, ends_at - early - now);
}

/** A length of time as on a clock: 4:05, or 1:02:30. */
export function inMinutes(/** @type {number} */ ms) {
  const seconds = Math.ceil(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
}
