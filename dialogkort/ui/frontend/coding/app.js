// The page for coding: one note per row, its codes under ten keys, and what the coders make of each other. What is
// on its way to the kernel is shown at once and kept in the line's outbox, as on the workshop's page.

const ROWS = 40; // notes in the page at a time: thousands would choke it
const PAUSE = 700; // ms without a letter before a memo is sent, or a search is made
const SAY_FOR = 12_000; // ms a refusal stays
const NAME = "dialogkort:coder";
const WORDS = ["meaning", "pair"]; // columns of words among the figures

function codingPage(model, host) {
  const t = reader(model.get("texts"));
  let readings = new Map(); // by note, what the kernel knows of this coder's reading
  let settledHere = new Map(); // by note and code, what was settled on this page since it was compared
  let list = []; // the notes that match, as places on the shelf
  let current = null; // the place of the note at hand
  let undoWhenSaved = false;
  let comparing = false;
  let sitting = false; // the coder is known and a project is open
  let seated = ""; // who that is, also while a kernel that took another's place has not heard of it
  let memoOf = null; // the note that the memo field is about
  let said = "";
  let differing = 0; // how many notes that are read differently are on show
  const shelf = () => model_().shelf;
  const desk = () => model_().desk;
  const root = h("section", { class: "dk", lang: t("code"), "aria-label": t("coding.title"), "data-screen": "coding", "data-lm-suppress-shortcuts": "true" });
  const live = h("p", { class: "dk-unseen", role: "status" });
  const line = openLine(model, { changed: () => paintSoon(), heard: (answer) => heard(answer), back: () => sitAgain() });
  const { contact } = line;
  const model_ = () => ({ shelf: contact.get("shelf"), desk: contact.get("desk") });

  // --- what is known, and what will be when the kernel has heard of it -------------------------------------------

  const codes = () => predictCodes(desk().codes, line.waiting());
  const offered = () => codes().filter((code) => !code.retired);
  const reading = (note) => predictReading(readings.get(note), line.waiting(), note, seated);
  const isCoded = ({ codes, none }) => none || codes.length > 0;
  const noteAt = (place) => shelf().notes[place];
  const cardOf = (note) => (note.card == null ? null : shelf().cards[note.card]);
  const areaOf = (note) => shelf().areas[cardOf(note)?.area];
  const groupOf = (note) => shelf().groups[note.group];
  const announce = (words) => say(live, words);

  // --- moves -----------------------------------------------------------------------------------------------------

  const happened = (what, fields) => line.happened(what, { coder: seated, ...fields });
  const about = () => ({ note: noteAt(current).id, noted_in: noteAt(current).in });
  const toggle = (code) => {
    if (current == null || !code) return;
    const applies = !reading(noteAt(current).id).codes.includes(code.id);
    happened("coded", { ...about(), code: code.id, ...(!applies && { applies }) });
    announce(`${code.name}: ${applies ? "✓" : "–"}`);
  };
  const toggleNone = () => {
    if (current == null) return;
    const { none } = reading(noteAt(current).id);
    happened("coded", { ...about(), code: null, ...(none && { applies: false }) });
    announce(`${t("coding.none_applies")}: ${none ? "–" : "✓"}`);
  };
  const define = (fields) => happened("code defined", fields);
  const create = (name) => {
    const { code } = define({ code: line.id(), name });
    if (current != null) happened("coded", { ...about(), code });
  };
  const undo = () => {
    keepMemo();
    if (contact.lost) happened("undone", { events: line.lastStep() });
    else undoWhenSaved = true;
    paintSoon();
  };
  const undoNow = () => {
    undoWhenSaved = false;
    const step = desk().undo;
    if (!step) return;
    line.happened("undone", { events: step.events });
    const place = list.find((one) => noteAt(one).id === step.note);
    if (place != null) goTo(place);
    announce(t("bar.undo_this", { step: step.label }));
  };
  const sitAgain = () => {
    if (sitting) line.ask("sit", { coder: seated, session: line.session, name: "" });
  };

  // --- who is coding, and what -------------------------------------------------------------------------------------

  const who = h("input", { maxlength: 200, autocomplete: "name", required: true });
  const whoHint = h("p", { class: "dk-quiet" });
  const begin = h("button", { class: "dk-button dk-primary dk-big", type: "submit" });
  const before = recallName();
  let proposed = null; // the name to go on in: only who sits here knows whether it is theirs
  const which = h("select");
  const projectName = h("input", { maxlength: 200, autocomplete: "off" });
  const trouble = h("p", { class: "dk-trouble", role: "alert", hidden: true });
  const field = (words, input) => h("label", { class: "dk-coding-field" }, h("span", {}, words), input);
  const whichField = field(t("coding.which"), which);
  const nameField = field(t("coding.project_name"), projectName);
  const start = h(
    "form",
    { class: "dk-paper dk-coding-start", hidden: true },
    h("h1", {}, t("coding.title")),
    field(t("coding.who"), who),
    whoHint,
    whichField,
    nameField,
    trouble,
    begin,
  );
  start.addEventListener("submit", (event) => {
    event.preventDefault();
    line.ask("sit", { coder: who.value, session: which.value || null, name: projectName.value || t("coding.usual_name") });
  });
  who.addEventListener("focus", () => who.select());
  who.addEventListener("input", paintSoon);
  which.addEventListener("change", () => {
    which.dataset.chosen = which.value;
    nameField.hidden = which.value !== "";
  });
  const paintStart = () => {
    const { projects, project, coder } = desk();
    const proposal = seated || coder || before;
    if (proposed !== proposal) who.value = proposed = proposal;
    say(begin, proposal && who.value.trim() === proposal ? t("coding.go_on_as", { coder: proposal }) : t("coding.begin"));
    say(whoHint, [proposal && t("coding.not_you", { coder: proposal }), t("coding.who_hint")].filter(Boolean).join(" "));
    const chosen = which.dataset.chosen ?? project ?? "";
    which.replaceChildren(...projects.map(({ id, name }) => h("option", { value: id }, name)), h("option", { value: "" }, t("coding.new_project")));
    which.value = chosen;
    whichField.hidden = !projects.length;
    nameField.hidden = which.value !== "";
    projectName.value ||= t("coding.usual_name");
  };

  // --- the bar -------------------------------------------------------------------------------------------------------

  const button = (name, label, onclick, extra = "") =>
    h("button", { class: `dk-button ${extra}`, type: "button", onclick, title: label }, icon(name), h("span", {}, label));
  const title = h("strong", {});
  const by = h("button", { class: "dk-coding-by", type: "button", onclick: () => (sitting = false, paint(), who.focus()) });
  const progress = h("p", { class: "dk-progress" });
  const status = savingStatus({ t, announce, again: () => (keepInMind("starts", null), location.reload()) });
  const undoButton = button("undo", t("bar.undo"), undo, "dk-undo");
  const compareButton = button("chart", t("coding.compare"), () => setComparing(!comparing));
  const bar = h(
    "header",
    { class: "dk-bar" },
    h("div", { class: "dk-bar-title" }, title, by),
    progress,
    status.word,
    h("div", { class: "dk-bar-buttons" }, undoButton, button("guide", t("coding.book"), () => openBook()), compareButton),
  );

  // --- the notes -----------------------------------------------------------------------------------------------------

  const show = h("select", { "aria-label": t("coding.show") });
  const area = h("select", { "aria-label": t("coding.area") });
  const search = h("input", { type: "search", placeholder: t("coding.search"), "aria-label": t("coding.search") });
  const rows = h("ol", { class: "dk-coding-notes", "aria-label": t("coding.notes") });
  const nothing = h("p", { class: "dk-quiet dk-coding-nothing" });
  const range = h("span", { class: "dk-quiet" });
  const turn = (by) => goTo(list[Math.max(0, Math.min(list.length - 1, pageStart() + by * ROWS))]);
  const pager = h(
    "div",
    { class: "dk-coding-pager" },
    h("button", { class: "dk-round", type: "button", "aria-label": t("coding.previous"), title: t("coding.previous"), onclick: () => turn(-1) }, icon("arrow")),
    range,
    h("button", { class: "dk-round dk-coding-on", type: "button", "aria-label": t("coding.next"), title: t("coding.next"), onclick: () => turn(1) }, icon("arrow")),
  );
  const notes = h(
    "div",
    { class: "dk-coding-list" },
    h("div", { class: "dk-coding-filter" }, show, area, search, pager),
    nothing,
    rows,
  );
  const pageStart = () => Math.floor(Math.max(0, list.indexOf(current)) / ROWS) * ROWS;

  /** Which notes match what was chosen. A note that is coded meanwhile stays until one chooses anew. */
  const choose = () => {
    const wanted = search.value.trim().toLocaleLowerCase();
    const matches = {
      open: (one) => !isCoded(one),
      none: (one) => one.none,
      memo: (one) => Boolean(one.memo),
    }[show.value] ?? (show.value ? (one) => one.codes.includes(show.value) : () => true);
    list = [...shelf().notes.keys()].filter((place) => {
      const note = noteAt(place);
      if (area.value && String(cardOf(note)?.area ?? "none") !== area.value) return false;
      return matches(reading(note.id)) && (!wanted || note.text.toLocaleLowerCase().includes(wanted));
    });
    if (!list.includes(current)) current = list[0] ?? null;
    shown = null;
    paintSoon();
  };
  const goTo = (place) => {
    if (place == null) return;
    keepMemo();
    current = place;
    paint();
    rows.querySelector("[aria-current]")?.focus({ preventScroll: true });
    rows.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => goTo(list[list.indexOf(current) + by]);

  const row = (place) => {
    const note = noteAt(place);
    const card = cardOf(note);
    const look = areaOf(note);
    const group = groupOf(note);
    const foot = h("div", { class: "dk-coding-said" });
    const element = h(
      "li",
      { class: "dk-coding-note", tabindex: "-1", "data-note": note.id },
      h(
        "div",
        { class: "dk-coding-about" },
        look && h("span", { class: "dk-area" }, h("span", { class: "dk-shape", "aria-hidden": "true", style: `--light:${look.light};--dark:${look.dark}` }, look.shape), look.name),
        h("span", {}, t(`kinds.${note.kind.replaceAll(" ", "_")}`)),
      ),
      h("p", { class: "dk-quiet dk-coding-group" }, [group?.where, group?.group].filter(Boolean).join(" · ")),
      h(
        "p",
        { class: "dk-quiet dk-coding-question" },
        card ? [card.number && t("coding.card", { number: card.number }), card.question].filter(Boolean).join(": ") : note.opening && t("coding.opening", { number: note.opening }),
      ),
      h("p", { class: "dk-coding-text" }, note.text),
      foot,
    );
    element.addEventListener("click", () => current !== place && !String(getSelection()) && goTo(place));
    return { element, foot, note };
  };
  let shown = null; // which rows are on the page
  let rowsShown = [];
  const paintRows = () => {
    const from = pageStart();
    const key = `${from} ${list.length} ${list[from]}`;
    const focused = rows.contains(document.activeElement);
    if (shown !== key) {
      rowsShown = list.slice(from, from + ROWS).map(row);
      rows.replaceChildren(...rowsShown.map(({ element }) => element));
      rows.scrollTop = 0;
      shown = key;
    }
    const names = new Map(codes().map((code) => [code.id, code.name]));
    for (const { element, foot, note } of rowsShown) {
      const one = reading(note.id);
      const now = current != null && note.id === noteAt(current).id;
      mark(element, "aria-current", now && "true");
      mark(element, "tabindex", now ? "0" : "-1");
      element.dataset.state = isCoded(one) ? "coded" : "open";
      const told = one.none ? [t("coding.none_applies")] : one.codes.map((code) => names.get(code)).filter(Boolean);
      const words = [...told, ...(one.memo ? [t("coding.has_memo")] : [])];
      if (foot.dataset.said === words.join("\n")) continue;
      foot.dataset.said = words.join("\n");
      foot.replaceChildren(...words.map((word) => h("span", { class: "dk-coding-tag" }, word)));
      if (now && root.contains(document.activeElement)) element.scrollIntoView({ block: "nearest" }); // it has grown
    }
    if (focused && !rows.contains(document.activeElement)) rows.querySelector("[aria-current]")?.focus({ preventScroll: true });
    nothing.hidden = list.length > 0;
    say(nothing, shelf().notes.length ? t("coding.nothing_found") : t("coding.no_notes"));
    pager.hidden = list.length <= ROWS;
    say(range, t("coding.page", { from: from + 1, to: Math.min(list.length, from + ROWS), all: list.length }));
    rows.hidden = !list.length;
  };
  const options = (select, pairs) => {
    const told = JSON.stringify(pairs);
    if (select.dataset.told === told) return;
    select.dataset.told = told;
    const chosen = select.value;
    select.replaceChildren(...pairs.map(([value, words]) => h("option", { value }, words)));
    select.value = pairs.some(([value]) => value === chosen) ? chosen : "";
  };
  const paintFilter = () => {
    const fixed = ["open", "none", "memo"].map((value) => [value, t(`coding.show_${value}`)]);
    options(show, [["", t("coding.show_all")], ...fixed, ...codes().map(({ id, name }) => [id, t("coding.show_code", { name })])]);
    options(area, [["", t("coding.all_areas")], ...shelf().areas.map(({ name }, place) => [String(place), name]), ["none", t("coding.no_area")]]);
  };
  let searching = null;
  for (const select of [show, area]) select.addEventListener("change", choose);
  search.addEventListener("input", () => {
    clearTimeout(searching);
    searching = setTimeout(choose, PAUSE / 3);
  });

  // --- the codes -----------------------------------------------------------------------------------------------------

  const find = h("input", { placeholder: t("coding.find"), "aria-label": t("coding.find"), maxlength: 80, autocomplete: "off" });
  const buttons = h("div", { class: "dk-coding-codes", role: "group", "aria-label": t("coding.codes") });
  const memo = h("textarea", { rows: 3, placeholder: t("coding.memo_hint") });
  const side = h(
    "aside",
    { class: "dk-coding-side", "aria-label": t("coding.codes") },
    find,
    buttons,
    h("label", { class: "dk-coding-field dk-coding-memo" }, h("span", {}, t("coding.memo")), memo),
    h("p", { class: "dk-quiet dk-coding-keys" }, t("coding.keys")),
  );
  const matching = () => {
    const wanted = find.value.trim().toLocaleLowerCase();
    return offered().filter(({ name }) => name.toLocaleLowerCase().includes(wanted));
  };
  const isNew = () => find.value.trim() && !codes().some(({ name }) => name.toLocaleLowerCase() === find.value.trim().toLocaleLowerCase());
  const codeButton = (code, key, pressed, press) =>
    h(
      "button",
      { class: "dk-coding-code", type: "button", "aria-pressed": String(pressed), title: code.definition || code.name, onclick: press, "aria-keyshortcuts": key },
      h("kbd", { "aria-hidden": "true" }, key ?? ""),
      h("span", {}, code.name, code.definition && h("small", {}, code.definition)),
    );
  const paintCodes = () => {
    side.hidden = current == null;
    if (current == null) return;
    const { codes: given, none } = reading(noteAt(current).id);
    const keys = new Map(offered().map(({ id }, place) => [id, place < 9 ? String(place + 1) : null]));
    const told = JSON.stringify([current, given, none, find.value, [...keys], codes()]);
    if (buttons.dataset.told === told) return;
    buttons.dataset.told = told;
    const at = [...buttons.children].indexOf(document.activeElement);
    const extra = codes().filter((code) => code.retired && given.includes(code.id));
    buttons.replaceChildren(
      ...[...matching(), ...extra].map((code) => codeButton(code, keys.get(code.id), given.includes(code.id), () => toggle(code))),
      ...(isNew() ? [h("button", { class: "dk-coding-code dk-coding-create", type: "button", onclick: pick }, h("kbd", {}, "+"), h("span", {}, t("coding.create", { name: find.value.trim() })))] : []),
      codeButton({ name: t("coding.none_applies") }, "0", none, toggleNone),
      ...(codes().length ? [] : [h("p", { class: "dk-quiet" }, t("coding.no_codes"))]),
    );
    buttons.children[at]?.focus();
  };
  /** What Enter does in the field: the code that is called so, or the first that matches, or a new one. */
  const pick = () => {
    const wanted = find.value.trim();
    if (!wanted) return;
    const same = offered().find(({ name }) => name.toLocaleLowerCase() === wanted.toLocaleLowerCase());
    const code = same ?? matching()[0];
    if (code) toggle(code);
    else create(wanted);
    find.value = "";
    paint();
    goTo(current);
  };
  find.addEventListener("input", paintSoon);
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (event.shiftKey && isNew()) return void (create(find.value.trim()), (find.value = ""), paint(), goTo(current));
    pick();
  });

  let memoTimer = null;
  const keepMemo = () => {
    clearTimeout(memoTimer);
    const text = memo.value.trim();
    if (memoOf && text !== reading(memoOf.id).memo.trim()) happened("memo written", { note: memoOf.id, noted_in: memoOf.in, text });
  };
  memo.addEventListener("input", () => {
    clearTimeout(memoTimer);
    memoTimer = setTimeout(keepMemo, PAUSE);
  });
  memo.addEventListener("blur", keepMemo);
  const paintMemo = () => {
    const note = current == null ? null : noteAt(current);
    const words = note ? reading(note.id).memo : "";
    if (note && memoOf?.id === note.id && document.activeElement === memo) return; // one is writing in it
    memoOf = note;
    if (memo.value !== words) memo.value = words;
  };

  // --- the codebook ----------------------------------------------------------------------------------------------------

  const book = panel(t, t("coding.book"), "coding-book");
  const bookTrouble = h("p", { class: "dk-trouble", role: "alert", hidden: true });
  const entry = (code) => {
    const id = code?.id ?? line.id();
    const name = h("input", { value: code?.name ?? "", maxlength: 80, autocomplete: "off", required: true });
    const definition = h("textarea", { rows: 2 });
    definition.value = code?.definition ?? "";
    const used = [...readings.values()].filter(({ codes: given }) => given.includes(code?.id)).length;
    const told = () => ({ name: name.value.trim(), definition: definition.value.trim() });
    const keep = (retired) => {
      bookTrouble.hidden = true;
      define({ code: id, ...told(), ...(retired && { retired }) });
    };
    const form = h(
      "form",
      { class: "dk-coding-entry", "data-code": id, "data-retired": code?.retired },
      h("h3", {}, code ? code.name : t("coding.new_code"), code?.retired && h("span", { class: "dk-quiet" }, ` (${t("coding.retired")})`)),
      field(t("coding.name"), name),
      field(t("coding.definition"), definition),
      h(
        "div",
        { class: "dk-coding-entry-foot" },
        h("button", { class: "dk-button", type: "submit" }, t("coding.keep")),
        code && h("button", { class: "dk-button", type: "button", onclick: () => keep(!code.retired) }, t(code.retired ? "coding.bring_back" : "coding.retire")),
        code && h("span", { class: "dk-quiet" }, t("coding.used", { count: used })),
      ),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      keep(code?.retired);
    });
    return form;
  };
  let bookShown = null;
  let newEntry = null; // kept until the kernel has taken it: what was typed and refused can be mended
  const entries = new Map(); // by code: its form, which stays while others are changed
  const paintBook = () => {
    if (!book.element.open) return;
    const known = desk().codes;
    const told = JSON.stringify(known);
    if (told === bookShown) return;
    bookShown = told;
    if (!newEntry || known.some(({ id }) => id === newEntry.dataset.code)) newEntry = entry(null);
    for (const code of known) {
      const words = JSON.stringify(code);
      if (entries.get(code.id)?.words !== words) entries.set(code.id, { words, form: entry(code) });
    }
    const forms = known.map(({ id }) => entries.get(id).form);
    book.fill(h("p", { class: "dk-quiet" }, t("coding.book_lead")), bookTrouble, newEntry, ...forms);
  };
  const openBook = () => {
    bookShown = newEntry = null;
    entries.clear();
    bookTrouble.hidden = true;
    book.open();
    paintBook();
  };
  book.element.addEventListener("close", () => goTo(current));

  // --- comparing -------------------------------------------------------------------------------------------------------

  const compare = h("div", { class: "dk-coding-compare", hidden: true });
  const setComparing = (yes) => {
    keepMemo();
    comparing = yes;
    settledHere = new Map();
    differing = ROWS;
    if (yes) {
      compare.replaceChildren(h("p", { class: "dk-quiet", role: "status" }, t("coding.comparing")));
      line.ask("compare");
    }
    paint();
    if (!yes) goTo(current);
  };
  const table = (label, head, lines) =>
    h(
      "div",
      { class: "dk-wide", role: "group", tabindex: "0", "aria-label": label },
      h(
        "table",
        { class: "dk-figures dk-coding-figures" },
        h("thead", {}, h("tr", {}, head.map((name) => h("th", { scope: "col", class: WORDS.includes(name) && "dk-coding-words" }, t(`coding.column_${name}`))))),
        h("tbody", {}, lines.map(([name, ...rest]) => h("tr", {}, h("th", { scope: "row" }, name), rest.map((words, place) => h("td", { class: WORDS.includes(head[place + 1]) && "dk-coding-words" }, words))))),
      ),
    );
  const paintCompare = () => {
    const { said: sentences, rows: lines, pairs, disagreements } = contact.get("comparison");
    if (!comparing || !sentences) return;
    const differently = [...Map.groupBy(disagreements, (one) => one.note).values()];
    const figures = ["notes", "percent", "alpha", "interval", "meaning"];
    const content = h(
      "div",
      { class: "dk-coding-compared" },
      h("div", { class: "dk-coding-compare-head" }, h("h2", { tabindex: "-1" }, t("coding.agreement")), button("arrow", t("coding.back"), () => setComparing(false))),
      h("p", { class: "dk-quiet" }, t("coding.compare_lead")),
      ...sentences.map((words) => h("p", {}, words)),
      ...(lines.length ? [table(t("coding.agreement"), ["code", ...figures], lines)] : []),
      ...(pairs.length
        ? [h("details", {}, h("summary", {}, t("coding.pairs")), table(t("coding.pairs"), ["code", "pair", "notes", "percent", "kappa", "interval"], pairs))]
        : []),
      h("h2", {}, disagreements.length ? t("coding.left", { count: disagreements.length }) : t("coding.disagreements")),
      h("p", { class: "dk-quiet" }, disagreements.length ? t("coding.settle_hint") : t("coding.no_disagreements")),
      h("ol", { class: "dk-coding-differing" }, differently.slice(0, differing).map(differingNote)),
      differently.length > differing && h("button", { class: "dk-button", type: "button", onclick: () => ((differing += ROWS), paintCompare()) }, t("coding.next")),
    );
    compare.replaceChildren(content);
  };
  const differingNote = (ones) => {
    const note = shelf().notes.find(({ id }) => id === ones[0].note);
    if (!note) return null; // erased meanwhile
    return h(
      "li",
      { class: "dk-paper dk-coding-differs" },
      h("p", { class: "dk-coding-text" }, note.text),
      h("p", { class: "dk-quiet dk-coding-question" }, [areaOf(note)?.name, cardOf(note)?.question].filter(Boolean).join(" · ")),
      ...ones.map((one) => disagreement(note, one)),
    );
  };
  const disagreement = (note, one) => {
    const key = `${one.note} ${one.code}`;
    const { settled, said: event } = settledHere.get(key) ?? one;
    const settle = (applies) => {
      const made = line.happened("coded", { note: note.id, noted_in: note.in, code: one.code, ...(!applies && { applies }) });
      settledHere.set(key, { settled: applies, said: made.id });
      paintCompare();
    };
    const unsettle = () => {
      line.happened("undone", { events: [event] });
      settledHere.set(key, { settled: null });
      paintCompare();
    };
    const choice = (applies) =>
      h("button", { class: "dk-chip", type: "button", "aria-pressed": String(settled === applies), onclick: () => settle(applies) }, t(applies ? "coding.applies" : "coding.applies_not"));
    return h(
      "div",
      { class: "dk-coding-difference", role: "group", "aria-label": one.name },
      h("p", {}, h("strong", {}, one.name), `: ${t("coding.found_by", { coders: one.found_by.join(", "), others: one.not_by.join(", ") })}`),
      h(
        "div",
        { class: "dk-coding-settle" },
        choice(true),
        choice(false),
        settled != null && h("span", { class: "dk-quiet" }, t(settled ? "coding.settled_yes" : "coding.settled_no")),
        settled != null && event && h("button", { class: "dk-button", type: "button", onclick: unsettle }, t("coding.unsettle")),
      ),
    );
  };

  // --- painting ----------------------------------------------------------------------------------------------------------

  const toastText = h("p", {});
  const toast = h("div", { class: "dk-toast", role: "alert", hidden: true }, toastText, h("button", { class: "dk-button", type: "button", onclick: () => (toast.hidden = true) }, t("panel.close")));
  let toastTimer = null;
  const refuse = (words) => {
    if (book.element.open) {
      say(bookTrouble, words);
      bookTrouble.hidden = false;
      return;
    }
    if (comparing && !contact.get("comparison").said) compare.replaceChildren(h("p", { class: "dk-trouble", role: "alert" }, words));
    say(toastText, words);
    toast.hidden = false;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => (toast.hidden = true), SAY_FOR);
  };
  const board = h("div", { class: "dk-coding" }, notes, side);
  root.append(bar, status.strip, start, board, compare, live, toast, book.element);

  let painting = false;
  function paintSoon() {
    if (!painting) requestAnimationFrame(() => ((painting = false), paint()));
    painting = true;
  }

  function paint() {
    const { name, undo: step, newest, said: warning } = desk();
    line.seen(newest ?? "");
    paintStatus();
    root.dataset.sitting = sitting;
    for (const element of [bar, board]) mark(element, "hidden", !sitting);
    mark(start, "hidden", sitting || !greeted);
    mark(board, "hidden", !sitting || comparing);
    mark(compare, "hidden", !sitting || !comparing);
    if (!sitting) return paintStart();
    undoWhenSaved &&= !contact.lost;
    if (undoWhenSaved && !line.waiting().length) undoNow();
    say(title, name);
    say(by, t("coding.by", { coder: seated }));
    say(progress, t("coding.progress", { done: codedSoFar(), count: shelf().notes.length }));
    undoButton.disabled = contact.lost ? !line.lastStep().length : !step && !line.waiting().length;
    const what = step ? t("bar.undo_this", { step: step.label }) : t("bar.undo");
    mark(undoButton, "title", what);
    mark(undoButton, "aria-label", what);
    mark(compareButton, "aria-pressed", String(comparing));
    if (warning && warning !== said) refuse((said = warning));
    paintFilter();
    paintRows();
    paintCodes();
    paintMemo();
    paintBook();
  }

  /** How many notes are coded, as the rows show it. */
  function codedSoFar() {
    const pending = new Set(line.waiting().map((event) => event.note)); // few; to predict thousands takes its time
    return shelf().notes.filter(({ id }) => isCoded(pending.has(id) ? reading(id) : (readings.get(id) ?? NOT_READ))).length;
  }

  let statusTimer = null;
  function paintStatus() {
    const { lost, locked, stuck } = contact;
    clearTimeout(statusTimer);
    const fleeting = status.paint({ lost, locked, stuck, trouble: line.trouble(), atRisk: line.atRisk(), refused: false, writing: line.pending.length > 0 });
    if (fleeting) statusTimer = setTimeout(paintStatus, 1000);
  }

  let greeted = false;
  function heard(answer) {
    if (answer.whole) readings = new Map();
    for (const [note, one] of Object.entries(answer.readings ?? {})) {
      if (one) readings.set(note, one);
      else readings.delete(note);
    }
    const words = answer.refused ?? answer.unsaved;
    if (words && !sitting) {
      say(trouble, words);
      trouble.hidden = false;
      greeted = true;
    } else if (answer.refused) refuse(answer.refused);
    if (answer.arrived && !words) arrive(answer);
    paintStatus();
    paintSoon();
  }

  /** The kernel has answered who is coding what; before that there is nothing to show. */
  function arrive({ session }) {
    const { coder } = desk();
    trouble.hidden = true;
    const same = ownAddress() && session && session === recall("coding") ? recall("coder") : null;
    if (!greeted && !coder && same) return line.ask("sit", { coder: same, session, name: "" }); // but a reload
    greeted = true;
    if (!session || !coder) return;
    seated = coder;
    keepName(coder);
    keepInMind("coder", coder);
    keepInMind("coding", session);
    if (line.session !== session) line.join(session);
    const first = !sitting;
    sitting = true;
    if (!first) return;
    choose();
    current = list.find((place) => !isCoded(reading(noteAt(place).id))) ?? list[0] ?? null;
    paint();
    root.scrollIntoView({ block: "nearest" }); // in a notebook: codes and memo, too
    goTo(current);
  }

  // --- keys ----------------------------------------------------------------------------------------------------------------

  const keys = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    PageDown: () => turn(1),
    PageUp: () => turn(-1),
    Home: () => goTo(list[0]),
    End: () => goTo(list.at(-1)),
    0: toggleNone,
    m: () => memo.focus(),
    n: () => find.focus(),
    "/": () => find.focus(),
  };
  const press = (event) => {
    if (!sitting || comparing || book.element.open || event.altKey) return;
    const writing = ["INPUT", "TEXTAREA", "SELECT"].includes(event.target.tagName) && event.target;
    if (writing) {
      if (event.key !== "Escape" && !(event.key === "ArrowDown" && writing === find)) return;
      event.preventDefault();
      return goTo(current);
    }
    const digit = /^[1-9]$/.test(event.key);
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== "z" || event.shiftKey) return;
      event.preventDefault();
      return undo();
    }
    const act = digit ? () => toggle(offered()[event.key - 1]) : keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  // What is typed here is not a command of the notebook around it.
  root.addEventListener("keydown", (event) => {
    press(event);
    event.stopPropagation();
  });

  // --- wiring --------------------------------------------------------------------------------------------------------------

  const going = new AbortController();
  const listen = (target, kind, hear) => target.addEventListener(kind, hear, { signal: going.signal });
  listen(document, "visibilitychange", () => document.visibilityState === "hidden" && keepMemo());
  listen(window, "pagehide", keepMemo);
  listen(window, "dialogkort:leaving", keepMemo);
  listen(window, "beforeunload", (event) => line.atRisk() && event.preventDefault());
  contact.on("change:desk", paintSoon);
  contact.on("change:shelf", () => {
    // A note was erased somewhere: the others have moved up.
    const held = rows.querySelector("[aria-current]")?.dataset.note;
    if (memoOf && !shelf().notes.some(({ id }) => id === memoOf.id)) memoOf = null;
    const place = shelf().notes.findIndex(({ id }) => id === held);
    current = place < 0 ? null : place;
    if (sitting) choose();
    else paintSoon();
  });
  contact.on("change:comparison", paintCompare);
  host.append(root);
  paint();
  line.greet(recall("coding"));
  return () => {
    keepMemo();
    line.close();
    going.abort();
  };
}

