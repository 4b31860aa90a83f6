// @ts-check
// A line as events: kept, corrected, given another card, put in another place, taken away.

import { undoneBy } from "../sync/pending_events.js";
import { lineOf, saysTheSame } from "./line.js";

/** @typedef {import("./line.js").Line} Line */
/**
 * @typedef {import("../workshop/moves.js").MoveContext & { connection:
 *   import("../core/types.js").Connection }} TypingContext
 */

/** @param {Pick<TypingContext, "model" | "client" | "connection">} context */
export function lineMoves({ model, client, connection }) {
  /** The ids of all that says what became of a card. */
  const eventsOf = (/** @type {string} */ card) => {
    const waiting = client.waiting().filter((event) => event.card === card && event.what !== "noted");
    const gone = undoneBy(client.pending);
    const known = (connection.get("lines")?.[card] ?? []).filter((id) => !gone.has(id));
    return [...new Set([...known, ...waiting.map(({ id }) => id)])];
  };
  const notesOf = (/** @type {string} */ card) => model.notes().filter((note) => note.card === card);
  const settle = (/** @type {Line} */ { card, facts: { outcome, ...more } }) =>
    client.record(outcome, { card, ...more });
  const tellMinutes = (/** @type {Line} */ { card, minutes }) =>
    client.record("minutes told", { card, minutes });
  const add = (/** @type {Line} */ line) => {
    client.record("turned", { card: line.card });
    settle(line);
    tellMinutes(line);
  };
  return {
    add,
    correct: (/** @type {Line} */ line) => {
      const before = lineOf(model.table(), line.card);
      if (!saysTheSame(before.facts, line.facts)) settle(line);
      if (before.minutes !== line.minutes) tellMinutes(line);
    },
    /** A wrong number: the line and its notes are those of another card, in the same place. */
    renumber: (/** @type {string} */ before, /** @type {Line} */ line) => {
      const { turn_order } = model.table();
      const place = turn_order.indexOf(before);
      const notes = notesOf(before);
      client.record("undone", { events: eventsOf(before) });
      add(line);
      if (place < turn_order.length - 1) {
        client.record("turns ordered", {
          order: turn_order.map((card) => card === before ? line.card : card),
        });
      }
      for (const { id, version, text, kind, owner, due } of notes) {
        client.record("noted", { note: id, text, kind, owner, due, card: line.card, after: version });
      }
    },
    /** Put a line so many places on; returns its place, or null when there is none. */
    move: (/** @type {string} */ card, /** @type {number} */ by) => {
      const { turn_order } = model.table();
      const place = turn_order.indexOf(card);
      const to = place + by;
      if (place < 0 || to < 0 || to >= turn_order.length) return null;
      const order = turn_order.filter((other) => other !== card);
      order.splice(to, 0, card);
      client.record("turns ordered", { order });
      return to;
    },
    /** Take a line and its notes away; what is returned brings them back. */
    remove: (/** @type {string} */ card) => {
      const notes = notesOf(card);
      const { id } = client.record("undone", { events: eventsOf(card) });
      const removals = notes.map((note) => client.record("note removed", { note: note.id }).id);
      return () => client.record("undone", { events: [id, ...removals] });
    },
  };
}
