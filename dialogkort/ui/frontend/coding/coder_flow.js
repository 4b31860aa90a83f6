// @ts-check
// Signing in as a coder and out again, and what the server answers.

import { isOwnPage, keepInMind, recall } from "../sync/browser_storage.js";
import { rememberName } from "./sign_in_form.js";

/**
 * @param {import("./moves.js").CodingContext & { moves: () => ReturnType<import("./moves.js").makeMoves> }}
 *   context
 */
export function coderFlow({ model, client, root, paint, paintSoon, parts, moves }) {
  let warned = ""; // what the server has said of its notes, and was told
  let shelved = ""; // which notes there were

  const refuse = (/** @type {string} */ words) => {
    if (parts.book.isOpen) return parts.book.showTrouble(words);
    if (model.isComparing && !model.comparison.said) parts.compare.showTrouble(words);
    parts.toast.show(words);
  };
  /** The server has answered who is coding what. */
  const onArrived = (session) => {
    const { coder } = model.lobby;
    parts.signIn.showTrouble(null);
    const same = isOwnPage() && session && session === recall("coding") ? recall("coder") : null;
    if (!model.hasAnswer && !coder && same) {
      return client.request("sign_in", { coder: same, session, name: "" });
    }
    model.hasAnswer = true;
    if (model.isSignedIn && !coder) return signInAgain();
    if (!session || !coder) return;
    model.coder = coder;
    rememberName(coder);
    keepInMind("coder", coder);
    keepInMind("coding", session);
    if (client.session !== session) client.join(session);
    if (!model.isSignedIn) begin();
  };
  /** A server that was started anew has not heard of the coder. It has shown its notes by now. */
  const signInAgain = () =>
    client.request("sign_in", { coder: model.coder, session: client.session, name: "" });
  const begin = () => {
    model.isSignedIn = true;
    model.choose();
    parts.list.forget();
    model.current = model.firstOpen();
    paint();
    root.scrollIntoView({ block: "nearest" }); // in a notebook: codes and memo, too
    moves().goTo(model.current);
  };
  return {
    refuse,
    /** Say once what there is to say of the notes. */
    tellWarning: (/** @type {string} */ words) => {
      if (words && words !== warned) refuse(warned = words);
    },
    onReply: (/** @type {import("../core/types.js").Reply} */ { arrived, session, refused, unsaved }) => {
      const words = refused ?? unsaved;
      if (words && !model.isSignedIn) {
        parts.signIn.showTrouble(words);
        model.hasAnswer = true;
      } else if (refused) refuse(refused);
      if (arrived && !words) onArrived(session);
      parts.status.paint();
      paintSoon();
    },
    signOut: () => {
      model.isSignedIn = false;
      paint();
      parts.signIn.focus();
    },
    /** A note was erased somewhere: the others have moved up. */
    onShelf: () => {
      const notes = model.shelf.notes.map(({ id }) => id).join();
      if (notes === shelved) return paintSoon();
      shelved = notes;
      parts.memo.forgetUnless((note) => model.placeOf(note) !== null);
      model.current = model.placeOf(parts.list.marked);
      if (model.isSignedIn) moves().choose();
      else paintSoon();
    },
  };
}