const NOT_READ = { codes: [], none: false, memo: "" };

/** A reading as it will be when the pending events have happened. */
function predictReading(known, pending, note, coder) {
  let one = known ?? NOT_READ;
  for (const event of standing(pending)) {
    if (event.note !== note || event.coder !== coder) continue;
    if (event.what === "memo written") one = { ...one, memo: event.text };
    if (event.what === "coded") one = withCode(one, event);
  }
  return one;
}

function withCode(one, { code, applies = true }) {
  if (code == null) return applies ? { ...one, codes: [], none: true } : { ...one, none: false };
  const others = one.codes.filter((other) => other !== code);
  return { ...one, codes: applies ? [...others, code] : others, none: one.none && !applies };
}

/** The codes as they will be when the pending events have happened. */
function predictCodes(known, pending) {
  const codes = new Map(known.map((code) => [code.id, code]));
  for (const { what, code, name, definition = "", retired = false } of standing(pending)) {
    if (what === "code defined") codes.set(code, { id: code, name, definition, retired });
  }
  return [...codes.values()];
}

// The name that was used last in this browser.

function recallName() {
  try {
    return localStorage.getItem(NAME) ?? "";
  } catch {
    return "";
  }
}

function keepName(name) {
  try {
    localStorage.setItem(NAME, name);
  } catch {
    // it is asked again
  }
}

export default {
  render: ({ model, el }) => codingPage(model, el),
};
