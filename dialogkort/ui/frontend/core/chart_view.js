// @ts-check
// What was found, in words; the bars it is found in; and the figures behind them.

import { areaBars, barsKey } from "./area_bars.js";
import { h } from "./dom.js";

/**
 * What the slice `chart` holds, as elements.
 *
 * @param {import("./texts.js").Texts} t
 * @param {import("./types.js").Chart} chart
 */
export function chartView(t, { bars, head, rows, remarks = [], refused }) {
  if (refused) return [h("p", { class: "dk-trouble", role: "alert" }, refused)];
  const finding = h("p", { class: "dk-found", "data-part": "finding" }, bars.sentence);
  if (!rows.length) return [finding];
  const about = bars.about && h("p", { class: "dk-quiet" }, bars.about);
  const paragraphs = remarks.map((sentence) => h("p", { class: "dk-quiet" }, sentence));
  const table = rows.length > 0 && figures(t, head, rows);
  return [finding, about, ...picture(t, bars), table, ...paragraphs].filter(Boolean);
}

/** The bars and how they are read; nothing where there is nothing to see. */
function picture(t, bars) {
  if (!bars.areas.length) return [];
  const exact = h("details", {}, h("summary", {}, t("overview.exact")), h("p", {}, bars.exact));
  const reading = bars.reading && h("p", { "data-part": "reading" }, bars.reading);
  return [areaBars(bars), barsKey(t, bars), reading, exact];
}

function figures(t, head, rows) {
  const table = scrollable(t("overview.title"), figureTable(head, rows));
  return h("details", {}, h("summary", {}, t("overview.figures")), table);
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
  const cells = (numbers) => numbers.map((words, column) => h("td", { class: classes[column + 1] }, words));
  const line = ([name, ...numbers]) => h("tr", {}, h("th", { scope: "row" }, name), cells(numbers));
  return h(
    "table",
    { class: `dk-figures ${extra}`.trim() },
    h("thead", {}, h("tr", {}, names)),
    h("tbody", {}, rows.map(line)),
  );
}
