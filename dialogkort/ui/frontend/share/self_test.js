// @ts-check
// Whether devices get through: nobody has come yet, one has, or none for so long that something is wrong. One
// on this very computer has joined, and yet shows nothing of the network.

import { h, setText, setVisible } from "../core/dom.js";

const PATIENCE = 30_000; // ms in which somebody who stands ready has scanned the code
const ADVICE = ["late_hotspot", "late_firewall", "late_one_screen"];

/** @param {{ has_device: boolean, has_joined: boolean, opened_ms: number }} sharing @param {number} now */
export function testState({ has_device, has_joined, opened_ms }, now) {
  if (has_device) return "works";
  if (has_joined) return "here_only";
  return now < opened_ms + PATIENCE ? "waiting" : "late";
}

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {(text: string) => void} announce
 */
export function selfTest(t, announce) {
  const words = h("p", { class: "dk-share-test-words" });
  const advice = h(
    "div",
    { class: "dk-share-advice" },
    h("p", {}, t("share.late_what")),
    h("ul", {}, ADVICE.map((name) => h("li", {}, t(`share.${name}`)))),
  );
  const element = h("div", { class: "dk-paper dk-share-test", "data-part": "selftest" }, words, advice);
  return {
    element,
    /** Gives when it may say something else by itself (ms since 1970). */
    paint(/** @type {import("../core/types.js").Sharing} */ sharing, /** @type {number} */ now) {
      const state = testState(sharing, now);
      if (element.dataset.state && element.dataset.state !== state) announce(t(`share.${state}`));
      element.dataset.state = state;
      setText(words, t(`share.${state}`));
      setVisible(advice, state === "late");
      return state === "waiting" ? sharing.opened_ms + PATIENCE : Infinity;
    },
  };
}
