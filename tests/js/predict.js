// What the page makes of many sessions with pending events: reads them from the standard input as JSON, a list of
// `{ table, notes, removed, pending }`, and prints a list of `{ table, notes, removed, step, redo }`.

import { lastStep, nextRedo } from "../../dialogkort/ui/frontend/sync/pending_events.js";
import { predictNotes, predictRemoved } from "../../dialogkort/ui/frontend/workshop/notes_state.js";
import { predictTable } from "../../dialogkort/ui/frontend/workshop/table_state.js";

const sessions = JSON.parse(await new Response(Deno.stdin.readable).text());
const predict = ({ table, notes, removed, pending }) => ({
  table: predictTable(table, pending),
  notes: predictNotes(notes, pending, removed),
  removed: predictRemoved(notes, pending, removed),
  step: lastStep(pending),
  redo: nextRedo(pending),
});
console.log(JSON.stringify(sessions.map(predict)));
