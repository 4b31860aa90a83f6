// @ts-check
// The next steps of all groups in one list: what, who, when; corrected here as their group corrects them.

import { textButton } from "../core/buttons.js";
import { dayInWords } from "../core/days.js";
import { h, setText, setVisible } from "../core/dom.js";
import { keyedList } from "../core/keyed_list.js";
import { NEXT_STEP } from "../core/vocabulary.js";
import { noteText } from "./note_text.js";

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {(note: string) => void} correct
 */
export function stepsView(t, correct) {
  const none = h("p", { class: "dk-lead" }, t("plenum.no_steps"));
  const list = h("ul", { class: "dk-plenum-steps", "data-part": "steps" });
  const paintList = keyedList(list, ({ note }) => stepRow(t, note.id, correct), ({ note }) => note.id);
  return {
    element: h("div", {}, none, list),
    paint(/** @type {import("./room_state.js").RoomState} */ state) {
      const rows = state.notes().filter(({ kind }) => kind === NEXT_STEP).map((note) => ({ note, state }));
      // By day; those without one come last.
      rows.sort((one, other) => (one.note.due || "9").localeCompare(other.note.due || "9"));
      setVisible(none, !rows.length);
      paintList(rows);
    },
  };
}

function stepRow(t, id, correct) {
  const words = noteText(t, "dk-plenum-words");
  const [owner, due, group] = ["owner", "due", "group"].map((part) => h("span", { "data-part": part }));
  const button = textButton(t("plenum.correct"), () => correct(id));
  const facts = h("p", { class: "dk-plenum-step-facts" }, owner, due, group);
  const element = h("li", { class: "dk-paper" }, h("p", {}, words.element), facts, button);
  return {
    element,
    paint({ note, state }) {
      words.paint(state, id, true);
      setText(owner, note.owner || t("plenum.nobody"));
      setText(due, note.due ? dayInWords(t, note.due) : t("plenum.no_day"));
      setText(group, state.group(note.session)?.name ?? "");
      button.setAttribute("aria-label", t("plenum.correct_of", { group: group.textContent }));
      setVisible(button, !note.is_cut);
    },
  };
}
