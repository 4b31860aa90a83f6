// @ts-check
// The form that a group fills in before its cards are laid on the table.

import { h, setText } from "../core/dom.js";

const NOTE_TAKERS = ["leader", "employee", "staff_representative", "consultant", "other"];

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {(details: object) => void} begin is called with what the group has told
 */
export function startForm(t, begin) {
  const fields = formFields(t);
  const labelled = (name) =>
    h("label", { class: `dk-field dk-field-${name}` }, h("span", {}, t(`start.${name}`)), fields[name]);
  const trouble = h("p", { class: "dk-trouble", role: "alert", hidden: true });
  const submit = h("button", { class: "dk-button dk-primary dk-big", type: "submit" }, t("start.begin"));
  const element = h(
    "form",
    { class: "dk-paper dk-start-form", "aria-labelledby": "dk-start-new" },
    h("h2", { id: "dk-start-new" }, t("start.new")),
    Object.keys(fields).map(labelled),
    trouble,
    submit,
  );
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    submit.disabled = true;
    const details = Object.fromEntries(
      Object.entries(fields).map(([name, field]) => [name, field.value.trim()]),
    );
    begin({ ...details, participants: details.participants ? Number(details.participants) : null });
  });
  let proposed = null;
  return {
    element,
    /** Fill in a proposal, once. */
    paint(/** @type {Record<string, any>} */ proposal) {
      submit.disabled = false;
      if (JSON.stringify(proposal) === proposed) return;
      proposed = JSON.stringify(proposal);
      for (const [name, value] of Object.entries(proposal)) {
        if (name in fields) fields[name].value = value ?? "";
      }
    },
    /** Say beside the button what is wrong. */
    showTrouble(/** @type {string | null} */ message) {
      submit.disabled = false;
      trouble.hidden = !message;
      setText(trouble, message ?? "");
    },
    focus: () => fields.workshop.focus(),
  };
}

function formFields(t) {
  const text = (name, more = {}) => h("input", { name, maxlength: 200, autocomplete: "off", ...more });
  const people = NOTE_TAKERS.map((who) =>
    h("option", { value: who.replace(/_/g, " ") }, t(`start.note_takers.${who}`))
  );
  const nobody = h("option", { value: "" }, t("start.note_taker_untold"));
  const number = { type: "number", min: 1, max: 999, inputmode: "numeric" };
  return {
    workshop: text("workshop", { required: true }),
    organisation: text("organisation", { autocomplete: "organization" }),
    unit: text("unit"),
    date: h("input", { name: "date", type: "date", required: true }),
    group: text("group", { required: true }),
    participants: h("input", { name: "participants", ...number }),
    note_taker: h("select", { name: "note_taker" }, nobody, people),
  };
}
