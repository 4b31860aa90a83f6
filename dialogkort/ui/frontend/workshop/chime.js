// @ts-check
// A soft sound, made in the page. A browser lets a page sound only once somebody has touched it.

import { getItem, removeItem, setItem } from "../sync/browser_storage.js";

const MUTED = "timer-muted";
const TONES = [523.25, 659.25]; // Hz: C5 and E5, one after the other
const APART = 0.35; // s between them
const LENGTH = 1.4; // s that each takes to fade
const LOUDEST = 0.16;
const LATEST = 3000; // ms after its moment that a sound still says that time is up

/** @type {AudioContext | null} */
let audio = null;

/** Whether this device sounds when time is up. */
export const isMuted = () => Boolean(getItem(MUTED));

export function mute(/** @type {boolean} */ wanted) {
  if (wanted) setItem(MUTED, "yes");
  else removeItem(MUTED);
}

/** Make ready to sound; called while somebody touches the page. */
export function prepareChime() {
  if (isMuted() || !globalThis.AudioContext) return;
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume().catch(() => {});
}

/** Sound, where this device may; sound that has slept is woken first, unless that takes too long. */
export async function chime() {
  if (!audio && !navigator.userActivation?.hasBeenActive) return; // a browser lets no such page sound
  prepareChime();
  const wanted = Date.now();
  if (audio?.state !== "running") await audio?.resume().catch(() => {});
  if (isMuted() || audio?.state !== "running" || Date.now() - wanted > LATEST) return;
  TONES.forEach((tone, index) => strike(audio, tone, audio.currentTime + index * APART));
}

function strike(/** @type {AudioContext} */ context, tone, begin) {
  const [source, volume] = [context.createOscillator(), context.createGain()];
  source.frequency.value = tone;
  volume.gain.setValueAtTime(0, begin);
  volume.gain.linearRampToValueAtTime(LOUDEST, begin + 0.04);
  volume.gain.exponentialRampToValueAtTime(0.0001, begin + LENGTH);
  source.connect(volume).connect(context.destination);
  source.start(begin);
  source.stop(begin + LENGTH);
}
