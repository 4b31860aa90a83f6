// @ts-check
// The kinds of buttons that stand everywhere.

import { h } from "./dom.js";
import { icon } from "./icons.js";

/** A button with a picture and words. */
export function iconButton(name, label, onclick, extra = "") {
  const attributes = { class: `dk-button ${extra}`.trim(), type: "button", title: label, onclick };
  return h("button", attributes, icon(name), h("span", {}, label));
}

/** A round button with a picture; its words are for a screen reader and a resting pointer. */
export function roundButton(name, label, onclick, extra = "") {
  const attributes = { class: `dk-round ${extra}`.trim(), type: "button", title: label, "aria-label": label };
  return h("button", { ...attributes, onclick }, icon(name));
}

/** A button of words alone. */
export function textButton(label, onclick, extra = "") {
  return h("button", { class: `dk-button ${extra}`.trim(), type: "button", onclick }, label);
}

/** The button that sends a form. */
export function submitButton(/** @type {string} */ label) {
  return h("button", { class: "dk-button dk-primary dk-big", type: "submit" }, label);
}
