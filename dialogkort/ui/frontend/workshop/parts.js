// @ts-check
// The parts of the workshop's screen, and what each of them calls.

import { screenAwake } from "../core/awake.js";
import { h, setAttribute } from "../core/dom.js";
import { thenAndNowDialog } from "../core/then_and_now.js";
import { PLAN_OPENED, setWindowItem } from "../sync/browser_storage.js";
import { AllNotes } from "./all_notes.js";
import { cardTable } from "./card_table.js";
import { prepareChime } from "./chime.js";
import { detailsDialog } from "./details_dialog.js";
import { earlierSteps } from "./earlier_steps.js";
import { endScreen } from "./end_screen.js";
import { eraseFlow } from "./export_erase.js";
import { guideDialog } from "./guide_dialog.js";
import { groupGone } from "./group_gone.js";
import { helpDialog } from "./help_dialog.js";
import { joinDialog } from "./join_dialog.js";
import { silenceStrip } from "./silence_strip.js";
import { silentNotesDialog } from "./silent_notes.js";
import { timerStrip } from "./timer_strip.js";
import { toolsDialog } from "./tools_dialog.js";
import { Notepad } from "./notepad.js";
import { openCard } from "./open_card.js";
import { openingRound } from "./opening_round.js";
import { overviewDialog } from "./overview_dialog.js";
import { padWaits } from "./device_kind.js";
import { stage } from "./stage.js";
import { startScreen } from "./start_screen.js";
import { closingMoves } from "./closing_moves.js";
import { tableVote } from "./table_vote.js";
import { tableFoot, toolbar } from "./toolbar.js";

const DIALOGS = [
  "details",
  "tools",
  "silentNotes",
  "joining",
  "vote",
  "earlier",
  "thenAndNow",
  "allNotes",
  "guide",
  "help",
  "overview",
  "erasing",
  "print",
  "download",
  "catalogue",
  "bringing",
];

/**
 * Puts the parts that a workshop's screen is made of into `context.parts`.
 *
 * @param {import("./moves.js").MoveContext & { root: HTMLElement,
 *   connection: import("../core/types.js").Connection, boot: import("../core/types.js").Boot }} context
 * @param {ReturnType<import("./moves.js").makeMoves>} moves
 * @param {ReturnType<import("./session_flow.js").sessionFlow>} session
 * @param {ReturnType<import("./downloads.js").downloads>} files
 */
export function makeParts(context, moves, session, files) {
  const { t, model, client, connection, announce, paintSoon, parts, root, boot: { device } } = context;
  const ask = (scope) => askForChart(context, scope);
  const erase = (what) => eraseOrSay(context, what, session.leave);
  const showGuide = makeGuideParts(context, files);
  const download = files.atTable(() => showNotes());
  parts.overview = overviewDialog(t, { ask, download });
  parts.erasing = eraseFlow(t, { erase, tell: (words) => parts.start.setStatus(words) });
  const isGroups = "group" in root.dataset;
  const start = startHandlers(context, files, showGuide);
  parts.start = isGroups ? groupGone(t) : startScreen(t, start, connection.inPage);
  parts.cards = cardTable(t, moves.turn);
  parts.foot = tableFoot(t, moves.drawNext, session.end);
  parts.table = h("div", { class: "dk-table" }, parts.cards.element, parts.foot.element, padWaits(t));
  parts.card = openCard(t, moves);
  parts.opening = openingRound(t, { choose: session.openPad, toCards: session.leaveOpening }, device);
  const writing = {
    t,
    announce,
    newId: () => client.newId(),
    keep: (note) => client.record("noted", note),
    replace: (before, note) => client.replaceNote(before, note),
    remove: moves.removeNote,
  };
  const drafts = () => parts.pads.flatMap((pad) => pad.drafts());
  const edited = () => (client.keepDrafts(drafts()), parts.status.paint());
  parts.notepad = new Notepad({
    ...writing,
    edited,
    onWriting: (isWriting) => {
      setAttribute(parts.stage.element, "data-writing", isWriting);
      if (!isWriting) paintSoon(); // what another window did has waited
    },
  });
  parts.details = detailsDialog(t, isGroups, (details) => (client.record("described", details), paintSoon()));
  const showNotes = () => {
    parts.notepad.flush();
    parts.allNotes.open(model.view(), model.removedNotes());
  };
  const removed = { bringBack: moves.bringBack, erase: parts.erasing.askForNote };
  parts.allNotes = new AllNotes({ ...writing, ...removed, edited, download, closed: paintSoon });
  const closing = closingMoves(context);
  const compare = () => parts.thenAndNow.open();
  makeFollowUpParts(context, closing);
  parts.end = endScreen(t, {
    reopen: session.reopen,
    showNotes,
    download,
    leave: session.leave,
    compare,
    followUp: () => (parts.start.followUpOf(client.session), session.leave()),
    ...closing,
  });
  parts.stage = stage(t, parts, {
    paintSoon,
    remind: () => parts.status.remind(),
    cardNumber: (card) => model.cardNumber(card),
    endOpening: () => (model.local = { ...model.local, showsOpening: false }),
  });
  parts.bar = toolbar(t, parts.status.word, {
    showTools: () => parts.tools.open(model.table()),
    showGuide,
    showEarlier: () => parts.earlier.open(),
    fillScreen: () => toggleFullScreen(root),
    leave: session.leave,
    undo: moves.undo,
    redo: moves.redo,
    showOpening: () => session.showOpening(),
    correct: () => parts.details.open(model.table().details),
    showNotes,
    showCatalogue: () => parts.catalogue.open(),
    showOverview: () => parts.overview.open(),
    download,
  });
  makeRunParts(context, moves);
  parts.board = h("div", { class: "dk-board" }, parts.table, parts.stage.element);
  parts.dialogs = DIALOGS.map((name) => parts[name].element);
  parts.pads = [parts.notepad, parts.allNotes];
  parts.flush = () => parts.pads.forEach((pad) => pad.flush());
}

