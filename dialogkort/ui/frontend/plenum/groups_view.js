// @ts-check
// All groups at once: the card each has in hand, how far it is, and whether it is still there.

import { h, setAttribute, setText, setVisible } from "../core/dom.js";
import { keyedList } from "../core/keyed_list.js";
import { areaShape } from "../core/theme.js";
import { lastSeen, minutesSince } from "./moments.js";

/** @typedef {import("./room_state.js").RoomState} RoomState */

/** @param {import("../core/texts.js").Texts} t */
export function groupsView(t) {
  const none = h("p", { class: "dk-lead" }, t("plenum.no_groups"));
  const list = h("ul", { class: "dk-plenum-groups", "data-part": "groups" });
  const paintList = keyedList(list, () => groupTile(t), ({ session }) => session);
  return {
    element: h("div", {}, none, list),
    paint(/** @type {RoomState} */ state) {
      const rows = state.sessions().map((session) => ({ session, state }));
      setVisible(none, !rows.length);
      setAttribute(list, "data-size", rows.length > 12 ? "many" : rows.length > 4 ? "some" : "few");
      paintList(rows);
    },
  };
}

function groupTile(t) {
  const name = h("h2", {});
  const area = h("span", {});
  const card = h("p", { class: "dk-plenum-card" });
  const facts = h("p", { class: "dk-plenum-facts" });
  const seen = h("p", { class: "dk-plenum-seen" });
  const element = h("li", { class: "dk-paper dk-plenum-group" }, name, card, facts, seen);
  let shown = "";
  return {
    element,
    paint({ session, state }) {
      const row = state.group(session);
      const now = state.now();
      setText(name, row.name);
      setAttribute(name, "title", row.name);
      const words = row.card ? `${row.card.number}. ${row.card.question}` : t(`plenum.state.${row.state}`);
      if (shown !== words + row.card?.area) {
        shown = words + row.card?.area;
        const style = state.area(row.card?.area);
        area.replaceChildren(...(style ? [areaShape(style), " "] : []));
        card.replaceChildren(area, words);
      }
      setText(facts, factsOf(t, row, now).map((fact) => fact.replace(/ /g, "\u00a0")).join(" · "));
      const device = state.device(session);
      const isGone = Boolean(device && !device.is_here);
      const at = Math.max(row.last_event, device?.is_here ? device.seen : 0);
      setText(seen, isGone ? goneWords(t, device.seen, now) : lastSeen(t, at, now));
      setAttribute(element, "data-state", isGone ? "gone" : row.state);
    },
  };
}

function factsOf(t, row, now) {
  const hasCard = row.state === "card" && row.in_hand_since !== null;
  return [
    hasCard && t("plenum.in_hand", { count: minutesSince(row.in_hand_since, now) }),
    t("plenum.done", { count: row.done }),
    t("plenum.notes", { count: row.notes }),
  ].filter(Boolean);
}

function goneWords(t, seen, now) {
  return seen ? t("plenum.gone", { seen: lastSeen(t, seen, now) }) : t("plenum.not_come");
}
