// @ts-check
// What several groups met: the cards that most of them discussed, skipped or saw differently.

import { h } from "../core/dom.js";
import { areaShape } from "../core/theme.js";

const WAYS = ["discussed", "skipped", "differently"];

/** @param {import("../core/texts.js").Texts} t */
export function cardsView(t) {
  const lists = WAYS.map((way) => ({ way, list: h("ol", { class: "dk-plenum-cards" }) }));
  const columns = lists.map(({ way, list }) =>
    h("section", { class: "dk-paper", "data-part": way }, h("h2", {}, t(`plenum.several.${way}`)), list)
  );
  let shown = "";
  return {
    element: h("div", { class: "dk-plenum-several" }, columns),
    paint(/** @type {import("./room_state.js").RoomState} */ state) {
      const cards = state.cards();
      const print = JSON.stringify(cards);
      if (print === shown) return;
      shown = print;
      for (const { way, list } of lists) {
        const items = cards[way].map((card) => cardItem(t, state, card));
        list.replaceChildren(
          ...(items.length ? items : [h("li", { class: "dk-quiet" }, t("plenum.none_yet"))]),
        );
      }
    },
  };
}

function cardItem(t, state, { number, question, area, groups }) {
  const style = state.area(area);
  const count = h("strong", {}, t("plenum.of_groups", { count: groups }));
  return h("li", {}, style && areaShape(style), h("span", {}, `${number}. ${question} `, count));
}
