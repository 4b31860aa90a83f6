// @ts-check
// A chart on a page, and the figures behind it. The picture says its sentence itself; `alt` says all of it.

import { h } from "./dom.js";

/**
 * What the slice `chart` holds, as elements. The picture is shown as an image: it cannot run anything.
 *
 * @param {import("./texts.js").Texts} t
 * @param {import("./types.js").Chart} chart
 */
export function chartView(t, { svg, alt, head, rows, said = [], refused }) {
  if (refused) return [h("p", { class: "dk-trouble", role: "alert" }, refused)];
  const label = t("overview.title");
  const src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  const figures = figureTable(head, rows);
  return [
    ...said.map((sentence) => h("p", { class: "dk-quiet" }, sentence)),
    scrollable(label, h("img", { class: "dk-chart", alt, src })),
    h("details", {}, h("summary", {}, t("overview.figures")), scrollable(label, figures)),
  ];
}

/** What is wider than a phone: reached by keyboard, and scrolled. */
export function scrollable(label, element) {
  return h("div", { class: "dk-wide", role: "group", tabindex: "0", "aria-label": label }, element);
}

/**
 * A table of figures: the first cell of every row names it. `classes` gives columns a class, by their place.
 *
 * @param {string[]} head
 * @param {string[][]} rows
 * @param {Record<number, string>} [classes]
 */
export function figureTable(head, rows, classes = {}, extra = "") {
  const names = head.map((name, column) => h("th", { scope: "col", class: classes[column] }, name));
  const cells = (numbers) => numbers.map((words, place) => h("td", { class: classes[place + 1] }, words));
  const line = ([name, ...numbers]) => h("tr", {}, h("th", { scope: "row" }, name), cells(numbers));
  return h(
    "table",
    { class: `dk-figures ${extra}`.trim() },
    h("thead", {}, h("tr", {}, names)),
    h("tbody", {}, rows.map(line)),
  );
}
