import assert from "node:assert/strict";
import { test } from "node:test";

import { savingSentence, savingState } from "../../dialogkort/ui/frontend/sync/save_status.js";

const CALM = {
  lost: false,
  locked: false,
  inPage: true,
  isGuest: false,
  movedTo: "",
  unsaved: null,
  atRisk: false,
  refused: false,
  writing: false,
};
const t = (key) => key;
const state = (facts, isBack = false) => savingState({ ...CALM, ...facts }, isBack);
const sentence = (facts, mention = "") => savingSentence(t, { ...CALM, ...facts }, mention);

test("the word in the bar says the worst of what there is to say", () => {
  assert.equal(state({}), "saved");
  assert.equal(state({ writing: true }), "saving");
  assert.equal(state({ writing: true }, true), "back");
  assert.equal(state({ refused: true }, true), "unsaved");
  assert.equal(state({ unsaved: "full", lost: true }), "offline");
});

test("the sentence says what to do: in a notebook, without a key, when nothing can be kept", () => {
  assert.equal(sentence({}), "");
  assert.equal(sentence({}, "news"), "news");
  assert.equal(sentence({ unsaved: "The disk is full." }), "The disk is full. line.tries");
  assert.equal(sentence({ lost: true }), "line.lost");
  assert.equal(sentence({ lost: true, locked: true }), "line.locked");
  assert.equal(sentence({ lost: true, locked: true, keyless: true }), "line.no_key");
  assert.equal(sentence({ lost: true, atRisk: true, locked: true }), "line.at_risk");
  assert.equal(sentence({ lost: true, inPage: false }), "line.cell");
});

test("to a device in the room it speaks of the facilitator's computer, not of one's own", () => {
  assert.equal(sentence({ lost: true, isGuest: true }), "line.guest_lost");
  assert.equal(sentence({ lost: true, locked: true, isGuest: true }), "line.guest_locked");
  assert.equal(sentence({ lost: true, atRisk: true, isGuest: true }), "line.at_risk");
});

test("another address to go on at is said, and when what was written is safe", () => {
  const movedTo = "http://192.0.2.9:8880/";
  assert.equal(sentence({ movedTo }, "news"), "line.moved");
  assert.equal(sentence({ movedTo, writing: true }), "line.moved_saving");
  assert.equal(sentence({ movedTo, lost: true, writing: true }), "line.moved_unsaved");
  assert.equal(sentence({ movedTo, lost: true }), "line.moved");
});
