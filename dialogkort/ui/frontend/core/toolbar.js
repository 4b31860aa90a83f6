// @ts-check
// The bar over a screen: where we are, how far we are, whether it is saved, and what lies one click away.

import { iconButton } from "./buttons.js";
import { h, setAttribute, setText } from "./dom.js";

/**
 * @param {HTMLElement} title
 * @param {HTMLElement[]} under what stands in one line under the title, how far one is among it
 * @param {HTMLElement} statusWord
 * @param {HTMLElement[]} buttons
 * @param {HTMLElement[]} before
 */
export function screenBar(title, under, statusWord, buttons, before = []) {
  const where = h("div", { class: "dk-bar-title" }, title, h("div", { class: "dk-bar-under" }, under));
  return h(
    "header",
    { class: "dk-bar" },
    before,
    where,
    statusWord,
    h("div", { class: "dk-bar-buttons" }, buttons),
  );
}

/** The name of what one is at; a long one ends in dots, and is whole in its tooltip. */
export function barTitle() {
  const element = h("h1", {});
  return {
    element,
    paint(/** @type {string} */ name) {
      setText(element, name);
      setAttribute(element, "title", name);
    },
  };
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
  return stepButton(t, "undo", iconButton("undo", t("bar.undo"), undo, "dk-undo"));
}

/**
 * The button that lets count again what was taken back last.
 *
 * @param {import("./texts.js").Texts} t
 * @param {() => void} redo
 */
export function redoButton(t, redo) {
  return stepButton(t, "redo", iconButton("redo", t("bar.redo"), redo, "dk-redo"));
}

const KEYS = { undo: "Ctrl+Z", redo: "Ctrl+Shift+Z" };

function stepButton(t, name, /** @type {HTMLButtonElement} */ element) {
  element.dataset.part = name;
  element.dataset.repeats = "";
  return {
    element,
    paint(/** @type {{ label: string } | null} */ step, /** @type {boolean} */ isPossible) {
      const what = step ? t(`bar.${name}_this`, { step: step.label }) : t(`bar.${name}`);
      element.disabled = !isPossible;
      setAttribute(element, "title", `${what} (${KEYS[name]})`);
      setAttribute(element, "aria-label", what);
    },
  };
}
