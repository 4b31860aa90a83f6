// The note pad: many notes to a card, each saved while it is typed.

const KINDS = ["point", "example", "disagreement", "competence need", "next step"];
const GROWS_BY_ITSELF = CSS.supports("field-sizing", "content");
const BREATH = 400; // ms of quiet before what was typed is sent
const LONGEST_BREATH = 3000; // ms after which it is sent without a pause
const REST = 300; // ms before the pad shrinks again: what one is about to press must not move away meanwhile

/**
 * The pad. `keep(note)` is called with every new version of a note and returns its event, `remove(id)` when one is
 * taken off, `replace(id, note)` when it goes on as another one without its earlier words, `newId()` gives a note its
 * id, `touched()` hears every key and every sending, `announce(text)` tells a screen reader.
 */
function notePad({ t, keep, remove, replace, newId, touched, announce }) {
  const heading = h("h2", { class: "dk-pad-title" });
  const list = h("div", { class: "dk-notes" });
  const element = h(
    "aside",
    { class: "dk-pad", "aria-label": t("pad.title") },
    heading,
    h("p", { class: "dk-quiet dk-pad-hint" }, t("pad.hint")),
    list,
  );
  let about = null; // { card } or { opening_question }: what the notes on show belong to
  let rows = []; // the notes on show, the last one always blank
  let typedAt = 0;
  let found = {}; // by note, the places in it that may identify somebody

  const typed = () => {
    typedAt = Date.now();
    touched();
  };
  const rowInHand = () => rows.find((row) => row.element.contains(document.activeElement));
  /** On a phone the pad is larger while one writes in it. */
  const makeRoom = () => {
    mark(element, "data-writing", element.contains(document.activeElement));
    rowInHand()?.guard.bringIntoView();
  };
  element.addEventListener("focusin", () => requestAnimationFrame(makeRoom)); // when the click has found its letter
  element.addEventListener("focusout", () => setTimeout(makeRoom, REST));
  const newRow = () =>
    noteRow({
      t,
      newId,
      touched,
      typed,
      announce,
      keep: (note) => keep({ ...note, ...about }),
      replace: (id, note) => replace(id, { ...note, ...about }),
      remove: (row) => drop(row),
      grown: (row) => grown(row),
      next: () => next(),
    });
  /** Two windows wrote in one note: the kernel has made a note of its own of what was written here. */
  const moveOut = (notes) => {
    for (const note of notes) {
      const row = rows.find((shown) => shown.version === note.version);
      if (row) row.id = note.id;
    }
  };
  /** Another window has taken something out of a note: it goes on as another one, also where it is being written. */
  const follow = (notes) => {
    const known = new Set(notes.map((note) => note.id));
    for (const note of notes) {
      const row = note.instead_of && !known.has(note.instead_of) && rows.find((shown) => shown.id === note.instead_of);
      if (row && !rows.some((shown) => shown.id === note.id)) row.becomes(note.id);
    }
  };
  const blankRow = () => {
    const row = newRow();
    rows.push(row);
    list.append(row.element);
    return row;
  };
  /** A blank row that has got its first letter is a note now: a new blank one comes under it. */
  const grown = (row) => {
    if (row === rows.at(-1)) blankRow();
  };
  const next = () => {
    rows.at(-1).focus();
    rows.at(-1).element.scrollIntoView({ block: "nearest" });
  };
  const drop = (row) => {
    const place = rows.indexOf(row);
    rows.splice(place, 1);
    row.element.remove();
    if (row.id) remove(row.id);
    if (!rows.length) blankRow();
    rows[Math.min(place, rows.length - 1)].focus();
  };
  const belongs = (note) => (about.card ? note.card === about.card : note.opening_question === about.opening_question);

  return {
    element,
    /** Open the pad at a card or an opening question. */
    turnTo(subject, title) {
      this.flush();
      about = subject;
      say(heading, title);
      rows = [];
      list.replaceChildren();
      blankRow();
      makeRoom();
    },
    /** Show notes, leaving alone what is being typed. */
    paint(notes) {
      if (!about) return;
      const kept = notes.filter(belongs);
      moveOut(kept);
      follow(kept);
      for (const note of kept) {
        let row = rows.find((shown) => shown.id === note.id);
        if (!row) {
          row = newRow();
          rows.splice(rows.length - 1, 0, row);
          list.insertBefore(row.element, rows.at(-1).element);
          row.guard.show(found[note.id] ?? []);
        }
        if (!row.dirty) row.show(note);
      }
      const known = new Set(kept.map((note) => note.id));
      for (const row of rows.slice(0, -1)) {
        if (row.dirty || known.has(row.id) || row.element.contains(document.activeElement)) continue;
        rows.splice(rows.indexOf(row), 1);
        row.element.remove();
      }
    },
    /** What was written in a note has gone on, as a version of another one. */
    moved(before, now, version) {
      const row = rows.find((shown) => shown.id === before || shown.id === now);
      if (!row) return;
      row.becomes(now);
      row.version = version;
    },
    /** Mark the places that may identify somebody. */
    guard(places) {
      found = places;
      for (const row of rows) row.guard.show(found[row.id] ?? []);
    },
    /** Send at once what is still waiting for a pause in typing. */
    flush() {
      for (const row of rows) row.flush();
    },
    /** How long ago a letter was typed, ms. */
    quietFor: () => Date.now() - typedAt,
    /** What is typed and not sent yet. */
    drafts: () => rows.filter((row) => row.dirty).map((row) => ({ ...row.read(), ...about })),
    /** Where its writer is: which note of what, from which letter to which; null when that is elsewhere. */
    place() {
      const row = rowInHand();
      return row ? { about, note: row.id, caret: row.caret(), scrolled: list.scrollTop } : null;
    },
    /** Put the writer back there; false when the note is not on show (yet). */
    goTo({ about: subject, note, caret, scrolled }) {
      const row = note ? rows.find((shown) => shown.id === note) : rows.at(-1);
      if (!row || JSON.stringify(about) !== JSON.stringify(subject)) return false;
      row.focus(caret);
      list.scrollTop = scrolled;
      return true;
    },
  };
}

