// @ts-check
// What the server answers, and what other windows do meanwhile.

import { asKey } from "../core/texts.js";
import { OUTCOME_OF } from "../core/vocabulary.js";
import { rememberSession } from "../sync/browser_storage.js";

/**
 * @param {import("./moves.js").MoveContext} context
 * @param {ReturnType<import("./session_flow.js").sessionFlow>} session
 */
export function serverReplies({ t, model, client, announce, paintSoon, parts }, { onSessionOpened }) {
  /** What the server cannot do, said where somebody looks. */
  const showError = (words, refused) => {
    if (!client.session) parts.start.showError(words);
    else if (parts.overview.isOpen) parts.overview.paint({ refused: words });
    else if (refused) parts.toast.show(words);
  };
  /** Letters that came too late for a note that was replaced elsewhere go on in the note there is now. */
  const followNotes = () => {
    const replacements = model.replacements();
    for (const { id, instead_of } of replacements) {
      const event = client.followNote(instead_of, id);
      if (event) parts.notepad.moved(instead_of, id, event.id);
    }
    return replacements.length > 0;
  };
  return {
    followNotes,
    onReply: (/** @type {import("../core/types.js").Reply} */ { opened, session, refused, unsaved }) => {
      const byHand = !model.joining; // the first answer of all is to the page's own hello
      model.joining = false;
      model.readServerState();
      const problem = followNotes() ? null : (refused ?? unsaved);
      if (problem) {
        if (refused && !session && client.session) onSessionOpened(null, byHand); // it is gone for good
        showError(problem, Boolean(refused));
        if (refused && !client.session) rememberSession(null);
      } else {
        parts.start.showError(null);
        if (opened && session !== client.session) onSessionOpened(session, byHand);
      }
      paintSoon();
    },
    /** Another window has moved. Its moves are ours too, and nobody should wonder where a card went. */
    announceRemoteMove: (/** @type {import("../core/types.js").Table["remote_move"]} */ move) => {
      if (!move || move.id === model.announcedMoveId) return;
      model.announcedMoveId = move.id;
      parts.stage.interrupt();
      const key = asKey(move.what);
      const what = move.what in OUTCOME_OF ? `outcome.${key}.remote` : `remote.${key}`;
      const sentence = t(what, { number: move.card && model.cardNumber(move.card) });
      announce(sentence);
      parts.status.mention(parts.notepad.isBeingWritten ? `${sentence} ${t("remote.finish")}` : sentence);
    },
  };
}
