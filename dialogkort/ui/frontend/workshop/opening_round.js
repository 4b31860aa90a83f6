// @ts-check
// The opening round: two questions to talk over before the first card.

import { textButton } from "../core/buttons.js";
import { h, setAttribute, setText } from "../core/dom.js";
import { OPENING_QUESTIONS } from "../core/vocabulary.js";
import { preparedNotes } from "./prepared.js";
import { retentionWords } from "./retention.js";

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {{ choose: (question: number) => void, toCards: () => void }} on
 */
export function openingRound(t, { choose, toCards }) {
  const questions = OPENING_QUESTIONS.map((which) => {
    const attributes = { class: "dk-paper dk-opening-question", type: "button", onclick: () => pick(which) };
    const number = h("span", { class: "dk-number", "aria-hidden": "true" }, String(which));
    return h("button", attributes, number, h("span", {}, t(`opening.question_${which}`)));
  });
  const pick = (/** @type {number} */ which) => {
    questions.forEach((question, index) =>
      setAttribute(question, "aria-pressed", String(index === which - 1))
    );
    choose(which);
  };
  const title = h("h2", { tabindex: "-1" }, t("opening.title"));
  const lead = h("p", { class: "dk-lead" }, t("opening.lead"));
  const begin = textButton(t("opening.to_cards"), toCards, "dk-primary dk-big");
  const moves = h("div", { class: "dk-moves" }, begin);
  const prepared = preparedNotes(t);
  const retention = h("p", { class: "dk-quiet", "data-part": "retention" });
  const content = [title, prepared.element, lead, ...questions, moves, retention];
  const body = h("div", { class: "dk-opening-body" }, content);
  const element = h("div", { class: "dk-open-side dk-opening" }, body);
  return {
    element,
    pick,
    /** What was prepared, and for how long the notes are kept. */
    paint(
      /** @type {import("../core/types.js").Prepared | undefined} */ plan,
      /** @type {string} */ keepUntil,
    ) {
      prepared.paint(plan);
      setText(retention, retentionWords(t, keepUntil));
    },
    focus: () => title.focus({ preventScroll: true }),
  };
}
