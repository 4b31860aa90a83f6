// @ts-check
// The sessions that are kept, by the workshop they are of.

import { DETAILS } from "../core/vocabulary.js";

/** @typedef {import("../core/types.js").SessionRow} SessionRow */
/** @typedef {{ key: string, first: SessionRow, sessions: SessionRow[] }} Workshop */

const SEARCHED = [
  ...DETAILS.filter(({ kind }) => kind === "text" || kind === "day").map(({ name }) => name),
  "date_read",
];

/** What a session is called: its workshop and its group. */
export function nameOf({ workshop, group }) {
  return [workshop, group].filter(Boolean).join(" – ");
}

function keyOf(/** @type {SessionRow} */ { workshop, organisation, date }) {
  return JSON.stringify([workshop, organisation, date]);
}

/** Whether two sessions are of the same workshop. */
export function isOneWorkshop(/** @type {SessionRow} */ one, /** @type {SessionRow} */ other) {
  return keyOf(one) === keyOf(other);
}

/**
 * The workshops with those of their sessions that hold all the words searched for.
 *
 * @param {SessionRow[]} sessions newest first
 * @param {string} search
 * @returns {Workshop[]} the one with the newest session first
 */
export function groupSessions(sessions, search) {
  const wanted = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  /** @type {Map<string, Workshop>} */
  const workshops = new Map();
  for (const session of sessions) {
    const content = SEARCHED.map((field) => session[field]).join("\n").toLocaleLowerCase();
    if (!wanted.every((word) => content.includes(word))) continue;
    const key = keyOf(session);
    if (!workshops.has(key)) workshops.set(key, { key, first: session, sessions: [] });
    workshops.get(key).sessions.push(session);
  }
  return [...workshops.values()];
}
