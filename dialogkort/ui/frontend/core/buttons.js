// @ts-check
// The kinds of buttons that stand everywhere.

import { h, setAttribute, setText } from "./dom.js";
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

const LINK = /^https?:\/\//i;

/** A button that opens an address in a tab of its own, which learns nothing of us; hidden without one. */
export function linkButton(name, label) {
  const attributes = { class: "dk-button", target: "_blank", rel: "noopener noreferrer", title: label };
  const element = h("a", { ...attributes, hidden: true }, icon(name), h("span", {}, label));
  return {
    element,
    paint(/** @type {string | undefined} */ address, words = label) {
      setText(element.querySelector("span"), words);
      setAttribute(element, "title", words);
      const isLink = LINK.test(address ?? "");
      element.hidden = !isLink;
      if (isLink) element.setAttribute("href", address);
      else element.removeAttribute("href");
    },
  };
}

/** A button of words alone. */
export function textButton(label, onclick, extra = "") {
  return h("button", { class: `dk-button ${extra}`.trim(), type: "button", onclick }, label);
}

/** The button that sends a form. */
export function submitButton(/** @type {string} */ label) {
  return h("button", { class: "dk-button dk-primary dk-big", type: "submit" }, label);
}
