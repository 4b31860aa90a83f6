// @ts-check
// The workshop's screen: start or continue a session, the table, the note pad, the overview. This wires its
// parts: what is shown follows from the model, what is done goes by the moves and the session's flow.

import { h, oncePerFrame, setAttribute, setVisible } from "../core/dom.js";
import { captureKeys } from "../core/keyboard.js";
import { followSize } from "../core/layout.js";
import { liveRegion } from "../core/live_region.js";
import { guardPresses } from "../core/press_guard.js";
import { textReader } from "../core/texts.js";
import { followTheme } from "../core/theme.js";
import { toastOver } from "../core/toast.js";
import { rememberedSession } from "../sync/browser_storage.js";
import { saveStatus } from "../sync/save_status.js";
import { SyncClient } from "../sync/sync_client.js";
import { downloads } from "./downloads.js";
import { keyHandler } from "./keys.js";
import { listenOutside } from "./listening.js";
import { WorkshopModel } from "./model.js";
import { makeMoves } from "./moves.js";
import { makeParts } from "./parts.js";
import { serverReplies } from "./server_replies.js";
import { sessionFlow } from "./session_flow.js";

/** @type {import("../core/types.js").Screen} */
export function workshopApp({ host, boot, connection }) {
  const t = textReader(boot.texts);
  const root = screenRoot(t, boot);
  const presses = guardPresses(root);
  const live = liveRegion();
  const parts = /** @type {any} */ ({ toast: toastOver(t, root) });
  const { now: paint, soon: paintSoon } = oncePerFrame(paintScreen);
  const underStage = oncePerFrame(paintUnderStage);
  const client = new SyncClient(connection, {
    changed: () => (parts.status?.paint(), paintSoon()), // what is on its way is never called saved
    onReply: (reply) => replies.onReply(reply),
  });
  const model = new WorkshopModel(connection, client);
  const announce = live.announce;
  parts.status = saveStatus({ t, announce, facts: () => client.facts() });

  const context = { t, model, client, connection, announce, root, parts, paintSoon, paint, boot };
  const moves = makeMoves(context);
  const session = sessionFlow(context);
  const replies = serverReplies(context, session);
  makeParts(context, moves, session, downloads(context));
  const { bar, status, run, start, board, toast, erasing, stage, notepad, end } = parts;
  root.append(bar.element, status.strip, start.element, end.element, run, board, live.element, toast.element);
  root.append(...parts.dialogs);

  function paintScreen() {
    model.readServerState();
    showScreen(root, parts, model);
    status.paint();
    if (model.isAtTable) paintTable();
    else paintStart();
    presses.shows(`${root.dataset.screen} ${stage.mode} ${stage.shown}`);
  }
  function paintStart() {
    const { lobby, deck } = model.server;
    if (!lobby?.sessions || !deck) return; // to a group's own device no sessions are shown
    start.paint(lobby, deck);
    erasing.paint(lobby.sessions);
  }
  function paintTable() {
    if (moves.stepIfSaved()) return;
    replies.followNotes();
    replies.announceRemoteMove(model.table().remote_move);
    const isNew = stage.paint(() => model.view());
    notepad.paint(model.notes());
    paintRun(parts, model);
    const { prepared, deck } = model.server;
    parts.opening.paint(prepared, model.table(), deck.openings);
    bar.showPrepared(prepared);
    parts.allNotes.paint(model.notes(), deck, model.removedNotes());
    if (model.local.showsEnd) end.paint(model.view());
    parts.earlier.paint(model.server.earlier, model.table().closing.statuses);
    toast.paint();
    if (stage.mode === "none") underStage.now();
    else underStage.later();
    if (isNew) parts.card.focus(); // makes the browser lay the page out: once, when all is in place
    session.returnToPlace();
  }
  /** The bar, and what the stage covers: a card is turned a frame before they follow. */
  function paintUnderStage() {
    if (!model.isAtTable) return;
    const view = model.view();
    setAttribute(parts.table, "inert", stage.mode !== "none");
    for (const part of [bar, parts.foot]) part.paint(view);
    parts.cards.paint(view.table, view.deck, view.noteCounts);
  }

  const onKey = keyHandler(context, moves, session);
  captureKeys(root, onKey);
  listenToServer(context);
  host.append(root);
  const outside = [followTheme(root), followSize(root), listenOutside(context, session.forgetPlace, onKey)];
  paint();
  client.greet(rememberedSession());
  return () => {
    parts.flush();
    for (const end of [...outside, status.stop, parts.endRun, () => client.close()]) end();
    root.remove();
  };
}

function paintRun(parts, /** @type {WorkshopModel} */ model) {
  const table = model.table();
  parts.timer.paint(table.timer);
  parts.silence.paint(table, Boolean(model.server.invitation?.qr));
  parts.joining.paint(model.server.invitation);
  parts.vote.paint(model.server.vote ?? null);
  const isRun = model.screen === "table" && [...parts.run.children].some((part) => !part.hidden);
  setVisible(parts.run, isRun);
  setAttribute(parts.run.closest(".dk"), "data-run", isRun);
  parts.silentNotes.paint(table, model.notes());
}

function screenRoot(t, /** @type {import("../core/types.js").Boot} */ boot) {
  const naming = { class: "dk", lang: t("code"), "aria-label": t("title"), "data-screen": "start" };
  const isGroups = boot.access === "address"; // what only a facilitator may is not on show (`ui/roles.py`)
  const how = {
    "data-group": isGroups,
    "data-device": boot.device,
    "tabindex": "-1",
    "data-lm-suppress-shortcuts": "true",
  };
  return h("section", { ...naming, ...how });
}

function listenToServer({ connection, parts, paintSoon }) {
  const slices = ["table", "notes", "removed", "lobby", "deck", "earlier", "invitation", "vote"];
  for (const slice of slices) {
    connection.on(slice, paintSoon);
  }
  connection.on("findings", (findings) => parts.pads.forEach((pad) => pad.showFindings(findings ?? {})));
  connection.on("status", ({ lost }) => {
    if (!lost) return;
    parts.overview.lose();
    parts.thenAndNow.lose();
    parts.help.lose();
    parts.start.lose();
  });
  connection.on("ready", () => parts.overview.resume());
  connection.on("chart", (chart) => chart && parts.overview.paint(chart));
  connection.on("help", (help) => help && parts.help.paint(help));
  connection.on("then_and_now", (shown) => shown && parts.thenAndNow.paint(shown));
}

/** Only what belongs to the screen at hand is seen, and another one from its top. */
function showScreen(root, { bar, run, awake, start, end, board }, /** @type {WorkshopModel} */ model) {
  const isAnother = root.dataset.screen !== model.screen;
  root.dataset.screen = model.screen;
  setVisible(bar.element, model.isAtTable);
  awake.paint(model.isAtTable);
  if (model.screen !== "table") setVisible(run, false);
  setVisible(board, model.screen === "table");
  setVisible(end.element, model.screen === "end");
  setVisible(start.element, !model.isAtTable && !model.joining);
  if (isAnother && root.getBoundingClientRect().top < 0) root.scrollIntoView({ block: "start" });
}
