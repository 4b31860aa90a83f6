// @ts-check
// A group with two devices: one shows the cards alone, the other the card in hand and the pad. What each does
// without is hidden (device_kind.css, by the screen's `data-device`), and then no key reaches it either.

import { h } from "../core/dom.js";

/** What a device for notes shows while no card is in hand. */
export function padWaits(/** @type {import("../core/texts.js").Texts} */ t) {
  return h("p", { class: "dk-lead dk-pad-waits" }, t("pad.waits"));
}
