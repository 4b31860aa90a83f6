// What in a note may identify somebody: the place is marked, and one click takes it out. Nothing waits for it,
// and nobody is hindered in writing.

const AT_ONCE = 3; // places told of at a time: a list of names is no warning

/**
 * Watches one note's words. `redact(text, caret)` is called with the words as they read without a place,
 * `announce(text)` tells a screen reader, `note()` is the note's id.
 */
function noteGuard({ t, words, note, redact, announce }) {
  const marks = h("div", { class: "dk-marks", "aria-hidden": "true", hidden: true });
  const lines = h("ul", { class: "dk-guard", hidden: true });
  let places = []; // { words, at, kind, sure, instead }, as the kernel found them in a version of the note
  let drawn = null;
  const told = new Set();

  const standing = () => places.filter((place) => locate(words.value, place) >= 0 && !isFine(note(), place)).slice(0, AT_ONCE);
  const take = (place) => {
    const at = locate(words.value, place);
    const text = words.value.slice(0, at) + place.instead + words.value.slice(at + place.words.length);
    const longer = place.instead.length - place.words.length;
    const end = words.selectionEnd;
    places = places.filter((other) => other !== place);
    redact(text, end <= at ? end : Math.max(at + place.instead.length, end + longer));
    announce(t("guard.removed"));
  };
  const accept = (place) => {
    callFine(note(), place);
    guard.paint();
    words.focus({ preventScroll: true });
  };
  const line = (place) => {
    const what = t(`guard.${place.sure ? "is" : "may_be"}.${place.kind}`, { words: discreet(place) });
    const button = (label, onclick) => h("button", { class: "dk-button", type: "button", "aria-label": `${label}: ${discreet(place)}`, onclick }, label);
    return h("li", {}, h("p", {}, icon("unsaved"), what), h("div", {}, button(t("guard.remove"), () => take(place)), button(t("guard.fine"), () => accept(place))));
  };

  const guard = {
    marks,
    lines,
    /** Take in what the kernel found. */
    show(found) {
      places = found;
      guard.paint();
    },
    /** Mark what still stands there; after every letter. */
    paint() {
      const now = standing();
      const picture = now.length ? JSON.stringify([words.value, now]) : null;
      if (picture === drawn) return;
      drawn = picture;
      lines.hidden = marks.hidden = !now.length;
      marks.replaceChildren(...marked(words.value, now));
      marks.scrollTop = words.scrollTop;
      const shown = JSON.stringify(now);
      const fresh = lines.dataset.shown !== shown;
      if (fresh) lines.replaceChildren(...now.map(line)); // else a button would lose its focus
      lines.dataset.shown = shown;
      if (fresh && document.activeElement === words) guard.bringIntoView();
      for (const place of now.filter((place) => !told.has(place.words))) {
        told.add(place.words);
        announce(t(`guard.${place.sure ? "is" : "may_be"}.${place.kind}`, { words: discreet(place) }));
      }
    },
    /** A warning that nobody sees is none. Whoever is writing keeps on writing, at the same letter. */
    bringIntoView() {
      if (lines.hidden) return;
      for (const part of [words, lines]) part.scrollIntoView({ block: "nearest" });
    },
    /** The note has got another id: what was fine in it still is. */
    moved(before, now) {
      for (const place of places) if (isFine(before, place)) callFine(now, place);
    },
  };
  words.addEventListener("scroll", () => (marks.scrollTop = words.scrollTop));
  return guard;
}

/** Where a place stands in a text that may have changed since it was found; -1 when it is gone. */
function locate(text, { words, at }) {
  return text.startsWith(words, at) ? at : text.indexOf(words);
}

/** The words once more, with what is to be marked in `mark`. It lies behind the writing, letter for letter. */
function marked(text, places) {
  const spans = places.map((place) => [locate(text, place), place.words.length]).sort(([one], [other]) => one - other);
  const pieces = [];
  let end = 0;
  for (const [at, length] of spans) {
    if (at < end) continue;
    pieces.push(text.slice(end, at), h("mark", {}, text.slice(at, at + length)));
    end = at + length;
  }
  return [...pieces, `${text.slice(end)}\n`];
}

/** A place as it can be said: of a CPR number only the birthday, which the others at the screen may well see. */
function discreet({ kind, words }) {
  return kind === "cpr" ? `${words.slice(0, -4)}····` : words;
}

// "That is all right" holds for these words in this note, in this window, also after a reload. The words
// themselves are not kept for it.

function isFine(note, place) {
  return fineOnes().includes(fingerprint(note, place));
}

function callFine(note, place) {
  if (!isFine(note, place)) keepInMind("fine", JSON.stringify([...fineOnes(), fingerprint(note, place)].slice(-500)));
}

function fineOnes() {
  try {
    return JSON.parse(recall("fine")) ?? [];
  } catch {
    return [];
  }
}

function fingerprint(note, { kind, words }) {
  let hash = 5381;
  for (const letter of `${note} ${kind} ${words}`) hash = (hash * 33 + letter.codePointAt(0)) | 0;
  return hash;
}
