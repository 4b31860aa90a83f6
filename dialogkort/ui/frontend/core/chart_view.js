// A chart on a page, and the figures behind it. The picture says its sentence itself; `alt` says all of it.

/** What a chart trait holds, as elements. The picture is shown as an image: it cannot run anything. */
function chartView(t, { svg, alt, head, rows, refused }) {
  if (refused) return [h("p", { class: "dk-trouble", role: "alert" }, refused)];
  const wide = (element) => h("div", { class: "dk-wide", role: "group", tabindex: "0", "aria-label": t("overview.title") }, element);
  const cell = (tag, scope) => (words) => h(tag, { scope }, words);
  const figures = h(
    "table",
    { class: "dk-figures" },
    h("thead", {}, h("tr", {}, head.map(cell("th", "col")))),
    h("tbody", {}, rows.map(([name, ...numbers]) => h("tr", {}, cell("th", "row")(name), numbers.map(cell("td"))))),
  );
  return [
    wide(h("img", { class: "dk-chart", alt, src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}` })),
    h("details", {}, h("summary", {}, t("overview.figures")), wide(figures)),
  ];
}

/** True when an element is shown on dark ground: by JupyterLab's theme, else by the system's wish. */
function isDark(element) {
  const scheme = getComputedStyle(element).colorScheme;
  return scheme === "dark" || (scheme.includes("dark") && matchMedia("(prefers-color-scheme: dark)").matches);
}
