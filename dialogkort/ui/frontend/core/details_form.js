// @ts-check
// The form in which a group tells who meets where: to begin with, and to correct it later.

import { dayField } from "./day_field.js";
import { h, setAttribute, setText, setVisible } from "./dom.js";
import { asKey } from "./texts.js";
import { DETAILS, LIMITS } from "./vocabulary.js";
import { faultsOf } from "./details_check.js";

/** @typedef {import("./texts.js").Texts} Texts */
/** @typedef {ReturnType<typeof detailsField>} DetailsField */

const MAX_NUMBER_LENGTH = 20; // as somebody may write it: what is wrong with it is said
const COUNTS = DETAILS.filter(({ kind }) => kind === "count").map(({ name }) => name);

/**
 * `submit(details)` is called with the fields of `events.Described` when nothing is wrong with them; else
 * each fault stands beside its field, and the first one has the focus. Not before: what comes on show when a
 * field is left would move the button from under the finger.
 *
 * @param {Texts} t
 * @param {(details: Record<string, any>) => void} submit
 * @param {string[]} which names of the details that are asked for
 */
export function detailsForm(t, submit, which = DETAILS.map(({ name }) => name)) {
  const fields = formFields(t, which);
  const names = Object.keys(fields);
  const written = () => Object.fromEntries(names.map((name) => [name, fields[name].read()]));
  const paintFaults = (/** @type {string[]} */ painted) => {
    const faults = faultsOf(written());
    for (const name of painted) fields[name].showFault(faults[name] ? t(...faults[name]) : "");
    return names.find((name) => faults[name]);
  };
  /** The names of the fields that somebody has written in since they were filled or sent. */
  const writtenFields = new Set();
  const send = () => {
    const wrong = paintFaults(names);
    if (wrong) return fields[wrong].focus();
    const details = written();
    const counts = COUNTS.filter((name) => name in details);
    writtenFields.clear();
    submit({
      ...details,
      ...Object.fromEntries(counts.map((name) => [name, Number(details[name]) || null])),
    });
  };
  for (const name of names) {
    fields[name].element.addEventListener("input", () => {
      writtenFields.add(name);
      if (fields[name].hasFault) paintFaults([name]);
    });
  }
  const show = (/** @type {string} */ name, /** @type {any} */ value) => {
    fields[name].show(String(value ?? ""));
    writtenFields.delete(name);
  };
  const marked = h("p", { class: "dk-quiet dk-marked" }, t("details.required"));
  return {
    elements: [...names.map((name) => fields[name].element), marked],
    send,
    fill(/** @type {Record<string, any>} */ details) {
      for (const name of names) if (name in details) show(name, details[name]);
    },
    /** Fill in what nobody has written here: a proposal may change while somebody writes. */
    propose(/** @type {Record<string, any>} */ details) {
      for (const name of names) if (name in details && !writtenFields.has(name)) show(name, details[name]);
    },
    /** What was sent could not be used: it is what somebody has written, as before. */
    keep: () => names.forEach((name) => writtenFields.add(name)),
    focus: () => fields[names[0]].focus(),
  };
}

/** @returns {Record<string, DetailsField>} */
function formFields(/** @type {Texts} */ t, /** @type {string[]} */ which) {
  const rows = DETAILS.filter(({ name }) => which.includes(name));
  return Object.fromEntries(
    rows.map((detail) => [detail.name, detailsField(t, detail.name, control(t, detail))]),
  );
}

function control(/** @type {Texts} */ t, /** @type {import("./types.js").Detail} */ detail) {
  const { name, kind, isRequired, autofill, choices } = detail;
  const naming = { name, ...(isRequired && { required: true }) };
  const line = { ...naming, autocomplete: autofill };
  if (kind === "day") return dayField(t, naming);
  if (kind === "count") return h("input", { ...line, maxlength: MAX_NUMBER_LENGTH, inputmode: "numeric" });
  if (kind === "text") return h("input", { ...line, maxlength: LIMITS.name });
  const words = (/** @type {string} */ value) => t(`start.${name}s.${asKey(value)}`);
  const untold = h("option", { value: "" }, t(`start.${name}_untold`));
  return h("select", naming, untold, choices.map((value) => h("option", { value }, words(value))));
}

/**
 * A field with its label above it and, beneath, what is wrong.
 *
 * @param {Texts} t
 * @param {string} name
 * @param {HTMLInputElement | HTMLSelectElement | ReturnType<typeof dayField>} field
 */
function detailsField(t, name, field) {
  const isDay = "input" in field;
  const control = isDay ? field.input : field;
  const id = `dk-${name}-${Math.random().toString(36).slice(2)}`;
  const fault = h("p", { class: "dk-fault", id: `${id}-fault`, hidden: true });
  const label = h(
    "label",
    { for: id, "data-required": control.hasAttribute("required") },
    t(`start.${name}`),
  );
  control.id = id;
  return {
    element: h("div", { class: `dk-field dk-field-${name}` }, label, isDay ? field.element : field, fault),
    read: () => (isDay ? field.read() : control.value.trim()),
    show: (/** @type {string} */ value) => void (isDay ? field.show(value) : (control.value = value)),
    focus: () => control.focus(),
    get hasFault() {
      return !fault.hidden;
    },
    showFault(/** @type {string} */ words) {
      setText(fault, words);
      setVisible(fault, Boolean(words));
      setAttribute(control, "aria-invalid", Boolean(words) && "true");
      setAttribute(control, "aria-describedby", words && fault.id);
    },
  };
}
