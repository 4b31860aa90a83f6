// @ts-check
// Light or dark: JupyterLab's theme where there is one, else what the system wishes.

import { h } from "./dom.js";

const SYSTEM = "(prefers-color-scheme: dark)";

/**
 * True when an element is (or will be) shown on dark ground. Asks what decides it, not how the element looks
 * just now: its style sheet may still be on its way.
 *
 * @param {Element} element
 */
function isDark(element) {
  const themed = element.closest("[data-jp-theme-light]") ?? document.body;
  const light = themed.getAttribute("data-jp-theme-light");
  return light === null ? matchMedia(SYSTEM).matches : light === "false";
}

/**
 * Keeps `data-theme` of a screen at `light` or `dark`, and calls `changed` when it has become the other one.
 *
 * @param {HTMLElement} root
 * @param {() => void} changed
 * @returns {() => void} ends it
 */
export function followTheme(root, changed = () => {}) {
  const applyTheme = () => {
    const theme = isDark(root) ? "dark" : "light";
    const before = root.dataset.theme;
    root.dataset.theme = theme;
    if (before && before !== theme) changed();
  };
  const system = matchMedia(SYSTEM);
  const observer = new MutationObserver(applyTheme);
  system.addEventListener("change", applyTheme);
  observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  applyTheme();
  return () => {
    system.removeEventListener("change", applyTheme);
    observer.disconnect();
  };
}

/**
 * An area's shape in its colour; the area's name is always said beside it.
 *
 * @param {{ light: string, dark: string, shape: string }} area
 */
export function areaShape({ light, dark, shape }) {
  const vars = { "--area-light": light, "--area-dark": dark };
  return h("span", { class: "dk-shape", "aria-hidden": "true", vars }, shape);
}
