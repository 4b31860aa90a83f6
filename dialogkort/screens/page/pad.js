// The note pad: many notes to a card, each saved while it is typed.

const KINDS = ["point", "example", "disagreement", "competence need", "next step"];
const GROWS_BY_ITSELF = CSS.supports("field-sizing", "content");
const BREATH = 400; // ms of quiet before what was typed is sent

/**
 * The pad. `keep(note)` is called with every new version of a note, `remove(id)` when one is taken off,
 * `newId()` gives a note its id, `touched()` hears every key.
 */
function notePad({ t, keep, remove, newId, touched }) {
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

  const newRow = () =>
    noteRow({ t, newId, touched, keep: (note) => keep({ ...note, ...about }), remove: (row) => drop(row), grown: (row) => grown(row), next: () => next() });
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
    },
    /** Show notes, leaving alone what is being typed. */
    paint(notes) {
      if (!about) return;
      const kept = notes.filter(belongs);
      for (const note of kept) {
        let row = rows.find((shown) => shown.id === note.id);
        if (!row) {
          row = newRow();
          rows.splice(rows.length - 1, 0, row);
          list.insertBefore(row.element, rows.at(-1).element);
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
    /** Send at once what is still waiting for a pause in typing. */
    flush() {
      for (const row of rows) row.flush();
    },
    get writing() {
      return rows.some((row) => row.dirty);
    },
    focus: () => rows.at(-1)?.focus(),
  };
}

/** The notes as they will read when the pending events have happened. */
function predictNotes(notes, pending) {
  const pad = new Map(notes.map((note) => [note.id, note]));
  for (const { what, note, text, kind, card = null, opening_question = null, owner, due } of pending) {
    if (what === "noted") pad.set(note, { id: note, text, kind, card, opening_question, owner, due });
    else if (what === "note removed") pad.delete(note);
  }
  return [...pad.values()];
}

function noteRow({ t, newId, touched, keep, remove, grown, next }) {
  const kind = h("select", { "aria-label": t("pad.kind") }, KINDS.map((value) => h("option", { value }, t(`kinds.${value.replaceAll(" ", "_")}`))));
  const words = h("textarea", { rows: 1, placeholder: t("pad.write"), "aria-label": t("pad.text"), spellcheck: "true" });
  const owner = h("input", { "aria-label": t("pad.owner"), placeholder: t("pad.owner"), maxlength: 200, autocomplete: "off" });
  const due = h("input", { type: "date", "aria-label": t("pad.due") });
  const step = h("div", { class: "dk-step", hidden: true }, owner, due);
  const bin = h("button", { class: "dk-round", type: "button", "aria-label": t("pad.remove"), title: t("pad.remove"), hidden: true }, icon("bin"));
  const element = h("div", { class: "dk-note" }, h("div", { class: "dk-note-head" }, kind, bin), words, step);
  const row = { element, id: null, dirty: false };
  let timer = null;

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
    keep({ note: row.id, text: words.value, kind: kind.value, owner: owner.value.trim(), due: due.value });
  };
  const typed = () => {
    grow();
    if (!row.id && ![words, owner, due].some((field) => field.value.trim())) return;
    row.dirty = true;
    if (!row.id) {
      row.id = newId();
      grown(row);
    }
    dress();
    touched();
    clearTimeout(timer);
    timer = setTimeout(send, BREATH);
  };
  for (const field of [words, owner, due]) field.addEventListener("input", typed);
  kind.addEventListener("change", () => {
    dress();
    if (row.id) typed();
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
  });
  dress();

  row.show = (note) => {
    row.id = note.id;
    if (words.value !== note.text) words.value = note.text;
    if (kind.value !== note.kind) kind.value = note.kind;
    if (owner.value !== note.owner) owner.value = note.owner;
    if (due.value !== note.due) due.value = note.due;
    dress();
    grow();
  };
  row.flush = send;
  row.focus = () => words.focus();
  return row;
}
