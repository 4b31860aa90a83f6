// @ts-check
// Bars for each area, drawn by the page itself: as large as the room there is, in the page's own letters and
// colours. What they show is computed by the server; here it is only laid out.

import { h } from "./dom.js";
import { areaShape } from "./theme.js";
import { OUTCOMES } from "./vocabulary.js";

/** @typedef {import("./types.js").Bar} Bar */
/** @typedef {import("./types.js").AreaBars} AreaBars */

/** The two steps that are held against different things. */
const STEPS = { deal: "drawn", talk: "discussed" };

/**
 * A row per area, a bar per measure; one image with words to who cannot see it.
 *
 * @param {AreaBars} bars
 */
export function areaBars({ alt, areas, words, measures }) {
  return h(
    "div",
    { class: "dk-bars", role: "img", "aria-label": alt, "data-part": "bars" },
    Object.entries(STEPS).map(([step, first]) => stepHeading(words, step, first)),
    measures.map((measure) => h("b", { class: `dk-bars-head dk-of-${measure}` }, words[measure])),
    areas.flatMap((area) => areaRow(words, area, measures)),
  );
}

function stepHeading(words, step, first) {
  const against = h("span", {}, words[`the_${step}_against`]);
  return h("p", { class: `dk-bars-step dk-of-${first}` }, h("b", {}, words[`the_${step}`]), against);
}

function areaRow(words, area, measures) {
  const name = h("p", { class: "dk-bars-area" }, areaShape(area), h("span", {}, area.name));
  const vars = { "--area-light": area.light, "--area-dark": area.dark };
  return [name, ...measures.map((measure) => measureCell(words[measure], measure, area[measure], vars))];
}

function measureCell(name, measure, /** @type {Bar} */ bar, vars) {
  const label = h("span", { class: "dk-bars-label" }, name);
  return h("div", { class: `dk-bars-cell dk-of-${measure}`, vars }, label, track(bar));
}

/** From the back: what may be chance, what could be expected, the bar, its number. */
function track(/** @type {Bar} */ { parts, end, number, beneath, average, chance }) {
  const field = chance && h("span", { class: "dk-chance", vars: span(chance[0], chance[1] - chance[0]) });
  const expected = average != null && h("span", { class: "dk-expected", vars: span(average, 0) });
  let from = 0;
  const pieces = parts.map(([kind, share]) => {
    const piece = h("span", { ...partOf(kind), vars: span(from, share) });
    from += share;
    return piece;
  });
  const more = beneath.map((words) => h("span", { class: "dk-beneath" }, words));
  const words = h("span", { class: "dk-number-of", vars: span(end, 0) }, h("b", {}, number), more);
  return h("div", { class: "dk-track" }, field, expected, pieces, words);
}

/** A part of a bar; what is no outcome is filled. */
function partOf(kind) {
  const { pattern = "filled" } = OUTCOMES.find(({ key }) => key === kind) ?? {};
  return { class: "dk-part", "data-kind": kind, "data-pattern": pattern };
}

function span(from, width) {
  return { "--from": from, "--width": width };
}

/** What the patterns, the field and the stroke mean; only those there are. */
export function barsKey(
  /** @type {import("./texts.js").Texts} */ t,
  /** @type {AreaBars} */ { areas, words },
) {
  const kinds = new Set(areas.flatMap(({ drawn }) => drawn.parts.map(([kind]) => kind)));
  const entry = (swatch, name) => h("li", {}, h("span", { class: "dk-swatch" }, swatch), name);
  return h(
    "ul",
    { class: "dk-bars-key", "aria-hidden": "true" },
    OUTCOMES.filter(({ key }) => kinds.has(key)).map(({ key }) => {
      const part = h("span", { ...partOf(key), vars: span(0, 1) });
      return entry(part, t(`outcome.${key}.word`));
    }),
    entry(h("span", { class: "dk-chance", vars: span(0, 1) }), words.field),
    entry(h("span", { class: "dk-expected", vars: span(0.5, 0) }), words.average),
  );
}
