// @ts-check
// While the room is shared with: how to join, whether it works, who has joined, and what can be done.

import { textButton } from "../core/buttons.js";
import { h, setAttribute, setText, setVisible } from "../core/dom.js";
import { networkChoice } from "./begin_form.js";
import { joinedGroups } from "./joined_groups.js";
import { qrCode } from "../core/qr_code.js";
import { selfTest } from "./self_test.js";
import { sureDialog } from "./sure_dialogs.js";
import { getWindowItem, PLAN_TO_SHARE } from "../sync/browser_storage.js";

/** @typedef {import("../core/types.js").Sharing} Sharing */
/** @typedef {import("../core/texts.js").Texts} Texts */

/**
 * @param {Texts} t
 * @param {{ act: (type: string, fields?: object) => void, announce: (text: string) => void }} on
 */
export function sharedRoom(t, { act, announce }) {
  const meeting = h("h2", { class: "dk-share-meeting" });
  const other = h("p", { class: "dk-trouble", role: "status", "data-part": "other-workshop" });
  const how = howToJoin(t);
  const test = selfTest(t, announce);
  const removing = sureDialog(t, "remove-device", {
    title: t("share.remove"),
    stay: t("share.leave_device"),
  });
  const groups = joinedGroups(t, ({ device, kind, joined }, group) => {
    const since = joined && t("share.joined_at", { hour: joined }); // tells two of a kind from each other
    const named = [t(`share.device_${kind}`), group, since].filter(Boolean).join(", ");
    const vote = kind === "phone" ? ` ${t("share.remove_vote")}` : "";
    removing.open(t("share.remove_sure", { device: named }) + vote, () => act("remove_device", { device }));
  });
  const ending = sureDialog(t, "end-sharing", { title: t("share.end"), stay: t("share.go_on") });
  const joining = textButton(
    "",
    () => act("set_joining", { is_open: joining.dataset.opens === "true" }),
    "dk-big",
  );
  const renew = textButton(t("share.renew"), () => act("renew_code"), "dk-big");
  const end = textButton(
    t("share.end"),
    () => ending.open(t("share.end_sure"), () => act("end_sharing")),
    "dk-big",
  );
  const change = networkChange(t, act);
  const moved = h("p", { class: "dk-share-moved", role: "status", "data-part": "moved" });
  const warning = h("p", { class: "dk-quiet" }, t("share.not_encrypted"));
  const ways = h("div", { class: "dk-share-ways" }, joining, renew, end);
  const side = h("div", { class: "dk-share-side" }, test.element, groups.element);
  let timer = null;

  const paint = (/** @type {Sharing} */ sharing) => {
    const now = Date.now();
    const { workshop, until_ms, is_encrypted } = sharing;
    const state = sharing.joining === "open" && now >= until_ms ? "expired" : sharing.joining;
    setText(meeting, [workshop.workshop, workshop.organisation].filter(Boolean).join(" · "));
    const plan = getWindowItem(PLAN_TO_SHARE); // chosen on the start page, while another was shared already
    const isOther = Boolean(plan) && plan !== sharing.plan;
    setText(other, isOther ? t("share.other_shared", { workshop: workshop.workshop }) : "");
    setVisible(other, isOther);
    how.paint(sharing, sharing.is_address_gone ? "address_gone" : state);
    setText(moved, sharing.moved && t("share.moved", { hour: sharing.moved }));
    const testUntil = test.paint(sharing, now);
    groups.paint(sharing.groups);
    joining.dataset.opens = String(state !== "open");
    setText(joining, t(`share.${{ open: "close", closed: "open" }[state] ?? "open_anew"}`));
    setVisible(renew, state === "open" || state === "closed");
    setVisible(warning, !is_encrypted);
    change.paint(sharing);
    clearTimeout(timer);
    const next = Math.min(testUntil, state === "open" ? until_ms : Infinity) - now;
    if (next < Infinity) timer = setTimeout(() => paint(sharing), Math.max(next, 100));
  };
  return {
    element: h(
      "div",
      { class: "dk-share-room", "data-part": "room" },
      meeting,
      other,
      moved,
      how.element,
      side,
      ways,
      warning,
      change.element,
    ),
    dialogs: [ending.element, removing.element],
    paint,
    stop: () => clearTimeout(timer),
  };
}

/** The QR code, the address and the code, to be read from the back of the room; or why nobody can join. */
function howToJoin(/** @type {Texts} */ t) {
  const qr = qrCode();
  const address = h("p", { class: "dk-share-address", "data-part": "address" });
  const code = h("p", { class: "dk-share-code", "data-part": "code" });
  const until = h("p", { class: "dk-quiet" });
  const words = h(
    "div",
    { class: "dk-share-words" },
    h("p", { class: "dk-lead" }, t("share.scan")),
    h("p", { class: "dk-lead" }, t("share.or_type")),
    address,
    h("p", { class: "dk-lead" }, t("share.code")),
    code,
    until,
  );
  const open = h("div", { class: "dk-share-how" }, qr.element, words);
  const closed = h("p", { class: "dk-share-closed", "data-part": "closed", role: "status", hidden: true });
  return {
    element: h("div", { class: "dk-paper dk-share-board" }, open, closed),
    paint(/** @type {Sharing} */ sharing, /** @type {string} */ state) {
      setVisible(open, state === "open");
      setVisible(closed, state !== "open");
      setText(closed, state === "open" ? "" : t(`share.${state}`));
      qr.paint(sharing.qr, t("share.qr", { address: sharing.origin }));
      setText(address, sharing.origin);
      setText(code, sharing.code);
      setText(until, t("share.until", { moment: sharing.until }));
    },
  };
}

/** To share on another network: what the room has scanned is no good then. */
function networkChange(/** @type {Texts} */ t, act) {
  const network = networkChoice(t);
  /** @type {{ plan?: string, details?: object }} */
  let workshop = {};
  const change = textButton(
    t("share.change"),
    () => act("start_sharing", { address: network.value(), ...workshop }),
  );
  const element = h(
    "details",
    { class: "dk-share-change" },
    h("summary", {}, t("share.change")),
    network.element,
    h("p", { class: "dk-quiet" }, t("share.change_hint")),
    change,
  );
  let listed = "";
  let wasGone = false;
  return {
    element,
    paint(/** @type {Sharing} */ sharing) {
      const { date_read: _, ...details } = sharing.workshop;
      workshop = sharing.plan ? { plan: sharing.plan } : { details };
      const choices = JSON.stringify([sharing.choices, sharing.address]);
      if (choices !== listed) network.paint(sharing.choices, sharing.address);
      listed = choices;
      setAttribute(change, "disabled", sharing.choices.length === 0);
      if (sharing.is_address_gone && !wasGone) element.open = true; // there is the way on
      wasGone = sharing.is_address_gone;
    },
  };
}
