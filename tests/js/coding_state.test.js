import assert from "node:assert/strict";
import { test } from "node:test";

import {
  byNote,
  isCoded,
  matchingIndexes,
  NOT_READ,
  predictCodes,
  predictReading,
} from "../../dialogkort/ui/frontend/coding/coding_state.js";

const coded = (more) => ({ what: "coded", id: JSON.stringify(more), note: "n", coder: "Anna", ...more });

test("a code that is given takes away that none applies, and the other way about", () => {
  const given = predictReading(undefined, [coded({ code: "c" })], "n", "Anna");
  assert.deepEqual(given, { codes: ["c"], none: false, memo: "" });
  const none = predictReading(given, [coded({ code: null })], "n", "Anna");
  assert.deepEqual(none, { codes: [], none: true, memo: "" });
  assert.deepEqual(predictReading(none, [coded({ code: "d" })], "n", "Anna").none, false);
  assert.ok(isCoded(none) && isCoded(given) && !isCoded(NOT_READ));
});

test("another coder's reading, and another note's, are not this one", () => {
  const events = [coded({ code: "c", coder: "Bo" }), coded({ code: "c", note: "m" })];
  assert.deepEqual(predictReading(undefined, events, "n", "Anna"), NOT_READ);
});

test("a code that is on its way is offered at once, with its newest name", () => {
  const define = (name) => ({ what: "code defined", id: name, code: "c", name });
  assert.deepEqual(predictCodes([], [define("Tid"), define("Tiden")]), [
    { id: "c", name: "Tiden", definition: "", retired: false },
  ]);
});

test("notes are found by what was coded, by area and by words", () => {
  const corpus = {
    notes: [{ id: "a", text: "Mere TID", card: 0 }, { id: "b", text: "ro", card: null }, {
      id: "c",
      text: "tid",
      card: 0,
    }],
    cards: [{ number: 1, question: "?", area: 2 }],
    areas: [],
    groups: [],
  };
  const readings = { a: { codes: ["x"], none: false, memo: "" }, b: { codes: [], none: true, memo: "m" } };
  const find = (filter) =>
    matchingIndexes(corpus, (note) => readings[note] ?? NOT_READ, {
      show: "",
      area: "",
      search: "",
      ...filter,
    });
  assert.deepEqual(find({}), [0, 1, 2]);
  assert.deepEqual(find({ show: "open" }), [2]);
  assert.deepEqual(find({ show: "none" }), [1]);
  assert.deepEqual(find({ show: "memo" }), [1]);
  assert.deepEqual(find({ show: "x" }), [0]);
  assert.deepEqual(find({ area: "2" }), [0, 2]);
  assert.deepEqual(find({ area: "none" }), [1]);
  assert.deepEqual(find({ search: " tid " }), [0, 2]);
});

test("what differs is told note by note", () => {
  const ones = [{ note: "a", code: "x" }, { note: "b", code: "x" }, { note: "a", code: "y" }];
  assert.deepEqual(byNote(ones), [[ones[0], ones[2]], [ones[1]]]);
});
