// @ts-check
// Many buttons that are one stop for Tab: the arrow keys go from one to the next.

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * Makes a toolbar (as WAI-ARIA describes it) of an element.
 *
 * @param {HTMLElement} toolbar
 * @param {HTMLElement[]} buttons in the order they stand there
 * @returns {() => void} let Tab stop at the first one again
 */
export function oneTabStop(toolbar, buttons) {
  const stopAt = (/** @type {HTMLElement} */ chosen) => {
    for (const button of buttons) button.tabIndex = button === chosen ? 0 : -1;
  };
  const goTo = (/** @type {HTMLElement | undefined} */ button, /** @type {Event} */ event) => {
    event.preventDefault();
    button?.focus();
  };
  toolbar.setAttribute("role", "toolbar");
  toolbar.addEventListener("focusin", ({ target }) => {
    const button = buttons.find((one) => one === target);
    if (button) stopAt(button);
  });
  toolbar.addEventListener("keydown", (event) => {
    const seen = buttons.filter((button) => button.offsetParent !== null);
    const place = seen.findIndex((button) => button === event.target);
    if (place < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    if (step) goTo(seen.at((place + step) % seen.length), event);
    else if (event.key === "Home") goTo(seen[0], event);
    else if (event.key === "End") goTo(seen.at(-1), event);
  });
  stopAt(buttons[0]);
  return () => stopAt(buttons[0]);
}