/** The notes as they will read when the pending events have happened. */
function predictNotes(notes, pending) {
  const pad = new Map(notes.map((note) => [note.id, note]));
  for (const { id, what, note, text, kind, card = null, opening_question = null, owner, due, instead_of } of standing(pending)) {
    if (instead_of) pad.delete(instead_of);
    if (what === "noted") pad.set(note, { id: note, version: id, text, kind, card, opening_question, owner, due });
    else if (what === "note removed") pad.delete(note);
  }
  return [...pad.values()];
}

function noteRow({ t, newId, touched, typed, announce, keep, replace, remove, grown, next }) {
  const kind = h("select", { "aria-label": t("pad.kind") }, KINDS.map((value) => h("option", { value }, t(`kinds.${value.replaceAll(" ", "_")}`))));
  const words = h("textarea", { rows: 1, placeholder: t("pad.write"), "aria-label": t("pad.text"), spellcheck: "true" });
  const owner = h("input", { "aria-label": t("pad.owner"), placeholder: t("pad.owner"), maxlength: 200, autocomplete: "off" });
  const due = h("input", { type: "date", "aria-label": t("pad.due") });
  const step = h("div", { class: "dk-step", hidden: true }, owner, due);
  const bin = h("button", { class: "dk-round", type: "button", "aria-label": t("pad.remove"), title: t("pad.remove"), hidden: true }, icon("bin"));
  const element = h("div", { class: "dk-note" }, h("div", { class: "dk-note-head" }, kind, bin));
  const row = { element, id: null, version: null, dirty: false };
  row.guard = noteGuard({ t, words, note: () => row.id, announce, redact: (text, caret) => redact(text, caret) });
  element.append(h("div", { class: "dk-words" }, row.guard.marks, words), row.guard.lines, step);
  let timer = null;
  let begunAt = 0; // when the first letter was typed that is not sent yet

  const grow = () => {
    if (GROWS_BY_ITSELF) return;
    words.style.height = "auto";
    words.style.height = `${words.scrollHeight + 2}px`;
  };
  const dress = () => {
    element.dataset.kind = kind.value;
    step.hidden = kind.value !== "next step";
    bin.hidden = !row.id;
  };
  const send = () => {
    clearTimeout(timer);
    if (!row.dirty) return;
    row.dirty = false;
    row.version = keep(row.read()).id;
    touched();
  };
  /** Go on with these words as another note: the one there was goes for good, with all it ever said. */
  const redact = (text, caret) => {
    clearTimeout(timer);
    const before = row.id;
    words.value = text;
    row.dirty = false;
    row.id = row.version = replace(before, row.read()).id;
    row.guard.moved(before, row.id);
    row.guard.paint();
    grow();
    row.focus([caret, caret]);
    touched();
  };
  const changed = () => {
    grow();
    row.guard.paint();
    if (!row.dirty) begunAt = Date.now();
    if (!row.id && ![words, owner, due].some((field) => field.value.trim())) return;
    row.dirty = true;
    if (!row.id) {
      row.id = newId();
      grown(row);
    }
    dress();
    typed();
    clearTimeout(timer);
    timer = setTimeout(send, Math.min(BREATH, Math.max(0, begunAt + LONGEST_BREATH - Date.now())));
  };
  for (const field of [words, owner, due]) field.addEventListener("input", changed);
  kind.addEventListener("change", () => {
    dress();
    if (row.id) changed();
  });
  element.addEventListener("focusout", send);
  words.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    send();
    next();
  });
  bin.addEventListener("click", () => {
    clearTimeout(timer);
    row.dirty = false;
    remove(row);
    touched();
  });
  dress();

  row.show = (note) => {
    row.id = note.id;
    row.version = note.version;
    if (words.value !== note.text) {
      const [from, to] = row.caret();
      words.value = note.text;
      if (document.activeElement === words) words.setSelectionRange(from, to); // another window's words came in
    }
    if (kind.value !== note.kind) kind.value = note.kind;
    if (owner.value !== note.owner) owner.value = note.owner;
    if (due.value !== note.due) due.value = note.due;
    dress();
    grow();
    row.guard.paint();
  };
  /** What is written here belongs to another note from now on. */
  row.becomes = (id) => {
    row.guard.moved(row.id, id);
    row.id = row.version = id;
  };
  row.read = () => ({
    note: row.id,
    text: words.value,
    kind: kind.value,
    owner: owner.value.trim(),
    due: due.value,
    ...(row.version && { after: row.version }),
  });
  row.flush = send;
  row.caret = () => [words.selectionStart, words.selectionEnd];
  row.focus = (caret) => {
    words.focus({ preventScroll: Boolean(caret) });
    if (caret) words.setSelectionRange(...caret);
  };
  return row;
}