/** How the cards are used, and how all of it is; gives what shows the first. */
function makeGuideParts(context, files) {
  const { t, model, parts } = context;
  parts.guide = guideDialog(t, () => parts.help.open());
  parts.help = helpDialog(t, { ask: () => askForHelp(context), print: files.print });
  return () => model.server.deck && parts.guide.open(model.server.deck);
}

/** What a follow-up begins with: what was agreed the last time, and that day beside this one. */
function makeFollowUpParts(context, { setStatus }) {
  const { t, parts } = context;
  parts.thenAndNow = thenAndNowDialog(t, (forMyEyes) => askForBothDays(context, forMyEyes));
  const compare = () => {
    parts.earlier.element.close();
    parts.thenAndNow.open(parts.earlier.open); // one at a time
  };
  parts.earlier = earlierSteps(t, { setStatus, compare });
}

/** What a group may want while it runs: a timer, and a silent minute before the talk. */
function makeRunParts(
  { t, client, connection, announce, parts, root, paintSoon },
  { beginSilence, endSilence, keepSilentNote },
) {
  const record = (what, fields) => client.record(what, fields);
  parts.timer = timerStrip(t, { now: () => client.now(), announce, record });
  parts.silentNotes = silentNotesDialog(t, keepSilentNote);
  parts.joining = joinDialog(t);
  parts.silence = silenceStrip(t, {
    show: endSilence,
    invite: () => parts.joining.open(),
    look: (card) => (parts.silentNotes.open(card), paintSoon()),
  });
  parts.awake = screenAwake();
  for (const touch of ["pointerdown", "keydown"]) {
    root.addEventListener(touch, () => parts.timer.isWanted && prepareChime());
  }
  parts.endRun = () => [parts.timer, parts.awake].forEach((part) => part.stop());
  parts.vote = tableVote(t, connection, client);
  const [atTable, atEnd] = parts.vote.strips;
  parts.run = h("div", { class: "dk-run" }, atTable, parts.silence.element, parts.timer.element);
  parts.end.element.prepend(atEnd);
  parts.tools = toolsDialog(t, {
    setTimer: (seconds, starts) => record("timer set", { seconds, starts }),
    beginSilence,
  });
}

function startHandlers(context, files, showGuide) {
  return {
    begin: (details, plan, follows) => beginOrWait(context, details, plan, follows),
    planFollowUp: followUpPlanner(context),
    open: (id) => context.client.request("open", { session: id }),
    download: files.fromStart,
    bringIn: files.bringIn,
    print: files.print,
    erase: context.parts.erasing.askForSession,
    eraseWorkshop: context.parts.erasing.askForWorkshop,
    showGuide,
    showHelp: context.parts.help.open,
  };
}

function askForChart({ model, client, parts }, scope) {
  client.request("overview", { scope });
  if (model.isLost) parts.overview.lose();
}

function askForHelp({ model, client, parts }) {
  client.request("help", {});
  if (model.isLost) parts.help.lose();
}

function askForBothDays({ model, client, root, parts }, for_my_eyes) {
  client.request("then_and_now", { for_my_eyes, is_dark: root.dataset.theme === "dark" });
  if (model.isLost) parts.thenAndNow.lose();
}

/** Without contact a session is begun when it is back; that is said. */
function beginOrWait({ model, client, parts }, details, plan, follows) {
  client.begin(details, plan, follows);
  if (model.isLost) parts.start.lose();
}

/** Has the follow-up prepared, with what was prepared for the workshop before it, and goes there. */
function followUpPlanner({ t, client, connection, model, parts }) {
  let request = "";
  connection.on("follow_up_planned", (planned) => {
    if (!planned || planned.to !== request) return;
    setWindowItem(PLAN_OPENED, planned.plan);
    if (connection.inPage) location.assign(new URL("forbered", document.baseURI));
    else parts.start.setStatus(t("follow_up.in_notebook"));
  });
  return (/** @type {object} */ details, /** @type {string[]} */ follows) => {
    if (model.isLost) return parts.start.lose();
    request = client.request("plan_follow_up", { details, follows });
  };
}

/** Nothing is erased later, when nobody thinks of it any more: without contact it is not done. */
function eraseOrSay({ t, model, client, parts }, what, leave) {
  if (!model.isLost) {
    if (what.sessions?.includes(client.session)) leave(); // what is not there any more is at nobody's table
    return client.request("erase", what);
  }
  parts.erasing.giveUp();
  parts.toast.show(t("line.not_erased"));
}

function toggleFullScreen(/** @type {HTMLElement} */ root) {
  if (document.fullscreenElement) document.exitFullscreen();
  else root.requestFullscreen?.();
}
