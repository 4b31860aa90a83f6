// @ts-check
// Places in a note that may identify somebody: where they stand in a text that has changed since they were
// found, and how they can be spoken of.

/** @typedef {import("../core/types.js").Finding} Finding */

/** Where a place stands in a text; -1 when it is gone. */
export function locate(/** @type {string} */ text, /** @type {Finding} */ { words, at }) {
  return text.startsWith(words, at) ? at : text.indexOf(words);
}

/**
 * A text in pieces, plain and marked by turns: the first is plain, the next is marked, and so on.
 *
 * @param {string} text
 * @param {Finding[]} places
 */
export function markedPieces(text, places) {
  const spans = places.map((place) => [locate(text, place), place.words.length]);
  const pieces = [];
  let end = 0;
  for (const [at, length] of spans.sort(([one], [other]) => one - other)) {
    if (at < end) continue;
    pieces.push(text.slice(end, at), text.slice(at, at + length));
    end = at + length;
  }
  return [...pieces, text.slice(end)];
}

/**
 * A text without a place, and where the caret (at `end` before) is then.
 *
 * @param {string} text
 * @param {Finding} place
 * @param {number} end
 */
export function withoutPlace(text, place, end) {
  const at = locate(text, place);
  const after = at + place.words.length;
  const longer = place.instead.length - place.words.length;
  return {
    text: text.slice(0, at) + place.instead + text.slice(after),
    caret: end <= at ? end : Math.max(at + place.instead.length, end + longer),
  };
}

/**
 * A place as it can be said: of a CPR number only the birthday, which the others at the screen may well see.
 */
export function discreet(/** @type {Finding} */ { kind, words }) {
  return kind === "cpr" ? `${words.slice(0, -4)}····` : words;
}

/** What remains of a place when it is called fine: the words themselves are not kept for it. */
export function fingerprint(/** @type {string} */ note, /** @type {Finding} */ { kind, words }) {
  let hash = 5381;
  for (const letter of `${note} ${kind} ${words}`) hash = (hash * 33 + letter.codePointAt(0)) | 0;
  return hash;
}
