// @ts-check
// A follow-up beside the workshop it follows up: what may be said of the two days, and the figures of both.

import { scrollable } from "./chart_view.js";
import { dialogShell } from "./dialogs.js";
import { h } from "./dom.js";
import { everyFigureChoice } from "./every_figure.js";
import { areaShape } from "./theme.js";

/** @typedef {import("./texts.js").Texts} Texts */
/** @typedef {import("./types.js").ThenAndNow} ThenAndNow */

const DAYS = /** @type {const} */ (["then", "now"]);

/**
 * @param {Texts} t
 * @param {(forMyEyes: boolean) => void} ask is called for the figures to show
 */
export function thenAndNowDialog(t, ask) {
  const shell = dialogShell(t, t("then_and_now.title"), "then-and-now");
  const choice = everyFigureChoice(t, () => request());
  const content = h("div", { class: "dk-then-and-now", "aria-live": "polite" });
  const lead = h("p", { class: "dk-lead" }, t("then_and_now.lead"));
  const request = () => {
    content.replaceChildren(h("p", { class: "dk-quiet" }, t("overview.drawing")));
    ask(choice.value());
  };
  shell.fill(lead, content, choice.element);
  let afterwards = () => {};
  shell.element.addEventListener("close", () => afterwards());
  return {
    element: shell.element,
    /** `onClose` is called when it is closed again. */
    open(onClose = () => {}) {
      afterwards = onClose;
      choice.reset();
      shell.open();
      request();
    },
    paint(/** @type {ThenAndNow} */ shown) {
      const isOfChoice = shown.for_my_eyes === choice.value(); // which may have changed meanwhile
      if (shown.refused || isOfChoice) content.replaceChildren(...thenAndNowView(t, shown));
    },
    /** There is no contact: say so instead of drawing for ever. */
    lose() {
      if (shell.element.open) content.replaceChildren(h("p", { class: "dk-quiet" }, t("line.lost")));
    },
  };
}

function thenAndNowView(
  /** @type {Texts} */ t,
  /** @type {ThenAndNow} */ { refused, sentence, sides, areas, picture, alt, remarks },
) {
  if (refused) return [h("p", { class: "dk-trouble", role: "alert" }, refused)];
  const finding = h("p", { class: "dk-found", "data-part": "finding" }, sentence);
  const image = picture && h("img", { class: "dk-picture", src: picture, alt });
  return [
    finding,
    sides && bothDays(t, sides, areas),
    image && scrollable(t("then_and_now.title"), image),
    ...remarks.map((words) => h("p", { class: "dk-quiet" }, words)),
  ].filter(Boolean);
}

/** A row per area: what it got on the one day, and on the other. A bar is as long as the time it got. */
function bothDays(t, sides, /** @type {ThenAndNow["areas"]} */ areas) {
  if (!areas.length) return h("p", {}, DAYS.map((day) => h("span", { class: "dk-only-day" }, sides[day])));
  const head = h("tr", {}, h("td", {}), DAYS.map((day) => h("th", { scope: "col" }, sides[day])));
  const rows = areas.map((area) => {
    const name = h("th", { scope: "row" }, areaShape(area), h("span", {}, area.name));
    return h("tr", {}, name, DAYS.map((day) => dayCell(t, area, area[day], sides[day])));
  });
  return h("table", { class: "dk-both-days" }, h("thead", {}, head), h("tbody", {}, rows));
}

function dayCell(t, { light, dark }, /** @type {import("./types.js").OfADay} */ got, day) {
  const name = h("span", { class: "dk-day-name", "aria-hidden": "true" }, day);
  if (!got) return h("td", {}, name, h("span", { class: "dk-quiet" }, t("then_and_now.left_out")));
  const vars = { "--area-light": light, "--area-dark": dark, "--share": got.share };
  const bar = got.share > 0 && h("span", { class: "dk-day-bar", "aria-hidden": "true", vars });
  return h("td", {}, name, bar, got.words);
}
