// @ts-check
// What stands over the plenum: which workshop it is, and whether what may identify somebody is covered.

import { h, setText, setVisible } from "../core/dom.js";

const WITH_WORDS = ["board", "steps", "vote"];

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {import("../core/types.js").Connection} connection
 * @param {{ show: (workshop: string) => void, uncover: (isUncovered: boolean) => void }} acts
 */
export function plenumHead(t, connection, { show, uncover }) {
  const select = h("select", { "aria-label": t("plenum.which") });
  select.onchange = () => show(select.value);
  const naming = { class: "dk-button", type: "button", "data-part": "uncover" };
  const cover = h("button", { ...naming, hidden: true });
  const back = connection.inPage && h("a", { class: "dk-button", href: "./" }, t("plenum.back"));
  let isUncovered = false;
  cover.onclick = () => uncover(isUncovered = !isUncovered);
  return {
    element: h("header", { class: "dk-plenum-head" }, h("h1", {}, t("plenum.title")), select, cover, back),
    paint(/** @type {import("./room_state.js").RoomState} */ state, /** @type {string} */ part) {
      const workshops = connection.get("workshops") ?? [];
      const options = workshops.map(({ key, name }) => h("option", { value: key }, name));
      const print = JSON.stringify(workshops);
      if (select.dataset.options !== print) select.replaceChildren(...options);
      select.dataset.options = print;
      select.value = connection.get("workshop") ?? "";
      setVisible(select, workshops.length > 0);
      const count = state.coveredCount();
      setVisible(cover, WITH_WORDS.includes(part) && (count > 0 || state.isUncovered()));
      setText(cover, state.isUncovered() ? t("plenum.cover") : t("plenum.uncover", { count }));
    },
  };
}
