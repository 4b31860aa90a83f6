// @ts-check
// What a session comes to, by the table and the notes: what was talked about by area, and what was agreed.

import { NEXT_STEP, OUTCOME_OF, OUTCOMES } from "../core/vocabulary.js";

/** @typedef {import("../core/types.js").Note} Note */
/** @typedef {import("../core/types.js").Area} Area */
/** @typedef {{ number: number | string, question: string, state: string, agreement: string | null,
 *   notes: number }} CardSummary */

const ASIDE = OUTCOMES.filter(({ isAside }) => isAside);

/**
 * The cards that were taken up by area, in the deck's order; those laid aside are only counted.
 *
 * @param {import("./model.js").TableView} view
 * @returns {{ areas: { area: Area, cards: CardSummary[] }[], aside: [string, number][], steps:
 *   Note[] }} `aside` by the outcome's key
 */
export function summaryOf({ table, deck, notes, noteCounts }) {
  const turned = Object.keys(table.turned).filter((id) => !OUTCOME_OF[table.turned[id]].isAside);
  const inOrder = turned.sort((one, other) => deck.cards[one].place - deck.cards[other].place);
  const cardsOf = (index) => inOrder.filter((id) => deck.cards[id].area === index).map(card);
  const card = (id) => {
    const { number, question } = deck.cards[id];
    const agreement = table.card_facts[id]?.agreement ?? null;
    return { number, question, state: table.turned[id], agreement, notes: noteCounts[id] ?? 0 };
  };
  const areas = deck.areas.map((area, index) => ({ area, cards: cardsOf(index) }));
  return {
    areas: areas.filter(({ cards }) => cards.length),
    aside: ASIDE.map(countIn(table)).filter(([, count]) => count),
    steps: notes.filter(({ kind }) => kind === NEXT_STEP).sort(byDay),
  };
}

/** How many cards of a table lie there with an outcome. */
function countIn({ turned }) {
  const outcomes = Object.values(turned);
  return ({ key, value }) => /** @type {[string, number]} */ ([
    key,
    outcomes.filter((other) => other === value).length,
  ]);
}

/** What is due first comes first; what has no day comes last, as it was begun. */
function byDay(/** @type {Note} */ one, /** @type {Note} */ other) {
  const [day, otherDay] = [one.due || "9", other.due || "9"];
  return day < otherDay ? -1 : Number(day > otherDay);
}
