// @ts-check
// The card in hand: turned with a flip, read at projector size, settled with a button.

import { roundButton } from "../core/buttons.js";
import { afterFrame, h, prefersStillness, setAttribute, setText, setVisible } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { onVoices, ownVoice, speak, stopReading } from "../core/speech.js";
import { oneTabStop } from "../core/roving.js";
import { areaShape } from "../core/theme.js";
import { OUTCOME_OF, OUTCOMES } from "../core/vocabulary.js";
import { agreementChoice, skipChoice } from "./card_choices.js";
import { withKey } from "./keys.js";

/** @typedef {import("../core/types.js").Deck} Deck */
/** @typedef {import("../core/types.js").Outcome} Outcome */

/** Those that are a press and nothing else. */
const PLAIN = OUTCOMES.filter(({ settles, fields }) => settles && !fields.length);

const CARD_LANGUAGE = "da"; // that the cards are written in

const FLIP = { duration: 460, easing: "cubic-bezier(.3,.1,.2,1)" };
const RETURN = { duration: 260, easing: "cubic-bezier(.5,0,.8,.6)" };
const FACE_UP = "translate(0,0) scale(1,1) rotateY(0deg)";

/**
 * The open card with its moves.
 *
 * @param {import("../core/texts.js").Texts} t
 * @param {{ chooseAgreement: (agreement: string | null) => void,
 *   settle: (outcome: Outcome, fields?: object) => void, park: () => void }} moves
 */
export function openCard(t, moves) {
  const face = cardFace(t);
  const turning = h(
    "article",
    { class: "dk-open" },
    face.element,
    h("div", { class: "dk-back", "aria-hidden": "true" }),
  );
  const row = cardMoves(t, moves);
  const holder = h("div", { class: "dk-open-holder" }, turning);
  const element = h("div", { class: "dk-open-side" }, holder, row.element);
  /** @type {string | null} */
  let cardId = null;

  return {
    element,
    get shown() {
      return cardId;
    },
    /** The way from where the card is read to where it lies on the table (a rectangle). */
    wayTo: (/** @type {DOMRect} */ lay) => journey(lay, turning),
    /**
     * Show a card, and what was said of it before. With a way it is turned from there: one animation, begun
     * in the frame of the click; how large its letters can be is found out while its back is still seen.
     */
    show(
      /** @type {string} */ id,
      /** @type {Deck} */ deck,
      facts = {},
      /** @type {string | null} */ way = null,
    ) {
      cardId = id;
      face.paint(id, deck);
      row.renew();
      row.paint(facts);
      if (!way || prefersStillness()) return face.fit(id);
      turning.animate([{ transform: `${way} rotateY(180deg)` }, { transform: FACE_UP }], FLIP);
      afterFrame(() => cardId === id && face.fit(id));
    },
    /** What is said of the card has changed. */
    paint: (/** @type {{ agreement?: string }} */ facts = {}) => row.paint(facts),
    /** Let the card travel back to its place, face down again when it was put back. */
    async returnTo(/** @type {DOMRect} */ lay, /** @type {boolean} */ faceDown) {
      cardId = null;
      face.stopReading();
      if (prefersStillness()) return;
      const transform = `${journey(lay, turning)} rotateY(${faceDown ? 180 : 0}deg)`;
      await turning.animate([{ transform: FACE_UP }, { transform, opacity: 0.85 }], RETURN).finished;
    },
    /** The screen has another size. */
    refit: () => face.refit(cardId),
    focus: () => face.focus(),
    forget: () => {
      if (cardId) face.stopReading();
      cardId = null;
    },
  };
}

/** The face of a card: its area, number, question and examples. */
function cardFace(t) {
  const reading = readingButton(t, () => [question, label, examples]);
  const area = h("p", { class: "dk-area", "data-part": "area" });
  const number = h("p", { class: "dk-number" });
  const question = h("h2", { class: "dk-question", "data-part": "question", tabindex: "-1" });
  const label = h("p", { class: "dk-examples-label" });
  const examples = h("ul", { class: "dk-examples" });
  const attribution = h("p", { class: "dk-attribution" });
  const body = h("div", { class: "dk-open-body", "data-part": "card" }, question, label, examples);
  const head = h("div", { class: "dk-open-head" }, area, reading.element, number);
  const element = h("div", { class: "dk-face" }, head, body, attribution);
  const sizes = new Map(); // how large each card's letters can be, in a card of this size
  return {
    element,
    paint(id, /** @type {Deck} */ deck) {
      reading.stop();
      const card = deck.cards[id];
      const { [card.area]: areaOfCard } = deck.areas;
      const sure = card.confidence === "sure" ? "" : t(`card.confidence_${card.confidence}`);
      const confidence = h("span", { class: "dk-confidence" }, sure);
      const own = card.is_own ? h("span", { class: "dk-confidence" }, t("card.own")) : "";
      area.replaceChildren(
        areaShape(areaOfCard),
        h("span", {}, areaOfCard.name),
        own || (sure && confidence),
      );
      setText(number, t("card.number", { number: card.number }));
      setText(question, card.question);
      setText(label, card.examples.length ? `${card.examples_label}:` : "");
      examples.replaceChildren(...card.examples.map((example) => h("li", {}, example)));
      setText(attribution, card.attribution);
    },
    stopReading: reading.stop,
    fit: (id) => fit(element, body, sizes, id),
    refit(id) {
      sizes.clear();
      if (id) fit(element, body, sizes, id);
    },
    focus() {
      question.focus({ preventScroll: true });
      // where the page scrolls, the question comes first
      if (element.closest("[data-flow]")) element.scrollIntoView({ block: "start" });
    },
  };
}

