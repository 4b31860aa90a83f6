// @ts-check
// One line of a session on paper, as it is typed: `12 e 5` is card 12, seen alike, 5 minutes.

import { asKey } from "../core/texts.js";
import { AGREEMENTS, LIMITS, OPENING_QUESTIONS, OUTCOMES, SKIP_REASONS } from "../core/vocabulary.js";

/** @typedef {import("../core/types.js").Deck} Deck */
/** @typedef {{ outcome: string, agreement?: string | null, reason?: string | null }} Facts */
/** @typedef {{ card: string, facts: Facts, minutes: number | null }} Line */
/** @typedef {[key: string, gaps?: Record<string, any>]} Fault a text of the catalogue */
/** @typedef {{ line?: Line, opening?: number, fault?: Fault }} Read */
/** @typedef {{ card?: string, opening_question?: number }} Subject what a line is about */

/** What can have become of a card that lies in the heap when a session on paper is over. */
export const TYPED = OUTCOMES.filter(({ settles, isFaceDown }) => settles && !isFaceDown);
/** What is said of a card besides, by the name of the field. */
export const CHOICES = { agreement: AGREEMENTS, reason: SKIP_REASONS };
const USUAL = TYPED[0].value;
const TOKENS = /(\d+)(?:\s*min\.?|\s*m(?!\p{L}))?|(\p{L})|[^\s.,;:]/gu;
const MAX_MATCHES = 6; // cards shown for some words

/** The letters by which all that can be said of a card is typed. */
export function lettersOf(/** @type {import("../core/texts.js").Texts} */ t) {
  const letter = (/** @type {string} */ value) => t(`paper.letters.${asKey(value)}`);
  /** @type {Map<string, Facts>} */
  const facts = new Map();
  for (const { value: outcome, fields } of TYPED) {
    facts.set(letter(outcome).toLowerCase(), { outcome });
    for (const field of fields) {
      for (const value of CHOICES[field]) {
        facts.set(letter(value).toLowerCase(), { outcome, [field]: value });
      }
    }
  }
  return { letter, facts, opening: t("paper.letters.opening").toLowerCase() };
}

/** @typedef {ReturnType<typeof lettersOf>} Letters */

/** The card with a number as it stands on it (`12`, `E1`), or undefined. */
export function cardNumbered(/** @type {Deck} */ deck, /** @type {string} */ number) {
  const plain = number.toLowerCase().replace(/^0+(?=\d)/, "");
  return Object.keys(deck.cards).find((id) => String(deck.cards[id].number).toLowerCase() === plain);
}

/**
 * The line that somebody has typed, or what is wrong with it.
 *
 * @param {string} written
 * @param {Letters} letters
 * @param {Deck} deck
 * @returns {Read}
 */
export function readLine(written, letters, deck) {
  const text = written.trim().toLowerCase();
  const opening = OPENING_QUESTIONS.find((question) => text.replace(" ", "") === letters.opening + question);
  if (opening) return { opening };
  const [, digits, rest] = /^(\p{L}?\d{1,9})(.*)$/su.exec(text) ?? [];
  if (!digits) return { fault: ["paper.no_number"] };
  const card = cardNumbered(deck, digits);
  if (!card) return { fault: ["paper.no_card", { number: digits }] };
  /** @type {Line} */
  const line = { card, facts: { outcome: USUAL }, minutes: null };
  for (const [part, minutes, letter] of rest.matchAll(TOKENS)) {
    if (minutes) line.minutes = Number(minutes);
    else if (letters.facts.has(letter)) line.facts = { ...letters.facts.get(letter) };
    else return { fault: ["paper.no_letter", { value: part }] };
  }
  if (line.minutes > LIMITS.minutes) {
    return { fault: ["session.minutes", { value: line.minutes, most: LIMITS.minutes }] };
  }
  return { line };
}

/** A line as somebody would have typed it; what is usual is left out. */
export function writeLine(
  /** @type {Line} */ { card, facts, minutes },
  /** @type {Letters} */ { letter },
  /** @type {Deck} */ deck,
) {
  const more = facts.agreement ?? facts.reason ?? (facts.outcome === USUAL ? null : facts.outcome);
  const parts = [deck.cards[card].number, more && letter(more).toLowerCase(), minutes];
  return parts.filter((part) => part !== null && part !== undefined && part !== "").join(" ");
}

/** The line of a card as the table knows it. */
export function lineOf(/** @type {import("../core/types.js").Table} */ { turned, card_facts }, card) {
  const { minutes = null, ...more } = card_facts[card] ?? {};
  return { card, facts: { outcome: turned[card], ...more }, minutes };
}

/** Whether two lines say the same of a card. */
export function saysTheSame(/** @type {Facts} */ one, /** @type {Facts} */ other) {
  const fields = (/** @type {Facts} */ { outcome, agreement, reason }) =>
    JSON.stringify([outcome, agreement ?? "", reason ?? ""]);
  return fields(one) === fields(other);
}

/**
 * The cards and opening questions that hold all the words somebody has typed.
 *
 * @param {string} written
 * @param {Letters} letters
 * @param {Deck} deck
 * @param {{ text: string, opening: number }[]} openings
 * @returns {{ typed: string, text: string }[]} what to type for each, and what it is
 */
export function matchingCards(written, letters, deck, openings) {
  const words = written.trim().toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length || /^\p{L}?\d/u.test(words[0]) || readLine(written, letters, deck).opening) return [];
  const holds = (/** @type {string} */ text) =>
    words.every((word) => text.toLocaleLowerCase().includes(word));
  const cards = Object.values(deck.cards).map(({ number, question }) => ({
    typed: String(number),
    text: question,
  }));
  const opened = openings.map(({ opening, text }) => ({ typed: `${letters.opening}${opening}`, text }));
  return [...opened, ...cards].filter(({ text }) => holds(text)).slice(0, MAX_MATCHES);
}

/** The kind of note that a letter and a colon in its beginning ask for; null when it is none. */
export function kindTyped(
  /** @type {string} */ written,
  /** @type {Letters} */ { letter },
  /** @type {string[]} */ kinds,
) {
  const typed = written.trim().toLowerCase();
  return kinds.find((kind) => letter(kind).toLowerCase() === typed) ?? null;
}
