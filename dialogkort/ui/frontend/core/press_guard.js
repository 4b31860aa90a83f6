// @ts-check
// A press is one act: the second press of a double-click, a held key, and what has just come under a finger
// at rest do nothing.

import { followWriting } from "./keyboard.js";

const REST = 400; // ms after a press, or after something else came on show
const TREMBLE = 24; // px that a finger or a mouse at rest may move
const CONTROLS = "button, summary, a[href]";
const REPEATS = "[data-repeats]"; // may be pressed as fast as one likes

/**
 * Lets only deliberate presses reach the controls in `root`. What was there already takes a single press at
 * once; a pointer that has moved on since means what it presses.
 *
 * @param {HTMLElement} root
 * @returns {{ shows: (scene: string) => void }} `shows` is told what is on show, whenever that is painted
 */
export function guardPresses(root) {
  const pressPointer = restingPointer();
  const scenePointer = restingPointer();
  const refusesKey = keyGuard(followWriting(root));
  let scene = "";

  const isOneTooMany = (/** @type {PointerEvent} */ event, /** @type {Element} */ control) => {
    const repeats = control.matches(REPEATS);
    const isFast = pressPointer.isNear(event) || event.detail > 1; // some have set a slow one
    const again = isFast && pressPointer.control && !(repeats && pressPointer.control === control);
    return again || (scenePointer.isNear(event) && !repeats);
  };
  const onClick = (/** @type {PointerEvent} */ event) => {
    if (!event.isTrusted) return;
    const control = controlAt(/** @type {Element} */ (event.target));
    const byKey = event.detail === 0;
    const refused = byKey ? refusesKey.click() : control && isOneTooMany(event, control);
    if (!byKey) pressPointer.restFrom(event.timeStamp, control);
    if (refused) refuse(event);
  };
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    const target = /** @type {Element} */ (event.target);
    const sender = event.key === "Enter" ? target.closest("form input") : null;
    if (event.isTrusted && refusesKey.down(event, target.closest(CONTROLS) ?? sender)) refuse(event);
  };
  const onMove = (/** @type {PointerEvent} */ event) => {
    for (const pointer of [pressPointer, scenePointer]) pointer.moveTo(event);
  };
  const onLeave = (/** @type {PointerEvent} */ { pointerType }) => {
    if (pointerType !== "mouse") return; // a finger leaves after every press
    for (const pointer of [pressPointer, scenePointer]) pointer.leave();
  };
  root.addEventListener("click", onClick, { capture: true });
  root.addEventListener("keydown", onKey, { capture: true });
  root.addEventListener("pointermove", onMove, { passive: true, capture: true });
  root.addEventListener("pointerdown", onMove, { passive: true, capture: true });
  root.addEventListener("pointerleave", onLeave, { passive: true });
  return {
    shows(now) {
      if (now === scene) return;
      scene = now;
      scenePointer.restFrom(performance.now());
    },
  };
}

/** What a press would act on: a control, or what lies beside a dialog and closes it. */
function controlAt(/** @type {Element} */ target) {
  return target.localName === "dialog" ? target : target.closest(CONTROLS);
}

/** How far a pointer has travelled since a moment. */
function restingPointer() {
  let since = -Infinity;
  let travelled = 0;
  let last = null;
  return {
    /** @type {Element | null} */
    control: null,
    restFrom(/** @type {number} */ now, /** @type {Element | null} */ control = null) {
      since = now;
      travelled = 0;
      this.control = control;
    },
    moveTo({ clientX, clientY }) {
      travelled += last ? Math.hypot(clientX - last.x, clientY - last.y) : TREMBLE; // it has just come
      last = { x: clientX, y: clientY };
    },
    /** It comes back from elsewhere, be it to the same place. */
    leave: () => (last = null),
    isNear: (/** @type {Event} */ event) => event.timeStamp - since < REST && travelled < TREMBLE,
  };
}

/**
 * Enter and space: not while they are held, nor at once on what the press before has brought, nor in the
 * middle of a word.
 *
 * @param {ReturnType<typeof followWriting>} hand
 */
function keyGuard(hand) {
  let pressedAt = -Infinity;
  let control = null;
  let refused = false;
  return {
    down(/** @type {KeyboardEvent} */ event, /** @type {Element | null} */ target) {
      if (event.key !== "Enter" && event.key !== " ") {
        hand.follow(event);
        pressedAt = -Infinity; // another key was pressed in between: this one is meant
        return false;
      }
      const again = event.timeStamp - pressedAt < REST && !(target === control && target?.matches(REPEATS));
      const inWord = hand.goesOn() && Boolean(target?.matches(CONTROLS));
      refused = Boolean(target) && (event.repeat || again || inWord);
      if (target) [pressedAt, control] = [event.timeStamp, target];
      return refused;
    },
    /** Whether the click that a key has led to is one of a press that was refused. */
    click: () => refused,
  };
}

function refuse(/** @type {Event} */ event) {
  event.preventDefault();
  event.stopPropagation();
}
