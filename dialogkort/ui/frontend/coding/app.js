// @ts-check
// The screen for coding: one note per row, its codes under ten keys, and what the coders make of each other.

import { h, oncePerFrame, setVisible } from "../core/dom.js";
import { captureKeys } from "../core/keyboard.js";
import { followSize } from "../core/layout.js";
import { liveRegion } from "../core/live_region.js";
import { textReader } from "../core/texts.js";
import { followTheme } from "../core/theme.js";
import { toastOver } from "../core/toast.js";
import { getWindowItem } from "../sync/browser_storage.js";
import { saveStatus } from "../sync/save_status.js";
import { SyncClient } from "../sync/sync_client.js";
import { coderFlow } from "./coder_flow.js";
import { actionOf } from "./keys.js";
import { CodingModel } from "./model.js";
import { makeMoves } from "./moves.js";
import { makeParts } from "./parts.js";

/** @type {import("../core/types.js").Screen} */
export function codingApp({ host, boot, connection }) {
  const t = textReader(boot.texts);
  const naming = { class: "dk", lang: t("code"), "aria-label": t("coding.title"), "data-screen": "coding" };
  const root = h("section", { ...naming, "data-lm-suppress-shortcuts": "true" });
  const live = liveRegion();
  const parts = /** @type {any} */ ({ toast: toastOver(t, root) });
  const { now: paint, soon: paintSoon } = oncePerFrame(paintScreen);
  const onReply = (reply) => flow.onReply(reply);
  const client = new SyncClient(connection, {
    changed: () => (parts.status?.paint(), paintSoon()), // what is on its way is never called saved
    onReply,
  });
  const model = new CodingModel(connection, client);
  const announce = live.announce;
  const facts = () => ({ ...client.facts(), ...(parts.memo?.isBeingWritten && { writing: true }) });
  parts.status = saveStatus({ t, announce, facts });

  const context = { t, model, client, announce, root, parts, paintSoon, paint };
  const moves = makeMoves(context);
  const flow = coderFlow({ ...context, moves: () => moves });
  makeParts(context, moves, flow.signOut);
  const { status, signIn, bar, board, compare, toast, book, side } = parts;
  root.append(
    bar.element,
    status.strip,
    signIn.element,
    board,
    compare.element,
    live.element,
    toast.element,
    book.element,
  );

  function paintScreen() {
    client.observe(model.lobby.newest ?? "");
    status.paint();
    root.dataset.sitting = String(model.isSignedIn);
    setVisible(bar.element, model.isSignedIn);
    setVisible(signIn.element, !model.isSignedIn && model.hasAnswer);
    setVisible(board, model.isSignedIn && !model.isComparing);
    setVisible(compare.element, model.isSignedIn && model.isComparing);
    if (!model.isSignedIn) return signIn.paint(model);
    moves.undoIfSaved();
    flow.showNotice(model.lobby.notice);
    setVisible(side, Boolean(model.note));
    const painted = [bar, parts.filter, parts.list, parts.memo, book];
    for (const part of model.note ? [...painted, parts.codes] : painted) part.paint(model);
  }

  captureKeys(root, (event) => {
    const action = model.isSignedIn && !model.isComparing && !book.isOpen &&
      actionOf(event, { t, model, moves, parts });
    if (!action) return;
    event.preventDefault();
    action();
  });
  for (const slice of ["lobby", "readings"]) connection.on(slice, paintSoon);
  connection.on("corpus", flow.onCorpus);
  connection.on("comparison", compare.paint);
  const stopListening = listenOutside(client, parts.memo.flush);
  host.append(root);
  const outside = [followTheme(root), followSize(root), stopListening];
  paint();
  client.greet(getWindowItem("coding"));
  return () => {
    parts.memo.flush();
    for (const end of [...outside, status.stop, () => client.close(), () => root.remove()]) end();
  };
}

/** Whoever leaves takes a half-written memo along. */
function listenOutside(/** @type {SyncClient} */ client, flush) {
  const going = new AbortController();
  const listen = (target, kind, listener) =>
    target.addEventListener(kind, listener, { signal: going.signal });
  listen(document, "visibilitychange", () => document.visibilityState === "hidden" && flush());
  listen(window, "pagehide", () => {
    flush();
    client.pageHides();
  });
  listen(window, "beforeunload", (event) => client.atRisk() && event.preventDefault());
  return () => going.abort();
}
