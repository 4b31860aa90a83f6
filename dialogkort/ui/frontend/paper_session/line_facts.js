// @ts-check
// What is said of the card of a line, as buttons: what became of it, how it was seen or why it was skipped,
// and the minutes. Each button bears the letter that could have been typed for it.

import { h, setAttribute, setVisible } from "../core/dom.js";
import { oneTabStop } from "../core/roving.js";
import { asKey } from "../core/texts.js";
import { CHOICES, TYPED } from "./line.js";

/** @typedef {import("./line.js").Line} Line */
/** @typedef {import("./line.js").Letters} Letters */
/** @typedef {import("../core/texts.js").Texts} Texts */

/**
 * @param {Texts} t
 * @param {Letters} letters
 * @param {(change: Partial<Line>) => void} change
 */
export function lineFacts(t, letters, change) {
  /** @type {Line | null} */
  let shown = null;
  const outcomes = TYPED.map(({ value, key }) =>
    chip(letters, value, t(`outcome.${key}.heading`), () => change({ facts: { outcome: value } }))
  );
  const became = group(t("paper.outcome"), outcomes);
  const groups = TYPED.flatMap(({ value: outcome, fields }) =>
    fields.map((field) => choiceOf({ t, letters, change, shown: () => shown }, outcome, field))
  );
  const minutes = minutesField(t, (minutes) => change({ minutes }));
  return {
    element: h(
      "div",
      { class: "dk-line-facts" },
      became,
      groups.map(({ element }) => element),
      minutes.label,
    ),
    minutes,
    paint(/** @type {Line | null} */ line) {
      shown = line;
      for (const button of outcomes) press(button, line?.facts.outcome);
      for (const { outcome, field, element, buttons } of groups) {
        setVisible(element, (line?.facts.outcome ?? TYPED[0].value) === outcome);
        for (const button of buttons) press(button, line?.facts[field]);
      }
      minutes.paint(line?.minutes ?? null);
    },
  };
}

function minutesField(/** @type {Texts} */ t, /** @type {(minutes: number | null) => void} */ tell) {
  const value = () => input.value.trim() ? Number(input.value) : null;
  const isFine = () => /^\s*\d*\s*$/.test(input.value);
  const input = h("input", {
    ...{ inputmode: "numeric", autocomplete: "off", maxlength: 6, "data-part": "minutes" },
    oninput: () => isFine() && tell(value()),
  });
  return {
    label: h("label", { class: "dk-line-minutes" }, h("span", {}, t("paper.minutes")), input),
    input,
    /** @returns {import("./line.js").Fault | null} */
    fault: () => isFine() ? null : ["paper.no_minutes", { value: input.value.trim() }],
    paint(/** @type {number | null} */ minutes) {
      if (!isFine() || value() !== minutes) input.value = minutes === null ? "" : String(minutes);
    },
  };
}

/** Some values of which one or none holds. */
function choiceOf({ t, letters, change, shown }, outcome, field) {
  const words = (value) => t(field === "agreement" ? `agreement.${asKey(value)}` : `skip.${asKey(value)}`);
  const choose = (value) => {
    const isOn = shown()?.facts[field] === value;
    change({ facts: { outcome, ...(!isOn && { [field]: value }) } });
  };
  const buttons = CHOICES[field].map((value) => chip(letters, value, words(value), () => choose(value)));
  return { outcome, field, element: group(t(`paper.${field}`), buttons), buttons };
}

/** Buttons that are one stop on the way through the form. */
function group(/** @type {string} */ label, /** @type {HTMLElement[]} */ buttons) {
  const element = h("div", { class: "dk-line-choice", "aria-label": label }, buttons);
  oneTabStop(element, buttons);
  return element;
}

function chip(/** @type {Letters} */ letters, value, words, onclick) {
  const letter = letters.letter(value);
  const attributes = { class: "dk-chip", type: "button", "data-value": value, "aria-keyshortcuts": letter };
  return h("button", { ...attributes, onclick }, words, " ", h("kbd", { "aria-hidden": "true" }, letter));
}

function press(/** @type {HTMLElement} */ button, /** @type {string | null | undefined} */ value) {
  setAttribute(button, "aria-pressed", String(button.dataset.value === value));
}
