// @ts-check
// A plan as this window sees it: as the server has shown it, with what is still on its way. And how people
// write times of day and groups.

import { LIMITS } from "../core/vocabulary.js";

/**
 * @typedef {{ question: string, text: string, area: string, examples: string[] }} Question
 * @typedef {import("../core/types.js").Plan} Plan
 * @typedef {import("../core/types.js").PendingEvent} PendingEvent
 */

const TIME_OF_DAY = /^(\d{1,2})[.:]?(\d{2})?$/;
const MOST_GROUPS = 200;

/** The plan's fields, the deck among them, by the newest word on them. */
export function fieldsOf(/** @type {Plan} */ plan, /** @type {PendingEvent[]} */ waiting) {
  const newest = waiting.filter(({ what }) => what === "workshop planned").at(-1);
  if (!newest) return plan.fields;
  const { what: _, id: __, session: ___, ...fields } = newest;
  return { ...plan.fields, ...fields };
}

/** Until which day the groups keep their notes, by the newest word on it. */
export function keepUntilOf(/** @type {Plan} */ plan, /** @type {PendingEvent[]} */ waiting) {
  const newest = /** @type {any} */ (waiting.filter(({ what }) => what === "retention set").at(-1));
  return newest?.until ?? plan.keep_until;
}

/** @returns {Question[]} the questions that are asked, in the order they were begun */
export function questionsOf(/** @type {Plan} */ plan, /** @type {PendingEvent[]} */ waiting) {
  const questions = new Map(plan.questions.map((question) => [question.question, question]));
  for (const event of waiting.filter(({ what }) => what === "question written")) {
    const written = /** @type {any} */ (event);
    if (written.withdrawn) questions.delete(written.question);
    else questions.set(written.question, written);
  }
  return [...questions.values()];
}

/** A time of day as it is kept (`09:10`); "" of nothing, null when it is none. */
export function readTime(/** @type {string} */ written) {
  const words = written.trim();
  if (!words) return "";
  const [, hours, minutes = "00"] = TIME_OF_DAY.exec(words) ?? [];
  if (!hours || Number(hours) > 23 || Number(minutes) > 59) return null;
  return `${hours.padStart(2, "0")}:${minutes}`;
}

/** An address as it is kept, with `https://` where that was left out; "" of nothing, null when it is none. */
export function readLink(/** @type {string} */ written) {
  const words = written.trim();
  if (!words) return "";
  const address = /^[a-z0-9-]+\.[^\s:@]+$/i.test(words) ? ["https:", "", words].join("/") : words;
  return /^https?:\/\/[^\s/@\\<>"]+(\/[^\s\\<>"]*)?$/i.test(address) ? address : null;
}

/** Questions as somebody wrote them, one a line; null when there are too many, or one is too long. */
export function readOpening(/** @type {string} */ written) {
  const lines = written.split("\n").map((line) => line.trim().replace(/\s+/g, " ")).filter(Boolean);
  const fits = lines.length <= LIMITS.ownOpening &&
    lines.every((line) => [...line].length <= LIMITS.openingLength);
  return fits ? lines : null;
}

export function timeInWords(/** @type {string} */ time) {
  return time.replace(/^0/, "").replace(":", ".");
}

/**
 * Groups as somebody wrote them: how many, or their names with commas or lines between.
 *
 * @param {string} written
 * @param {(number: number) => string} nameOf a group by its number
 */
export function readGroups(written, nameOf) {
  const count = /^\d+$/.test(written.trim()) ? Number(written) : null;
  if (count !== null) return Array.from({ length: Math.min(count, MOST_GROUPS) }, (_, i) => nameOf(i + 1));
  return [...new Set(written.split(/[,;\n]/).map((name) => name.trim()).filter(Boolean))];
}

/** @param {string[]} groups @param {(number: number) => string} nameOf */
export function groupsInWords(groups, nameOf) {
  const areNumbered = groups.every((group, index) => group === nameOf(index + 1));
  return groups.length && areNumbered ? String(groups.length) : groups.join(", ");
}

/** A list with something in it or without, as it was put; what is new comes last. */
export function toggled(/** @type {string[]} */ list, /** @type {string} */ item, isIn) {
  const others = list.filter((other) => other !== item);
  return isIn ? [...others, item] : others;
}

/** A list with something one place up or down. */
export function moved(/** @type {string[]} */ list, /** @type {string} */ item, /** @type {number} */ by) {
  const from = list.indexOf(item);
  const to = from + by;
  if (from < 0 || to < 0 || to >= list.length) return list;
  const others = list.filter((other) => other !== item);
  return [...others.slice(0, to), item, ...others.slice(to)];
}
