import assert from "node:assert/strict";
import { test } from "node:test";

import { savingSentence, savingState } from "../../dialogkort/ui/frontend/sync/save_status.js";

const CALM = {
  lost: false,
  locked: false,
  inPage: true,
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
