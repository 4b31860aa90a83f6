// @ts-check
// Days as people write and read them, whatever the browser's language; between computers they are ISO 8601.

/** @typedef {import("./texts.js").Texts} Texts */

const ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const NUMBERS = /^(\d{1,2})[ .\/-]+(\d{1,2})(?:[ .\/-]+(\d{4}|\d{2})|\.?)$/;
const WORDS = /^(\d{1,2})\.?\s*(\p{L}{3,})\.?\s*(\d{4})?$/u;
const MONTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/**
 * The day that somebody has written (`28.11.2026`, `28. nov 2026`, `28/11`, `2026-11-28`), as ISO 8601: ""
 * when nothing is written, null when it is no day. One without its year is the one nearest to today.
 *
 * @param {Texts} t
 * @param {string} written
 * @param {number} now ms since 1970
 */
export function readDay(t, written, now = Date.now()) {
  const text = written.trim();
  if (!text) return "";
  const iso = ISO.exec(text);
  if (iso) return isoOf(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const numbers = NUMBERS.exec(text);
  if (numbers) return dayOfNumbers(t("format.day_order"), numbers.slice(1), now);
  const words = WORDS.exec(text);
  return words ? dayOf(words[3], monthCalled(t, words[2]), Number(words[1]), now) : null;
}

/** A day (ISO 8601) as it is read: `28. november 2026`. What is no day is shown as it is. */
export function dayInWords(/** @type {Texts} */ t, /** @type {string} */ iso) {
  const [, year, month, day] = ISO.exec(iso) ?? [];
  return year ? t("format.day", { day: Number(day), month: t(`format.months.${Number(month)}`), year }) : iso;
}

/** The day that two or three numbers are, in the order of the language (`dmy`, or `mdy`). */
function dayOfNumbers(
  /** @type {string} */ order,
  /** @type {string[]} */ numbers,
  /** @type {number} */ now,
) {
  const letters = numbers[2] ? order : order.replace("y", "");
  const part = (/** @type {string} */ letter) => numbers[letters.indexOf(letter)];
  return dayOf(part("y"), Number(part("m")), Number(part("d")), now);
}

/**
 * @param {string | undefined} digits of the year, if it was told
 * @param {number} month
 * @param {number} day
 * @param {number} now
 */
function dayOf(digits, month, day, now) {
  if (digits) return isoOf(Number(digits.length === 2 ? `20${digits}` : digits), month, day);
  const thisYear = new Date(now).getFullYear();
  const distance = (/** @type {number} */ year) => Math.abs(Date.UTC(year, month - 1, day) - now);
  const years = [thisYear - 1, thisYear, thisYear + 1].sort((one, other) => distance(one) - distance(other));
  return years.map((year) => isoOf(year, month, day)).find(Boolean) ?? null;
}

/** A month by its name, or by the beginning of it; 0 when there is none. */
function monthCalled(t, /** @type {string} */ name) {
  const known = (month) => t(`format.months.${month}`).toLowerCase();
  return MONTHS.find((month) => known(month).startsWith(name.toLowerCase())) ?? 0;
}

function isoOf(/** @type {number} */ year, /** @type {number} */ month, /** @type {number} */ day) {
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && month > 0;
  const pad = (/** @type {number} */ number, /** @type {number} */ width) =>
    String(number).padStart(width, "0");
  return isReal ? `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}` : null;
}
