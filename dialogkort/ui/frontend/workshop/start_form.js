// @ts-check
// The form that a group fills in before its cards are laid on the table.

import { h, setText } from "../core/dom.js";
import { detailsForm } from "../core/details_form.js";

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {(details: object) => void} begin is called with what the group has told
 */
export function startForm(t, begin) {
  const form = detailsForm(t, (details) => {
    submit.disabled = true;
    begin(details);
  });
  const fault = h("p", { class: "dk-trouble", role: "alert", hidden: true });
  const submit = h("button", { class: "dk-button dk-primary dk-big", type: "submit" }, t("start.begin"));
  const element = h(
    "form",
    { class: "dk-paper dk-start-form", "aria-labelledby": "dk-start-new", novalidate: true },
    h("h2", { id: "dk-start-new" }, t("start.new")),
    form.elements,
    fault,
    submit,
  );
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    form.send();
  });
  let proposed = null;
  return {
    element,
    /** Fill in a proposal, once. */
    paint(/** @type {Record<string, any>} */ proposal) {
      submit.disabled = false;
      if (JSON.stringify(proposal) === proposed) return;
      proposed = JSON.stringify(proposal);
      form.fill(proposal);
    },
    /** Say beside the button what is wrong. */
    showError(/** @type {string | null} */ message) {
      submit.disabled = false;
      fault.hidden = !message;
      setText(fault, message ?? "");
    },
    /** There is no contact: what was begun here is begun when it is back. */
    lose() {
      if (submit.disabled) this.showError(t("start.waits"));
    },
    focus: form.focus,
  };
}
