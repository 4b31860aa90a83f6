// What lies one click away: the opening round, the guide with the areas, and the overview.

/** The opening round: two questions to talk over before the first card. */
function openingRound({ t, choose, toCards }) {
  const questions = [1, 2].map((which) =>
    h(
      "button",
      { class: "dk-paper dk-opening-question", type: "button", onclick: () => pick(which) },
      h("span", { class: "dk-number", "aria-hidden": "true" }, String(which)),
      h("span", {}, t(`opening.question_${which}`)),
    ),
  );
  const begin = h("button", { class: "dk-button dk-primary dk-big", type: "button", onclick: toCards }, t("opening.to_cards"));
  const title = h("h2", { tabindex: "-1" }, t("opening.title"));
  const element = h(
    "div",
    { class: "dk-open-side dk-opening" },
    h("div", { class: "dk-opening-body" }, title, h("p", { class: "dk-lead" }, t("opening.lead")), questions),
    h("div", { class: "dk-moves" }, begin),
  );
  const pick = (which) => {
    questions.forEach((question, place) => mark(question, "aria-pressed", String(place + 1 === which)));
    choose(which);
  };
  return { element, pick, focus: () => title.focus({ preventScroll: true }) };
}

/** A panel over the page with a heading and a way out; `fill(...)` gives it its content. */
function panel(t, title, kind) {
  const id = `dk-panel-${kind}-${Math.random().toString(36).slice(2)}`;
  const content = h("div", { class: "dk-panel-content", tabindex: "0", role: "region", "aria-labelledby": id });
  const close = h("button", { class: "dk-round", type: "button", "aria-label": t("panel.close"), title: t("panel.close") }, icon("close"));
  const element = h("dialog", { class: `dk-panel dk-panel-${kind}`, "aria-labelledby": id }, h("header", {}, h("h2", { id }, title), close), content);
  close.addEventListener("click", () => element.close());
  element.addEventListener("click", (event) => event.target === element && element.close());
  return { element, fill: (...children) => content.replaceChildren(...children), open: () => element.showModal() };
}

/** The guide in steps, the areas explained, and how sure it is which area a card belongs to. */
function fillGuide(guide, t, deck) {
  const unsure = (confidence) =>
    Object.values(deck.cards)
      .filter((card) => card.confidence === confidence)
      .map((card) => card.number)
      .sort((one, other) => one - other);
  const judged = unsure("judgement");
  const likely = unsure("likely");
  guide.fill(
    h("p", { class: "dk-lead" }, t("guide.purpose")),
    h("ol", { class: "dk-steps" }, [1, 2, 3, 4, 5, 6].map((step) => h("li", {}, t(`guide.step_${step}`)))),
    h("h3", {}, t("guide.areas", { count: deck.areas.length })),
    h(
      "dl",
      { class: "dk-areas" },
      deck.areas.map((area) => h("div", {}, h("dt", {}, areaShape(area), area.name), h("dd", {}, area.explained))),
    ),
    likely.length + judged.length > 0 &&
      h(
        "div",
        { class: "dk-sure" },
        h("h3", {}, t("guide.sure_title")),
        h("p", {}, t("guide.sure")),
        likely.length > 0 && h("p", {}, t("guide.likely", { cards: likely.join(", ") })),
        judged.length > 0 && h("p", {}, t("guide.judged", { cards: judged.join(", ") })),
      ) || "",
    h("h3", {}, t("guide.keys_title")),
    h("p", {}, t("guide.keys")),
    h("p", { class: "dk-quiet" }, deck.attribution),
  );
}

/** The overview's choice of whom to count, its chart, the sentence that goes with it, and the figures. */
function overviewPanel(t, ask, handOver) {
  const shell = panel(t, t("overview.title"), "overview");
  const scopes = ["group", "workshop"].map((scope) =>
    h("button", { class: "dk-chip", type: "button", "data-scope": scope, onclick: () => show(scope) }, t(`overview.scope_${scope}`)),
  );
  const show = (scope) => {
    for (const chip of scopes) mark(chip, "aria-pressed", String(chip.dataset.scope === scope));
    shell.fill(choice, h("p", { class: "dk-quiet", role: "status" }, t("overview.drawing")));
    ask(scope);
  };
  const files = h("button", { class: "dk-button", type: "button", onclick: handOver }, icon("save"), h("span", {}, t("wayout.group")));
  const choice = h("div", { class: "dk-scopes", role: "group", "aria-label": t("overview.whom") }, scopes);
  return {
    element: shell.element,
    open() {
      shell.open();
      show("group");
    },
    paint: (chart) => shell.fill(choice, ...chartView(t, chart), h("div", {}, files)),
    refuse: (refused) => shell.fill(choice, ...chartView(t, { refused })),
  };
}
