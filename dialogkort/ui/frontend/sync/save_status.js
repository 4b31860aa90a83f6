// @ts-check
// What the screen says of saving: one word in the bar, and a sentence under it while there is something to
// know.

import { h, setAttribute, setText, setVisible } from "../core/dom.js";
import { icon } from "../core/icons.js";

const BACK_FOR = 4000; // ms that it says that contact is back
const MENTION_FOR = 8000; // ms that it says what another window did
const REPAINT_AFTER = 1000; // ms before it is painted once more while what it says is about to pass
const ANNOUNCED = ["offline", "back", "unsaved"];

/**
 * @typedef {{ lost: boolean, locked: boolean, keyless: boolean, movedTo: string, isGuest: boolean,
 *   inPage: boolean, unsaved: string | null, atRisk: boolean, refused: boolean, writing: boolean }}
 *   SavingFacts
 */

/** @param {SavingFacts} facts @param {boolean} isBack @returns {keyof typeof WORDS} */
export function savingState({ lost, unsaved, refused, writing }, isBack) {
  if (lost) return "offline";
  if (unsaved || refused) return "unsaved";
  if (isBack) return "back";
  return writing ? "saving" : "saved";
}

const WORDS = {
  offline: "bar.offline",
  unsaved: "bar.unsaved",
  back: "bar.back",
  saving: "bar.saving",
  saved: "bar.saved",
};

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {SavingFacts} facts
 * @param {string} mention
 */
export function savingSentence(t, facts, mention) {
  const { lost, keyless, movedTo, isGuest, inPage, unsaved, atRisk } = facts;
  if (lost && !inPage) return t("line.cell");
  if (lost && keyless) return t("line.no_key");
  if (movedTo) return t(`line.moved${movedState(facts)}`);
  if (lost && atRisk) return t("line.at_risk");
  if (lost) return t(`line.${isGuest ? "guest_" : ""}${facts.locked ? "locked" : "lost"}`);
  return unsaved ? `${unsaved} ${t("line.tries")}` : mention;
}

/** How it is with what was written here, while there is another address to go on at. */
function movedState(/** @type {SavingFacts} */ { lost, writing }) {
  if (!writing) return "";
  return lost ? "_unsaved" : "_saving";
}

/**
 * The word and the sentence. `announce(text)` tells a screen reader, `facts()` says how things are.
 *
 * @param {{ t: import("../core/texts.js").Texts, announce: (text: string) => void, facts: () => SavingFacts
 *   }} how
 */
export function saveStatus({ t, announce, facts }) {
  const word = h("p", { class: "dk-status", "data-part": "status" });
  const sentence = h("p", {});
  const onward = h("a", { class: "dk-button", "data-part": "onward", hidden: true });
  const strip = h("div", { class: "dk-strip", "data-part": "notice", hidden: true }, sentence, onward);
  let state = null;
  let wasLost = false;
  let backUntil = 0;
  let mentioned = "";
  let mentionedUntil = 0;
  let timer = null;

  const paint = () => {
    const now = facts();
    if (wasLost && !now.lost) backUntil = performance.now() + BACK_FOR;
    wasLost = now.lost;
    const next = savingState(now, performance.now() < backUntil);
    const message = savingSentence(t, now, performance.now() < mentionedUntil ? mentioned : "");
    if (next !== state) word.replaceChildren(icon(next), h("span", {}, t(WORDS[next])));
    if (next !== state && state && ANNOUNCED.includes(next)) announce(message || t(WORDS[next]));
    state = word.dataset.state = next;
    strip.dataset.state = now.lost || now.unsaved || now.movedTo ? next : "news";
    strip.hidden = !message;
    setText(sentence, message);
    setAttribute(onward, "href", now.movedTo || null);
    setText(onward, now.movedTo && new URL(now.movedTo).origin);
    setVisible(onward, Boolean(now.movedTo) && (now.lost || !now.writing));
    setAttribute(sentence, "role", now.lost && now.keyless && "heading"); // then nothing else is on the page
    setAttribute(sentence, "aria-level", now.lost && now.keyless && "1");
    clearTimeout(timer);
    if (performance.now() < Math.max(backUntil, mentionedUntil)) timer = setTimeout(paint, REPAINT_AFTER);
  };
  return {
    word,
    strip,
    paint,
    /** Say for a while what another window did. */
    mention: (/** @type {string} */ text) => {
      mentioned = text;
      mentionedUntil = performance.now() + MENTION_FOR;
      paint();
    },
    /** Go on saying it: it holds as long as before. */
    remind: () => {
      mentionedUntil = performance.now() + MENTION_FOR;
      paint();
    },
    stop: () => clearTimeout(timer),
  };
}
