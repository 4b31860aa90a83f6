import assert from "node:assert/strict";
import { test } from "node:test";

import { connectionBase } from "../../dialogkort/ui/frontend/sync/connection.js";
import { mergeState } from "../../dialogkort/ui/frontend/sync/server_state.js";

test("`set` replaces a slice, `patch` merges into one, and null removes a key", () => {
  const before = { notes: { a: 1, b: 2 }, table: { current: "x" } };
  const message = { type: "state", set: { table: {} }, patch: { notes: { a: null, c: 3 } } };
  const { slices, changed } = mergeState(before, message);
  assert.deepEqual(slices, { notes: { b: 2, c: 3 }, table: {} });
  assert.deepEqual([...changed].sort(), ["notes", "table"]);
  assert.deepEqual(before.notes, { a: 1, b: 2 });
});

test("a whole state leaves nothing of the one before", () => {
  const { slices, changed } = mergeState({ old: 1 }, { type: "state", whole: true, set: { new: 2 } });
  assert.deepEqual(slices, { new: 2 });
  assert.deepEqual([...changed].sort(), ["new", "old"]);
});

test("a reply is heard when the state it led to is there", () => {
  const connection = connectionBase(true);
  const received = [];
  connection.on("table", (table) => received.push(["table", table]));
  connection.on("reply", () => received.push(["reply", connection.get("table")]));
  connection.receive({
    type: "state",
    set: { table: 1 },
    reply: { to: null, opened: false, session: null, now: 0 },
  });
  assert.deepEqual(received, [["table", 1], ["reply", 1]]);
});

test("a word from the server means that there is contact", () => {
  const connection = connectionBase(false);
  const received = [];
  connection.on("status", ({ lost }) => received.push(lost));
  connection.on("ready", () => received.push("ready"));
  connection.setStatus({ lost: true });
  connection.setStatus({ lost: true });
  connection.receive({ type: "state" });
  assert.deepEqual(received, [true, false, "ready"]);
});

test("what is no state is left alone", () => {
  const connection = connectionBase(true);
  for (const message of [null, {}, { type: "other", set: { table: 1 } }]) connection.receive(message);
  assert.equal(connection.get("table"), undefined);
});
