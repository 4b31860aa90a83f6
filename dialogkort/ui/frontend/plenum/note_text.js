// @ts-check
// A note's words as a wall shows them: what may identify somebody is covered until it is uncovered.

import { h } from "../core/dom.js";
import { coveredParts, firstParts } from "./board_state.js";

const LENGTH = 320; // characters, before the rest lies one press away

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {string} className
 */
export function noteText(t, className) {
  const element = h("span", { class: className, "data-part": "words" });
  let shown = "";
  return {
    element,
    /** Paints the words; whether that is all of them. */
    paint(/** @type {import("./room_state.js").RoomState} */ state, id, isOpen) {
      const note = state.note(id);
      const places = state.isUncovered() ? [] : state.places(id);
      const all = coveredParts(note.text, places);
      const { parts, isAll } = isOpen ? { parts: all, isAll: true } : firstParts(all, LENGTH);
      const print = JSON.stringify([parts, note.is_cut && isAll]);
      if (print !== shown) {
        shown = print;
        const cut = note.is_cut && isAll ? [h("em", {}, ` ${t("plenum.cut")}`)] : [];
        element.replaceChildren(...parts.map((part) => partOf(t, part)), ...cut);
      }
      return isAll;
    },
  };
}

function partOf(t, { text, instead }) {
  if (instead === null) return text;
  return h("span", { class: "dk-covered", "data-part": "covered" }, instead || t("plenum.looking"));
}
