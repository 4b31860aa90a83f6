// @ts-check
// The form for one line. All that is said of a card is one short text; a press on a choice writes in that
// text what one could have typed.

import { roundButton } from "../core/buttons.js";
import { h, setAttribute, setText, setVisible } from "../core/dom.js";
import { OPENING_QUESTIONS } from "../core/vocabulary.js";
import { lettersOf, matchingCards, readLine, writeLine } from "./line.js";
import { lineFacts } from "./line_facts.js";
import { suggestionList } from "./suggestions.js";

/** @typedef {import("./line.js").Line} Line */
/** @typedef {import("./line.js").Fault} Fault */
/** @typedef {import("../core/types.js").Deck} Deck */
/** @typedef {import("../core/texts.js").Texts} Texts */

const LONGEST = 60; // letters of a line, or of words from a card

/**
 * `commit()` is called for Enter, `chosen(line)` when a choice was pressed, `typed()` for every letter.
 *
 * @typedef {{ commit: () => void, chosen: (line: Line) => void, typed: () => void,
 *   move: (by: number) => void, remove: () => void }} LineHandlers
 */

/** @typedef {{ title: string, place: number | null, last: number, isNew: boolean }} ShownLine */

/** @param {Texts} t @param {LineHandlers} on */
export function lineForm(t, on) {
  const letters = lettersOf(t);
  const suggestions = suggestionList(t, (typed) => take(typed));
  const field = lineField(t, suggestions.ofField);
  const { input, showFault } = field;
  const question = h("p", { class: "dk-line-question", "data-part": "question" });
  const facts = lineFacts(t, letters, (change) => changed(change));
  const head = lineHead(t, on);
  const naming = { class: "dk-paper dk-line-form", "aria-label": t("paper.card") };
  const above = [head.element, field.label, input, field.fault, suggestions.element, field.hint];
  const element = h("section", naming, above, question, facts.element);
  const openings = openingQuestions(t);
  /** @type {Deck | null} */
  let deck = null;

  const read = () => readLine(input.value, letters, deck);
  /** What is typed, understood while it is typed: nothing is called wrong before it is match to be whole. */
  const follow = () => {
    if (!deck) return;
    const { line, opening } = read();
    suggestions.show(matchingCards(input.value, letters, deck, openings));
    setText(question, line ? deck.cards[line.card].question : opening ? openings[opening - 1].text : "");
    facts.paint(line ?? null);
  };
  const fill = (/** @type {string} */ text) => {
    input.value = text;
    showFault(null);
    follow();
  };
  /** One of the suggestions: its number stands for its words. */
  const take = (/** @type {string} */ typed) => (fill(typed), on.typed(), input.focus());
  const changed = (/** @type {Partial<Line>} */ change) => {
    const { line, fault } = read();
    if (!line) return showFault(fault ?? ["paper.no_number"]);
    fill(writeLine({ ...line, ...change }, letters, deck));
    on.typed();
    on.chosen(read().line);
  };
  /** True when the words that are typed mean one card: the chosen one, or the only one. */
  const hasMatch = () => {
    const [only, another] = suggestions.shown;
    const match = suggestions.chosen ?? (another ? undefined : only);
    if (match) take(match.typed);
    else showFault(["paper.several"]);
    return Boolean(match);
  };
  const onEnter = (/** @type {EventTarget} */ target) => {
    if (target === input && suggestions.shown.length && !hasMatch()) return;
    const fault = facts.minutes.fault();
    if (fault) showFault(fault);
    else on.commit();
  };
  input.addEventListener("input", () => {
    showFault(null);
    follow();
    on.typed();
  });
  element.addEventListener("keydown", (event) => {
    if (event.target === input && suggestions.onKey(event)) return;
    const isField = event.target === input || event.target === facts.minutes.input;
    if (event.key !== "Enter" || !isField || event.repeat || event.isComposing) return;
    event.preventDefault();
    onEnter(event.target);
  });
  return {
    ...{ element, input, letters, read, fill, showFault },
    get text() {
      return input.value;
    },
    focus: (all = false) => (input.focus(), all && input.select()),
    /** @param {Deck} dealt @param {ShownLine} line */
    paint(dealt, line) {
      const isNew = deck !== dealt;
      deck = dealt;
      if (isNew) follow();
      setVisible(field.hint, line.isNew);
      head.paint(line);
    },
  };
}

function openingQuestions(/** @type {Texts} */ t) {
  const words = (/** @type {number} */ opening) => `${t("bar.opening")}: ${t(`opening.question_${opening}`)}`;
  return OPENING_QUESTIONS.map((opening) => ({ opening, text: words(opening) }));
}

/** The field that a line is typed in, its label, what may be typed, and what is wrong with it. */
function lineField(/** @type {Texts} */ t, /** @type {object} */ more) {
  const id = `dk-line-${Math.random().toString(36).slice(2)}`;
  const hint = h("p", { class: "dk-quiet", id: `${id}-hint` }, t("paper.hint"));
  const fault = h("p", { class: "dk-fault", id: `${id}-fault`, role: "alert", hidden: true });
  const typing = { autocomplete: "off", autocapitalize: "off", spellcheck: "false", maxlength: LONGEST };
  const described = { "data-part": "line", "aria-describedby": `${id}-fault ${id}-hint` };
  const input = h("input", { id, ...typing, ...described, ...more });
  return {
    label: h("label", { for: id }, t("paper.card")),
    input,
    hint,
    fault,
    showFault: (/** @type {Fault | null} */ what) => {
      setText(fault, what ? t(...what) : "");
      setVisible(fault, Boolean(what));
      setAttribute(input, "aria-invalid", what && "true");
    },
  };
}

/** Which line it is, and what is done with one that stands in the list. */
function lineHead(/** @type {Texts} */ t, /** @type {LineHandlers} */ { move, remove }) {
  const heading = h("h2", {});
  const up = roundButton("up", t("paper.up"), () => move(-1));
  const down = roundButton("down", t("paper.down"), () => move(1));
  const bin = roundButton("bin", t("paper.remove"), remove);
  const acts = h("div", { class: "dk-line-acts" }, up, down, bin);
  return {
    element: h("div", { class: "dk-line-head" }, heading, acts),
    paint(/** @type {{ title: string, place: number | null, last: number }} */ { title, place, last }) {
      setText(heading, title);
      setVisible(acts, place !== null);
      up.disabled = place === 0;
      down.disabled = place === last;
    },
  };
}
