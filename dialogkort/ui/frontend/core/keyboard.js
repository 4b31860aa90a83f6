// @ts-check
// The keyboard belongs to the screen while one is in it.

/** What is typed in a screen is not a command of the notebook around it; `press` hears it first. */
export function captureKeys(/** @type {HTMLElement} */ root, onKey = (_event) => {}) {
  root.addEventListener("keydown", (event) => {
    onKey(event);
    event.stopPropagation();
  });
}
