// @ts-check
// The guide in steps, the areas explained, and how sure it is which area a card belongs to.

import { iconButton } from "../core/buttons.js";
import { dialogShell } from "../core/dialogs.js";
import { h } from "../core/dom.js";
import { areaShape } from "../core/theme.js";
import { letLettersAct, letters, lettersAct } from "./keys.js";

/** @typedef {import("../core/types.js").Deck} Deck */

const STEPS = [1, 2, 3, 4, 5, 6];

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {() => void} showHelp opens the guide for who runs the workshop
 */
export function guideDialog(t, showHelp) {
  const shell = dialogShell(t, t("guide.title"), "guide");
  const help = iconButton("help", t("help.facilitators"), () => (shell.element.close(), showHelp()));
  return {
    element: shell.element,
    open(/** @type {Deck} */ deck) {
      const steps = STEPS.map((step) => h("li", {}, t(`guide.step_${step}`)));
      shell.fill(
        h("p", { class: "dk-lead" }, t("guide.purpose")),
        h("ol", { class: "dk-steps" }, steps),
        h("h3", {}, t("guide.areas", { count: deck.areas.length })),
        h("dl", { class: "dk-areas" }, deck.areas.map(areaDescription)),
        howSure(t, deck),
        h("h3", {}, t("guide.keys_title")),
        h("p", {}, t("guide.keys", letters(t))),
        letterSwitch(t),
        h("div", { class: "dk-facilitators" }, help),
        h("p", { class: "dk-quiet" }, deck.attribution),
      );
      shell.open();
    },
  };
}

function letterSwitch(t) {
  const box = h("input", {
    type: "checkbox",
    checked: lettersAct(),
    onchange: () => letLettersAct(box.checked),
  });
  return h("label", { class: "dk-switch" }, box, t("guide.letter_keys", letters(t)));
}

function areaDescription(area) {
  return h("div", {}, h("dt", {}, areaShape(area), area.name), h("dd", {}, area.description));
}

/** Which cards' areas are not sure; nothing when all are. */
function howSure(t, /** @type {Deck} */ deck) {
  const numbers = (confidence) => {
    const cards = Object.values(deck.cards).filter((card) => card.confidence === confidence);
    return cards.sort((one, other) => one.place - other.place).map((card) => card.number);
  };
  const [likely, judged] = [numbers("likely"), numbers("judgement")];
  if (!likely.length && !judged.length) return null;
  return h(
    "div",
    { class: "dk-sure" },
    h("h3", {}, t("guide.sure_title")),
    h("p", {}, t("guide.sure")),
    likely.length > 0 && h("p", {}, t("guide.likely", { cards: likely.join(", ") })),
    judged.length > 0 && h("p", {}, t("guide.judged", { cards: judged.join(", ") })),
  );
}
