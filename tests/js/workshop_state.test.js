import assert from "node:assert/strict";
import { test } from "node:test";

import { tableView } from "../../dialogkort/ui/frontend/workshop/model.js";
import {
  countByCard,
  predictNotes,
  replacementsOfRefused,
} from "../../dialogkort/ui/frontend/workshop/notes_state.js";
import {
  discreet,
  locate,
  markedPieces,
  withoutPlace,
} from "../../dialogkort/ui/frontend/workshop/privacy_places.js";
import { predictTable, progressOf } from "../../dialogkort/ui/frontend/workshop/table_state.js";

const TABLE = {
  order: ["a", "b", "c"],
  face_down: ["b", "c"],
  turn_order: ["a"],
  turned: { a: "open" },
  card_facts: {},
  current: "a",
  undo: null,
};
const event = (what, more) => ({ what, id: `${what} ${JSON.stringify(more)}`, ...more });
const note = (id, more = {}) => ({
  id,
  version: id,
  text: id,
  kind: "point",
  card: "a",
  begun: id,
  owner: "",
  due: "",
  ...more,
});

test("a card that is turned lies open and is in hand", () => {
  const table = predictTable(TABLE, [event("turned", { card: "b" })]);
  assert.deepEqual([table.face_down, table.turned, table.current], [["c"], { a: "open", b: "open" }, "b"]);
  assert.deepEqual(TABLE.face_down, ["b", "c"]);
});

test("a settled card leaves the hand and keeps what was said of it", () => {
  const table = predictTable(TABLE, [event("discussed", { card: "a", agreement: "alike" })]);
  assert.equal(table.current, null);
  assert.deepEqual([table.turned.a, table.card_facts.a], ["discussed", { agreement: "alike" }]);
  const { discussed, skipped, open, left } = progressOf(table);
  assert.deepEqual({ discussed, skipped, open, left }, { discussed: 1, skipped: 0, open: 0, left: 2 });
});

test("a card that is put back is the last to draw, and one that is taken up again is in hand", () => {
  assert.deepEqual(predictTable(TABLE, [event("put back", { card: "a" })]).face_down, ["b", "c", "a"]);
  const moves = [event("skipped", { card: "a" }), event("went back", { card: "a" })];
  assert.equal(predictTable(TABLE, moves).current, "a");
});

test("a move that the rules forbid changes nothing", () => {
  const moves = [
    event("turned", { card: "a" }),
    event("discussed", { card: "c" }),
    event("put back", { card: "b" }),
  ];
  assert.deepEqual(predictTable(TABLE, moves), TABLE);
});

test("a note that was emptied is none, one with only an owner is, and they stand as they were begun", () => {
  const notes = { n2: note("n2"), n1: note("n1") };
  const empty = event("noted", { note: "n1", text: " \n\u001c", card: "a" });
  assert.deepEqual(predictNotes(notes, []).map(({ id }) => id), ["n1", "n2"]);
  assert.deepEqual(predictNotes(notes, [empty]).map(({ id }) => id), ["n2"]);
  assert.deepEqual(predictNotes(notes, [{ ...empty, owner: "Bo" }]).map(({ id }) => id), ["n1", "n2"]);
  assert.deepEqual(countByCard(predictNotes(notes, [])), { a: 2 });
});

test("a note that replaces another takes its place, also when the other was refused here", () => {
  const replaces = event("noted", { note: "n9", text: "clean", card: "a", instead_of: "n1" });
  assert.deepEqual(predictNotes({ n1: note("n1") }, [replaces]).map(({ id }) => id), ["n9"]);
  const known = { n9: note("n9", { instead_of: "n1" }) };
  const refused = [event("noted", { note: "n1", refused: true })];
  assert.deepEqual(replacementsOfRefused(known, refused).map(({ id }) => id), ["n9"]);
  assert.deepEqual(replacementsOfRefused({ ...known, n1: note("n1") }, refused), []);
  assert.deepEqual(replacementsOfRefused({}, refused, known).map(({ id }) => id), ["n9"], "removed since");
});

test("the stage shows the card in hand unless it was parked or the opening round is on", () => {
  const server = { table: TABLE, notes: {}, deck: {}, lobby: {} };
  const facts = { pending: [], waiting: [], lost: false, lastStep: [], nextRedo: null };
  const mode = (local) => tableView(server, facts, local).mode;
  assert.equal(mode({ parkedCard: null, showsOpening: false }), "card");
  assert.equal(mode({ parkedCard: "a", showsOpening: false }), "none");
  assert.equal(mode({ parkedCard: "a", showsOpening: true }), "opening");
});

test("undo is there for what the server knows, or without contact for what was done here", () => {
  const server = { table: TABLE, notes: {}, deck: {}, lobby: {} };
  const local = { parkedCard: null, showsOpening: false };
  const can = (facts) =>
    tableView(server, { pending: [], waiting: [], lastStep: [], lost: false, ...facts }, local).canUndo;
  assert.equal(can({}), false);
  assert.equal(can({ waiting: [event("turned", { card: "b" })] }), true);
  assert.equal(can({ lost: true }), false);
  assert.equal(can({ lost: true, lastStep: ["id"] }), true);
});

test("a place in a note is found again when the words before it have changed", () => {
  const place = { words: "Bo", at: 5, kind: "name", sure: false, instead: "[navn]" };
  assert.equal(locate("hej, Bo", place), 5);
  assert.equal(locate("og hej, Bo", place), 8);
  assert.equal(locate("hej", place), -1);
});

test("places that overlap are marked once, and nothing is lost between them", () => {
  const text = "ring til Bo Bosen nu";
  const places = [
    { words: "Bo Bosen", at: 9, kind: "name", sure: true, instead: "" },
    { words: "Bosen", at: 12, kind: "name", sure: true, instead: "" },
  ];
  assert.deepEqual(markedPieces(text, places), ["ring til ", "Bo Bosen", " nu"]);
});

test("the caret stays at its letter when a place is taken out", () => {
  const place = { words: "Bo Bosen", at: 9, kind: "name", sure: true, instead: "[navn]" };
  const text = "ring til Bo Bosen nu";
  assert.deepEqual(withoutPlace(text, place, 4), { text: "ring til [navn] nu", caret: 4 });
  assert.deepEqual(withoutPlace(text, place, text.length), { text: "ring til [navn] nu", caret: 18 });
  assert.deepEqual(withoutPlace(text, place, 12), { text: "ring til [navn] nu", caret: 15 });
});

test("of a CPR number only the birthday is said", () => {
  assert.equal(discreet({ kind: "cpr", words: "010203-1234" }), "010203-····");
});
