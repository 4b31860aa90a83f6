import assert from "node:assert/strict";
import { test } from "node:test";

import { drawNumber } from "../../dialogkort/ui/frontend/core/fair_draw.js";
import { inMinutes, timeLeft } from "../../dialogkort/ui/frontend/workshop/timer_state.js";

test("what is left is told by the server's time, and is never more than was given", () => {
  const run = { started_at: 100_000, ends_at: 160_000 };
  assert.equal(timeLeft(run, 100_000, 100_000), 60_000);
  assert.equal(timeLeft(run, 150_000, 101_000), 10_000);
  assert.equal(timeLeft(run, 900_000, 900_000), 0);
  // the server's clock was set back by a day: the run begins when it is first seen
  assert.equal(timeLeft(run, 40_000, 40_000), 60_000);
  assert.equal(timeLeft(run, 70_000, 40_000), 30_000);
});

test("a length of time reads as on a clock, and the last second is one", () => {
  const lengths = [[0, "0:00"], [1, "0:01"], [59_001, "1:00"], [245_000, "4:05"], [3_750_000, "1:02:30"]];
  for (const [ms, words] of lengths) assert.equal(inMinutes(ms), words);
});

test("every seat is as likely as any other: what would favour some is drawn again", () => {
  assert.equal(2 ** 32 % 7, 4);
  const draws = [2 ** 32 - 1, 2 ** 32 - 4, 2 ** 32 - 5];
  assert.equal(drawNumber(7, () => draws.shift()), 7); // the first two are beyond the last full round
  assert.equal(draws.length, 0);
  const drawn = new Set(Array.from({ length: 400 }, () => drawNumber(5)));
  assert.deepEqual([...drawn].sort(), [1, 2, 3, 4, 5]);
  assert.equal(drawNumber(1), 1);
});
