// @ts-check
// The bar over a screen: where we are, how far we are, whether it is saved, and what lies one click away.

import { iconButton } from "./buttons.js";
import { h, setAttribute } from "./dom.js";

/**
 * @param {HTMLElement[]} title what stands under each other at the beginning
 * @param {HTMLElement} progress
 * @param {HTMLElement} savingWord
 * @param {HTMLElement[]} buttons
 * @param {HTMLElement[]} before
 */
export function screenBar(title, progress, savingWord, buttons, before = []) {
  const where = h("div", { class: "dk-bar-title" }, title);
  return h(
    "header",
    { class: "dk-bar" },
    before,
    where,
    progress,
    savingWord,
    h("div", { class: "dk-bar-buttons" }, buttons),
  );
}

/** The element that says how far one is. */
export function progressText() {
  return h("p", { class: "dk-progress", "data-part": "progress" });
}

/**
 * The button that takes the newest step back, and says which that is.
 *
 * @param {import("./texts.js").Texts} t
 * @param {() => void} undo
 */
export function undoButton(t, undo) {
  const element = iconButton("undo", t("bar.undo"), undo, "dk-undo");
  element.dataset.part = "undo";
  return {
    element,
    paint(/** @type {{ label: string } | null} */ step, /** @type {boolean} */ canUndo) {
      const what = step ? t("bar.undo_this", { step: step.label }) : t("bar.undo");
      element.disabled = !canUndo;
      setAttribute(element, "title", what);
      setAttribute(element, "aria-label", what);
    },
  };
}
