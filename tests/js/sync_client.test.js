import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.dialogkortVocabulary ??= { outcomes: [], limits: {} };
globalThis.addEventListener ??= () => {};
const { SyncClient } = await import("../../dialogkort/ui/frontend/sync/sync_client.js");
const { connectionBase } = await import("../../dialogkort/ui/frontend/sync/connection.js");

/** A line that can be down, and what was said on it. */
function openLine() {
  const base = connectionBase(true);
  const line = { isUp: true, said: /** @type {any[]} */ ([]) };
  const send = (message) => (line.isUp && line.said.push(message), line.isUp);
  const connection = { ...base, send, lose: () => {}, isBusy: () => false, close: () => {} };
  const client = new SyncClient(/** @type {any} */ (connection), { changed: () => {}, onReply: () => {} });
  const types = () => line.said.splice(0).map(({ type }) => type).filter((type) => type !== "hello");
  return { line, client, connection, types };
}

test("what is asked for while the line is down for a moment is asked for when it is back, once", () => {
  const { line, client, connection, types } = openLine();
  line.isUp = false;
  for (const type of ["open", "join", "gather", "erase"]) client.request(type);
  line.isUp = true;
  connection.emit("ready");
  assert.deepEqual(types(), ["open", "join", "gather", "erase"]);
  connection.emit("ready"); // the line broke again before there was an answer
  assert.deepEqual(types(), ["open", "gather"], "what may not be done twice is not");
  client.close();
});

test("what has been answered is not asked for again, nor what was asked for before the loss was said", () => {
  const { line, client, connection, types } = openLine();
  const id = client.request("open");
  connection.receive({ type: "state", reply: { to: id, now: 1 } });
  line.isUp = false;
  client.request("gather");
  connection.setStatus({ lost: true });
  line.isUp = true;
  connection.setStatus({ lost: false });
  types();
  connection.emit("ready");
  assert.deepEqual(types(), []);
  client.close();
});

test("who presses begin twice before there is an answer begins one session, and another group another", () => {
  const { line, client } = openLine();
  const begin = (group) => (client.begin({ group }, "plan"), line.said.at(-1).id);
  const first = begin("Rød");
  assert.equal(begin("Rød"), first);
  assert.notEqual(begin("Blå"), first);
  client.close();
});
