// @ts-check
// What the room chose: ranked, with bars that are read from the last row.

import { textButton } from "../core/buttons.js";
import { h, setText } from "../core/dom.js";
import { keyedList } from "../core/keyed_list.js";
import { bars } from "./vote_state.js";
import { voteItem } from "./vote_item.js";

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {{ reopen: () => void, anew: () => void }} acts
 */
export function voteResults(t, { reopen, anew }) {
  const title = h("h2", {}, t("plenum.vote.result"));
  const list = h("ol", { class: "dk-plenum-results", "data-part": "results" });
  const paintItems = keyedList(list, ({ item }) => resultRow(t, item), ({ item }) => item);
  const from = h("p", { class: "dk-quiet" });
  const acts = h(
    "span",
    { class: "dk-plenum-acts" },
    textButton(t("plenum.vote.anew"), anew),
    textButton(t("plenum.vote.reopen"), reopen),
  );
  return {
    element: h("div", { class: "dk-plenum-vote-form" }, title, list, from, acts),
    paint(/** @type {import("./room_state.js").RoomState} */ state, vote) {
      const rows = bars(vote.results);
      paintItems(rows.map((row) => ({ ...row, state })));
      const sum = (of) => rows.reduce((total, row) => total + row[of], 0);
      const sums = [
        t("plenum.vote.hands", { count: sum("hands") }),
        t("plenum.vote.dots", { count: sum("dots") }),
      ];
      setText(from, sums.join(" · "));
    },
  };
}

function resultRow(t, id) {
  const rank = h("span", { class: "dk-plenum-rank" });
  const item = voteItem(t);
  const bar = h("span", { class: "dk-plenum-bar", "aria-hidden": "true" });
  const total = h("strong", { class: "dk-plenum-total" });
  return {
    element: h(
      "li",
      {},
      rank,
      h("span", { class: "dk-plenum-result" }, item.element, h("span", { class: "dk-plenum-track" }, bar)),
      total,
    ),
    paint({ state, rank: place, total: got, length }) {
      setText(rank, t("plenum.vote.rank", { rank: place }));
      item.paint(state, id);
      bar.style.setProperty("--length", String(length));
      setText(total, t("plenum.vote.got", { count: got }));
    },
  };
}
