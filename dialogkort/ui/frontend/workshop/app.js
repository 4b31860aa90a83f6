// The page: what is on it, and what a click leads to. The kernel's traits say how things are; what is still
// on its way there is shown at once and kept in the line's outbox.

const OFFER = 12_000; // ms an offer stays on the screen
const QUIET = 3000; // ms without a letter before another window's move changes the card under a writer's hands

function workshopPage(model, host) {
  const t = reader(model.get("texts"));
  let truth = {}; // table, pad, deck and desk as the kernel last showed them
  const root = h("section", { class: "dk", lang: t("code"), "aria-label": t("title"), "data-lm-suppress-shortcuts": "true" });
  const live = h("p", { class: "dk-unseen", role: "status" });
  let aside = null; // the card in hand that was left on the table for a moment
  let opening = false; // the opening round is on show
  let travelling = false; // the open card is on its way back to its place
  let flipFrom = null; // where the card that is about to be shown lies on the table
  let undoWhenSaved = false;
  let joining = true; // until the kernel has answered for the first time
  let newsTold = null; // the id of the last move of another window that was spoken of
  let interrupted = false; // by that move: the card on show is no longer in hand
  let removed = null; // the note that was taken off the pad last
  let erased = null; // the sessions that are being erased for good
  let toastTimer = null;
  let place = null; // where a writer was before a reload, until that note is on show again

  const line = openLine(model, { changed: () => paintSoon(), heard: (answer) => heard(answer), back: () => paintSoon() });
  const { contact } = line;
  const now = () => predict(truth.table, line.waiting());
  const notes = () => predictNotes(truth.pad, line.pending);
  const number = (card) => truth.deck.cards[card].number;
  /** Take in what the kernel shows. A new one begins with an empty table: that is not how things are. */
  const look = () => {
    const table = contact.get("table");
    if (line.session && table.session !== line.session) return;
    truth = { table, pad: contact.get("pad"), deck: contact.get("deck"), desk: contact.get("desk") };
    line.seen(table.newest ?? "");
  };

  // --- moves -------------------------------------------------------------------------------------------------

  const take = (card) => {
    const table = now();
    pad.flush();
    aside = null;
    opening = false;
    if (!(card in table.lying)) {
      line.happened("turned", { card });
      announce(t("say.turned", { number: number(card), count: table.draw.length - 1 }));
    } else if (table.current !== card) line.happened("went back", { card });
    else paintSoon();
    flipFrom = cards.placeOf(card).getBoundingClientRect();
  };
  const settle = (what, fields) => {
    const card = open.shown;
    layDown(card, what === "put back", () => line.happened(what, { card, ...fields }));
    announce(t(`say.${what.replaceAll(" ", "_")}`, { number: number(card), count: now().draw.length }));
  };
  const toTable = () => {
    const card = open.shown;
    layDown(card, false, () => (aside = card));
  };
  /** The move happens at once; the open card stays on show while it travels back to its place. */
  const layDown = (card, faceDown, move) => {
    pad.flush();
    travelling = true;
    move();
    open.returnTo(cards.placeOf(card).getBoundingClientRect(), faceDown).finally(() => {
      travelling = false;
      paint();
      cards.focusOn(card);
    });
  };
  const undo = () => {
    pad.flush();
    if (contact.lost) line.happened("undone", { events: line.lastStep() });
    else undoWhenSaved = true;
    paintSoon();
  };
  const announce = (text) => say(live, text);
  const openPad = (subject, title) => {
    pad.turnTo(subject, title);
    pad.paint(notes());
  };
  const leave = () => {
    pad.flush();
    remember(null);
    line.leave();
    paint();
    start.focus();
  };

  // --- the parts of the page -----------------------------------------------------------------------------------

  const guide = panel(t, t("guide.title"), "guide");
  const showGuide = () => {
    fillGuide(guide, t, truth.deck);
    guide.open();
  };
  const overview = overviewPanel(t, (scope) => line.ask("overview", { scope, dark: isDark(root) }), () => askForFiles(line.session));
  const askForFiles = (session) => {
    line.ask("hand over", { session });
    announce(t("wayout.making"));
  };
  const erasing = eraseDialog(t);
  const eraseSession = (session, all) => {
    const others = all.filter((other) => other !== session && ["workshop", "organisation", "date"].every((told) => other[told] === session[told]));
    erasing.ask(t("erase.session", { name: nameOf(session) }), others.length, (whole) => {
      const gone = whole ? [session, ...others] : [session];
      erased = { name: nameOf(session), sessions: gone.map((one) => one.session) };
      line.ask("erase", { sessions: erased.sessions });
    });
  };
  /** What was to go is no longer among the sessions kept: say so, where the list is. */
  const tellErased = () => {
    if (!erased || truth.desk.sessions.some((one) => erased.sessions.includes(one.session))) return;
    start.tell(t("erase.done", { name: erased.name, count: erased.sessions.length }));
    erased = null;
  };
  const start = startScreen({
    t,
    begin: (details) => line.ask("start", { details }),
    goOn: (session) => line.ask("go on", { session }),
    handOver: askForFiles,
    erase: eraseSession,
    showGuide,
  });
  const cards = spread({ t, take });
  const open = openCard({
    t,
    moves: {
      discuss: (agreement) => settle("discussed", { agreement }),
      skip: (reason) => settle("skipped", { reason }),
      putBack: () => settle("put back"),
      toTable,
    },
  });
  const pad = notePad({
    t,
    newId: () => line.id(),
    touched: () => {
      line.draft(pad.drafts());
      paintStatus();
    },
    keep: (note) => line.happened("noted", note),
    replace: (before, note) => line.replaced(before, note),
    announce,
    remove: (note) => {
      removed = notes().find((one) => one.id === note);
      line.happened("note removed", { note });
      offer(t("wayout.removed"), t("erase.title"), eraseRemoved);
    },
  });
  const round = openingRound({
    t,
    choose: (which) => openPad({ opening_question: which }, t("pad.for_opening", { number: which })),
    toCards: () => {
      pad.flush();
      opening = false;
      aside = null;
      paint();
      if (!now().current) cards.focusOn(now().order[0]);
    },
  });
  const showOpening = (question = 1) => {
    pad.flush();
    opening = true;
    aside = now().current;
    paint();
    round.pick(question);
    round.focus();
    paint();
  };

  const button = (name, label, onclick, extra = "") =>
    h("button", { class: `dk-button ${extra}`, type: "button", onclick, title: label }, icon(name), h("span", {}, label));
  const title = h("strong", {});
  const where = h("span", { class: "dk-quiet" });
  const progress = h("p", { class: "dk-progress" });
  const status = savingStatus({ t, announce, again: () => (keepInMind("starts", null), location.reload()) });
  const drawNext = button("draw", t("bar.draw"), () => take(now().draw[0]), "dk-draw");
  const undoButton = button("undo", t("bar.undo"), undo, "dk-undo");
  const bar = h(
    "header",
    { class: "dk-bar" },
    h("button", { class: "dk-round", type: "button", "aria-label": t("bar.leave"), title: t("bar.leave"), onclick: leave }, icon("arrow")),
    h("div", { class: "dk-bar-title" }, title, where),
    progress,
    status.word,
    h(
      "div",
      { class: "dk-bar-buttons" },
      undoButton,
      button("round", t("bar.opening"), () => showOpening()),
      button("chart", t("bar.overview"), () => overview.open()),
      button("guide", t("bar.guide"), showGuide),
      button("full", t("bar.full"), () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen?.())),
    ),
  );
  const stage = h("div", { class: "dk-stage", "data-mode": "none" }, open.element, round.element, pad.element);
  const tableFoot = h("footer", { class: "dk-table-foot" }, drawNext, h("p", { class: "dk-quiet" }));
  const table = h("div", { class: "dk-table" }, cards.element, tableFoot);
  const board = h("div", { class: "dk-board" }, table, stage);
  const toastText = h("p", {});
  const toastOffer = h("button", { class: "dk-button", type: "button" });
  const toast = h("div", { class: "dk-toast", role: "alert", hidden: true }, toastText, toastOffer, h("button", { class: "dk-button", type: "button", onclick: () => (toast.hidden = true) }, t("panel.close")));
  /** Say something that stays until it is closed, with one more thing that can be done about it. */
  function offer(words, label, act) {
    const top = root.querySelector("dialog[open]") ?? root; // what lies over the page would hide it
    if (toast.parentElement !== top) top.append(toast);
    say(toastText, words);
    say(toastOffer, label ?? "");
    toastOffer.hidden = !act;
    toast.classList.toggle("dk-offer", Boolean(act));
    toastOffer.onclick = () => {
      toast.hidden = true;
      act();
    };
    toast.hidden = false;
    clearTimeout(toastTimer);
    if (act) toastTimer = setTimeout(() => (toast.hidden = true), OFFER);
  }
  const eraseRemoved = () => {
    const { id, text } = removed;
    erasing.ask(t("erase.note", { words: shortened(text) }), 0, () => line.ask("erase", { note: id }));
  };
  root.append(bar, status.strip, start.element, board, live, toast, guide.element, overview.element, erasing.element);

  // --- painting --------------------------------------------------------------------------------------------------

  let painting = false;
  let statusTimer = null;
  /** Paint once before the next frame, however much has changed; what is sent to the kernel need not wait. */
  function paintSoon() {
    if (!painting) requestAnimationFrame(() => ((painting = false), paint()));
    painting = true;
  }

  const show = (element, yes) => mark(element, "hidden", !yes);

  function paint() {
    look();
    const atTable = Boolean(line.session && truth.table.session === line.session);
    root.dataset.screen = atTable ? "table" : "start";
    show(bar, atTable);
    show(board, atTable);
    show(start.element, !atTable && !joining);
    paintStatus();
    if (!atTable) {
      start.paint(truth.desk, truth.deck);
      return tellErased();
    }
    undoWhenSaved &&= !contact.lost;
    if (undoWhenSaved && !line.waiting().length) {
      undoWhenSaved = interrupted = false;
      if (truth.table.undo) return void line.happened("undone", { events: truth.table.undo.events });
    }
    followNotes();
    const { deck } = truth;
    const picture = now();
    tellNews(picture.news);
    paintBar(picture, deck);
    cards.paint(picture, deck, tally(notes()));
    paintStage(picture, deck);
    pad.paint(notes());
    if (place && pad.goTo(place)) place = null;
  }

  /**
   * Letters that came too late for a note from which another window took something out go on in the note there is.
   * True when there were some.
   */
  function followNotes() {
    const refused = new Set(line.pending.filter((event) => event.refused).map((event) => event.note));
    const fresh = truth.pad.filter((note) => refused.has(note.instead_of) && !truth.pad.some((other) => other.id === note.instead_of));
    for (const note of fresh) {
      const event = line.followed(note.instead_of, note.id);
      if (event) pad.moved(note.instead_of, note.id, event.id);
    }
    return fresh.length > 0;
  }

  /** Another window has moved. Its moves are ours too, and nobody should wonder where a card went. */
  function tellNews(news) {
    if (!news || news.id === newsTold) return;
    newsTold = news.id;
    interrupted = true;
    const told = t(`news.${news.what.replaceAll(" ", "_")}`, { number: news.card && number(news.card) });
    announce(told);
    status.mention(told);
    paintStatus();
  }

  function paintBar(picture, deck) {
    const states = Object.values(picture.lying);
    const count = (state) => states.filter((one) => one === state).length;
    say(title, [picture.details.workshop, picture.details.group].filter(Boolean).join(" – "));
    say(where, deck.title);
    say(progress, t("bar.progress", { discussed: count("discussed"), skipped: count("skipped"), left: picture.draw.length }));
    undoButton.disabled = contact.lost ? !line.lastStep().length : !picture.undo && !line.waiting().length;
    const what = picture.undo ? t("bar.undo_this", { step: picture.undo.label }) : t("bar.undo");
    mark(undoButton, "title", what);
    mark(undoButton, "aria-label", what);
    drawNext.disabled = !picture.draw.length;
    say(tableFoot.lastChild, deck.attribution);
  }

  function paintStatus() {
    const { lost, locked, stuck } = contact;
    const refused = line.pending.some((event) => event.refused);
    const writing = line.pending.length + line.drafts.length > 0;
    clearTimeout(statusTimer);
    const fleeting = status.paint({ lost, locked, stuck, trouble: line.trouble(), atRisk: line.atRisk(), refused, writing });
    if (fleeting) statusTimer = setTimeout(paintStatus, 1000);
  }

  function paintStage(picture, deck) {
    const inHand = picture.current && picture.current !== aside ? picture.current : null;
    if (travelling) return;
    if (interrupted && (opening || open.shown) && open.shown !== inHand) {
      if (pad.quietFor() < QUIET) return void setTimeout(paintSoon, QUIET);
      if (inHand) opening = false;
    }
    interrupted = false;
    const mode = opening ? "opening" : inHand ? "card" : "none";
    mark(table, "inert", mode !== "none");
    stage.dataset.mode = mode;
    if (mode !== "card") return open.forget();
    if (open.shown === inHand) return;
    open.show(inHand, deck, picture.told[inHand]);
    openPad({ card: inHand }, t("pad.for_card", { number: number(inHand) }));
    if (flipFrom) open.flipFrom(flipFrom);
    flipFrom = null;
    open.focus();
  }

  function heard(answer) {
    const byHand = !joining; // the first answer of all is to the page's own hello
    joining = false;
    look();
    const trouble = followNotes() ? null : (answer.refused ?? answer.unsaved);
    if (trouble) {
      if (answer.refused && !answer.session && line.session) arrive(null); // the session is gone for good
      if (!line.session) start.trouble(trouble);
      else if (overview.element.open) overview.refuse(trouble);
      else if (answer.refused) offer(trouble);
      if (answer.refused && !line.session) remember(null);
    } else {
      start.trouble(null);
      if (answer.arrived && answer.session !== line.session) arrive(answer.session, byHand);
    }
    paintStatus();
    paintSoon();
  }

  /** A session was begun or taken up (or, with null, left). */
  function arrive(session, byHand) {
    remember(session);
    aside = null;
    opening = false;
    open.forget();
    line.join(session);
    newsTold = contact.get("table").news?.id;
    paint();
    if (!session) return;
    place = placeBefore(session);
    if (!Object.keys(now().lying).length || place?.about.opening_question) showOpening(place?.about.opening_question);
    else if (byHand && !now().current) cards.focusOn(now().order[0]);
  }

  // --- wiring ------------------------------------------------------------------------------------------------------

  // What is typed here is not a command of the notebook around it.
  root.addEventListener("keydown", (event) => {
    place = null;
    if (event.key === "Escape" && stage.dataset.mode === "card" && !root.querySelector("dialog[open]")) toTable();
    event.stopPropagation();
  });
  const resized = new ResizeObserver(() => open.refit());
  resized.observe(board);
  resized.observe(open.element); // on a phone the pad takes of its room while one writes
  const going = new AbortController(); // ends all that listens outside the page's own element
  const listen = (target, kind, hear) => target.addEventListener(kind, hear, { signal: going.signal });
  const flush = () => {
    keepPlace(line.session, pad.place());
    pad.flush();
  };
  listen(document, "visibilitychange", () => document.visibilityState === "hidden" && pad.flush());
  listen(window, "pagehide", flush);
  listen(window, "dialogkort:leaving", flush);
  listen(window, "beforeunload", (event) => line.atRisk() && event.preventDefault());
  listen(root, "pointerdown", () => (place = null));
  contact.on("change:table change:pad change:desk change:deck", paintSoon);
  contact.on("change:guard", () => pad.guard(contact.get("guard")));
  contact.on("change:chart", () => overview.paint(contact.get("chart")));
  contact.on("change:files", () => {
    handOver(contact.get("files"));
    if (contact.get("files").said) offer(contact.get("files").said);
  });
  host.append(root);
  paint();
  line.greet(remembered());
  return () => {
    pad.flush();
    line.close();
    resized.disconnect();
    going.abort();
  };
}

/** The first words of a text. */
function shortened(text) {
  return text.length > 60 ? `${text.slice(0, 60)} …` : text;
}

function tally(notes) {
  const counts = {};
  for (const { card } of notes) if (card) counts[card] = (counts[card] ?? 0) + 1;
  return counts;
}

export default {
  render: ({ model, el }) => workshopPage(model, el),
};
