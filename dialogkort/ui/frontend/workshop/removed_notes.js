// @ts-check
// The notes that were taken off the pad: each brought back, or erased for good.

import { iconButton } from "../core/buttons.js";
import { h, setText, setVisible } from "../core/dom.js";
import { asKey } from "../core/texts.js";

/** @typedef {import("./notes_state.js").RemovedNote} RemovedNote */
/**
 * @typedef {{ bringBack: (note: RemovedNote) => void, erase: (note: RemovedNote) => void }} RemovedHandlers
 */

/**
 * Folded together below all notes, and not there at all when nothing was removed.
 *
 * @param {import("../core/texts.js").Texts} t
 * @param {RemovedHandlers} on
 * @param {{ whereOf: (note: RemovedNote) => string, whenEmpty: () => void }} list what a note belongs to, in
 *   words; where the focus goes when the last one is gone
 */
export function removedNotes(t, on, { whereOf, whenEmpty }) {
  const title = h("summary", {});
  const items = h("ul", {});
  const hint = h("p", { class: "dk-quiet" }, t("notes.removed_hint"));
  const element = h(
    "details",
    { class: "dk-removed", "data-part": "removed", hidden: true },
    title,
    hint,
    items,
  );
  let listed = "[]";
  const item = (/** @type {RemovedNote} */ note) => {
    const kind = t(`kinds.${asKey(note.kind)}`);
    const who = [note.owner, note.due].filter(Boolean).join(" · ");
    const words = h("p", { class: "dk-removed-words", id: `dk-removed-${note.id}` }, note.text || who);
    const back = iconButton("undo", t("notes.bring_back"), () => on.bringBack(note));
    const erase = iconButton("erase", t("erase.yes"), () => on.erase(note), "dk-facilitators");
    for (const button of [back, erase]) button.setAttribute("aria-describedby", words.id);
    const where = h("p", { class: "dk-quiet" }, `${kind} · ${whereOf(note)}`);
    return h("li", { class: "dk-paper" }, where, words, h("div", { class: "dk-moves" }, back, erase));
  };
  return {
    element,
    paint(/** @type {RemovedNote[]} */ removed) {
      if (JSON.stringify(removed) === listed) return;
      listed = JSON.stringify(removed);
      const hadFocus = items.contains(document.activeElement);
      items.replaceChildren(...removed.map(item));
      setText(title, `${t("notes.removed")} (${removed.length})`);
      setVisible(element, removed.length > 0);
      if (hadFocus) removed.length ? title.focus() : whenEmpty();
    },
  };
}
