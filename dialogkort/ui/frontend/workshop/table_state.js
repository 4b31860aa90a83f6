// @ts-check
// The card table as it will be when the pending events have happened: a click shows at once, the server
// decides.

import { DETAILS, OUTCOMES } from "../core/vocabulary.js";
import { effectiveEvents } from "../sync/pending_events.js";

/** @typedef {import("../core/types.js").Table} Table */
/** @typedef {import("../core/types.js").PendingEvent} PendingEvent */

const SETTLING = OUTCOMES.filter(({ settles }) => settles);

/** Each move of the rules (`domain`): the table after it, where it is allowed. */
const MOVES = {
  "turned": turn,
  "agreement chosen": choose,
  ...Object.fromEntries(SETTLING.map((outcome) => [outcome.value, settle(outcome)])),
  "went back": (table, { card }) => ({ ...table, current: card }),
  "described": (table, event) => ({ ...table, details: detailsOf(event) }),
  "ended": (table) => ({ ...table, ended: true }),
  "reopened": (table) => ({ ...table, ended: false }),
};

const OF_NO_CARD = ["described", "ended", "reopened"];

/**
 * @param {Table} table as the server has shown it
 * @param {PendingEvent[]} waiting
 * @returns {Table}
 */
export function predictTable(table, waiting) {
  let predicted = table;
  for (const event of effectiveEvents(waiting)) {
    const move = MOVES[event.what];
    if (move && isAllowed(predicted, event)) predicted = move(predicted, event);
  }
  return predicted;
}

function isAllowed(/** @type {Table} */ { draw, lying }, /** @type {PendingEvent} */ { what, card }) {
  if (OF_NO_CARD.includes(what)) return true;
  return what === "turned" ? draw.includes(card) : card in lying;
}

function detailsOf(/** @type {any} */ event) {
  return Object.fromEntries(
    DETAILS.map(({ name, kind }) => [name, event[name] ?? (kind === "count" ? null : "")]),
  );
}

function turn(table, { card }) {
  const { [card]: _, ...told } = table.told;
  const draw = table.draw.filter((other) => other !== card);
  return { ...table, draw, told, lying: { ...table.lying, [card]: "open" }, current: card };
}

function choose(table, { card, agreement }) {
  return { ...table, told: { ...table.told, [card]: { ...table.told[card], agreement } } };
}

/** A move that says what became of a card: it lies there, or is the last to be drawn again. */
function settle(/** @type {import("../core/types.js").Outcome} */ { value, says, isFaceDown }) {
  return (table, event) => {
    const { card } = event;
    const { [card]: _, ...others } = table.lying;
    const settled = { ...table, current: handWithout(table, card) };
    if (isFaceDown) return { ...settled, lying: others, draw: [...table.draw, card] };
    const facts = Object.fromEntries(says.map((name) => [name, event[name]]));
    return { ...settled, lying: { ...table.lying, [card]: value }, told: { ...table.told, [card]: facts } };
  };
}

function handWithout({ current }, card) {
  return current === card ? null : current;
}

/** How many cards lie there with each outcome, by its value, and how many are `left`. */
export function progressOf(/** @type {Table} */ { lying, draw }) {
  const outcomes = Object.values(lying);
  const count = (outcome) => outcomes.filter((other) => other === outcome).length;
  const lie = OUTCOMES.filter(({ isFaceDown }) => !isFaceDown);
  return { ...Object.fromEntries(lie.map(({ value }) => [value, count(value)])), left: draw.length };
}
