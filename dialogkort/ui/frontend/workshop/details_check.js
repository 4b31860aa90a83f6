// @ts-check
// What is wrong with what a group has told of itself. The server asks the same, and decides.

/** @typedef {[key: string, gaps?: Record<string, any>]} Fault a text of the catalogue */

const MISSING = {
  workshop: "session.workshop_missing",
  date: "details.date_missing",
  group: "session.group_missing",
};
const LONGEST = 200; // letters in a field
const SHOWN = 40; // letters of what is too long
const MOST_PEOPLE = 999;
const [FIRST_YEAR, LAST_YEAR] = [2000, 2099];

/**
 * The faults by the name of the field. `date` is null when what was written there is no day; `participants`
 * is as it was written.
 *
 * @param {Record<string, string | null>} details
 * @returns {Record<string, Fault>}
 */
export function faultsOf(details) {
  /** @type {Record<string, Fault>} */
  const faults = {};
  for (const [name, value] of Object.entries(details)) {
    const fault = missing(name, value) ?? tooLong(value) ?? CHECKS[name]?.(value);
    if (fault) faults[name] = fault;
  }
  return faults;
}

/** @type {Record<string, (value: string | null) => Fault | null>} */
const CHECKS = { date: noDay, participants: noNumber };

/** @returns {Fault | null} */
function missing(/** @type {string} */ name, value) {
  return name in MISSING && value !== null && !value.trim() ? [MISSING[name]] : null;
}

/** @returns {Fault | null} */
function tooLong(value) {
  const letters = [...(value ?? "")];
  if (letters.length <= LONGEST) return null;
  return ["session.name_too_long", { value: letters.slice(0, SHOWN).join(""), longest: LONGEST }];
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
  const isLikely = !value || (/^\d{1,3}$/.test(value) && Number(value) >= 1 && Number(value) <= MOST_PEOPLE);
  return isLikely ? null : ["session.participants", { value: value.slice(0, SHOWN) }];
}
