import assert from "node:assert/strict";
import { test } from "node:test";

import { closingAfter, countsOf } from "../../dialogkort/ui/frontend/workshop/closing_state.js";

const OPEN = { answers: 2, shown: false, ratings: [], keep_until: "", statuses: {} };

test("an answer counts at once, and none does after they were shown", () => {
  assert.equal(closingAfter(OPEN, { what: "rated", rating: 5 }).answers, 3);
  assert.equal(closingAfter({ ...OPEN, shown: true }, { what: "rated", rating: 5 }).answers, 2);
});

test("the day until which notes are kept is the one chosen last, or none", () => {
  const chosen = closingAfter(OPEN, { what: "retention set", until: "2027-01-31" });
  assert.equal(chosen.keep_until, "2027-01-31");
  assert.equal(closingAfter(chosen, { what: "retention set" }).keep_until, "");
});

test("answers are counted by their number, from the highest down, those nobody gave too", () => {
  const counts = countsOf([[5, "Ærligt"], [1, ""], [5, ""]], 5);
  assert.deepEqual(counts.map(({ count }) => count), [2, 0, 0, 0, 1]);
  assert.equal(counts[0].number, 5);
});
