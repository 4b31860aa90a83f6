// @ts-check
// Help: how to run a workshop, and what an IT department asks, with pictures of the screens.

import { iconButton } from "../core/buttons.js";
import { dialogShell } from "../core/dialogs.js";
import { h } from "../core/dom.js";

/** @typedef {import("../core/types.js").HelpPage} HelpPage */

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {{ ask: () => void, print: () => void }} on
 */
export function helpDialog(t, { ask, print }) {
  const shell = dialogShell(t, t("help.title"), "help");
  const toPrint = iconButton("print", t("help.print"), () => (shell.element.close(), print()));
  let isHere = false;
  return {
    element: shell.element,
    open() {
      if (!isHere) {
        shell.fill(h("p", { class: "dk-quiet", role: "status" }, t("help.reading")));
        ask();
      }
      shell.open();
    },
    paint(/** @type {{ pages: HelpPage[] }} */ { pages }) {
      isHere = true;
      shell.fill(...pages.flatMap(pagePart), h("div", {}, toPrint));
    },
    /** There is no contact: say so instead of fetching for ever. */
    lose() {
      if (!isHere) shell.fill(h("p", { class: "dk-quiet", role: "status" }, t("line.lost")));
    },
  };
}

function pagePart(/** @type {HelpPage} */ { heading, lead, parts }) {
  const sections = parts.map((part) => {
    const lines = h("ul", {}, part.lines.map((line) => h("li", {}, line.map(piece))));
    const image = part.picture && h("img", { src: part.picture, alt: part.alt });
    return h("section", { class: "dk-help-part" }, h("h4", {}, part.heading), h("div", {}, lines, image));
  });
  return [h("h3", {}, heading), h("p", { class: "dk-lead" }, lead), ...sections];
}

function piece([kind, words]) {
  if (kind === "text") return words;
  return h(kind === "button" ? "strong" : "code", {}, words);
}
