// @ts-check
// What a group's own device shows in place of the start screen: there is nothing to choose among.

import { h, setText, setVisible } from "../core/dom.js";

/** The start screen's face, for a device whose group is not here (any more). */
export function groupGone(/** @type {import("../core/texts.js").Texts} */ t) {
  const reason = h("p", { class: "dk-trouble", role: "alert", hidden: true });
  const what = h("p", { class: "dk-lead" }, t("join.ended"));
  const heading = h("h1", { tabindex: "-1" }, t("title"));
  const nothing = () => {};
  return {
    element: h("section", { class: "dk-start" }, heading, reason, what),
    paint: nothing,
    showError(/** @type {string | null} */ words) {
      setText(reason, words ?? "");
      setVisible(reason, Boolean(words));
    },
    lose: nothing,
    setStatus: nothing,
    focus: () => heading.focus(),
  };
}
