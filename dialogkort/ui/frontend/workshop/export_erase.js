// @ts-check
// Erasing for good, when somebody means it.

import { textButton } from "../core/buttons.js";
import { dialogShell } from "../core/dialogs.js";
import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { isOneWorkshop, nameOf } from "./session_groups.js";

const FIRST_WORDS = 60; // letters of a note that is to be erased

/**
 * Asks before anything is erased for good. `ask(what, others, erase)`: `what` is read aloud, `others` is how
 * many more there are to take along (0: nothing is asked of them); `erase(whole)` is called when the person
 * means it.
 *
 * @param {import("../core/texts.js").Texts} t
 */
function eraseDialog(t) {
  const shell = dialogShell(t, t("erase.title"), "erase");
  const keep = textButton(t("erase.keep"), () => shell.element.close(), "dk-big");
  return {
    element: shell.element,
    ask(what, others, erase) {
      const whole = h("input", { type: "checkbox" });
      const onclick = () => {
        shell.element.close();
        erase(whole.checked);
      };
      const yes = h(
        "button",
        { class: "dk-button dk-big dk-danger", type: "button", onclick },
        icon("erase"),
      );
      yes.append(h("span", {}, t("erase.yes")));
      const along = h(
        "label",
        { class: "dk-check" },
        whole,
        h("span", {}, t("erase.whole", { count: others })),
      );
      shell.fill(
        h("p", { class: "dk-lead" }, what),
        h("p", {}, t("erase.for_good")),
        others > 0 ? along : null,
        h("div", { class: "dk-moves" }, keep, yes),
      );
      shell.open();
      keep.focus();
    },
  };
}

/**
 * Erasing, from the question to the sentence that says that it is done.
 *
 * @param {import("../core/texts.js").Texts} t
 * @param {{ erase: (what: { sessions: string[] } | { note: string }) => void, tell: (words: string) => void
 *   }} on
 */
export function eraseFlow(t, { erase, tell }) {
  const dialog = eraseDialog(t);
  /** @type {{ name: string, sessions: string[] } | null} what is being erased */
  let going = null;
  return {
    element: dialog.element,
    /** Whether it is this window's to erase: not a group's own (`ui/roles.py`). */
    isAllowed: () => !dialog.element.closest("[data-group]"),
    /**
     * @param {import("../core/types.js").SessionRow} session
     * @param {import("../core/types.js").SessionRow[]} all
     */
    askForSession(session, all) {
      const others = all.filter((other) => other !== session && isOneWorkshop(other, session));
      dialog.ask(t("erase.session", { name: nameOf(session) }), others.length, (whole) => {
        const chosen = whole ? [session, ...others] : [session];
        going = { name: nameOf(session), sessions: chosen.map((one) => one.session) };
        erase({ sessions: going.sessions });
      });
    },
    /** All of a workshop whose notes were to be erased by now. */
    askForWorkshop({ workshop, sessions }) {
      dialog.ask(t("erase.workshop", { name: workshop, count: sessions.length }), 0, () => {
        going = { name: workshop, sessions };
        erase({ sessions });
      });
    },
    askForNote({ id, text }) {
      const words = text.length > FIRST_WORDS ? `${text.slice(0, FIRST_WORDS)} …` : text;
      dialog.ask(t("erase.note", { words }), 0, () => erase({ note: id }));
    },
    /** It cannot be done now: nothing is waited for. */
    giveUp: () => (going = null),
    /** What was to go is no longer among the sessions kept: say so, where the list is. */
    paint(/** @type {import("../core/types.js").SessionRow[]} */ sessions) {
      if (!going || sessions.some(({ session }) => going.sessions.includes(session))) return;
      tell(t("erase.done", { name: going.name, count: going.sessions.length }));
      going = null;
    },
  };
}
