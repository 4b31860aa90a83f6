import assert from "node:assert/strict";
import { test } from "node:test";

import { timeOf, uuid7 } from "../../dialogkort/ui/frontend/sync/event_ids.js";
import {
  adopted,
  effectiveEvents,
  lastStep,
  messageOf,
  nextRedo,
  withEvent,
  WRITING_PAUSE,
} from "../../dialogkort/ui/frontend/sync/pending_events.js";

const NOON = 1_750_000_000_000;
const at = (ms) => uuid7(NOON + ms);
const noted = (ms, text, more = {}) => ({
  what: "noted",
  id: at(ms),
  session: "s",
  note: "n",
  text,
  ...more,
});
const turned = (ms, card) => ({ what: "turned", id: at(ms), session: "s", card });
const undone = (ms, ...events) => ({ what: "undone", id: at(ms), session: "s", events });

test("an id says when, and ids of later moments sort behind", () => {
  assert.equal(timeOf(uuid7(NOON)), NOON);
  assert.ok(uuid7(NOON) < uuid7(NOON + 1));
  assert.match(uuid7(NOON), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("what was undone does not count, and counts again when that is undone", () => {
  const [first, second] = [turned(0, "a"), turned(1, "b")];
  const back = undone(2, second.id);
  assert.deepEqual(effectiveEvents([first, second, back]), [first]);
  assert.deepEqual(effectiveEvents([first, second, back, undone(3, back.id)]), [first, second]);
});

test("undo without the server takes back one move, or what was written in one note", () => {
  const move = turned(0, "a");
  const [one, two] = [noted(1, "o"), noted(2, "on")];
  assert.deepEqual(lastStep([move, one, two]), [two.id, one.id]);
  assert.deepEqual(lastStep([move, one, two, undone(3, two.id, one.id)]), [move.id]);
  assert.deepEqual(lastStep([]), []);
});

test("undo without the server goes by the pause, the sentence and the kind of a note", () => {
  const [first, second] = [noted(0, "Vi. "), noted(1, "Vi. De")];
  assert.deepEqual(lastStep([first, second]), [second.id]);
  assert.deepEqual(lastStep([noted(0, "Vi."), noted(1, "Vi. ")]).length, 2);
  const late = noted(WRITING_PAUSE + 1, "on");
  assert.deepEqual(lastStep([noted(0, "o"), late]), [late.id]);
  const example = noted(1, "o", { kind: "example" });
  assert.deepEqual(lastStep([noted(0, "o", { kind: "point" }), example]), [example.id]);
});

test("redo without the server takes back the newest undoing, until something else is done", () => {
  const [one, two] = [turned(0, "a"), turned(1, "b")];
  const [back, further] = [undone(2, two.id), undone(3, one.id)];
  assert.equal(nextRedo([one, two]), null);
  assert.equal(nextRedo([one, two, back, further]), further.id);
  assert.equal(nextRedo([one, two, back, further, undone(4, further.id)]), back.id);
  assert.equal(nextRedo([one, two, back, turned(4, "c")]), null);
});

test("what was taken out of a note stays out when one undoes", () => {
  const clean = noted(1, "clean", { instead_of: "before" });
  const move = turned(0, "a");
  assert.deepEqual(lastStep([move, clean]), [move.id]);
});

test("without contact the newest version of a note stands for those before it", () => {
  const [one, two] = [noted(0, "o", { after: "v0" }), noted(1, "on", { after: "v1" })];
  const unsent = new Set([one.id, two.id]);
  assert.deepEqual(withEvent([one], two, unsent), [{ ...two, after: "v0" }]);
});

test("a version that may have been sent stays, and so does one from before a pause", () => {
  const [one, two] = [noted(0, "o"), noted(WRITING_PAUSE + 1, "on")];
  assert.deepEqual(withEvent([one], two, new Set([two.id])), [one, two]);
  assert.deepEqual(withEvent([one], two, new Set([one.id, two.id])), [one, two]);
});

test("a new version takes the place of one that was refused", () => {
  const refused = noted(0, "too long", { refused: true });
  const other = noted(1, "another note", { note: "m", refused: true });
  const next = noted(2, "shorter");
  assert.deepEqual(withEvent([refused, other], next, new Set()), [other, next]);
});

test("a half-written note that was left behind becomes the newest version of its note", () => {
  const sent = noted(0, "half");
  const draft = noted(1, "half a", { after: "before" });
  assert.deepEqual(adopted([], [sent, { ...draft, draft: true }]), [sent, { ...draft, after: sent.id }]);
  assert.deepEqual(adopted([], [{ ...draft, draft: true }]), [draft]);
});

test("what is known already, or says the same, is not taken over twice", () => {
  const sent = noted(0, "half");
  const same = { ...noted(1, "half"), draft: true };
  assert.deepEqual(adopted([sent], [sent]), []);
  assert.deepEqual(adopted([same], [same]), []);
  assert.deepEqual(adopted([], [sent, same]), [sent]);
});

test("two windows that take over the same make the same of it", () => {
  const left = [noted(0, "half"), { ...noted(1, "half a"), draft: true }];
  assert.deepEqual(adopted([], left), adopted([turned(5, "a")], left));
});

test("a note that replaces another goes as what it is", () => {
  assert.equal(messageOf(turned(0, "a")).type, "event");
  const message = messageOf(noted(0, "clean", { instead_of: "before", refused: true }));
  assert.equal(message.type, "redact");
  assert.ok(!("instead_of" in message.event) && !("refused" in message.event));
});
