// @ts-check
// What a session comes to, by the table and the notes: what was talked about by area, and what was agreed.

/** @typedef {import("../core/types.js").Note} Note */
/** @typedef {import("../core/types.js").Area} Area */
/** @typedef {{ number: number, question: string, state: string, agreement: string | null, notes: number }}
 *   CardSummary */

/**
 * The cards that were taken up by area, in the deck's order; cards that were skipped are only counted.
 *
 * @param {import("./model.js").TableView} view
 * @returns {{ areas: { area: Area, cards: CardSummary[] }[], skipped: number, steps: Note[] }}
 */
export function summaryOf({ table, deck, notes, noteCounts }) {
  const turned = Object.keys(table.lying).filter((id) => table.lying[id] !== "skipped");
  const cardsOf = (place) => turned.filter((id) => deck.cards[id].area === place).map(card).sort(byNumber);
  const card = (id) => {
    const { number, question } = deck.cards[id];
    const agreement = table.told[id]?.agreement ?? null;
    return { number, question, state: table.lying[id], agreement, notes: noteCounts[id] ?? 0 };
  };
  const areas = deck.areas.map((area, place) => ({ area, cards: cardsOf(place) }));
  return {
    areas: areas.filter(({ cards }) => cards.length),
    skipped: Object.keys(table.lying).length - turned.length,
    steps: notes.filter(({ kind }) => kind === "next step").sort(byDay),
  };
}

function byNumber(/** @type {CardSummary} */ one, /** @type {CardSummary} */ other) {
  return one.number - other.number;
}

/** What is due first comes first; what has no day comes last, as it was begun. */
function byDay(/** @type {Note} */ one, /** @type {Note} */ other) {
  const [day, otherDay] = [one.due || "9", other.due || "9"];
  return day < otherDay ? -1 : Number(day > otherDay);
}
