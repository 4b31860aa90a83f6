// @ts-check
// Events on their way to the server, as plain lists: what counts among them, and what stands for what.

import { LIMITS } from "../core/vocabulary.js";
import { timeOf } from "./event_ids.js";

/** @typedef {import("../core/types.js").PendingEvent} PendingEvent */

/** ms between two versions of a note that are written in one go */
export const WRITING_PAUSE = LIMITS.writingPause;
const SENTENCE_END = /[.!?…\n]\s*$/;
const OF_TIMER = ["timer set", "timer started", "timer extended", "timer stopped"];
const OF_SILENCE = ["silence begun", "silently noted", "silence ended"];
/** Of the end of a session, and of coming back. */
export const OF_CLOSING = [
  ...["rated", "ratings shown", "step status", "follow-up marked", "retention set", "hands counted"],
  "votes shown",
];
/** Undo passes over them. */
const NOT_A_STEP = ["described", "ended", "reopened", ...OF_TIMER, ...OF_SILENCE, ...OF_CLOSING];
const NOTE_FIELDS = ["text", "kind", "owner", "due"];

/**
 * The events that count, in the order they are in: what is undone by a later one is left out, and undoing an
 * undo makes it count again.
 *
 * @template {import("../core/types.js").DomainEvent} Event
 * @param {Event[]} events oldest first
 * @returns {Event[]}
 */
export function effectiveEvents(events) {
  const undone = new Set();
  const effective = [];
  for (const event of [...events].reverse()) {
    if (undone.has(event.id)) continue;
    if (event.what === "undone") { for (const id of event.events) undone.add(id); }
    else effective.push(event);
  }
  return effective.reverse();
}

/** The ids of all that these events undo. */
export function undoneBy(/** @type {PendingEvent[]} */ pending) {
  const undone = new Set();
  for (const event of [...pending].reverse()) {
    if (event.what !== "undone" || undone.has(event.id)) continue;
    for (const id of event.events) undone.add(id);
  }
  return undone;
}

/** Those that the server may still take. The rest are notes it has refused. */
export function unrefused(/** @type {PendingEvent[]} */ pending) {
  return pending.filter((event) => !event.refused);
}

/**
 * What undo can take back without the server: the ids of the newest step among events it does not know of
 * yet.
 *
 * @param {PendingEvent[]} waiting
 */
export function lastStep(waiting) {
  /** @type {PendingEvent[]} */
  const step = [];
  for (const event of effectiveEvents(waiting).reverse()) {
    if (NOT_A_STEP.includes(event.what)) continue;
    if (event.instead_of) continue; // what was taken out of a note stays out
    if (step.length && !isSameStep(event, step.at(-1)) && !isSameLine(event, step)) break;
    step.push(event);
  }
  return step.map((event) => event.id);
}

/** The id of the undoing that redo can take back without the server, if nothing was done since. */
export function nextRedo(/** @type {PendingEvent[]} */ waiting) {
  const undoings = new Map(waiting.filter(({ what }) => what === "undone").map((event) => [event.id, event]));
  const undone = new Set();
  for (const event of [...waiting].reverse()) {
    if (undone.has(event.id)) continue;
    if (NOT_A_STEP.includes(event.what)) continue;
    if (event.what !== "undone") return null;
    for (const id of event.events) undone.add(id);
    if (!event.events.some((id) => undoings.has(id))) return event.id;
  }
  return null;
}

/**
 * Whether two versions of a note are one step to undo, as `domain/undo` has it: the same kind, owner and
 * date, no pause between them, and no other sentence begun.
 */
function isSameStep(/** @type {PendingEvent} */ event, /** @type {PendingEvent} */ later) {
  if (event.what !== "noted" || later.what !== "noted" || event.note !== later.note) return false;
  const isSame = ["kind", "owner", "due"].every((field) => (event[field] ?? "") === (later[field] ?? ""));
  const beginsSentence = SENTENCE_END.test(event.text) && event.text.trim() !== later.text.trim();
  return isSame && !beginsSentence && timeOf(later.id) - timeOf(event.id) <= WRITING_PAUSE;
}

/** Whether an event and the step after it are one line that was typed in, as `domain/undo` has it. */
function isSameLine(/** @type {PendingEvent} */ event, /** @type {PendingEvent[]} */ step) {
  if (step[0].what !== "minutes told" || !event.card || event.card !== step[0].card) return false;
  return event.what !== "noted" && timeOf(step.at(-1).id) - timeOf(event.id) <= LIMITS.linePause;
}

/**
 * Pending events with one more. Of a note whose last version was never sent, the new version takes the place
 * of one that was written in the same go: without contact a note would fill the browser with its versions.
 *
 * @param {PendingEvent[]} pending
 * @param {PendingEvent} event
 * @param {Set<string>} unsent ids of what happened while there was no contact
 */
export function withEvent(pending, event, unsent) {
  const remaining = pending.filter((other) => !(other.refused && other.note && other.note === event.note));
  const last = event.what === "noted" ? newestVersion(remaining, event.note) : undefined;
  if (!last || !canStandFor(event, last, unsent)) return [...remaining, event];
  return [...remaining.filter((other) => other !== last), { ...event, after: last.after }];
}

function canStandFor(event, last, unsent) {
  const areUnsent = unsent.has(event.id) && unsent.has(last.id) && !last.instead_of;
  return areUnsent && isSameStep(last, event);
}

function newestVersion(pending, note) {
  return pending.filter((event) => event.what === "noted" && event.note === note).at(-1);
}

/** Pending events without those that tell of a note: it is replaced by another one. */
export function withoutNote(/** @type {PendingEvent[]} */ pending, /** @type {string} */ note) {
  return pending.filter((event) => event.what !== "noted" || event.note !== note);
}

/**
 * What another window left behind and is not known here. A half-written note becomes the newest version of
 * its note, unless the last event left behind says the same. It has an id already: where two windows take
 * over the same, they say the same, and what was said twice happens once.
 *
 * @param {PendingEvent[]} pending
 * @param {PendingEvent[]} leftBehind
 */
export function adopted(pending, leftBehind) {
  const known = new Set(pending.map((event) => event.id));
  /** @type {PendingEvent[]} */
  const newEvents = [];
  for (const { refused: _, draft, ...event } of leftBehind) {
    if (known.has(event.id)) continue;
    const last = draft && newEvents.filter((other) => other.note === event.note).at(-1);
    if (last && NOTE_FIELDS.every((field) => last[field] === event[field])) continue;
    newEvents.push(last ? { ...event, after: last.id } : event);
  }
  return newEvents;
}

/** The message that carries an event. */
export function messageOf(/** @type {PendingEvent} */ { instead_of, whole_step, refused: _, ...event }) {
  return { type: instead_of ? "redact" : whole_step ? "undo" : "event", event };
}
