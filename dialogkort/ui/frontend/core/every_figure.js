// @ts-check
// The choice between figures that may be shown to others, and every figure, for one's own eyes.

import { h } from "./dom.js";

/** Whether every figure is shown, however few are behind it: said as long as it is, and never remembered. */
export function everyFigureChoice(/** @type {import("./texts.js").Texts} */ t, onChange) {
  const box = h("input", { type: "checkbox", autocomplete: "off" });
  const warning = h("p", { class: "dk-trouble", role: "status", hidden: true }, t("overview.not_protected"));
  box.onchange = () => {
    warning.hidden = !box.checked;
    onChange();
  };
  const label = h("label", { class: "dk-check" }, box, h("span", {}, t("overview.for_my_eyes")));
  return {
    element: h("div", { class: "dk-every-figure", "data-part": "for_my_eyes" }, label, warning),
    value: () => box.checked,
    /** Back to what may be shown. */
    reset() {
      box.checked = false;
      warning.hidden = true;
    },
  };
}
