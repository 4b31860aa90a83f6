// @ts-check
// The workshop by keyboard: a letter for each thing one does often, Esc to step back, undo and redo.

import { followWriting } from "../core/keyboard.js";
import { getItem, removeItem, setItem } from "../sync/browser_storage.js";

const FIELDS = ":is(input, textarea, select)";
const LETTERS_DISABLED = "letter-keys-off";

/** Whether single letters act: who speaks to the computer, or hits keys by accident, turns them off. */
export const lettersAct = () => !getItem(LETTERS_DISABLED);

export function letLettersAct(/** @type {boolean} */ wanted) {
  if (wanted) removeItem(LETTERS_DISABLED);
  else setItem(LETTERS_DISABLED, "yes");
}

/** The letters that act, by what they do, to be told. */
export function letters(/** @type {import("../core/texts.js").Texts} */ t) {
  const names = ["draw", "discussed", "skipped", "note"];
  return Object.fromEntries(names.map((name) => [name, t(`letters.${name}`)]));
}

/** Give a button a key of its own, and let its title tell which. */
export function withKey(/** @type {HTMLElement} */ button, /** @type {string} */ key) {
  button.dataset.key = key.toLowerCase();
  button.setAttribute("aria-keyshortcuts", key);
  button.title = `${button.title || button.textContent} (${key})`;
  return button;
}

/**
 * What a key does, or null when it is none of ours.
 *
 * @param {KeyboardEvent} event
 * @param {import("./moves.js").MoveContext & { root: HTMLElement }} context
 * @param {ReturnType<import("./moves.js").makeMoves>} moves
 * @param {ReturnType<import("./session_flow.js").sessionFlow>} session
 * @param {ReturnType<typeof followWriting>} hand
 * @returns {(() => void) | null}
 */
function actionOf(event, { root, parts, t }, moves, session, hand) {
  const { mode } = parts.stage;
  const target = /** @type {Element} */ (event.target);
  if (root.dataset.screen !== "table" || root.querySelector("dialog[open]")) return null;
  if (event.repeat) return null; // held: one step is one press
  if (event.key === "Escape") {
    const park = root.dataset.device === "pad" ? () => {} : moves.park; // there is no table behind it
    return stepBack(target, parts, t, { card: park, opening: session.leaveOpening });
  }
  if (event.altKey || target.closest(FIELDS)) return null;
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) {
    const isRedo = key === "y" || (key === "z" && event.shiftKey);
    return isRedo ? moves.redo : key === "z" ? moves.undo : null;
  }
  if (!lettersAct() || hand.goesOn()) return null;
  if (key === t("letters.note").toLowerCase() && mode !== "none") return () => parts.notepad.goToBlank();
  /** @type {NodeListOf<HTMLElement>} */
  const keyed = root.querySelectorAll(`[data-key="${CSS.escape(key)}"]`);
  const button = [...keyed].find(isInReach);
  return button ? () => button.click() : null;
}

/** Hears every key. */
export function keyHandler(context, moves, session) {
  const hand = followWriting(context.root);
  return (/** @type {KeyboardEvent} */ event) => {
    session.forgetPlace();
    const act = actionOf(event, context, moves, session, hand);
    if (!act) hand.follow(event);
    if (act) event.preventDefault();
    act?.();
  };
}

/** Out of a note to what it is about, with a word; from there to the table. */
function stepBack(target, parts, t, back) {
  const { mode } = parts.stage;
  if (!parts.notepad.element.contains(target)) return back[mode] ?? null;
  return () => {
    parts.notepad.flush();
    parts[mode].focus();
    parts.status.mention(t("say.note_saved"));
  };
}

function isInReach(/** @type {HTMLElement} */ button) {
  return button.offsetParent !== null && !button.closest("[inert]");
}
