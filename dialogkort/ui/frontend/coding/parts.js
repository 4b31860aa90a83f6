// @ts-check
// The parts of the coding screen, and what each of them calls.

import { iconButton } from "../core/buttons.js";
import { h, setAttribute, setText } from "../core/dom.js";
import { barTitle, progressText, screenBar, undoButton } from "../core/toolbar.js";
import { codePanel } from "./code_panel.js";
import { codebookDialog } from "./codebook_dialog.js";
import { comparisonView } from "./comparison_view.js";
import { memoField } from "./memo_field.js";
import { noteFilter } from "./note_filter.js";
import { noteList } from "./note_list.js";
import { signInForm } from "./sign_in_form.js";

/**
 * Puts the parts that the coding screen is made of into `context.parts`.
 *
 * @param {import("./moves.js").CodingContext} context
 * @param {ReturnType<import("./moves.js").makeMoves>} moves
 * @param {() => void} signOut
 */
export function makeParts(
  { t, model, client, root, paint, paintSoon, parts },
  moves,
  signOut,
) {
  parts.signIn = signInForm(t, { paintSoon, signIn: (who) => client.request("sign_in", who) });
  parts.filter = noteFilter(t, {
    choose: (filter) => {
      model.filter = filter;
      moves.choose();
    },
    turnPage: moves.turnPage,
  });
  parts.list = noteList(t, model, { filter: parts.filter.element, root, goTo: moves.goTo });
  parts.memo = memoField(t, model, {
    write: (fields) => moves.record("memo written", fields),
    typed: () => parts.status.paint(),
  });
  parts.codes = codePanel(t, model, {
    toggle: moves.toggle,
    toggleNone: moves.toggleNone,
    create: moves.create,
    paintSoon,
    picked: () => {
      paint();
      moves.goTo(model.current);
    },
  });
  parts.book = codebookDialog(t, model, {
    define: moves.define,
    newId: () => client.newId(),
    closed: () => moves.goTo(model.current),
  });
  parts.compare = comparisonView(t, model, {
    record: (what, fields) => client.record(what, fields), // in nobody's name: it is settled together
    back: () => moves.setComparing(false),
  });
  const keys = h(
    "p",
    { class: "dk-quiet dk-coding-keys" },
    t("coding.keys", { find: t("letters.find"), memo: t("letters.memo") }),
  );
  const { find, buttons } = parts.codes;
  parts.side = h(
    "aside",
    { class: "dk-coding-side", "aria-label": t("coding.codes") },
    find,
    buttons,
    parts.memo.element,
    keys,
  );
  parts.board = h("div", { class: "dk-coding" }, parts.list.element, parts.side);
  parts.bar = codingBar(t, model, parts.status.word, {
    signOut,
    undo: moves.undo,
    openBook: () => parts.book.open(),
    compare: () => moves.setComparing(!model.isComparing),
  });
}

/** The bar: what is coded, by whom, how far. */
function codingBar(t, model, savingWord, { signOut, undo, openBook, compare }) {
  const title = barTitle();
  const by = h("button", { class: "dk-coding-by", type: "button", onclick: signOut });
  const progress = progressText();
  const undoing = undoButton(t, undo);
  const comparing = iconButton("chart", t("coding.compare"), compare);
  const book = iconButton("guide", t("coding.book"), openBook);
  return {
    element: screenBar(title.element, [by, progress], savingWord, [undoing.element, book, comparing]),
    paint() {
      const { name, undo: step } = model.lobby;
      title.paint(name);
      setText(by, t("coding.by", { coder: model.coder }));
      setText(progress, t("coding.progress", { done: model.codedCount(), count: model.corpus.notes.length }));
      undoing.paint(step, model.canUndo);
      setAttribute(comparing, "aria-pressed", String(model.isComparing));
    },
  };
}
