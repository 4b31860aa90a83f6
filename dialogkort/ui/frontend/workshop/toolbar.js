// @ts-check
// The bar over the table and the one under it.

import { iconButton, linkButton, roundButton } from "../core/buttons.js";
import { h, setAttribute, setText, setVisible } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { moreMenu } from "../core/more_menu.js";
import { barTitle, progressText, redoButton, screenBar, undoButton } from "../core/toolbar.js";
import { OUTCOME_OF } from "../core/vocabulary.js";
import { withKey } from "./keys.js";
import { nameOf } from "./session_groups.js";
import { remainingTime } from "./prepared.js";
import { progressOf } from "./table_state.js";

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {HTMLElement} savingWord
 * @param {{ leave: () => void, undo: () => void, redo: () => void, showOpening: () => void,
 *   showOverview: () => void, correct: () => void, showNotes: () => void,
 *   showTools: () => void, showGuide: () => void, showEarlier: () => void,
 *   fillScreen: () => void, showCatalogue: () => void,
 *   download: () => void }} on
 */
export function toolbar(t, savingWord, on) {
  const title = barTitle();
  const progress = sessionProgress(t);
  const remaining = remainingTime(t);
  const correct = iconButton("pencil", t("details.correct"), on.correct, "dk-bar-correct");
  const undo = undoButton(t, on.undo);
  const redo = redoButton(t, on.redo);
  const earlier = iconButton("notes", t("bar.earlier"), on.showEarlier); // short: the bar has one line
  earlier.title = t("follow_up.title");
  const catalogue = linkButton("open", t("prepare.catalogue"));
  const catalogueFile = iconButton("open", t("prepare.catalogue"), on.showCatalogue);
  const rare = [
    iconButton("pencil", t("details.correct"), on.correct, "dk-only-in-menu"),
    iconButton("save", t("download.button"), on.download, "dk-download"),
    iconButton("clock", t("tools.title"), on.showTools, "dk-tools"),
    withKey(iconButton("guide", t("bar.guide"), on.showGuide), "?"),
    iconButton("full", t("bar.full"), on.fillScreen),
    earlier,
  ];
  const buttons = [
    undo.element,
    redo.element,
    iconButton("round", t("bar.opening"), on.showOpening),
    iconButton("notes", t("bar.notes"), on.showNotes),
    iconButton("chart", t("bar.overview"), on.showOverview),
    catalogueFile,
    catalogue.element,
    moreMenu(t("bar.more"), rare),
  ];
  const leave = roundButton("home", t("bar.leave"), on.leave, "dk-facilitators");
  return {
    element: screenBar(title.element, [progress.element, remaining.element, correct], savingWord, buttons, [
      leave,
    ]),
    /** How much of the workshop's time is left, and the catalogue at hand. */
    showPrepared(/** @type {import("../core/types.js").Prepared | undefined} */ prepared) {
      remaining.paint(prepared);
      setVisible(catalogueFile, Boolean(prepared?.catalogue_file));
      const words = t(prepared?.catalogue_file ? "prepare.catalogue_online" : "prepare.catalogue");
      catalogue.paint(prepared?.catalogue, words);
    },
    /** @param {import("./model.js").TableView} view */
    paint({ table, canUndo, canRedo }) {
      title.paint(nameOf(/** @type {any} */ (table.details)));
      progress.paint(table);
      setVisible(earlier, table.closing.follows.length > 0);
      undo.paint(table.undo, canUndo);
      redo.paint(table.redo, canRedo);
    },
  };
}

/** How many cards became what, on one line: the numbers make up the deck. */
function sessionProgress(/** @type {import("../core/texts.js").Texts} */ t) {
  const element = progressText();
  const part = ([name, count]) => {
    const outcome = OUTCOME_OF[name];
    const badge = outcome ? icon(outcome.icon) : null;
    const words = t(outcome ? `outcome.${outcome.key}.word` : "bar.progress_left");
    const word = h("span", { class: badge && "dk-progress-word" }, ` ${words}`);
    return h("span", {}, badge, String(count), word);
  };
  let painted = "";
  return {
    element,
    paint(/** @type {import("../core/types.js").Table} */ table) {
      const parts = Object.entries(progressOf(table)).filter(([name, count]) => count || name === "left");
      if (JSON.stringify(parts) === painted) return;
      painted = JSON.stringify(parts);
      element.replaceChildren(
        ...parts.flatMap((counted, index) => (index ? [" · ", part(counted)] : [part(counted)])),
      );
    },
  };
}

/** Under the table: the next card, and whose cards they are. */
export function tableFoot(
  /** @type {import("../core/texts.js").Texts} */ t,
  /** @type {() => void} */ drawNext,
  /** @type {() => void} */ end,
) {
  const draw = iconButton("draw", t("bar.draw"), drawNext, "dk-primary dk-draw");
  withKey(draw, t("letters.draw"));
  const finish = iconButton("flag", t("end.end"), end, "dk-finish");
  const attribution = h("p", { class: "dk-quiet" });
  return {
    element: h("footer", { class: "dk-table-foot" }, draw, attribution, finish),
    /** @param {import("./model.js").TableView} view */
    paint({ table, deck }) {
      setText(finish.querySelector("span"), t(table.ended ? "end.show" : "end.end"));
      setAttribute(finish, "title", t(table.ended ? "end.show" : "end.end"));
      draw.disabled = !table.face_down.length;
      setText(attribution, deck.attribution);
    },
  };
}
