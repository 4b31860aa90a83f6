// @ts-check
// A whole number that is stepped up and down by large buttons, or typed.

import { h, setAttribute } from "./dom.js";

/**
 * `set` paints a number; `onChange(number)` is called when somebody has chosen another one.
 *
 * @param {{ name: string, fewer: string, more: string }} words
 * @param {number} most
 * @param {(value: number) => void} onChange
 */
export function stepper({ name, fewer, more }, most, onChange) {
  const naming = { "inputmode": "numeric", "maxlength": "4", "aria-label": name, "autocomplete": "off" };
  const input = h("input", { ...naming, class: "dk-stepper-number", type: "text", value: "0" });
  const read = () => Math.min(most, Math.max(0, parseInt(input.value, 10) || 0));
  const put = (/** @type {number} */ value) => {
    input.value = String(value);
    setAttribute(down, "disabled", value <= 0 ? "" : null);
    setAttribute(up, "disabled", value >= most ? "" : null);
  };
  const choose = (/** @type {number} */ value) => (put(value), onChange(value));
  const button = (label, sign, step) =>
    h("button", {
      "class": "dk-button dk-stepper-step",
      "data-repeats": true,
      "type": "button",
      "aria-label": label,
      "onclick": () => choose(read() + step),
    }, sign);
  const down = button(fewer, "−", -1);
  const up = button(more, "+", 1);
  input.addEventListener("change", () => choose(read()));
  put(0);
  return {
    element: h("span", { class: "dk-stepper", role: "group", "aria-label": name }, down, input, up),
    read,
    set: (/** @type {number} */ value) => {
      if (document.activeElement !== input && read() !== value) put(value);
    },
    rename: (/** @type {string} */ words) => input.setAttribute("aria-label", words),
    focus: () => (input.focus(), input.select()),
  };
}
