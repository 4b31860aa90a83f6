// @ts-check
// The screen for typing in a session that was held on paper. It is the workshop's session with another way
// in: the same events, the same pad, the same undo.

import { iconButton, roundButton, textButton } from "../core/buttons.js";
import { h, oncePerFrame, setText, setVisible } from "../core/dom.js";
import { captureKeys } from "../core/keyboard.js";
import { followSize } from "../core/layout.js";
import { liveRegion } from "../core/live_region.js";
import { guardPresses } from "../core/press_guard.js";
import { asKey, textReader } from "../core/texts.js";
import { followTheme } from "../core/theme.js";
import { toastOver } from "../core/toast.js";
import { barTitle, progressText, redoButton, screenBar, undoButton } from "../core/toolbar.js";
import { NOTE_KINDS } from "../core/vocabulary.js";
import { rememberedSession, saveCursor } from "../sync/browser_storage.js";
import { saveStatus } from "../sync/save_status.js";
import { SyncClient } from "../sync/sync_client.js";
import { detailsDialog } from "../workshop/details_dialog.js";
import { eraseFlow } from "../workshop/export_erase.js";
import { WorkshopModel } from "../workshop/model.js";
import { makeMoves } from "../workshop/moves.js";
import { Notepad } from "../workshop/notepad.js";
import { serverReplies } from "../workshop/server_replies.js";
import { nameOf } from "../workshop/session_groups.js";
import { paperDownload } from "./downloads.js";
import { lineForm } from "./line_form.js";
import { lineList, listedLines } from "./line_list.js";
import { typeInPad } from "./pad_keys.js";
import { paperStart } from "./start.js";
import { typing } from "./typing.js";

/** @type {import("../core/types.js").Screen} */
export function paperApp({ host, boot, connection }) {
  const t = textReader(boot.texts);
  const naming = { class: "dk", lang: t("code"), "aria-label": t("paper.title"), "data-screen": "start" };
  const root = h("section", { ...naming, "tabindex": "-1", "data-lm-suppress-shortcuts": "true" });
  const presses = guardPresses(root);
  const live = liveRegion();
  const parts = /** @type {any} */ ({ toast: toastOver(t, root), overview: { isOpen: false } });
  const { now: paint, soon: paintSoon } = oncePerFrame(paintScreen);
  const client = new SyncClient(connection, {
    changed: () => (parts.status?.paint(), paintSoon()), // what is on its way is never called saved
    onReply: (reply) => replies.onReply(reply),
  });
  const model = new WorkshopModel(connection, client);
  const { announce } = live;
  parts.status = saveStatus({ t, announce, facts: () => client.facts() });

  const context = { t, model, client, connection, announce, root, parts, paintSoon, paint };
  const moves = makeMoves(context);
  const flow = typing(context);
  const replies = serverReplies(context, /** @type {any} */ (flow));
  makeParts(context, moves, flow, paperDownload(context, flow));
  const { bar, status, start, board, toast, erasing, details } = parts;
  root.append(bar.element, status.strip, start.element, board, live.element, toast.element);
  root.append(details.element, erasing.element, parts.download.element);

  function paintScreen() {
    model.readServerState();
    const isTyping = model.isAtTable;
    root.dataset.screen = isTyping ? "paper" : "start";
    setVisible(bar.element, isTyping);
    setVisible(board, isTyping);
    setVisible(start.element, !isTyping && !model.joining);
    status.paint();
    if (isTyping) paintLines();
    else if (model.server.lobby?.sessions && model.server.deck) start.paint(model.server.lobby);
    presses.shows(root.dataset.screen);
  }
  function paintLines() {
    if (moves.stepIfSaved()) return;
    replies.followNotes();
    flow.follow();
    const view = model.view();
    bar.paint(view);
    parts.notepad.paint(view.notes);
    setVisible(parts.notepad.element, Boolean(flow.inHand));
    setVisible(parts.kinds, Boolean(flow.inHand));
    const last = view.table.turn_order.length - 1;
    parts.form.paint(view.deck, { ...titleOf(t, view, flow.inHand), last, isNew: !flow.inHand });
    parts.lines.paint(listedLines(t, view, flow.inHand));
    toast.paint();
    if (flow.inHand) flow.returnToPlace();
  }

  captureKeys(root, (event) => onKey(event, { root, parts, moves, flow, model }));
  for (const slice of ["table", "notes", "removed", "lobby", "deck", "lines"]) {
    connection.on(slice, paintSoon);
  }
  connection.on("findings", (findings) => parts.notepad.showFindings(findings ?? {}));
  connection.on("status", ({ lost }) => lost && start.lose());
  host.append(root);
  const outside = [followTheme(root), followSize(root), listenOutside(client, parts)];
  paint();
  client.greet(rememberedSession());
  return () => {
    parts.notepad.flush();
    for (const end of [...outside, status.stop, () => client.close(), () => root.remove()]) end();
  };
}

/** The heading over the form, and where in the list its line stands. */
function titleOf(t, { table, deck }, /** @type {import("./line.js").Subject | null} */ inHand) {
  if (inHand?.opening_question) return { title: t("bar.opening"), place: null };
  if (!inHand) return { title: t("paper.next"), place: null };
  const place = table.turn_order.indexOf(inHand.card);
  const { number } = deck.cards[inHand.card];
  return { title: t("paper.line", { number, place: place + 1 }), place };
}

