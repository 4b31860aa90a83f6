// @ts-check
// The plenum's screen: all groups as they work, all notes, what several met, and all next steps.

import { h, oncePerFrame } from "../core/dom.js";
import { captureKeys } from "../core/keyboard.js";
import { liveRegion } from "../core/live_region.js";
import { textReader } from "../core/texts.js";
import { followTheme } from "../core/theme.js";
import { toastOver } from "../core/toast.js";
import { saveStatus } from "../sync/save_status.js";
import { SyncClient } from "../sync/sync_client.js";
import { boardView } from "./board_view.js";
import { cardsView } from "./cards_view.js";
import { groupsView } from "./groups_view.js";
import { plenumHead } from "./head.js";
import { roomState } from "./room_state.js";
import { stepDialog } from "./step_dialog.js";
import { stepsView } from "./steps_view.js";
import { plenumTabs } from "./tabs.js";
import { themeDialog } from "./theme_dialog.js";
import { voteView } from "./vote_view.js";

const SLICES = [
  ...["workshops", "workshop", "groups", "notes", "places", "cards", "areas", "themes", "last_act", "vote"],
  "voted",
];
const MINUTES_PAINTED = 10_000; // ms between two looks at the clock

/** @type {import("../core/types.js").Screen} */
export function plenumApp({ host, boot, connection }) {
  const t = textReader(boot.texts);
  const live = liveRegion();
  const state = roomState(connection);
  const client = new SyncClient(connection, {
    changed: () => status.paint(),
    onReply: (reply) => onReply(reply),
  });
  const status = saveStatus({ t, announce: live.announce, facts: () => client.facts() });
  const naming = { class: "dk", lang: t("code"), "aria-label": t("plenum.title"), "data-screen": "plenum" };
  const root = h("section", { ...naming, "data-lm-suppress-shortcuts": "true" });
  const toast = toastOver(t, root);
  const views = roomViews(t, state, client, {
    repaint: () => painting.now(),
    showVote: () => (tabs.choose("vote"), painting.now()),
  });
  const tabs = plenumTabs(t, views.parts, () => painting.now());
  const head = plenumHead(t, connection, {
    show: (workshop) => client.request("show_plenum", { workshop }),
    uncover: (isUncovered) => (state.setUncovered(isUncovered), painting.now()),
  });
  const page = h("div", { class: "dk-plenum" }, head.element, tabs.element);
  root.append(status.strip, page, live.element, ...views.dialogs);

  const onReply = (/** @type {import("../core/types.js").Reply} */ reply) => {
    state.observe(reply.now);
    const fault = reply.refused ?? reply.unsaved;
    if (fault) toast.show(fault);
    status.paint();
    painting.soon();
  };
  const painting = oncePerFrame(() => {
    head.paint(state, tabs.chosen());
    tabs.paint(state);
  });
  for (const slice of [...SLICES, "devices"]) connection.on(slice, () => painting.soon());
  const clock = setInterval(() => painting.soon(), MINUTES_PAINTED);
  captureKeys(root);
  host.append(root);
  const unfollow = followTheme(root);
  status.paint();
  client.greet(null);
  return () => {
    clearInterval(clock);
    unfollow();
    status.stop();
    client.close();
    root.remove();
  };
}

/** The parts of the screen, and the dialogs that lie over them. */
function roomViews(t, state, client, { repaint, showVote }) {
  const step = stepDialog(t, (note, fields) => {
    const { session, kind, card_id, opening_question } = state.note(note) ?? {};
    const where = card_id ? { card: card_id } : { opening_question };
    if (session) client.record("noted", { session, note, kind, ...where, ...fields });
  });
  const theme = themeDialog(t, {
    rename: (id, name) => client.request("rename_theme", { theme: id, name }),
    dissolve: (id) => client.request("dissolve_theme", { theme: id }),
  });
  const vote = voteView(t, {
    open: (subject, items, choices) => client.request("open_vote", { subject, items, choices }),
    count: (item, hands) => client.request("count_hands", { item, hands }),
    show: (isShown) => client.request("show_votes", { is_shown: isShown }),
    withdraw: () => client.request("withdraw_vote"),
    repaint,
  });
  const board = boardView(t, {
    vote: (notes) => (vote.propose(notes), showVote()),
    gather: (notes, name) => client.request("gather", { notes, name }),
    undo: () => state.lastAct() && client.request("undo_plenum", { act: state.lastAct() }),
    changeTheme: theme.open,
    repaint,
  });
  return {
    parts: {
      groups: groupsView(t),
      board,
      cards: cardsView(t),
      steps: stepsView(t, (note) => step.open(state, note)),
      vote,
    },
    dialogs: [step.element, theme.element],
  };
}
