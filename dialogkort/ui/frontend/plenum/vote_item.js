// @ts-check
// What something that stands to vote is called: a theme by its name, a note by its words, as covered.

import { h, setText } from "../core/dom.js";
import { noteText } from "./note_text.js";

/** @param {import("../core/texts.js").Texts} t */
export function voteItem(t) {
  const name = h("span", { class: "dk-plenum-words" });
  const words = noteText(t, "dk-plenum-words");
  const element = h("span", { class: "dk-plenum-vote-item" });
  return {
    element,
    paint(/** @type {import("./room_state.js").RoomState} */ state, /** @type {string} */ id) {
      const theme = state.themes().find((one) => one.id === id);
      const shown = theme ? name : words.element;
      if (element.firstChild !== shown) element.replaceChildren(shown);
      if (theme) setText(name, theme.name);
      else if (state.note(id)) words.paint(state, id, false);
    },
  };
}
