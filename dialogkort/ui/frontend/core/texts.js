// @ts-check
// Texts for the screen, from the catalogue of the language.

import { formOf } from "./plural.js";

/** @typedef {(key: string, gaps?: Record<string, any>) => string} Texts */

/**
 * Reads texts: `t("card.number", { number: 7 })`, with the form that `count` takes.
 *
 * @param {any} texts
 * @returns {Texts}
 */
export function textReader(texts) {
  return (key, gaps = {}) => {
    /** @type {any} */
    let entry = key.split(".").reduce((branch, part) => branch?.[part], texts);
    if (entry && typeof entry === "object") {
      entry = entry[formOf(gaps.count, texts.format.plural)] ?? entry.other;
    }
    if (entry === undefined) throw new Error(`no text for ${key}`);
    return entry.replace(/\{(\w+)\}/g, (_, gap) => gaps[gap]);
  };
}

/** A value of the domain (`not settled`) as it stands in a key of the catalogue. */
export function asKey(/** @type {string} */ value) {
  return value.replace(/ /g, "_");
}
