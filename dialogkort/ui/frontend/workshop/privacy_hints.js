// @ts-check
// What in a note may identify somebody: the place is marked, and one click takes it out. Nothing waits for
// it, and nobody is hindered in writing.

import { h, setText } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { getWindowJson, setWindowItem } from "../sync/browser_storage.js";
import { discreet, fingerprint, locate, markedPieces, withoutPlace } from "./privacy_places.js";

/** @typedef {import("../core/types.js").Finding} Finding */

const AT_ONCE = 3; // places told of at a time: a list of names is no warning
const FINE_ONES = 500; // remembered by a window

/**
 * Watches one note's words.
 *
 * @param {{ t: import("../core/texts.js").Texts, words: HTMLTextAreaElement, noteId: () => string,
 *   redact: (text: string, caret: number) => void, announce: (text: string) => void }} how `redact` is called
 *   with the words as they read without a place
 */
export function privacyHints({ t, words, noteId, redact, announce }) {
  const marks = h("div", { class: "dk-marks", "data-part": "marks", "aria-hidden": "true", hidden: true });
  const element = h("ul", { class: "dk-guard", "data-part": "warnings", hidden: true });
  /** @type {Finding[]} */
  let findings = []; // as the server found them in a version of the note
  let painted = null;
  let listed = null;
  const announced = new Set();

  const remaining = () => {
    const stands = (place) => locate(words.value, place) >= 0 && !isFine(noteId(), place);
    return findings.filter(stands).slice(0, AT_ONCE);
  };
  const sentence = (place) =>
    t(`guard.${place.sure ? "is" : "may_be"}.${place.kind}`, { words: discreet(place) });
  const take = (place) => {
    const { text, caret } = withoutPlace(words.value, place, words.selectionEnd);
    findings = findings.filter((other) => other !== place);
    redact(text, caret);
    announce(t("guard.removed"));
  };
  const accept = (place) => {
    callFine(noteId(), place);
    paint();
    words.focus({ preventScroll: true });
  };
  const line = (place) => {
    const button = (label, onclick) =>
      h("button", {
        class: "dk-button",
        type: "button",
        "aria-label": `${label}: ${discreet(place)}`,
        onclick,
      }, label);
    const ways = [button(t("guard.remove"), () => take(place)), button(t("guard.fine"), () => accept(place))];
    return h("li", {}, h("p", {}, icon("unsaved"), sentence(place)), h("div", {}, ways));
  };
  const list = (now) => {
    const names = JSON.stringify(now);
    if (listed === names) return; // else a button would lose its focus
    listed = names;
    element.replaceChildren(...now.map(line));
    if (document.activeElement === words) bringIntoView();
  };
  /** Mark what still stands there; after every letter. */
  const paint = () => {
    const now = remaining();
    const picture = now.length ? JSON.stringify([words.value, now]) : null;
    if (picture === painted) return;
    painted = picture;
    element.hidden = marks.hidden = !now.length;
    paintMarks(marks, words, now);
    list(now);
    for (const place of now.filter((place) => !announced.has(place.words))) {
      announced.add(place.words);
      announce(sentence(place));
    }
  };
  /** A warning that nobody sees is none. Whoever is writing keeps on writing, at the same letter. */
  const bringIntoView = () => {
    if (element.hidden) return;
    for (const part of [words, element]) part.scrollIntoView({ block: "nearest" });
  };
  words.addEventListener("scroll", () => (marks.scrollTop = words.scrollTop));
  return {
    element,
    marks,
    paint,
    bringIntoView,
    /** Take in what the server found. */
    show: (/** @type {Finding[]} */ received) => {
      findings = received;
      paint();
    },
    /** The note has got another id: what was fine in it still is. */
    moved: (/** @type {string} */ before, /** @type {string} */ now) => {
      for (const place of findings) if (isFine(before, place)) callFine(now, place);
    },
  };
}

/**
 * The words once more, with what is to be marked in `mark`. It lies behind the writing, letter for letter.
 */
function paintMarks(marks, words, places) {
  const pieces = markedPieces(words.value, places);
  const marked = pieces.map((piece, place) => (place % 2 ? h("mark", {}, piece) : piece));
  if (places.length) marks.replaceChildren(...marked, "\n");
  else setText(marks, "");
  marks.scrollTop = words.scrollTop;
}

// "That is all right" holds for these words in this note, in this window, also after a reload.

function isFine(note, place) {
  return fineOnes().includes(fingerprint(note, place));
}

function callFine(note, place) {
  if (isFine(note, place)) return;
  setWindowItem("fine", JSON.stringify([...fineOnes(), fingerprint(note, place)].slice(-FINE_ONES)));
}

/** @returns {number[]} */
function fineOnes() {
  return getWindowJson("fine") ?? [];
}
