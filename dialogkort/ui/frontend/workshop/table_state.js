// @ts-check
// The card table as it will be when the pending events have happened: a click shows at once, the server
// decides.

import { effectiveEvents } from "../sync/pending_events.js";

/** @typedef {import("../core/types.js").Table} Table */
/** @typedef {import("../core/types.js").PendingEvent} PendingEvent */

/** Each move of the rules (`domain`): the table after it, where it is allowed. */
const MOVES = {
  "turned": turn,
  "agreement chosen": choose,
  "discussed": (table, { card, agreement }) => settle(table, card, "discussed", { agreement }),
  "skipped": (table, { card, reason }) => settle(table, card, "skipped", { reason }),
  "put back": putBack,
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
  const { workshop, organisation = "", unit = "", date = "", group = "", participants = null } = event;
  return { workshop, organisation, unit, date, group, participants, note_taker: event.note_taker ?? "" };
}

function turn(table, { card }) {
  const { [card]: _, ...told } = table.told;
  const draw = table.draw.filter((other) => other !== card);
  return { ...table, draw, told, lying: { ...table.lying, [card]: "open" }, current: card };
}

function choose(table, { card, agreement }) {
  return { ...table, told: { ...table.told, [card]: { ...table.told[card], agreement } } };
}

function settle(table, card, outcome, said) {
  const lying = { ...table.lying, [card]: outcome };
  return { ...table, lying, told: { ...table.told, [card]: said }, current: handWithout(table, card) };
}

function putBack(table, { card }) {
  const { [card]: _, ...lying } = table.lying;
  return { ...table, lying, draw: [...table.draw, card], current: handWithout(table, card) };
}

function handWithout({ current }, card) {
  return current === card ? null : current;
}

/** How many cards are discussed, skipped, open, and left. */
export function progressOf(/** @type {Table} */ { lying, draw }) {
  const outcomes = Object.values(lying);
  const count = (outcome) => outcomes.filter((other) => other === outcome).length;
  return {
    discussed: count("discussed"),
    skipped: count("skipped"),
    open: count("open"),
    left: draw.length,
  };
}
