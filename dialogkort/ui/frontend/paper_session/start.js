// @ts-check
// Before anything is typed in: who met, and on which day; or a session to go on with.

import { h, setText, setVisible } from "../core/dom.js";
import { keyedList } from "../core/keyed_list.js";
import { detailsForm } from "../core/details_form.js";
import { nameOf } from "../workshop/session_groups.js";
import { startPage } from "../workshop/start_screen.js";

/** @typedef {import("../core/types.js").SessionRow} SessionRow */

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {boolean} inPage
 * @param {{ begin: (details: object) => void, open: (session: string) => void }} on
 */
export function paperStart(t, inPage, on) {
  const form = newSession(t, on.begin);
  const sessions = typedSessions(t, on.open);
  const home = inPage && h("a", { class: "dk-button", href: "./" }, t("bar.leave"));
  const words = h("div", {}, h("h1", {}, t("paper.title")), h("p", { class: "dk-lead" }, t("paper.lead")));
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

function newSession(t, begin) {
  const form = detailsForm(t, (details) => {
    submit.disabled = true;
    begin(details);
  });
  const fault = h("p", { class: "dk-trouble", role: "alert", hidden: true });
  const submit = h("button", { class: "dk-button dk-primary dk-big", type: "submit" }, t("paper.begin"));
  const naming = { class: "dk-paper dk-start-form", "aria-labelledby": "dk-paper-new", novalidate: true };
  const heading = h("h2", { id: "dk-paper-new" }, t("paper.who"));
  const element = h("form", naming, heading, form.elements, fault, submit);
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    form.send();
  });
  const showError = (/** @type {string | null} */ message) => {
    submit.disabled = false;
    setVisible(fault, Boolean(message));
    setText(fault, message ?? "");
  };
  let proposed = null;
  return {
    element,
    showError,
    paint(/** @type {Record<string, any>} */ proposal) {
      submit.disabled = false;
      if (JSON.stringify(proposal) === proposed) return;
      proposed = JSON.stringify(proposal);
      form.fill(proposal);
    },
    /** What is told of one group is not proposed for the next. */
    renew: () => form.fill({ group: "", participants: "", note_taker: "" }),
    lose: () => submit.disabled && showError(t("start.waits")),
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
