// @ts-check
// Coming to a session, its opening round, and leaving it.

import { rememberSession, savedCursor } from "../sync/browser_storage.js";
import { INITIAL_LOCAL_STATE } from "./model.js";

/** @param {import("./moves.js").MoveContext} context */
export function sessionFlow({ t, model, client, paint, parts }) {
  let cursor = null; // where a writer was before a reload, until that note is on show again

  const showOpening = (/** @type {number | undefined} */ question = undefined) => {
    parts.notepad.flush();
    parts.stage.calm();
    model.local = { parkedCard: model.table().current, showsOpening: true };
    paint();
    parts.opening.pick(question);
    parts.opening.focus();
    paint();
  };
  const showEnd = () => {
    parts.notepad.flush();
    model.local = { ...INITIAL_LOCAL_STATE, parkedCard: model.table().current, showsEnd: true };
    paint();
    parts.end.focus();
  };
  return {
    showOpening,
    showEnd,
    /** The group has finished: what it talked about and agreed upon is shown. */
    end: () => {
      if (!model.table().ended) client.record("ended", {});
      showEnd();
    },
    /** The group goes on after all, where it was. */
    reopen: () => {
      if (model.table().ended) client.record("reopened", {});
      model.local = { ...INITIAL_LOCAL_STATE };
      paint();
      if (!model.table().current) parts.cards.focusOn(model.table().order[0]);
    },
    openPad: (/** @type {import("../core/types.js").OpeningQuestion} */ { question, label }) => {
      parts.notepad.turnTo({ opening_question: question }, t("pad.for_opening", { number: label }));
      parts.notepad.paint(model.notes());
    },
    leaveOpening: () => {
      if (parts.stage.mode !== "opening") return;
      parts.notepad.flush();
      parts.stage.calm();
      model.local = { ...INITIAL_LOCAL_STATE };
      paint();
      if (!model.table().current) parts.cards.focusOn(model.table().order[0]);
    },
    leave: () => {
      parts.notepad.flush();
      parts.toast.hide();
      rememberSession(null);
      client.leave();
      paint();
      parts.start.focus();
    },
    /** A session was begun or taken up (or, with null, left); `byHand` when somebody has just done so. */
    onSessionOpened: (/** @type {string | null} */ session, /** @type {boolean} */ byHand) => {
      parts.notepad.flush();
      rememberSession(session);
      parts.toast.hide();
      model.local = { ...INITIAL_LOCAL_STATE };
      parts.card.forget();
      client.join(session);
      model.readServerState();
      model.announcedMoveId = model.server.table.remote_move?.id ?? null;
      paint();
      if (!model.isAtTable) return;
      if (model.table().ended) return showEnd();
      cursor = savedCursor(session);
      const [table, question] = [model.table(), cursor?.about.opening_question];
      const isUnplayed = !Object.keys(table.turned).length;
      if (question || isUnplayed) showOpening(question);
      else if (byHand && !table.current) parts.cards.focusOn(table.order[0]);
      if (isUnplayed && byHand && table.closing.follows.length) parts.earlier.open();
    },
    /** Lead the writer back to where they were before a reload, once that note is on show. */
    returnToPlace: () => {
      if (cursor && parts.notepad.goTo(cursor)) cursor = null;
    },
    forgetPlace: () => (cursor = null),
  };
}
