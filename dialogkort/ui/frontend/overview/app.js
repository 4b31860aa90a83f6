// The overview's page: choose a workshop, see what was talked about.

function overviewPage(model, host) {
  const t = reader(model.get("texts"));
  const choice = h("select");
  const refresh = h("button", { class: "dk-button", type: "button" }, icon("refresh"), t("overview.refresh"));
  const which = h("label", { class: "dk-overview-which" }, h("span", {}, t("overview.which")), choice);
  const content = h("div", { class: "dk-overview-content", "aria-live": "polite" });
  const root = h(
    "section",
    { class: "dk", lang: t("code"), "aria-label": t("overview.title"), "data-screen": "overview", "data-lm-suppress-shortcuts": "true" },
    h(
      "div",
      { class: "dk-overview" },
      h("h1", {}, t("overview.title")),
      h("div", { class: "dk-overview-choice" }, which, refresh),
      content,
    ),
  );
  const ask = () => {
    content.replaceChildren(h("p", { class: "dk-quiet" }, t("overview.drawing")));
    model.send({ workshop: choice.value === "" ? null : Number(choice.value), dark: isDark(root) });
  };
  const paintChoice = () => {
    const chosen = choice.value;
    const workshops = model.get("workshops");
    choice.replaceChildren(
      h("option", { value: "" }, t("overview.all", { count: workshops.length })),
      ...workshops.map(({ name, groups }, place) => h("option", { value: String(place) }, `${name} (${t("overview.groups", { count: groups })})`)),
    );
    choice.value = chosen;
    which.hidden = workshops.length === 0;
  };
  const paint = () => content.replaceChildren(...chartView(t, model.get("chart")));
  choice.addEventListener("change", ask);
  refresh.addEventListener("click", ask);
  root.addEventListener("keydown", (event) => event.stopPropagation());
  model.on("change:workshops", paintChoice);
  model.on("change:chart", paint);
  host.append(root);
  paintChoice();
  ask();
  return () => {
    model.off("change:workshops", paintChoice);
    model.off("change:chart", paint);
  };
}

export default {
  render: ({ model, el }) => overviewPage(model, el),
};
