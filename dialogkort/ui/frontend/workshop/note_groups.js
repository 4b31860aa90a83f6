// @ts-check
// All notes of a group in an order that one can read: next steps first, then by card, kind or area.

import { KINDS_TO_READ, NEXT_STEP } from "../core/vocabulary.js";

/** @typedef {import("../core/types.js").Note} Note */
/** @typedef {import("../core/types.js").Deck} Deck */
/** @typedef {"card" | "kind" | "area"} Order */
/**
 * @typedef {{ kind?: string, card?: string, opening?: number, area?: number, notes: Note[] }} NoteGroup what
 *   its notes have in common; `opening` 0 is the whole opening round
 */

const OPENING = -1; // stands before all areas, and cards

/**
 * The notes in which all words stand that are searched for: in the note, its owner's name or its card.
 *
 * @param {Note[]} notes
 * @param {Deck} deck
 * @param {string} search
 */
export function matchingNotes(notes, deck, search) {
  const wanted = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return notes.filter(({ text, owner, card }) => {
    const { number, question } = deck.cards[card] ?? { number: "", question: "" };
    const content = [text, owner, number, question].join("\n").toLocaleLowerCase();
    return wanted.every((word) => content.includes(word));
  });
}

/**
 * @param {Note[]} notes in the order they were begun
 * @param {Deck} deck
 * @param {Order} order
 * @returns {NoteGroup[]} without empty ones
 */
export function groupNotes(notes, deck, order) {
  if (order === "kind") {
    return KINDS_TO_READ.map((kind) => ({ kind, notes: ofKind(notes, kind) })).filter(hasNotes);
  }
  const first = { kind: NEXT_STEP, notes: ofKind(notes, NEXT_STEP) };
  const rest = notes.filter(({ kind }) => kind !== NEXT_STEP);
  return [first, ...(order === "card" ? byCard : byArea)(rest, deck)].filter(hasNotes);
}

function ofKind(/** @type {Note[]} */ notes, /** @type {string} */ kind) {
  return notes.filter((note) => note.kind === kind);
}

function hasNotes(/** @type {NoteGroup} */ { notes }) {
  return notes.length > 0;
}

/** @returns {NoteGroup[]} */
function byCard(/** @type {Note[]} */ notes, /** @type {Deck} */ deck) {
  const questions = new Set(notes.map(({ opening_question }) => opening_question).filter(Boolean));
  const opening = [...questions].sort((one, other) => one - other).map((question) => ({
    opening: question,
    notes: notes.filter((note) => note.opening_question === question),
  }));
  const cards = Object.keys(deck.cards).sort((one, other) => deck.cards[one].place - deck.cards[other].place);
  return [...opening, ...cards.map((card) => ({ card, notes: notes.filter((note) => note.card === card) }))];
}

/** @returns {NoteGroup[]} */
function byArea(/** @type {Note[]} */ notes, /** @type {Deck} */ deck) {
  const areaOf = ({ card }) => deck.cards[card]?.area ?? OPENING;
  const among = (area) => notes.filter((note) => areaOf(note) === area);
  const areas = deck.areas.map((_, area) => ({ area, notes: among(area) }));
  return [{ opening: 0, notes: among(OPENING) }, ...areas];
}
