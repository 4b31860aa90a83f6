// @ts-check
// The form that a group fills in: before its cards are laid on the table, or typed in from paper.

import { submitButton, textButton } from "../core/buttons.js";
import { detailsForm } from "../core/details_form.js";
import { h, setText, setVisible } from "../core/dom.js";

const FOR_CARDS = { id: "dk-start-new", heading: "start.new", submit: "start.begin" };

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {(details: object, plan?: string | null, follows?: string[]) => void} begin is called with what the
 *   group has told, and the sessions it follows up
 * @param {typeof FOR_CARDS} [names] the heading's id, and the texts of heading and button
 * @param {((details: object, follows: string[]) => void) | null} [prepare] is called when the follow-up is
 *   to be prepared first
 */
export function startForm(t, begin, names = FOR_CARDS, prepare = null) {
  const form = detailsForm(t, (details) => {
    submit.disabled = true;
    begin(details, null, follows.map(({ session }) => session));
  });
  const fault = h("p", { class: "dk-trouble", role: "alert", hidden: true });
  const submit = submitButton(t(names.submit));
  const naming = { class: "dk-paper dk-start-form", "aria-labelledby": names.id, novalidate: true };
  /** @type {import("./session_groups.js").SessionRow[]} */
  let follows = [];
  const followed = h("span", {});
  const carried = h("span", {}, t("follow_up.carried"));
  const edit = prepare && textButton(t("follow_up.prepare"), () => {
    const { workshop, organisation, unit } = follows[0];
    prepare({ workshop, organisation, unit }, follows.map(({ session }) => session));
  });
  const noFollowUp = textButton(t("follow_up.not"), () => showFollowed([]));
  const followUp = h(
    "p",
    { class: "dk-follows", "data-part": "follows", hidden: true },
    followed,
    carried,
    ...(edit ? [edit] : []),
    noFollowUp,
  );
  const showFollowed = (/** @type {typeof follows} */ rows) => {
    follows = rows;
    setVisible(followUp, rows.length > 0);
    const [first] = rows;
    setVisible(carried, rows.some(({ has_plan }) => has_plan));
    setText(followed, first ? t("follow_up.follows", { name: whereOf(first) }) : "");
  };
  const heading = h("h2", { id: names.id }, t(names.heading));
  const element = h("form", naming, heading, followUp, form.elements, fault, submit);
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    form.send();
  });
  const showError = (/** @type {string | null} */ message) => {
    submit.disabled = false;
    setVisible(fault, Boolean(message));
    setText(fault, message ?? "");
    if (message) form.keep();
  };
  let proposed = null;
  return {
    element,
    /** Fill in a proposal, once, where nobody has written. */
    paint(/** @type {Record<string, any>} */ proposal) {
      submit.disabled = false;
      if (JSON.stringify(proposal) === proposed) return;
      proposed = JSON.stringify(proposal);
      form.propose(proposal);
    },
    /** What is begun next follows up these sessions of one workshop. */
    followUp(/** @type {typeof follows} */ rows) {
      const { workshop, organisation, unit } = rows[0];
      form.fill({ workshop, organisation, unit });
      form.keep();
      showFollowed(rows);
      element.scrollIntoView({ block: "nearest" });
      form.focus();
    },
    /** Say beside the button what is wrong. */
    showError,
    /** There is no contact: what was begun here is begun when it is back. */
    lose: () => submit.disabled && showError(t("start.waits")),
    /** What is told of one group is not proposed for the next. */
    renew: () => form.fill({ group: "", participants: "", note_taker: "" }),
    focus: form.focus,
  };
}

/** A workshop and its day. */
function whereOf({ workshop, date_read }) {
  return [workshop, date_read].filter(Boolean).join(", ");
}
