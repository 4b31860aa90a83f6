// @ts-check
// One of some choices, each a line that can be pressed anywhere.

import { h } from "../core/dom.js";

export function choice(
  /** @type {string} */ name,
  /** @type {string} */ value,
  /** @type {string} */ words,
  /** @type {string} */ hint = "",
) {
  const text = h("span", {}, words, " ", hint && h("span", { class: "dk-join-hint" }, hint));
  return h("label", { class: "dk-join-choice" }, h("input", { type: "radio", name, value }), text);
}

/** The value that is chosen below an element; null while none is. */
export function chosenOf(/** @type {HTMLElement} */ element) {
  return inputsOf(element).find((input) => input.checked)?.value ?? null;
}

/** Choose a value, where it is offered; else none is chosen. */
export function choose(/** @type {HTMLElement} */ element, /** @type {string | null} */ value) {
  for (const input of inputsOf(element)) input.checked = input.value === value;
}

const inputsOf = (/** @type {HTMLElement} */ element) =>
  [...element.querySelectorAll("input")].filter(({ type }) => type === "radio");
