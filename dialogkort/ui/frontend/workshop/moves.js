// @ts-check
// What a group does at the table, and what it leads to.

import { silenceMoves } from "./silence_moves.js";
import { undoAndRedo } from "./undo_redo.js";

/**
 * @typedef {{ t: import("../core/texts.js").Texts, model: import("./model.js").WorkshopModel,
 *   client: import("../sync/sync_client.js").SyncClient, announce: (text: string) => void, paint: () => void,
 *   paintSoon: () => void, parts: any }} MoveContext
 */

/** @param {MoveContext} context */
export function makeMoves({ t, model, client, announce, paint, paintSoon, parts }) {
  const turn = (/** @type {string | undefined} */ card) => {
    if (!card || parts.stage.mode !== "none") return; // the table is covered: a press too many
    const table = model.table();
    parts.stage.turnFrom(parts.cards.buttonOf(card).getBoundingClientRect());
    parts.notepad.flush();
    model.local = { parkedCard: null, showsOpening: false };
    if (!(card in table.turned)) {
      client.record("turned", { card });
      announce(t("say.turned", { number: model.cardNumber(card), count: table.face_down.length - 1 }));
    } else if (table.current !== card) client.record("went back", { card });
    paint(); // at once: most of the time until the next frame would pass with waiting for it
  };
  /** The move happens at once; the open card stays on show while it travels back to its place. */
  const layDownAndPaint = async (card, faceDown, move) => {
    parts.notepad.flush();
    parts.stage.calm();
    move();
    await parts.stage.layDown(parts.cards.buttonOf(card).getBoundingClientRect(), faceDown);
    paint();
    parts.cards.focusOn(card);
  };
  /** Say what became of the card in hand; `fields` is what that outcome says of it besides. */
  const settle = (/** @type {import("../core/types.js").Outcome} */ outcome, fields = {}) => {
    const card = parts.stage.shown;
    if (!card) return; // it is on its way back already
    layDownAndPaint(card, outcome.isFaceDown, () => client.record(outcome.value, { card, ...fields }));
    const gaps = { number: model.cardNumber(card), count: model.table().face_down.length };
    announce(t(`outcome.${outcome.key}.announcement`, gaps));
  };
  /** What was removed is undone; of a note that undo took back, the words are noted again. */
  const bringBack = (
    /** @type {import("./notes_state.js").RemovedNote} */ { removals, id, version, ...note },
  ) => {
    const { card, opening_question, text, kind, owner, due } = note;
    const about = card ? { card } : { opening_question };
    if (removals.length) client.record("undone", { events: removals });
    else client.record("noted", { note: id, text, kind, owner, due, ...about, after: version });
    announce(t("say.brought_back"));
  };
  return {
    turn,
    drawNext: () => turn(model.table().face_down[0]),
    chooseAgreement: (agreement) => {
      const card = parts.stage.shown;
      if (card) client.record("agreement chosen", { card, agreement });
    },
    settle,
    /** Leave the card in hand open on the table for a moment. */
    park: () => {
      const card = parts.stage.shown;
      if (card) layDownAndPaint(card, false, () => (model.local = { ...model.local, parkedCard: card }));
    },
    bringBack,
    ...undoAndRedo({ model, client, parts, paintSoon }),
    ...silenceMoves({ t, model, client, announce, parts, paintSoon }),
    removeNote: (/** @type {string} */ id) => {
      const removed = model.notes().find((note) => note.id === id);
      if (!removed) return;
      const { id: removal } = client.record("note removed", { note: id });
      const act = () => bringBack({ ...removed, removals: [removal] });
      const undo = { label: t("bar.undo"), act };
      const erase = { label: t("erase.title"), act: () => parts.erasing.askForNote(removed) };
      const offers = parts.erasing.isAllowed() ? [undo, erase] : [undo];
      const matters = () => !model.notes().some((note) => note.id === id);
      parts.toast.show(t("wayout.removed"), { offers, matters });
    },
  };
}
