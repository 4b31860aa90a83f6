// @ts-check
// Coding by keyboard: ten keys for the codes, arrows for the notes.

/** @typedef {Pick<import("./moves.js").CodingContext, "t" | "model" | "parts">} Screen */
/** @typedef {Screen & { moves: ReturnType<import("./moves.js").makeMoves> }} Keyboard */

const FIELDS = ["INPUT", "TEXTAREA", "SELECT"];

/** @type {Record<string, (on: Keyboard) => void>} */
const ACTIONS = {
  "ArrowDown": ({ moves }) => moves.step(1),
  "ArrowUp": ({ moves }) => moves.step(-1),
  "PageDown": ({ moves }) => moves.turnPage(1),
  "PageUp": ({ moves }) => moves.turnPage(-1),
  "Home": ({ moves, model }) => moves.goTo(model.list[0]),
  "End": ({ moves, model }) => moves.goTo(model.list.at(-1)),
  "0": ({ moves }) => moves.toggleNone(),
  "/": ({ parts }) => parts.codes.find.focus(),
};

/** @type {Record<string, (on: Keyboard) => void>} by the name of their letter, which is the language's */
const LETTERS = {
  memo: ({ parts }) => parts.memo.focus(),
  find: ({ parts }) => parts.codes.find.focus(),
};

/**
 * What a key does, or null when it is none of ours.
 *
 * @param {KeyboardEvent} event
 * @param {Keyboard} on
 * @returns {(() => void) | null}
 */
export function actionOf(event, on) {
  const { model, moves, parts } = on;
  if (event.altKey) return null;
  const field = /** @type {HTMLElement} */ (event.target);
  if (FIELDS.includes(field.tagName)) {
    const leaves = event.key === "Escape" || (event.key === "ArrowDown" && field === parts.codes.find);
    return leaves ? () => moves.goTo(model.current) : null;
  }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) return key === "z" && !event.shiftKey ? moves.undo : null;
  if (/^[1-9]$/.test(key)) return () => moves.toggle(model.offered()[Number(key) - 1]);
  const named = Object.keys(LETTERS).find((name) => on.t(`letters.${name}`).toLowerCase() === key);
  const action = ACTIONS[key] ?? LETTERS[named];
  return action ? () => action(on) : null;
}
