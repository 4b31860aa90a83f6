// @ts-check
// The groups that have joined, and their last sign of life; one press away, their devices.

import { textButton } from "../core/buttons.js";
import { h, setAttribute, setText, setVisible } from "../core/dom.js";
import { keyedList } from "../core/keyed_list.js";

/** @typedef {import("../core/types.js").JoinedGroup} JoinedGroup */
/** @typedef {import("../core/types.js").JoinedDevice} JoinedDevice */
/** @typedef {import("../core/texts.js").Texts} Texts */

/**
 * @param {Texts} t
 * @param {(device: JoinedDevice, group: string) => void} remove somebody wants a device away
 */
export function joinedGroups(t, remove) {
  const title = h("h2", {});
  const list = h("ul", {});
  const nobody = h("p", { class: "dk-quiet" }, t("share.nobody"));
  const naming = { class: "dk-paper dk-share-groups", "data-part": "groups" };
  const paintGroups = keyedList(list, () => groupRow(t, remove), ({ session }) => session);
  return {
    element: h("section", naming, title, nobody, list),
    paint(/** @type {JoinedGroup[]} */ groups) {
      setText(title, `${t("share.groups")} (${groups.length})`);
      setVisible(nobody, groups.length === 0);
      paintGroups(groups);
    },
  };
}

function groupRow(/** @type {Texts} */ t, remove) {
  const name = h("span", { class: "dk-share-group" });
  const life = h("span", { class: "dk-quiet" });
  const head = h("summary", {}, name, life);
  const list = h("ul", { class: "dk-share-devices" });
  let group = "";
  const paintDevices = keyedList(
    list,
    () => deviceRow(t, (device) => remove(device, group)),
    ({ device }) => device,
  );
  const element = h("li", {}, h("details", {}, head, list));
  return {
    element,
    paint(/** @type {JoinedGroup} */ { name: group_name, here, seen, devices }) {
      group = group_name;
      setAttribute(element, "data-here", here > 0);
      setText(name, group_name);
      setText(life, here ? t("share.here_now", { count: here }) : lastSeen(t, seen));
      paintDevices(devices);
    },
  };
}

function deviceRow(/** @type {Texts} */ t, /** @type {(device: JoinedDevice) => void} */ remove) {
  const what = h("span", { class: "dk-share-group" });
  const life = h("span", { class: "dk-quiet" });
  /** @type {JoinedDevice} */
  let shown;
  const away = textButton(t("share.remove"), () => remove(shown));
  return {
    element: h("li", {}, what, life, away),
    paint(/** @type {JoinedDevice} */ device) {
      shown = device;
      const since = device.joined ? t("share.joined_at", { hour: device.joined }) : "";
      setText(what, t(`share.device_${device.kind}`));
      setText(
        life,
        [since, device.is_here ? t("share.is_here") : lastSeen(t, device.seen)].filter(Boolean).join(" · "),
      );
      setAttribute(
        away,
        "aria-label",
        `${t("share.remove")}: ${t(`share.device_${device.kind}`)} ${since}`.trim(),
      );
    },
  };
}

const lastSeen = (/** @type {Texts} */ t, /** @type {string} */ hour) =>
  hour ? t("share.seen", { hour }) : t("share.not_seen");
