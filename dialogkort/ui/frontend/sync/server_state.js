// @ts-check
// The state that the server shows, as the browser holds it: named slices, merged message by message.

/** @typedef {Record<string, any>} Slices */

/**
 * The slices after a message, and the names of those it told of. `set` replaces a slice, `patch` merges into
 * one (null removes a key), `whole` forgets all that is not in `set`.
 *
 * @param {Slices} slices
 * @param {import("../core/types.js").StateMessage} message
 * @returns {{ slices: Slices, changed: Set<string> }}
 */
export function mergeState(slices, { whole = false, set = {}, patch = {} }) {
  const changed = new Set([
    ...(whole ? Object.keys(slices) : []),
    ...Object.keys(set),
    ...Object.keys(patch),
  ]);
  const merged = whole ? { ...set } : { ...slices, ...set };
  for (const [name, entries] of Object.entries(patch)) merged[name] = mergeEntries(merged[name], entries);
  return { slices: merged, changed };
}

function mergeEntries(known, entries) {
  const merged = { ...known };
  for (const [key, value] of Object.entries(entries)) {
    if (value === null) delete merged[key];
    else merged[key] = value;
  }
  return merged;
}
