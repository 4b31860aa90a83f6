// @ts-check
// What was written alone about a card, shown to the group together: it keeps what it wants as its notes.

import { textButton } from "../core/buttons.js";
import { dialogShell } from "../core/dialogs.js";
import { h, setText, setVisible } from "../core/dom.js";

/** @typedef {import("../core/types.js").SilentNote} SilentNote */

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {(card: string, note: SilentNote) => void} keep
 */
export function silentNotesDialog(t, keep) {
  const shell = dialogShell(t, t("silence.title"), "silence");
  const lead = h("p", { class: "dk-lead" }, t("silence.lead"));
  const list = h("ul", { class: "dk-silent-notes", "data-part": "silent" });
  shell.fill(lead, list);
  let [card, listed] = ["", ""];
  /** @type {Map<string, { button: HTMLButtonElement, word: HTMLElement }>} */
  const rows = new Map();

  const lay = (/** @type {SilentNote[]} */ notes) => {
    rows.clear();
    list.replaceChildren(...notes.map((note) => {
      const button = textButton(t("silence.keep"), () => keep(card, note));
      const word = h("span", { class: "dk-quiet" }, t("silence.is_note"));
      rows.set(note.id, { button, word });
      return h("li", { class: "dk-paper" }, h("p", {}, note.text), button, word);
    }));
  };
  return {
    element: shell.element,
    open(/** @type {string} */ about) {
      [card, listed] = [about, ""];
      shell.open();
    },
    /** @param {import("../core/types.js").Table} table @param {import("../core/types.js").Note[]} notes */
    paint({ silence }, notes) {
      if (!shell.element.open) return;
      const shown = silence?.[card]?.shown ?? [];
      if (JSON.stringify(shown) !== listed) lay(shown);
      listed = JSON.stringify(shown);
      setText(lead, t(shown.length ? "silence.lead" : "silence.none"));
      const ids = new Set(notes.map(({ id }) => id));
      for (const [id, { button, word }] of rows) {
        setVisible(button, !ids.has(id));
        setVisible(word, ids.has(id));
      }
    },
  };
}
