// @ts-check
// Starting and continuing: the first thing a group meets.

import { iconButton, textButton } from "../core/buttons.js";
import { h, setText, setVisible } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { PLAN_TO_SHARE, setWindowItem } from "../sync/browser_storage.js";
import { overdueWorkshops } from "./overdue.js";
import { plansToCome } from "./prepared.js";
import { isOneWorkshop } from "./session_groups.js";
import { sessionList } from "./session_list.js";
import { startForm } from "./start_form.js";

/** @typedef {import("../core/types.js").SessionRow} SessionRow */

/**
 * `begin(details, plan, follows)` and `open(session)` are called with what the group chose,
 * `download(session)` when it wants its notes as a file (null: everything), `bringIn()` when others' are to
 * come in, `erase(session, all)` when one is to go for good.
 *
 * @typedef {{ begin: (details: object, plan?: string | null, follows?: string[]) => void,
 *   planFollowUp: (details: object, follows: string[]) => void,
 *   open: (session: string) => void, download: (session: SessionRow | null) => void,
 *   bringIn: () => void, print: () => void,
 *   erase: (session: SessionRow, all: SessionRow[]) => void, showGuide: () => void, showHelp: () => void,
 *   eraseWorkshop: (workshop: import("../core/types.js").Overdue) => void }} StartHandlers
 */

/** A page to begin at: what is said first, two columns, what is said last. */
export function startPage(above, columns, foot) {
  const row = h("div", { class: "dk-start-columns" }, columns);
  return h("section", { class: "dk-start" }, above, row, h("footer", {}, foot));
}

/** @param {import("../core/texts.js").Texts} t @param {StartHandlers} on @param {boolean} inPage */
export function startScreen(t, on, inPage) {
  const form = startForm(t, on.begin, undefined, on.planFollowUp);
  const followUp = (/** @type {SessionRow[]} */ rows) => form.followUp(rows);
  const sessions = sessionList(t, { ...on, followUp });
  const overdue = overdueWorkshops(t, on.eraseWorkshop);
  const hero = deckHero(t, on, sessions.focus, inPage);
  const noticeText = h("p", { class: "dk-trouble dk-said", role: "status" }); // by Dialogkort when it started
  const folderText = h("p", { class: "dk-quiet dk-kept" });
  const attribution = h("p", { class: "dk-quiet" });
  const typing = inPage && h("a", { class: "dk-to-paper", href: "papir" }, t("paper.title"));
  const prepared = plansToCome(t, on, inPage);
  const begin = h("div", { class: "dk-start-begin" }, form.element, typing);
  /** @type {string | null} a session whose workshop is to be followed up as soon as the list is here */
  let toFollowUp = null;
  const followUpIfListed = (/** @type {SessionRow[]} */ rows) => {
    const first = rows.find(({ session }) => session === toFollowUp);
    if (!first) return;
    toFollowUp = null;
    followUp(rows.filter((row) => isOneWorkshop(row, first)));
  };
  return {
    element: startPage([hero.element, noticeText, overdue.element, prepared.element], [
      begin,
      sessions.element,
    ], [
      folderText,
      attribution,
    ]),
    /** Show the lobby: the sessions kept here, a proposal for the form, the folder. */
    paint(
      /** @type {import("../core/types.js").Lobby} */ lobby,
      /** @type {import("../core/types.js").Deck} */ deck,
    ) {
      hero.paint(deck, lobby.sessions.length > 0);
      form.paint(lobby.proposal);
      sessions.paint(lobby);
      prepared.paint(lobby.plans);
      overdue.paint(lobby.overdue ?? []);
      followUpIfListed(lobby.sessions);
      setText(attribution, deck.attribution);
      setText(folderText, t("start.saved_in", { folder: lobby.folder }));
      noticeText.hidden = !lobby.notices;
      setText(noticeText, lobby.notices ?? "");
    },
    /** Fill the form in for a follow-up of a session's workshop. */
    followUpOf: (/** @type {string} */ session) => (toFollowUp = session),
    showError: form.showError,
    lose: () => form.lose(),
    setStatus: sessions.setStatus,
    focus: form.focus,
  };
}

function deckHero(t, /** @type {StartHandlers} */ { showGuide, showHelp, print }, goToSessions, inPage) {
  const title = h("h1", {});
  const subtitle = h("p", { class: "dk-start-subtitle" });
  const backs = [0, 1, 2, 3].map(() => h("span", { class: "dk-back" }));
  const words = h("div", {}, title, subtitle, h("p", { class: "dk-lead" }, t("start.lead")));
  const share = inPage &&
    h(
      "a",
      { class: "dk-button", href: "del", onclick: () => setWindowItem(PLAN_TO_SHARE, null) },
      icon("share"),
      h("span", {}, t("share.title")),
    );
  const prepare = inPage &&
    h("a", { class: "dk-button", href: "forbered" }, icon("calendar"), h("span", {}, t("prepare.title")));
  const plenum = inPage &&
    h("a", { class: "dk-button", href: "plenum" }, icon("chart"), h("span", {}, t("plenum.title")));
  const ways = h(
    "div",
    { class: "dk-hero-ways" },
    prepare,
    share,
    plenum,
    iconButton("guide", t("bar.guide"), showGuide),
    iconButton("print", t("print.button"), print),
    iconButton("help", t("help.title"), showHelp),
  );
  const fan = h("div", { class: "dk-fan", "aria-hidden": "true" }, backs);
  const toSessions = textButton(t("start.continue"), goToSessions, "dk-to-sessions"); // far below on a phone
  return {
    element: h("header", { class: "dk-hero" }, fan, words, toSessions, ways),
    paint(deck, /** @type {boolean} */ hasSessions) {
      setVisible(toSessions, hasSessions);
      if (plenum) setVisible(plenum, hasSessions);
      setText(title, deck.title);
      setText(subtitle, deck.subtitle);
    },
  };
}
