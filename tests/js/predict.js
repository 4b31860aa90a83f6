// What the page makes of many sessions with pending events: reads them from the standard input as JSON, a list of
// `{ table, notes, pending }`, and prints a list of `{ table, notes,
// step, redo }`.

import { lastStep, nextRedo } from "../../dialogkort/ui/frontend/sync/pending_events.js";
import { predictNotes } from "../../dialogkort/ui/frontend/workshop/notes_state.js";
import { predictTable } from "../../dialogkort/ui/frontend/workshop/table_state.js";

const sessions = JSON.parse(await new Response(Deno.stdin.readable).text());
const predict = ({ table, notes, pending }) => ({
  table: predictTable(table, pending),
  notes: predictNotes(notes, pending),
  step: lastStep(pending),
  redo: nextRedo(pending),
});
console.log(JSON.stringify(sessions.map(predict)));
