// @ts-check
// The keyboard belongs to the screen while one is in it.

/** What is typed in a screen is not a command of the notebook around it; `press` hears it first. */
export function captureKeys(/** @type {HTMLElement} */ root, onKey = (_event) => {}) {
  root.addEventListener("keydown", (event) => {
    onKey(event);
    event.stopPropagation();
  });
}

const IN_ONE_GO = 1500; // ms between two letters of somebody who writes
const GOES = /^(Tab|Escape|Home|End|Arrow.*)$/;

/**
 * Whether somebody is writing: they may find that their field is gone, or that they never were in one, and
 * the rest of the word must do nothing. A press, or a key that leads elsewhere, says that what comes now is
 * meant.
 */
export function followWriting(/** @type {HTMLElement} */ root) {
  let at = -Infinity;
  root.addEventListener("pointerdown", () => (at = -Infinity), { capture: true, passive: true });
  return {
    goesOn: () => Date.now() - at < IN_ONE_GO,
    follow(/** @type {KeyboardEvent} */ { key, ctrlKey, metaKey }) {
      if (GOES.test(key)) at = -Infinity;
      else if (key.length === 1 && key !== " " && !ctrlKey && !metaKey) at = Date.now();
    },
  };
}
