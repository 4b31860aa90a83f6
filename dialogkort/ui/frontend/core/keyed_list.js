// @ts-check
// Lists that are painted again while somebody points at them: what is still listed stays the same element, so
// a press on it counts and the focus stays.

/**
 * Children of an element by key, in the order they are given.
 *
 * @template T
 * @param {HTMLElement} parent has no other children
 * @param {(item: T) => { element: HTMLElement, paint: (item: T) => void }} make
 * @param {(item: T) => string} keyOf
 */
export function keyedList(parent, make, keyOf) {
  /** @type {Map<string, ReturnType<typeof make>>} */
  const rows = new Map();
  return (/** @type {T[]} */ items) => {
    const wanted = new Set(items.map(keyOf));
    for (const [key, row] of rows) {
      if (wanted.has(key)) continue;
      row.element.remove();
      rows.delete(key);
    }
    // From the last to the first: a new one at the top moves none of the others.
    let next = null;
    for (const item of [...items].reverse()) {
      const row = rows.get(keyOf(item)) ?? make(item);
      rows.set(keyOf(item), row);
      row.paint(item);
      if (row.element.parentNode !== parent || row.element.nextSibling !== next) {
        parent.insertBefore(row.element, next);
      }
      next = row.element;
    }
  };
}
