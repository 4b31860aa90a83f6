// @ts-check
// What a coder does with the notes.

import { PAGE_SIZE } from "./model.js";

/**
 * @typedef {{ t: import("../core/texts.js").Texts, model: import("./model.js").CodingModel,
 *   client: import("../sync/sync_client.js").SyncClient, announce: (text: string) => void, paint: () => void,
 *   paintSoon: () => void, parts: any, root: HTMLElement }} CodingContext
 */

/** @param {CodingContext} context */
export function makeMoves({ t, model, client, announce, paint, paintSoon, parts }) {
  let undoWhenSaved = false;

  const record = (what, fields) => client.record(what, { coder: model.coder, ...fields });
  const about = () => ({ note: model.note.id, noted_in: model.note.in });
  const goTo = (/** @type {number | null | undefined} */ index) => {
    if (index == null) return;
    parts.memo.flush();
    model.current = index;
    paint();
    parts.list.focus();
  };
  const define = (fields) => record("code defined", fields);
  return {
    record,
    goTo,
    define,
    step: (by) => goTo(model.list[model.list.indexOf(model.current) + by]),
    turnPage: (/** @type {number} */ by) => {
      const last = model.list.length - 1;
      goTo(model.list[Math.max(0, Math.min(last, model.pageStart + by * PAGE_SIZE))]);
    },
    choose: () => {
      model.choose();
      parts.list.forget();
      paintSoon();
    },
    toggle: (/** @type {import("../core/types.js").Code | undefined} */ code) => {
      if (!model.note || !code) return;
      const applies = !model.reading(model.note.id).codes.includes(code.id);
      record("coded", { ...about(), code: code.id, ...(applies ? {} : { applies }) });
      announce(`${code.name}: ${applies ? "✓" : "–"}`);
    },
    toggleNone: () => {
      if (!model.note) return;
      const { none } = model.reading(model.note.id);
      record("coded", { ...about(), code: null, ...(none ? { applies: false } : {}) });
      announce(`${t("coding.none_applies")}: ${none ? "–" : "✓"}`);
    },
    create: (/** @type {string} */ name) => {
      const { code } = define({ code: client.newId(), name });
      if (model.note) record("coded", { ...about(), code });
    },
    undo: () => {
      parts.memo.flush();
      if (model.isLost) client.record("undone", { events: client.lastStep() });
      else undoWhenSaved = true;
      paintSoon();
    },
    /** Undo what was asked for as soon as the server knows of all that came before. */
    undoIfSaved: () => {
      undoWhenSaved &&= !model.isLost;
      if (!undoWhenSaved || client.waiting().length) return;
      undoWhenSaved = false;
      const { undo } = model.lobby;
      if (!undo) return;
      client.record("undone", { events: undo.events });
      goTo(model.list.find((index) => model.noteAt(index).id === undo.note));
      announce(t("bar.undo_this", { step: undo.label }));
    },
    setComparing: (/** @type {boolean} */ yes) => {
      parts.memo.flush();
      model.isComparing = yes;
      parts.compare.begin();
      if (yes) client.request("compare");
      paint();
      if (!yes) goTo(model.current);
    },
  };
}
