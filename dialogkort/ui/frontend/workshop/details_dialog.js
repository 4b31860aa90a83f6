// @ts-check
// Correcting who meets where, in the same form that a session begins with.

import { textButton } from "../core/buttons.js";
import { dialogShell } from "../core/dialogs.js";
import { h } from "../core/dom.js";
import { detailsForm } from "../core/details_form.js";
import { DETAILS } from "../core/vocabulary.js";

const ALL = DETAILS.map(({ name }) => name);
const OF_GROUP = DETAILS.filter(({ ofWorkshop }) => !ofWorkshop).map(({ name }) => name);

/**
 * At a group's own device what is the workshop's is the facilitator's to correct.
 *
 * @param {import("../core/texts.js").Texts} t
 * @param {boolean} isGroups
 * @param {(details: Record<string, any>) => void} correct
 */
export function detailsDialog(t, isGroups, correct) {
  const shell = dialogShell(t, t("details.correct"), "details", { closesOutside: false });
  const close = () => shell.element.close();
  shell.element.addEventListener("close", () => shell.fill());
  return {
    element: shell.element,
    open(/** @type {Record<string, any>} */ details) {
      const send = (/** @type {Record<string, any>} */ corrected) => {
        close();
        correct({ ...details, ...corrected });
      };
      const form = detailsForm(t, send, isGroups ? OF_GROUP : ALL);
      form.fill(details);
      shell.fill(formElement(t, form, close));
      shell.open();
      form.focus();
    },
  };
}

function formElement(t, /** @type {ReturnType<typeof detailsForm>} */ form, close) {
  const save = h("button", { class: "dk-button dk-primary dk-big", type: "submit" }, t("details.save"));
  const ways = h("div", { class: "dk-moves" }, textButton(t("details.cancel"), close, "dk-big"), save);
  const attributes = { class: "dk-start-form", novalidate: true, "aria-label": t("details.correct") };
  const element = h("form", attributes, form.elements, ways);
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    form.send();
  });
  return element;
}
