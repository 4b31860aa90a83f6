// @ts-check
// What is rarely needed: beside the rest where there is room, and else folded into a menu.

import { roundButton } from "./buttons.js";
import { h, setAttribute } from "./dom.js";

/**
 * @param {string} label
 * @param {HTMLElement[]} buttons
 */
export function moreMenu(label, buttons) {
  const list = h("div", { class: "dk-menu-list" }, buttons);
  const more = roundButton("dots", label, () => open(!isOpen()), "dk-menu-button");
  const element = h("div", { class: "dk-menu" }, more, list);
  const isOpen = () => element.hasAttribute("data-open");
  const open = (/** @type {boolean} */ yes) => {
    element.toggleAttribute("data-open", yes);
    setAttribute(more, "aria-expanded", String(yes));
    if (yes) buttons[0].focus();
  };
  open(false);
  list.addEventListener("click", () => open(false));
  element.addEventListener("focusout", ({ relatedTarget }) => {
    if (!element.contains(/** @type {Node} */ (relatedTarget))) open(false);
  });
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !isOpen()) return;
    event.stopPropagation();
    open(false);
    more.focus();
  });
  return element;
}
