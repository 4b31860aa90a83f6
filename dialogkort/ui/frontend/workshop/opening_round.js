// @ts-check
// The opening round: questions to talk over before the first card, the usual two and one's own.

import { textButton } from "../core/buttons.js";
import { h, setAttribute, setText, setVisible } from "../core/dom.js";
import { keyedList } from "../core/keyed_list.js";
import { padWaits } from "./device_kind.js";
import { preparedNotes } from "./prepared.js";
import { retentionWords } from "./retention.js";

const USUAL = 2; // questions that have room for large letters

/** @typedef {import("../core/types.js").OpeningQuestion} OpeningQuestion */

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {{ choose: (question: OpeningQuestion) => void, toCards: () => void }} on
 * @param {string} device what the device is to its group, see `device_kind`
 */
export function openingRound(t, { choose, toCards }, device) {
  /** @type {OpeningQuestion[]} */
  let openings = [];
  let picked = 0;
  const questions = h("div", { class: "dk-opening-questions" });
  const make = () => questionButton(t, (which) => pick(which), () => picked);
  const paintQuestions = keyedList(questions, make, ({ question }) => String(question));
  /** Take up a question, or the first one. */
  const pick = (/** @type {number | undefined} */ which) => {
    const chosen = openings.find(({ question }) => question === which) ?? openings[0];
    picked = chosen.question;
    paintQuestions(openings);
    choose(chosen);
  };
  const title = h("h2", { tabindex: "-1" }, t("opening.title"));
  const lead = h("p", { class: "dk-lead" }, t(device === "table" ? "opening.lead_no_pad" : "opening.lead"));
  const begin = textButton(t("opening.to_cards"), toCards, "dk-primary dk-big");
  const waits = padWaits(t);
  const moves = h("div", { class: "dk-moves" }, begin, waits);
  const prepared = preparedNotes(t);
  const retention = h("p", { class: "dk-quiet", "data-part": "retention" });
  const content = [title, prepared.element, lead, questions, moves, retention];
  const body = h("div", { class: "dk-opening-body" }, content);
  const element = h("div", { class: "dk-open-side dk-opening" }, body);
  return {
    element,
    pick,
    /** What was prepared, for how long the notes are kept, and whether a card is in hand. */
    paint(
      /** @type {import("../core/types.js").Prepared | undefined} */ plan,
      /** @type {import("../core/types.js").Table} */ { closing, current },
      /** @type {OpeningQuestion[]} */ known,
    ) {
      setVisible(begin, device !== "pad" || Boolean(current)); // else there is nothing to go to yet
      setVisible(waits, !current);
      openings = known.filter(({ in_round }) => in_round);
      questions.classList.toggle("dk-many", openings.length > USUAL);
      paintQuestions(openings);
      prepared.paint(plan);
      setText(retention, retentionWords(t, closing.keep_until));
    },
    focus: () => title.focus({ preventScroll: true }),
  };
}

function questionButton(t, /** @type {(which: number) => void} */ pick, /** @type {() => number} */ picked) {
  let which = 0;
  const number = h("span", { class: "dk-number", "aria-hidden": "true" });
  const [words, own] = [h("span", {}), h("span", { class: "dk-confidence" }, t("card.own"))];
  const attributes = { class: "dk-paper dk-opening-question", type: "button", onclick: () => pick(which) };
  const element = h("button", attributes, number, h("span", {}, words, " ", own));
  return {
    element,
    paint(/** @type {OpeningQuestion} */ { question, label, text, is_own }) {
      which = question;
      setText(number, label);
      setText(words, text);
      setVisible(own, is_own);
      setAttribute(element, "aria-pressed", String(question === picked()));
    },
  };
}
