// @ts-check
// One thing found in a file of cards, as an item of a list.

import { h } from "../core/dom.js";

/** @param {import("../core/types.js").DeckFinding} finding */
export function findingItem({ severity, is_error, where, message }) {
  const name = h("strong", {}, [severity, where].filter(Boolean).join(", "));
  return h("li", { "data-error": is_error }, name, ` ${message}`);
}
