// @ts-check
// A reminder: workshops whose notes were to be kept until a day that is past, each with a press to erase.

import { textButton } from "../core/buttons.js";
import { h, setVisible } from "../core/dom.js";

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {(workshop: import("../core/types.js").Overdue) => void} erase
 */
export function overdueWorkshops(t, erase) {
  const element = h("section", { class: "dk-paper dk-overdue", "data-part": "overdue", hidden: true });
  let painted = "";
  return {
    element,
    paint(/** @type {import("../core/types.js").Overdue[]} */ overdue) {
      if (painted === JSON.stringify(overdue)) return;
      painted = JSON.stringify(overdue);
      setVisible(element, overdue.length > 0);
      const rows = overdue.map((row) => {
        const name = [row.workshop, row.organisation].filter(Boolean).join(" · ");
        const words = h("span", {}, t("closing.overdue", { name, day: row.day }));
        return h("li", {}, words, textButton(t("erase.title"), () => erase(row)));
      });
      element.replaceChildren(h("h2", {}, t("closing.overdue_title")), h("ul", {}, rows));
    },
  };
}
