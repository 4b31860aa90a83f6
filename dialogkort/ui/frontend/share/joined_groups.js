// @ts-check
// The groups that have joined, and their last sign of life.

import { h, setText, setVisible } from "../core/dom.js";

/** @typedef {import("../core/types.js").JoinedGroup} JoinedGroup */

/** @param {import("../core/texts.js").Texts} t */
export function joinedGroups(t) {
  const title = h("h2", {});
  const list = h("ul", {});
  const nobody = h("p", { class: "dk-quiet" }, t("share.nobody"));
  const element = h(
    "section",
    { class: "dk-paper dk-share-groups", "data-part": "groups" },
    title,
    nobody,
    list,
  );
  const life = (/** @type {JoinedGroup} */ { here, seen }) => {
    if (here) return t("share.here_now", { count: here });
    return seen ? t("share.seen", { hour: seen }) : t("share.not_seen");
  };
  const row = (/** @type {JoinedGroup} */ group) =>
    h(
      "li",
      { "data-here": group.here > 0 },
      h("span", { class: "dk-share-group" }, group.name),
      h("span", { class: "dk-quiet" }, life(group)),
    );
  let listed = "";
  return {
    element,
    paint(/** @type {JoinedGroup[]} */ groups) {
      if (JSON.stringify(groups) === listed) return;
      listed = JSON.stringify(groups);
      setText(title, `${t("share.groups")} (${groups.length})`);
      setVisible(nobody, groups.length === 0);
      list.replaceChildren(...groups.map(row));
    },
  };
}
