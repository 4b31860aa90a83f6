// @ts-check
// The sessions that are kept here, by workshop, to search among and go on with.

import { iconButton } from "../core/buttons.js";
import { h, setText, setVisible } from "../core/dom.js";
import { groupSessions, nameOf } from "./session_groups.js";

/** @typedef {import("../core/types.js").SessionRow} SessionRow */
/** @typedef {import("./session_groups.js").Workshop} Workshop */

const SEEN_AT_ONCE = 8; // sessions: the workshops after those that hold so many are folded together
const WORTH_SEARCHING = 6;

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {import("./start_screen.js").StartHandlers} on
 */
export function sessionList(t, on) {
  const list = h("div", { class: "dk-workshops" });
  const nothing = h("p", { class: "dk-quiet" });
  const [unreadable, older] = [h("p", { class: "dk-trouble" }), h("p", { class: "dk-quiet" })];
  const heading = h("h2", { id: "dk-start-continue", tabindex: "-1" }, t("start.continue"));
  const statusText = h("p", { class: "dk-quiet", role: "status" });
  const all = iconButton("save", t("wayout.all"), () => on.exportNotes(null));
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
  let listed = "";

  const show = () => {
    const workshops = groupSessions(sessions, search.value);
    setVisible(nothing, !workshops.length);
    setText(nothing, t(sessions.length ? "start.none_found" : "start.none"));
    const picture = JSON.stringify([search.value, sessions]);
    if (picture === listed) return;
    listed = picture;
    const isOpen = openWorkshops(list, workshops, Boolean(search.value));
    list.replaceChildren(...workshops.map((one) => workshopPart(t, one, isOpen.has(one.key), sessions, on)));
  };
  return {
    element: h("section", naming, heading, statusText, search, nothing, list, older, unreadable, all),
    paint(/** @type {import("../core/types.js").Lobby} */ lobby) {
      ({ sessions } = lobby);
      for (
        const [element, words]
          of /** @type {const} */ ([[unreadable, lobby.unreadable], [older, lobby.older]])
      ) {
        setVisible(element, Boolean(words));
        setText(element, words ?? "");
      }
      setVisible(all, sessions.length > 0);
      setVisible(search, sessions.length >= WORTH_SEARCHING);
      show();
    },
    /** Say beside the list what was done with it; who had the focus on a row that is gone gets it here. */
    setStatus(/** @type {string} */ words) {
      setText(statusText, words);
      heading.focus();
    },
  };
}

/** Which workshops are unfolded: as somebody left them, the newest ones, and all that are searched for. */
function openWorkshops(/** @type {HTMLElement} */ list, /** @type {Workshop[]} */ workshops, isSearching) {
  const before = new Map(
    [...list.querySelectorAll("details")].map((part) => [part.dataset.workshop, part.open]),
  );
  let seen = 0;
  const isOpen = ({ key, sessions }) => {
    const isNew = seen < SEEN_AT_ONCE;
    seen += sessions.length;
    return isSearching || (before.get(key) ?? isNew);
  };
  return new Set(workshops.filter(isOpen).map(({ key }) => key));
}

function workshopPart(t, /** @type {Workshop} */ { key, first, sessions }, open, all, on) {
  const where = [first.organisation, first.date_read, t("start.sessions", { count: sessions.length })];
  const words = h("span", { class: "dk-quiet" }, where.filter(Boolean).join(" · "));
  const rows = sessions.map((session) => sessionRow(t, session, all, on));
  return h(
    "details",
    { class: "dk-workshop", open, "data-workshop": key },
    h("summary", {}, h("h3", {}, first.workshop), words),
    h("ul", { class: "dk-sessions" }, rows),
  );
}

/** A small button with a word under its picture; the rest is for a screen reader and a resting pointer. */
function wayOut(picture, word, label, onclick) {
  const button = iconButton(picture, word, onclick, "dk-way-out");
  button.title = label;
  button.setAttribute("aria-label", label);
  return button;
}

function sessionRow(t, /** @type {SessionRow} */ session, all, on) {
  const name = nameOf(session);
  const facts = session.turned !== null && [
    t("start.turned", { count: session.turned }),
    t("table.notes", { count: session.notes }),
    session.ended && t("start.ended"),
  ].filter(Boolean).join(" · ");
  const group = session.group && name.slice(0, -session.group.length);
  const open = h(
    "button",
    { class: "dk-paper dk-session", type: "button", onclick: () => on.open(session.session) },
    h("strong", {}, group && h("span", { class: "dk-unseen" }, group), session.group || name),
    session.unit && h("span", { class: "dk-quiet" }, session.unit),
    facts && h("span", { class: "dk-quiet" }, facts),
  );
  const save = wayOut("save", t("wayout.fetch"), t("wayout.session", { name }), () => {
    on.exportNotes(session.session);
  });
  const erase = wayOut("erase", t("wayout.drop"), t("wayout.erase", { name }), () => on.erase(session, all));
  return h("li", { class: "dk-session-row" }, open, save, erase);
}
