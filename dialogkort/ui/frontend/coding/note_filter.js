// @ts-check
// Which notes are on show: by how they are coded, by area, by words; and page by page.

import { roundButton } from "../core/buttons.js";
import { h, setText, setVisible } from "../core/dom.js";
import { PAGE_SIZE } from "./model.js";

const SEARCH_AFTER = 230; // ms without a letter before a search is made
const FIXED = ["open", "none", "memo"];

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {{ choose: (filter: { show: string, area: string, search: string }) => void,
 *   turnPage: (by: number) => void }} on
 */
export function noteFilter(t, { choose, turnPage }) {
  const show = h("select", { "aria-label": t("coding.show") });
  const area = h("select", { "aria-label": t("coding.area") });
  const searching = { placeholder: t("coding.search"), "aria-label": t("coding.search") };
  const search = h("input", { type: "search", ...searching });
  const range = h("span", { class: "dk-quiet" });
  const back = roundButton("arrow", t("coding.previous"), () => turnPage(-1));
  const on = roundButton("arrow", t("coding.next"), () => turnPage(1), "dk-coding-on");
  const pager = h("div", { class: "dk-coding-pager", "data-part": "pager" }, back, range, on);
  let timer = null;

  const chosen = () => choose({ show: show.value, area: area.value, search: search.value });
  for (const select of [show, area]) select.addEventListener("change", chosen);
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(chosen, SEARCH_AFTER);
  });
  return {
    element: h("div", { class: "dk-coding-filter" }, show, area, search, pager),
    paint(/** @type {import("./model.js").CodingModel} */ model) {
      const codes = model.codes().map(({ id, name }) => [id, t("coding.show_code", { name })]);
      const fixed = FIXED.map((value) => [value, t(`coding.show_${value}`)]);
      setOptions(show, [["", t("coding.show_all")], ...fixed, ...codes]);
      const areas = model.corpus.areas.map(({ name }, index) => [String(index), name]);
      setOptions(area, [["", t("coding.all_areas")], ...areas, ["none", t("coding.no_area")]]);
      const { pageStart: from, list } = model;
      setVisible(pager, list.length > PAGE_SIZE);
      setText(
        range,
        t("coding.page", { from: from + 1, to: Math.min(list.length, from + PAGE_SIZE), all: list.length }),
      );
    },
  };
}

/** Offer these choices, and keep the one that is chosen as long as it is among them. */
function setOptions(select, pairs) {
  const choices = JSON.stringify(pairs);
  if (select.dataset.content === choices) return;
  select.dataset.content = choices;
  const chosen = select.value;
  select.replaceChildren(...pairs.map(([value, words]) => h("option", { value }, words)));
  select.value = pairs.some(([value]) => value === chosen) ? chosen : "";
}
