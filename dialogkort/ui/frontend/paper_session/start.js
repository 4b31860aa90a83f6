// @ts-check
// Before anything is typed in: who met, and on which day; or a session to go on with.

import { h, setText, setVisible } from "../core/dom.js";
import { keyedList } from "../core/keyed_list.js";
import { nameOf } from "../workshop/session_groups.js";
import { startForm } from "../workshop/start_form.js";
import { startPage } from "../workshop/start_screen.js";

/** @typedef {import("../core/types.js").SessionRow} SessionRow */

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {boolean} inPage
 * @param {{ begin: (details: object) => void, open: (session: string) => void }} on
 */
export function paperStart(t, inPage, on) {
  const form = startForm(t, on.begin, { id: "dk-paper-new", heading: "paper.who", submit: "paper.begin" });
  const sessions = typedSessions(t, on.open);
  const home = inPage && h("a", { class: "dk-button", href: "./" }, t("bar.leave"));
  const lead = h("p", { class: "dk-lead" }, t("paper.lead"));
  const words = h("div", { class: "dk-paper-title" }, h("h1", {}, t("paper.title")), lead);
  const folder = h("p", { class: "dk-quiet dk-kept" });
  const hero = h("header", { class: "dk-hero" }, words, home);
  return {
    element: startPage([hero], [form.element, sessions.element], [folder]),
    paint(/** @type {import("../core/types.js").Lobby} */ lobby) {
      form.paint(lobby.proposal);
      sessions.paint(lobby.sessions);
      setText(folder, t("start.saved_in", { folder: lobby.folder }));
    },
    showError: form.showError,
    lose: form.lose,
    renew: form.renew,
    focus: form.focus,
  };
}

function typedSessions(t, open) {
  const none = h("p", { class: "dk-quiet" }, t("paper.none"));
  const list = h("ul", { class: "dk-sessions" });
  const paintRows = keyedList(list, () => row(t, open), ({ session }) => session);
  const heading = h("h2", { id: "dk-paper-continue" }, t("paper.continue"));
  const naming = { class: "dk-continue", "aria-labelledby": "dk-paper-continue" };
  return {
    element: h("section", naming, heading, none, list),
    paint(/** @type {SessionRow[]} */ sessions) {
      setVisible(none, !sessions.length);
      paintRows(sessions);
    },
  };
}

function row(t, open) {
  /** @type {SessionRow} */
  let shown;
  const [name, facts] = [h("strong", {}), h("span", { class: "dk-quiet" })];
  const attributes = { class: "dk-paper dk-session", type: "button", onclick: () => open(shown.session) };
  return {
    element: h("li", {}, h("button", attributes, name, facts)),
    paint(/** @type {SessionRow} */ session) {
      shown = session;
      const { date_read, turned, notes, ended } = session;
      setText(name, nameOf(session));
      const words = [date_read, t("paper.cards", { count: turned }), t("table.notes", { count: notes })];
      setText(facts, [...words, ended && t("paper.done_word")].filter(Boolean).join(" · "));
    },
  };
}
