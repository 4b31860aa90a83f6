// @ts-check
// What a screen reader is told.

import { h, setText } from "./dom.js";

/** A region that nobody sees; `announce(text)` has it read aloud. */
export function liveRegion() {
  const element = h("p", { class: "dk-unseen", "data-part": "announcements", role: "status" });
  return { element, announce: (/** @type {string} */ text) => setText(element, text) };
}
