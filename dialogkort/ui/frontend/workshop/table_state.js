// @ts-check
// The card table as it will be when the pending events have happened: a click shows at once, the server
// decides.

import { DETAILS, OUTCOMES } from "../core/vocabulary.js";
import { effectiveEvents } from "../sync/pending_events.js";
import { closingAfter, FORESEEN } from "./closing_state.js";
import { OF_TIMER, timerAfter, UNSET } from "./timer_state.js";

/** @typedef {import("../core/types.js").Table} Table */
/** @typedef {import("../core/types.js").PendingEvent} PendingEvent */

const SETTLING = OUTCOMES.filter(({ settles }) => settles);

/** Each move of the rules (`domain`): the table after it, where it is allowed. */
const MOVES = {
  "turned": turn,
  "agreement chosen": choose,
  ...Object.fromEntries(SETTLING.map((outcome) => [outcome.value, settle(outcome)])),
  "minutes told": (table, { card, minutes = null }) => describe(table, card, { minutes }),
  "turns ordered": arrange,
  "went back": (table, { card }) => ({ ...table, current: card }),
  "described": (table, event) => ({ ...table, details: detailsOf(event) }),
  "ended": (table) => ({ ...table, ended: true }),
  "reopened": (table) => ({ ...table, ended: false }),
};

const OF_NO_CARD = ["described", "ended", "reopened", "turns ordered", ...OF_TIMER, ...FORESEEN];

/**
 * @param {Table} table as the server has shown it
 * @param {PendingEvent[]} waiting
 * @returns {Table}
 */
export function predictTable(table, waiting) {
  let predicted = table;
  for (const event of effectiveEvents(waiting)) {
    if (!isAllowed(predicted, event)) continue;
    const move = MOVES[event.what];
    predicted = {
      ...(move ? move(predicted, event) : predicted),
      timer: timerAfter(predicted.timer ?? UNSET, event),
      closing: closingAfter(predicted.closing, event),
    };
  }
  return predicted;
}

function isAllowed(/** @type {Table} */ { face_down, turned }, /** @type {PendingEvent} */ { what, card }) {
  if (OF_NO_CARD.includes(what)) return true;
  return what === "turned" ? face_down.includes(card) : card in turned;
}

function detailsOf(/** @type {any} */ event) {
  return Object.fromEntries(
    DETAILS.map(({ name, kind }) => [name, event[name] ?? (kind === "count" ? null : "")]),
  );
}

function turn(table, { card }) {
  const { [card]: _, ...card_facts } = table.card_facts;
  const face_down = table.face_down.filter((other) => other !== card);
  const turned = { ...table.turned, [card]: "open" };
  return { ...table, face_down, card_facts, turned, turn_order: [...table.turn_order, card], current: card };
}

function choose(table, { card, agreement }) {
  return describe(table, card, { agreement });
}

function describe(table, card, facts) {
  return { ...table, card_facts: { ...table.card_facts, [card]: { ...table.card_facts[card], ...facts } } };
}

/** The cards were turned in this order; those that are not named, after them. */
function arrange(table, { order }) {
  const place = (card) => order.includes(card) ? order.indexOf(card) : order.length;
  return { ...table, turn_order: [...table.turn_order].sort((one, other) => place(one) - place(other)) };
}

/** A move that says what became of a card: it lies there, or is the last to be drawn again. */
function settle(/** @type {import("../core/types.js").Outcome} */ { value, fields, isFaceDown }) {
  return (table, event) => {
    const { card } = event;
    const { [card]: _, ...others } = table.turned;
    const settled = { ...table, current: handWithout(table, card) };
    const turn_order = table.turn_order.filter((other) => other !== card);
    if (isFaceDown) return { ...settled, turn_order, turned: others, face_down: [...table.face_down, card] };
    const { minutes } = table.card_facts[card] ?? {};
    const facts = {
      ...(minutes !== undefined && { minutes }),
      ...Object.fromEntries(fields.map((name) => [name, event[name]])),
    };
    return {
      ...settled,
      turned: { ...table.turned, [card]: value },
      card_facts: { ...table.card_facts, [card]: facts },
    };
  };
}

function handWithout({ current }, card) {
  return current === card ? null : current;
}

/** How many cards lie there with each outcome, by its value, and how many are `left`. */
export function progressOf(/** @type {Table} */ { turned, face_down }) {
  const outcomes = Object.values(turned);
  const count = (outcome) => outcomes.filter((other) => other === outcome).length;
  const lie = OUTCOMES.filter(({ isFaceDown }) => !isFaceDown);
  return { ...Object.fromEntries(lie.map(({ value }) => [value, count(value)])), left: face_down.length };
}
