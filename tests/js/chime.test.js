import assert from "node:assert/strict";
import { test } from "node:test";

/** What a browser's sound is to the page: asleep until it is woken, or for ever. */
class Audio {
  static struck = 0;
  static wakes = true;
  state = "suspended";
  currentTime = 0;
  destination = {};
  resume() {
    if (Audio.wakes) this.state = "running";
    return Audio.wakes ? Promise.resolve() : Promise.reject(new Error("nobody has touched the page"));
  }
  createGain() {
    const gain = { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
    return { gain, connect: (next) => next };
  }
  createOscillator() {
    return { frequency: {}, connect: (next) => next, start: () => Audio.struck++, stop() {} };
  }
}
globalThis.AudioContext = Audio;
const { chime, prepareChime } = await import("../../dialogkort/ui/frontend/workshop/chime.js");

test("a sound that is not ready when the time is up is woken, and one that cannot be woken stays silent", async () => {
  Audio.wakes = false;
  prepareChime();
  await chime();
  assert.equal(Audio.struck, 0);
  Audio.wakes = true;
  await chime();
  assert.equal(Audio.struck, 2);
});
