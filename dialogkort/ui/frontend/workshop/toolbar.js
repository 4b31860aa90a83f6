// @ts-check
// The bar over the table and the one under it.

import { iconButton, roundButton } from "../core/buttons.js";
import { h, setText } from "../core/dom.js";
import { progressText, screenBar, undoButton } from "../core/toolbar.js";
import { nameOf } from "./start_screen.js";
import { progressOf } from "./table_state.js";

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {HTMLElement} savingWord
 * @param {{ leave: () => void, undo: () => void, showOpening: () => void, showOverview: () => void,
 *   showGuide: () => void, fillScreen: () => void }} on
 */
export function toolbar(t, savingWord, on) {
  const title = h("strong", {});
  const deckTitle = h("span", { class: "dk-quiet" });
  const progress = progressText();
  const undo = undoButton(t, on.undo);
  const buttons = [
    undo.element,
    iconButton("round", t("bar.opening"), on.showOpening),
    iconButton("chart", t("bar.overview"), on.showOverview),
    iconButton("guide", t("bar.guide"), on.showGuide),
    iconButton("full", t("bar.full"), on.fillScreen),
  ];
  const leave = roundButton("arrow", t("bar.leave"), on.leave);
  return {
    element: screenBar([title, deckTitle], progress, savingWord, buttons, [leave]),
    /** @param {import("./model.js").TableView} view */
    paint({ table, deck, canUndo }) {
      setText(title, nameOf(/** @type {any} */ (table.details)));
      setText(deckTitle, deck.title);
      setText(progress, t("bar.progress", progressOf(table)));
      undo.paint(table.undo, canUndo);
    },
  };
}

/** Under the table: the next card, and whose cards they are. */
export function tableFoot(
  /** @type {import("../core/texts.js").Texts} */ t,
  /** @type {() => void} */ drawNext,
) {
  const draw = iconButton("draw", t("bar.draw"), drawNext, "dk-draw");
  const attribution = h("p", { class: "dk-quiet" });
  return {
    element: h("footer", { class: "dk-table-foot" }, draw, attribution),
    /** @param {import("./model.js").TableView} view */
    paint({ table, deck }) {
      draw.disabled = !table.draw.length;
      setText(attribution, deck.attribution);
    },
  };
}
