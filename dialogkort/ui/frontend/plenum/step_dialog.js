// @ts-check
// Correct a next step in the room. The words are left alone while something in them is covered.

import { submitButton } from "../core/buttons.js";
import { dayFieldWithFault } from "../core/day_field.js";
import { dialogShell } from "../core/dialogs.js";
import { h, setVisible } from "../core/dom.js";

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {(note: string, fields: { text: string, owner: string, due: string, after: string }) => void} save
 */
export function stepDialog(t, save) {
  const shell = dialogShell(t, t("plenum.correct_title"), "step", { closesOutside: false });
  const text = h("textarea", { rows: "4" });
  const textLabel = h("label", { class: "dk-field" }, h("span", {}, t("plenum.what")), text);
  const hidden = h("p", { class: "dk-quiet" }, t("plenum.uncover_first"));
  const owner = h("input", { autocomplete: "off", maxlength: "200" });
  const due = dayFieldWithFault(t, { "aria-label": t("pad.due") });
  let note = null;
  const form = h(
    "form",
    { class: "dk-plenum-form", autocomplete: "off" },
    textLabel,
    hidden,
    h("label", { class: "dk-field" }, h("span", {}, t("pad.owner")), owner),
    h("div", { class: "dk-field" }, h("span", { "aria-hidden": "true" }, t("pad.due")), due.element),
    submitButton(t("plenum.save_step")),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (due.read() === null) return due.input.focus();
    const fields = { text: text.value, owner: owner.value.trim(), due: due.value, after: note.version };
    save(note.id, fields);
    shell.element.close();
  });
  shell.fill(form);
  return {
    element: shell.element,
    /**
     * Opens with a note as it reads now: what another writes meanwhile stands beside what is written here.
     *
     * @param {import("./room_state.js").RoomState} state
     * @param {string} id
     */
    open(state, id) {
      note = { ...state.note(id), id };
      const isCovered = !state.isUncovered() && state.places(id)?.length !== 0;
      [text.value, owner.value, due.value] = [note.text, note.owner, note.due];
      setVisible(textLabel, !isCovered);
      setVisible(hidden, isCovered);
      shell.open();
    },
  };
}
