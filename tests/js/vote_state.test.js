import assert from "node:assert/strict";
import { test } from "node:test";

const handed = { outcomes: [], nextStep: "next step", limits: { fewestVoteItems: 2, voteItems: 3 } };
globalThis.dialogkortVocabulary = { ...globalThis.dialogkortVocabulary, ...handed };
const { bars, choicesAmong, firstItems, isVotable, votable } = await import(
  "../../dialogkort/ui/frontend/plenum/vote_state.js"
);

const NOTES = [{ id: "1", kind: "point" }, { id: "2", kind: "next step" }];
const STATE = {
  themes: () => [{ id: "t", notes: ["1"] }, { id: "empty", notes: [] }],
  notes: () => NOTES,
  note: (id) => NOTES.find((note) => note.id === id),
};

test("themes with notes, next steps, and the notes that were chosen and are there, may stand to vote", () => {
  assert.deepEqual(votable(STATE, "themes", []), ["t"]);
  assert.deepEqual(votable(STATE, "steps", []), ["2"]);
  assert.deepEqual(votable(STATE, "notes", ["2", "gone"]), ["2"]);
});

test("as many stand to vote as there may be, and one alone is no choice", () => {
  assert.deepEqual(firstItems(["1", "2", "3", "4"]), ["1", "2", "3"]);
  assert.deepEqual([0, 1, 2, 3, 4].map(isVotable), [false, false, true, true, false]);
});

test("nobody is offered to choose all there is, and usual is about a third", () => {
  assert.deepEqual([0, 2, 3].map((count) => choicesAmong(count)), [
    { offered: [1], usual: 1 },
    { offered: [1], usual: 1 },
    { offered: [1, 2], usual: 1 },
  ]);
  assert.deepEqual(choicesAmong(6), { offered: [1, 2, 3, 5], usual: 2 });
  assert.deepEqual([9, 30].map((count) => choicesAmong(count).usual), [3, 3]);
});

test("the longest bar is what got most, and nothing is none", () => {
  const lengths = (results) => bars(results).map(({ total, length }) => [total, length]);
  const result = (hands, dots) => ({ item: "1", rank: 1, hands, dots });
  assert.deepEqual(lengths([result(3, 1), result(0, 2)]), [[4, 1], [2, 0.5]]);
  assert.deepEqual(lengths([result(0, 0)]), [[0, 0]]);
});