/** Puts the parts that the screen is made of into `context.parts`. */
function makeParts({ t, model, client, connection, announce, paintSoon, parts }, moves, flow, download) {
  parts.start = paperStart(t, connection.inPage, {
    begin: (details) => {
      client.begin(details);
      if (model.isLost) parts.start.lose();
    },
    open: (session) => client.request("open", { session }),
  });
  parts.form = lineForm(t, {
    commit: flow.commit,
    chosen: flow.chosen,
    typed: flow.keepDraft,
    move: flow.move,
    remove: flow.remove,
  });
  parts.lines = lineList(t, flow.takeUp);
  parts.notepad = new Notepad({
    t,
    announce,
    newId: () => client.newId(),
    keep: (note) => client.record("noted", note),
    replace: (before, note) => client.replaceNote(before, note),
    remove: moves.removeNote,
    edited: () => (client.keepDrafts(parts.notepad.drafts()), parts.status.paint()),
    onWriting: (isWriting) => isWriting || paintSoon(),
  });
  typeInPad(parts.notepad, parts.form.letters, { next: flow.next });
  parts.kinds = h("p", { class: "dk-quiet dk-line-kinds" }, t("paper.kinds", { kinds: kindsToType(t) }));
  parts.details = detailsDialog(t, false, (details) => (client.record("described", details), paintSoon()));
  const erase = (what) => client.request("erase", what);
  parts.erasing = eraseFlow(t, { erase, tell: () => {} });
  parts.bar = paperBar(t, parts.status.word, {
    leave: flow.leave,
    finish: flow.finish,
    undo: moves.undo,
    redo: moves.redo,
    correct: () => parts.details.open(model.table().details),
    download,
  });
  const side = h("div", { class: "dk-line-side" }, parts.form.element, parts.notepad.element, parts.kinds);
  parts.board = h("div", { class: "dk-paper-board" }, parts.lines.element, side);
  parts.pads = [parts.notepad];
}

/** Which letter stands for which kind of note; the first kind needs none. */
function kindsToType(t) {
  const [, ...others] = NOTE_KINDS;
  return others
    .map((kind) => `${t(`paper.letters.${asKey(kind)}`)}: ${t(`kinds.${asKey(kind)}`).toLowerCase()}`)
    .join(" · ");
}

/** The bar: whose session it is, how far one is, undo, and the way out. */
function paperBar(t, savingWord, { leave, finish, undo, redo, correct, download }) {
  const [title, progress] = [barTitle(), progressText()];
  const [undoing, redoing] = [undoButton(t, undo), redoButton(t, redo)];
  const corrects = iconButton("pencil", t("details.correct"), correct, "dk-bar-correct");
  const done = textButton(t("paper.done"), finish, "dk-primary dk-paper-done");
  const hands = iconButton("save", t("download.button"), download, "dk-download");
  const buttons = [undoing.element, redoing.element, hands, done];
  const home = roundButton("home", t("bar.leave"), leave);
  return {
    element: screenBar(title.element, [progress, corrects], savingWord, buttons, [home]),
    paint(/** @type {import("../workshop/model.js").TableView} */ { table, notes, canUndo, canRedo }) {
      title.paint(nameOf(/** @type {any} */ (table.details)));
      const cards = t("paper.cards", { count: table.turn_order.length });
      setText(progress, `${cards} · ${t("table.notes", { count: notes.length })}`);
      undoing.paint(table.undo, canUndo);
      redoing.paint(table.redo, canRedo);
    },
  };
}

/** The keys that are not for a field: undo, redo, the lines above, and Esc for a new line. */
function onKey(/** @type {KeyboardEvent} */ event, { root, parts, moves, flow, model }) {
  flow.forgetPlace();
  if (!model.isAtTable || root.querySelector("dialog[open]")) return;
  const target = /** @type {Element} */ (event.target);
  const isBlank = target === parts.form.input && !parts.form.text;
  const act = actionOf(event, { parts, moves, flow, isBlank, target });
  if (!act) return;
  event.preventDefault();
  act();
}

function actionOf(/** @type {KeyboardEvent} */ event, { parts, moves, flow, isBlank, target }) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (event.key === "Escape") return flow.inHand || parts.form.text ? flow.next : null;
  if (step && event.altKey) return () => flow.move(step);
  if (step && target === parts.form.input && !event.defaultPrevented) return () => flow.step(step);
  if (!(event.ctrlKey || event.metaKey)) return null;
  if (target.closest(":is(input,textarea,select)") && !isBlank) return null;
  const key = event.key.toLowerCase();
  if (key === "y" || (key === "z" && event.shiftKey)) return moves.redo;
  return key === "z" ? moves.undo : null;
}

/** Whoever leaves takes what is half-written along. */
function listenOutside(/** @type {SyncClient} */ client, parts) {
  const going = new AbortController();
  const listen = (target, kind, listener) =>
    target.addEventListener(kind, listener, { signal: going.signal });
  const flush = () => parts.notepad.flush();
  listen(document, "visibilitychange", () => document.visibilityState === "hidden" && flush());
  listen(window, "pagehide", () => {
    saveCursor(client.session, parts.notepad.place());
    flush();
    client.pageHides();
  });
  listen(window, "beforeunload", (event) => client.atRisk() && event.preventDefault());
  return () => going.abort();
}
