// The page: what is on it, and what a click leads to. The kernel's traits say how things are; what is still
// on its way there is shown at once and kept in the line's outbox.

function workshopPage(model, host) {
  const t = reader(model.get("texts"));
  const root = h("section", { class: "dk", lang: t("code"), "aria-label": t("title"), "data-lm-suppress-shortcuts": "true" });
  const live = h("p", { class: "dk-unseen", role: "status" });
  let aside = null; // the card in hand that was left on the table for a moment
  let opening = false; // the opening round is on show
  let travelling = false; // the open card is on its way back to its place
  let flipFrom = null; // where the card that is about to be shown lies on the table
  let undoWhenSaved = false;
  let joining = true; // until the kernel has answered for the first time

  const line = openLine(model, { changed: () => paintSoon(), heard: (answer) => heard(answer) });
  const now = () => predict(model.get("table"), line.waiting());
  const notes = () => predictNotes(model.get("pad"), line.pending);
  const number = (card) => model.get("deck").cards[card].number;

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
    const card = now().current;
    layDown(card, what === "put back", () => line.happened(what, { card, ...fields }));
    announce(t(`say.${what.replaceAll(" ", "_")}`, { number: number(card), count: now().draw.length }));
  };
  const toTable = () => layDown(now().current, false, () => (aside = now().current));
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
    undoWhenSaved = true;
    paintSoon();
  };
  const announce = (text) => say(live, text);
  const openPad = (subject, title) => {
    pad.turnTo(subject, title);
    pad.paint(notes());
  };
  const leave = () => {
    pad.flush();
    line.session = null;
    remember(null);
    line.ask("leave");
    paint();
    start.focus();
  };

  // --- the parts of the page -----------------------------------------------------------------------------------

  const guide = panel(t, t("guide.title"), "guide");
  const showGuide = () => {
    fillGuide(guide, t, model.get("deck"));
    guide.open();
  };
  const overview = overviewPanel(t, (scope) => line.ask("overview", { scope, dark: isDark(root) }));
  const start = startScreen({
    t,
    begin: (details) => line.ask("start", { details }),
    goOn: (session) => line.ask("go on", { session }),
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
    touched: () => paintStatus(),
    keep: (note) => line.happened("noted", note),
    remove: (note) => line.happened("note removed", { note }),
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
  const showOpening = () => {
    pad.flush();
    opening = true;
    aside = now().current;
    paint();
    round.pick(1);
    round.focus();
  };

  const button = (name, label, onclick, extra = "") =>
    h("button", { class: `dk-button ${extra}`, type: "button", onclick, title: label }, icon(name), h("span", {}, label));
  const title = h("strong", {});
  const where = h("span", { class: "dk-quiet" });
  const progress = h("p", { class: "dk-progress" });
  const status = h("p", { class: "dk-status" });
  const drawNext = button("draw", t("bar.draw"), () => take(now().draw[0]), "dk-draw");
  const undoButton = button("undo", t("bar.undo"), undo, "dk-undo");
  const bar = h(
    "header",
    { class: "dk-bar" },
    h("button", { class: "dk-round", type: "button", "aria-label": t("bar.leave"), title: t("bar.leave"), onclick: leave }, icon("back")),
    h("div", { class: "dk-bar-title" }, title, where),
    progress,
    status,
    h(
      "div",
      { class: "dk-bar-buttons" },
      undoButton,
      button("round", t("bar.opening"), showOpening),
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
  const toast = h("div", { class: "dk-toast", role: "alert", hidden: true }, toastText, h("button", { class: "dk-button", type: "button", onclick: () => (toast.hidden = true) }, t("panel.close")));
  const lost = h("div", { class: "dk-toast dk-lost", role: "alert", hidden: true }, h("p", {}, t("line.lost")), h("button", { class: "dk-button", type: "button", onclick: () => location.reload() }, t("line.reload")));
  root.append(bar, start.element, board, live, toast, lost, guide.element, overview.element);

  // --- painting --------------------------------------------------------------------------------------------------

  let painting = false;
  /** Paint once before the next frame, however much has changed; what is sent to the kernel need not wait. */
  function paintSoon() {
    if (!painting) requestAnimationFrame(() => ((painting = false), paint()));
    painting = true;
  }

  const show = (element, yes) => mark(element, "hidden", !yes);

  function paint() {
    const truth = model.get("table");
    const atTable = Boolean(line.session && truth.session === line.session);
    root.dataset.screen = atTable ? "table" : "start";
    show(bar, atTable);
    show(board, atTable);
    show(start.element, !atTable && !joining);
    show(lost, line.late);
    if (!atTable) return start.paint(model.get("desk"), model.get("deck"), model.get("trouble"));
    if (undoWhenSaved && !line.waiting().length) {
      undoWhenSaved = false;
      if (truth.undo) return void line.happened("undone", { events: truth.undo.events });
    }
    const deck = model.get("deck");
    const picture = now();
    paintBar(picture, deck);
    cards.paint(picture, deck, tally(notes()));
    paintStage(picture, deck);
    pad.paint(notes());
  }

  function paintBar(picture, deck) {
    const states = Object.values(picture.lying);
    const count = (state) => states.filter((one) => one === state).length;
    say(title, [picture.details.workshop, picture.details.group].filter(Boolean).join(" – "));
    say(where, deck.title);
    say(progress, t("bar.progress", { discussed: count("discussed"), skipped: count("skipped"), left: picture.draw.length }));
    paintStatus();
    undoButton.disabled = !picture.undo && !line.pending.length;
    const what = picture.undo ? t("bar.undo_this", { step: picture.undo.label }) : t("bar.undo");
    mark(undoButton, "title", what);
    mark(undoButton, "aria-label", what);
    drawNext.disabled = !picture.draw.length;
    say(tableFoot.lastChild, deck.attribution);
  }

  function paintStatus() {
    const lost = line.late || line.pending.length > line.waiting().length;
    const state = lost ? "lost" : line.pending.length || pad.writing ? "saving" : "saved";
    say(status, t(`bar.${state}`));
    status.dataset.state = state;
  }

  function paintStage(picture, deck) {
    const inHand = picture.current && picture.current !== aside ? picture.current : null;
    if (travelling) return;
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
    const trouble = answer.refused ?? answer.unsaved;
    if (trouble) {
      if (!line.session) start.trouble(trouble);
      else if (overview.element.open) overview.refuse(trouble);
      else {
        say(toastText, trouble);
        toast.hidden = false;
      }
      if (answer.refused && !line.session) remember(null);
    } else {
      start.trouble(null);
      if (answer.arrived && answer.session !== line.session) arrive(answer.session, byHand);
    }
    line.seen(model.get("table").newest ?? "");
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
    paint();
    if (!Object.keys(now().lying).length) showOpening();
    else if (byHand && !now().current) cards.focusOn(now().order[0]);
  }

  // --- wiring ------------------------------------------------------------------------------------------------------

  // What is typed here is not a command of the notebook around it.
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && stage.dataset.mode === "card" && !root.querySelector("dialog[open]")) toTable();
    event.stopPropagation();
  });
  const resized = new ResizeObserver(() => open.refit());
  resized.observe(root);
  const hidden = () => document.visibilityState === "hidden" && pad.flush();
  document.addEventListener("visibilitychange", hidden);
  model.on("change:table change:pad change:desk change:deck", paintSoon);
  model.on("change:chart", () => overview.paint(model.get("chart")));
  host.append(root);
  paint();
  line.ask("hello", { session: remembered() });
  return () => {
    pad.flush();
    line.close();
    resized.disconnect();
    document.removeEventListener("visibilitychange", hidden);
    model.off("change:table change:pad change:desk change:deck", paintSoon);
  };
}

function tally(notes) {
  const counts = {};
  for (const { card } of notes) if (card) counts[card] = (counts[card] ?? 0) + 1;
  return counts;
}

export default {
  render: ({ model, el }) => workshopPage(model, el),
};
