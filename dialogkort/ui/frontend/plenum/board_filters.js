// @ts-check
// What of the board is shown: words to search for, an area, a kind, a group, and in which order.

import { h } from "../core/dom.js";
import { asKey } from "../core/texts.js";
import { KINDS_TO_READ } from "../core/vocabulary.js";

const ORDERS = ["area", "kind", "group", "theme"];

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {() => void} onChange
 */
export function boardFilters(t, onChange) {
  const search = h("input", { type: "search", autocomplete: "off", oninput: onChange });
  const by = select(ORDERS.map((value) => [value, t(`plenum.by.${value}`)]), onChange);
  const [area, kind, session] = [0, 0, 0].map(() => select([["", t("plenum.all")]], onChange));
  const fields = { search, by, area, kind, session };
  const labels = Object.entries(fields).map(([name, field]) =>
    h("label", { class: "dk-field" }, h("span", {}, t(`plenum.filter.${name}`)), field)
  );
  fill(kind, [["", t("plenum.all")], ...KINDS_TO_READ.map((value) => [value, t(`kinds.${asKey(value)}`)])]);
  return {
    element: h("div", { class: "dk-plenum-filters" }, labels),
    showBy: (/** @type {string} */ value) => (by.value = value),
    /** @returns {import("./board_state.js").BoardChoice} */
    choice: () => ({
      search: search.value,
      area: area.value,
      kind: kind.value,
      session: session.value,
      by: /** @type {"area" | "kind" | "group" | "theme"} */ (by.value),
    }),
    paint(/** @type {import("./room_state.js").RoomState} */ state) {
      fill(area, [["", t("plenum.all")], ...state.areas().map(({ name }) => [name, name])]);
      const groups = state.sessions().map((one) => [one, state.group(one).name]);
      fill(session, [["", t("plenum.all")], ...groups]);
    },
  };
}

function select(options, onchange) {
  const element = h("select", { onchange });
  fill(element, options);
  return element;
}

/** Other choices, when they are others: an open list closes when it is filled. */
function fill(element, options) {
  const print = JSON.stringify(options);
  if (element.dataset.options === print) return;
  element.dataset.options = print;
  const chosen = element.value;
  element.replaceChildren(...options.map(([value, words]) => h("option", { value }, words)));
  element.value = options.some(([value]) => value === chosen) ? chosen : options[0][0];
}
