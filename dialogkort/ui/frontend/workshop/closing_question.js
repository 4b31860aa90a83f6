// @ts-check
// The closing question: answered by a number and a word, passed round, each answer hidden as it is given.

import { textButton } from "../core/buttons.js";
import { h, setAttribute, setText, setVisible } from "../core/dom.js";
import { LIMITS } from "../core/vocabulary.js";
import { countsOf } from "./closing_state.js";

/** @typedef {import("../core/texts.js").Texts} Texts */

/**
 * @param {Texts} t
 * @param {{ rate: (rating: number, word: string) => void, showRatings: () => void }} on
 */
export function closingQuestion(t, on) {
  const result = h("div", { class: "dk-ratings" });
  const form = answerForm(t, on.rate);
  const count = h("p", { class: "dk-quiet", role: "status" });
  const few = h("p", { class: "dk-quiet" }, t("closing.few", { fewest: LIMITS.ratingsShownFrom }));
  const show = textButton(t("closing.show"), on.showRatings);
  const element = h(
    "section",
    { class: "dk-paper dk-end-part", "data-part": "closing" },
    h("h3", {}, t("closing.question")),
    ...form.elements,
    count,
    few,
    show,
    result,
  );
  let painted = "";
  return {
    element,
    paint(/** @type {import("../core/types.js").Closing} */ { answers, shown, ratings }) {
      element.dataset.shown = String(shown);
      for (const part of form.elements) setVisible(part, !shown);
      setText(count, answers ? t("closing.answers", { count: answers }) : "");
      setVisible(show, !shown && answers >= LIMITS.ratingsShownFrom);
      setVisible(few, !shown && answers > 0 && answers < LIMITS.ratingsShownFrom);
      if (painted === JSON.stringify(ratings)) return;
      painted = JSON.stringify(ratings);
      result.replaceChildren(...(shown ? ratingsPart(t, ratings) : []));
    },
  };
}

/** Five numbers and a word; empty again as soon as an answer is given. */
function answerForm(/** @type {Texts} */ t, /** @type {(rating: number, word: string) => void} */ rate) {
  let chosen = 0;
  const word = h("input", { maxlength: LIMITS.word, autocomplete: "off", "aria-label": t("closing.word") });
  word.placeholder = t("closing.word");
  const numbers = Array.from({ length: LIMITS.highestRating }, (_, index) => index + 1);
  const buttons = numbers.map((number) =>
    h("button", { class: "dk-chip", type: "button", onclick: () => choose(number) }, String(number))
  );
  const answer = textButton(t("closing.answer"), () => send(), "dk-primary");
  const choose = (/** @type {number} */ number) => {
    chosen = number;
    answer.disabled = !number;
    buttons.forEach((button, index) => setAttribute(button, "aria-pressed", String(index + 1 === number)));
  };
  const scale = h("div", { class: "dk-rating", role: "group", "aria-label": t("closing.scale") }, buttons);
  const send = () => {
    if (!chosen) return;
    rate(chosen, word.value.trim());
    word.value = "";
    choose(0);
    buttons[0].focus();
  };
  word.addEventListener("keydown", ({ key, repeat }) => key === "Enter" && !repeat && send());
  const element = h("div", { class: "dk-answer" }, scale, word, answer);
  choose(0);
  const scaleWords = h("p", { class: "dk-quiet" }, t("closing.scale"));
  return { elements: [h("p", {}, t("closing.lead")), scaleWords, element] };
}

function ratingsPart(/** @type {Texts} */ t, /** @type {[number, string][]} */ ratings) {
  const rows = countsOf(ratings, LIMITS.highestRating).map(({ number, count }) => {
    const bar = h(
      "span",
      { class: "dk-rating-bar" },
      h("span", { vars: { "--share": count / ratings.length } }),
    );
    const words = h("span", { class: "dk-unseen" }, t("closing.counted", { number, count }));
    const seen = [h("span", {}, String(number)), bar, h("span", {}, String(count))];
    return h("li", {}, words, seen.map((part) => (part.setAttribute("aria-hidden", "true"), part)));
  });
  const words = ratings.map(([, word]) => word).filter(Boolean)
    .sort((one, other) => one.localeCompare(other, t("code")));
  return [
    h("ul", { class: "dk-rating-counts" }, rows),
    words.length > 0 && h("p", {}, `${t("closing.words")}: ${words.join(" · ")}`),
  ].filter(Boolean);
}
