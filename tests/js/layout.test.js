import assert from "node:assert/strict";
import { test } from "node:test";

import { layoutOf } from "../../dialogkort/ui/frontend/core/layout.js";

/** How a page of so many pixels lies, with letters of 16. */
const lies = (width, height) => {
  const { stack, flow, low } = layoutOf(width / 16, height / 16);
  return [stack && "stack", flow && "flow", low && "low"].filter(Boolean).join(" ");
};

test("on a laptop and on a projector the notes lie beside the card, and all is in view", () => {
  assert.equal(lies(1280, 720), "");
  assert.equal(lies(1920, 1080), "");
  assert.equal(lies(1180, 820), "");
});

test("where the screen stands, they lie under it", () => {
  assert.equal(lies(390, 844), "stack");
  assert.equal(lies(820, 1180), "stack");
});

test("a phone that lies, a small one, and a page that is zoomed are scrolled", () => {
  assert.equal(lies(844, 390), "flow");
  assert.equal(lies(320, 640), "stack flow");
  assert.equal(lies(640, 360), "stack flow");
});

test("at four times the size nothing stays in place over what one reads", () => {
  assert.equal(lies(320, 180), "stack flow low");
});

test("letters of twice the size ask for twice the room", () => {
  assert.deepEqual(layoutOf(1280 / 32, 720 / 32), { stack: true, flow: true, low: false });
});
