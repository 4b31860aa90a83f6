// @ts-check
// What is wrong with what a group has told of itself. The server asks the same, and decides.

import { DETAILS, LIMITS } from "./vocabulary.js";

/** @typedef {[key: string, gaps?: Record<string, any>]} Fault a text of the catalogue */

const { name: LONGEST, quoted: QUOTED, years: [FIRST_YEAR, LAST_YEAR], people: [FEWEST, MOST] } = LIMITS;

/**
 * The faults by the name of the field. A day is null when what was written there is none; a number is as it
 * was written.
 *
 * @param {Record<string, string | null>} details
 * @returns {Record<string, Fault>}
 */
export function faultsOf(details) {
  /** @type {Record<string, Fault>} */
  const faults = {};
  for (const detail of DETAILS.filter(({ name }) => name in details)) {
    const value = details[detail.name];
    const fault = missing(detail, value) ?? tooLong(value) ?? CHECKS[detail.kind]?.(value);
    if (fault) faults[detail.name] = fault;
  }
  return faults;
}

/** @type {Record<string, (value: string | null) => Fault | null>} */
const CHECKS = { day: noDay, count: noNumber };

/** @returns {Fault | null} */
function missing(/** @type {import("./types.js").Detail} */ { name, isRequired }, value) {
  return isRequired && value !== null && !value.trim() ? [`session.${name}_missing`] : null;
}

/** @returns {Fault | null} */
function tooLong(value) {
  const letters = [...(value ?? "")];
  if (letters.length <= LONGEST) return null;
  return ["session.name_too_long", { value: letters.slice(0, QUOTED).join(""), longest: LONGEST }];
}

/** @returns {Fault | null} */
function noDay(value) {
  if (value === null) return ["day.no_day"];
  const year = value.slice(0, 4);
  const isLikely = !value || (Number(year) >= FIRST_YEAR && Number(year) <= LAST_YEAR);
  return isLikely ? null : ["session.no_year", { value: year, first: FIRST_YEAR, last: LAST_YEAR }];
}

/** @returns {Fault | null} */
function noNumber(value) {
  const isLikely = !value || (/^\d+$/.test(value) && Number(value) >= FEWEST && Number(value) <= MOST);
  const gaps = { value: value.slice(0, QUOTED), fewest: FEWEST, most: MOST };
  return isLikely ? null : ["session.participants", gaps];
}
