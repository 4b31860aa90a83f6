// @ts-check
// Texts for the screen, from the catalogue of the language.

/** @typedef {(key: string, gaps?: Record<string, any>) => string} Texts */

/**
 * Reads texts: `t("card.number", { number: 7 })`, with `one`/`other` chosen by `count`.
 *
 * @param {object} texts
 * @returns {Texts}
 */
export function textReader(texts) {
  return (key, gaps = {}) => {
    /** @type {any} */
    let entry = key.split(".").reduce((branch, part) => branch?.[part], texts);
    if (entry && typeof entry === "object") entry = gaps.count === 1 ? entry.one : entry.other;
    if (entry === undefined) throw new Error(`no text for ${key}`);
    return entry.replace(/\{(\w+)\}/g, (_, gap) => gaps[gap]);
  };
}

/** A value of the domain (`not settled`) as it stands in a key of the catalogue. */
export function asKey(/** @type {string} */ value) {
  return value.replace(/ /g, "_");
}
