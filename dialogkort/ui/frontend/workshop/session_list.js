// @ts-check
// The sessions that are kept here, by workshop, to search among and go on with.

import { iconButton, textButton } from "../core/buttons.js";
import { h, setAttribute, setText, setVisible } from "../core/dom.js";
import { keyedList } from "../core/keyed_list.js";
import { groupSessions, nameOf } from "./session_groups.js";

/** @typedef {import("../core/types.js").SessionRow} SessionRow */
/** @typedef {import("./session_groups.js").Workshop} Workshop */
/** @typedef {Workshop & { opensAtFirst: boolean, isSearching: boolean }} ListedWorkshop */

const SEEN_AT_ONCE = 8; // sessions: the workshops after those that hold so many are folded together
const WORTH_SEARCHING = 6;

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {import("./start_screen.js").StartHandlers & { followUp: (rows: SessionRow[]) => void }} on
 */
export function sessionList(t, on) {
  const list = h("div", { class: "dk-workshops" });
  const nothing = h("p", { class: "dk-quiet" });
  const [unreadable, older] = [h("p", { class: "dk-trouble" }), h("p", { class: "dk-quiet" })];
  const heading = h("h2", { id: "dk-start-continue", tabindex: "-1" }, t("start.continue"));
  const statusText = h("p", { class: "dk-quiet", role: "status" });
  const all = iconButton("save", t("download.all"), () => on.download(null));
  const bringIn = iconButton("import", t("import.button"), on.bringIn);
  const ways = h("div", { class: "dk-session-ways" }, bringIn, all);
  const search = h("input", {
    type: "search",
    autocomplete: "off",
    "aria-label": t("start.search"),
    placeholder: t("start.search"),
    oninput: () => show(),
  });
  const naming = { class: "dk-continue", "aria-labelledby": "dk-start-continue" };
  /** @type {SessionRow[]} */
  let sessions = [];
  const paintWorkshops = keyedList(list, () => workshopPart(t, () => sessions, on), ({ key }) => key);

  const show = () => {
    const workshops = groupSessions(sessions, search.value);
    setVisible(nothing, !workshops.length);
    setText(nothing, t(sessions.length ? "start.none_found" : "start.none"));
    paintWorkshops(unfolded(workshops, Boolean(search.value)));
  };
  return {
    element: h("section", naming, heading, statusText, search, nothing, list, older, unreadable, ways),
    paint(/** @type {import("../core/types.js").Lobby} */ lobby) {
      ({ sessions } = lobby);
      showWords(unreadable, lobby.unreadable ?? "");
      showWords(older, lobby.older ?? "");
      setVisible(all, sessions.length > 0);
      setVisible(search, sessions.length >= WORTH_SEARCHING);
      show();
    },
    focus: () => heading.focus(),
    /** Say beside the list what was done with it; who had the focus on a row that is gone gets it here. */
    setStatus(/** @type {string} */ words) {
      setText(statusText, words);
      heading.focus();
    },
  };
}

/** The workshops, each with whether it is unfolded at first, and whether it is now whatever it was. */
function unfolded(/** @type {Workshop[]} */ workshops, /** @type {boolean} */ isSearching) {
  let before = 0;
  return workshops.map((workshop) => {
    const opensAtFirst = before < SEEN_AT_ONCE;
    before += workshop.sessions.length;
    return { ...workshop, opensAtFirst, isSearching };
  });
}

/** One workshop and its sessions; it stays folded or unfolded as somebody left it. */
function workshopPart(t, /** @type {() => SessionRow[]} */ all, on) {
  const [name, facts] = [h("h3", {}), h("span", { class: "dk-quiet" })];
  const rows = h("ul", { class: "dk-sessions" });
  /** @type {SessionRow[]} */
  let shown = [];
  const followUp = textButton(t("follow_up.button"), () => on.followUp(shown), "dk-follow-up");
  const element = h("details", { class: "dk-workshop" }, h("summary", {}, name, facts), rows, followUp);
  const paintRows = keyedList(rows, () => sessionRow(t, all, on), ({ session }) => session);
  let isNew = true;
  return {
    element,
    paint(/** @type {ListedWorkshop} */ { first, sessions, opensAtFirst, isSearching }) {
      if (isSearching || (isNew && opensAtFirst)) element.open = true;
      isNew = false;
      setText(name, first.workshop);
      const where = [first.organisation, first.date_read, t("start.sessions", { count: sessions.length })];
      setText(facts, where.filter(Boolean).join(" · "));
      shown = sessions;
      setAttribute(followUp, "aria-label", t("follow_up.of", { name: first.workshop }));
      paintRows(sessions);
    },
  };
}

/** A small button with a word under its picture; the rest is for a screen reader and a resting pointer. */
function wayOut(picture, word, onclick) {
  const button = iconButton(picture, word, onclick, "dk-way-out");
  return {
    button,
    name(/** @type {string} */ label) {
      button.title = label;
      button.setAttribute("aria-label", label);
    },
  };
}

function sessionRow(t, /** @type {() => SessionRow[]} */ all, on) {
  /** @type {SessionRow} */
  let shown;
  const [workshop, group] = [h("span", { class: "dk-unseen" }), h("span", {})];
  const [unit, facts] = [h("span", { class: "dk-quiet" }), h("span", { class: "dk-quiet" })];
  const open = h(
    "button",
    { class: "dk-paper dk-session", type: "button", onclick: () => on.open(shown.session) },
    h("strong", {}, workshop, group),
    unit,
    facts,
  );
  const save = wayOut("save", t("download.button"), () => on.download(shown));
  const erase = wayOut("erase", t("wayout.drop"), () => on.erase(shown, all()));
  return {
    element: h("li", { class: "dk-session-row" }, open, save.button, erase.button),
    paint(/** @type {SessionRow} */ session) {
      shown = session;
      const name = nameOf(session);
      setText(workshop, session.group ? name.slice(0, -session.group.length) : "");
      setText(group, session.group || name);
      showWords(unit, session.unit ?? "");
      showWords(facts, factsOf(t, session));
      save.name(t("download.session", { name }));
      erase.name(t("wayout.erase", { name }));
    },
  };
}

function showWords(/** @type {HTMLElement} */ element, /** @type {string} */ words) {
  setText(element, words);
  setVisible(element, Boolean(words));
}

/** What a session holds; nothing of one that could not be read. */
function factsOf(t, /** @type {SessionRow} */ session) {
  if (session.turned === null) return "";
  const facts = [
    t("start.turned", { count: session.turned }),
    t("table.notes", { count: session.notes }),
    session.ended && t("start.ended"),
  ];
  return facts.filter(Boolean).join(" · ");
}