/** Has the card read aloud, and stops; hidden where this device has no voice of its own for it. */
function readingButton(t, /** @type {() => HTMLElement[]} */ parts) {
  const act = () => {
    const voice = ownVoice(CARD_LANGUAGE);
    if (speechSynthesis.speaking) return stopReading();
    if (voice) speak(parts().map((part) => part.textContent).filter(Boolean), voice);
  };
  const element = roundButton("speaker", t("card.read_aloud"), act, "dk-read-reading");
  const update = () => setVisible(element, Boolean(ownVoice(CARD_LANGUAGE)));
  onVoices(update);
  update();
  return { element, stop: () => globalThis.speechSynthesis?.speaking && stopReading() };
}

/** The buttons under the card: one stop on the way from its question to its notes. */
function cardMoves(t, moves) {
  const agreement = agreementChoice(t, moves.chooseAgreement);
  const { discussed, skipped } = OUTCOME_OF;
  const skip = skipChoice(t, (reason) => moves.settle(skipped, { reason }));
  const button = (kind, attributes, ...children) =>
    h("button", { class: `dk-button ${kind}`, type: "button", ...attributes }, ...children);
  const settled = { onclick: () => moves.settle(discussed, { agreement: agreement.value() }) };
  const words = t("outcome.discussed.button");
  const discuss = button("dk-primary dk-discuss", settled, icon(discussed.icon), words);
  withKey(discuss, t("letters.discussed"));
  withKey(skip.buttons[0], t("letters.skipped"));
  const plain = PLAIN.map((outcome) => {
    const title = t(`outcome.${outcome.key}.button`);
    const attributes = { title, onclick: () => moves.settle(outcome) };
    return button("dk-settle", attributes, icon(outcome.icon), h("span", {}, title));
  });
  const away = { title: t("card.to_table"), onclick: () => moves.park() };
  const park = button("dk-to-table", away, icon("arrow"), h("span", {}, t("card.to_table")));
  const row = h("div", { class: "dk-moves" }, park, plain, skip.element, discuss);
  const naming = { class: "dk-card-bar", "aria-label": t("card.moves") };
  const element = h("div", naming, agreement.element, row);
  const stops = [...agreement.buttons, park, ...plain, ...skip.buttons, discuss];
  const beginAtFirst = oneTabStop(element, stops);
  return {
    element,
    /** Another card: no list is open, and Tab comes to the first button. */
    renew: () => (skip.close(), beginAtFirst()),
    paint: (facts) => agreement.set(facts.agreement),
  };
}

const SIZES = [1.3, 1.15, 1, 0.92, 0.85, 0.78, 0.7];

/**
 * Letters as large as the card can hold: the longest card must be read whole, the shortest from the back
 * row.
 */
function fit(face, body, known, id) {
  const fits = (size) => {
    face.style.setProperty("--fit", size);
    return body.scrollHeight <= body.clientHeight + 1;
  };
  if (!known.has(id)) known.set(id, SIZES.find(fits) ?? null);
  const size = known.get(id);
  face.style.setProperty("--fit", size ?? SIZES.at(-1));
  setAttribute(body, "tabindex", size === null && "0"); // what must be scrolled must be reachable by keyboard
}

/** The move that brings the open card onto a rectangle of the table, as CSS transform functions. */
function journey(from, card) {
  const to = card.getBoundingClientRect();
  const across = from.left + from.width / 2 - (to.left + to.width / 2);
  const down = from.top + from.height / 2 - (to.top + to.height / 2);
  return `translate(${across}px,${down}px) scale(${from.width / to.width},${from.height / to.height})`;
}
