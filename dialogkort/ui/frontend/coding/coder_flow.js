// @ts-check
// Signing in as a coder and out again, and what the server answers.

import { getWindowItem, isOwnPage, setWindowItem } from "../sync/browser_storage.js";
import { rememberName } from "./sign_in_form.js";

/**
 * @param {import("./moves.js").CodingContext & { moves: () => ReturnType<import("./moves.js").makeMoves> }}
 *   context
 */
export function coderFlow({ model, client, root, paint, paintSoon, parts, moves }) {
  let lastNotice = ""; // what the server has said of its notes, and was told
  let noteIds = ""; // which notes there were

  const refuse = (/** @type {string} */ words) => {
    if (parts.book.isOpen) return parts.book.showError(words);
    if (model.isComparing && !model.comparison.sentences) parts.compare.showError(words);
    parts.toast.show(words);
  };
  /** The server has answered who is coding what. */
  const onSessionOpened = (session) => {
    const { coder } = model.lobby;
    parts.signIn.showError(null);
    const rememberedCoder = isOwnPage() && session && session === getWindowItem("coding")
      ? getWindowItem("coder")
      : null;
    if (!model.hasAnswer && !coder && rememberedCoder) {
      return client.request("sign_in", { coder: rememberedCoder, session, name: "" });
    }
    model.hasAnswer = true;
    if (model.isSignedIn && !coder) return signInAgain();
    if (!session || !coder) return;
    model.coder = coder;
    rememberName(coder);
    setWindowItem("coder", coder);
    setWindowItem("coding", session);
    if (client.session !== session) client.join(session);
    if (!model.isSignedIn) startCoding();
  };
  /** A server that was started anew has not heard of the coder. It has shown its notes by now. */
  const signInAgain = () =>
    client.request("sign_in", { coder: model.coder, session: client.session, name: "" });
  const startCoding = () => {
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
    showNotice: (/** @type {string} */ words) => {
      if (words && words !== lastNotice) refuse(lastNotice = words);
    },
    onReply: (/** @type {import("../core/types.js").Reply} */ { opened, session, refused, unsaved }) => {
      const words = refused ?? unsaved;
      if (words && !model.isSignedIn) {
        parts.signIn.showError(words);
        model.hasAnswer = true;
      } else if (refused) refuse(refused);
      if (opened && !words) onSessionOpened(session);
      parts.status.paint();
      paintSoon();
    },
    signOut: () => {
      model.isSignedIn = false;
      paint();
      parts.signIn.focus();
    },
    /** A note was erased somewhere: the others have moved up. */
    onCorpus: () => {
      const notes = model.corpus.notes.map(({ id }) => id).join();
      if (notes === noteIds) return paintSoon();
      noteIds = notes;
      parts.memo.forgetUnless((note) => model.indexOfNote(note) !== null);
      model.current = model.indexOfNote(parts.list.marked);
      if (model.isSignedIn) moves().choose();
      else paintSoon();
    },
  };
}
