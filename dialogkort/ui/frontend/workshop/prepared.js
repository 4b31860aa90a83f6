// @ts-check
// What comes of a workshop that was prepared: its groups on the start page, its purpose and rules in the
// opening round, and how much of its time is left.

import { h, setAttribute, setText, setVisible } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { keyedList } from "../core/keyed_list.js";
import { PLAN_OPENED, PLAN_TO_SHARE, setWindowItem } from "../sync/browser_storage.js";

const MINUTE = 60_000; // ms
const REPAINT_AFTER = 15_000; // ms
const SHOWN_AROUND = 60; // minutes before it begins and after it ends that a workshop is on

/** @typedef {import("../core/types.js").PlanToCome} PlanToCome */
/** @typedef {import("../core/types.js").Prepared} Prepared */

/**
 * The workshops to come: each group begins with one press, or is opened when it has begun.
 *
 * @param {import("../core/texts.js").Texts} t
 * @param {{ begin: (details: object, plan?: string) => void, open: (session: string) => void }} on
 * @param {boolean} inPage whether the other screens are a link away
 */
export function plansToCome(t, on, inPage) {
  const list = h("div", { class: "dk-prepared-list" });
  const heading = h("h2", { id: "dk-prepared-title" }, t("prepare.coming"));
  const naming = { class: "dk-paper dk-prepared", "aria-labelledby": "dk-prepared-title", hidden: true };
  const element = h("section", naming, heading, list);
  const paintPlans = keyedList(list, () => planPart(t, on, inPage), ({ plan }) => plan);
  return {
    element,
    paint(/** @type {PlanToCome[] | undefined} */ plans) {
      setVisible(element, Boolean(plans?.length));
      paintPlans(plans ?? []);
    },
  };
}

function planPart(t, on, /** @type {boolean} */ inPage) {
  /** @type {PlanToCome} */
  let shown;
  const [name, facts, purpose] = [h("h3", {}), h("p", { class: "dk-quiet" }), h("p", {})];
  const groups = h("div", { class: "dk-prepared-groups" });
  const paintGroups = keyedList(groups, () => groupButton(t, on, () => shown), (group) => group.name);
  const links = inPage
    ? [
      planLink(t("share.title"), "share", "del", () => setWindowItem(PLAN_TO_SHARE, shown.plan)),
      planLink(t("prepare.edit"), "calendar", "forbered", () => setWindowItem(PLAN_OPENED, shown.plan)),
    ]
    : [];
  const ways = h("div", { class: "dk-prepared-groups" }, links.map(({ element }) => element));
  return {
    element: h("div", { class: "dk-prepared-plan" }, name, facts, purpose, groups, ways),
    paint(/** @type {PlanToCome} */ plan) {
      shown = plan;
      setText(name, plan.name);
      setText(facts, plan.facts);
      setText(purpose, plan.purpose);
      setVisible(purpose, Boolean(plan.purpose));
      for (const link of links) link.paint(plan.name);
      paintGroups(plan.groups);
    },
  };
}

/** The way to another screen, which takes up this plan there. */
function planLink(
  /** @type {string} */ words,
  /** @type {"share" | "calendar"} */ sign,
  /** @type {string} */ href,
  /** @type {() => void} */ choose,
) {
  const element = h("a", { class: "dk-button", href, onclick: choose }, icon(sign), h("span", {}, words));
  return {
    element,
    paint: (/** @type {string} */ name) => setAttribute(element, "aria-label", `${words}: ${name}`),
  };
}

function groupButton(t, on, /** @type {() => PlanToCome} */ plan) {
  /** @type {{ name: string, session: string | null }} */
  let group;
  const press = () => {
    if (group.session) return on.open(group.session);
    on.begin({ workshop: plan().workshop, group: group.name }, plan().plan);
  };
  const element = h("button", { class: "dk-button", type: "button", onclick: press });
  return {
    element,
    paint(/** @type {{ name: string, session: string | null }} */ painted) {
      group = painted;
      setText(
        element,
        t(group.session ? "prepare.open_group" : "prepare.begin_group", { group: group.name }),
      );
      element.classList.toggle("dk-primary", !group.session);
    },
  };
}

/** Purpose, ground rules and roles, said before the first card. */
export function preparedNotes(/** @type {import("../core/texts.js").Texts} */ t) {
  const element = h("div", { class: "dk-prepared-notes", hidden: true });
  let painted = "";
  return {
    element,
    paint(/** @type {Prepared | undefined} */ prepared) {
      const { purpose, rules, roles = [], cards } = prepared ?? {};
      if (JSON.stringify([purpose, rules, roles, cards]) === painted) return;
      painted = JSON.stringify([purpose, rules, roles, cards]);
      const texts = [[t("prepare.purpose_is"), purpose], [t("prepare.rules_are"), rules]];
      const lines = [...texts, ...roles.map(({ what, who }) => [what, who])].filter(([, words]) => words);
      const pairs = lines.flatMap(([what, words]) => [h("dt", {}, what), h("dd", {}, words)]);
      element.replaceChildren(
        ...(pairs.length ? [h("dl", {}, pairs)] : []),
        ...(cards ? [h("p", { class: "dk-quiet" }, t("prepare.plan_cards", { count: cards }))] : []),
      );
      setVisible(element, element.childElementCount > 0);
    },
  };
}

/** How many minutes the workshop has left; nothing where none was planned, or on another day. */
export function remainingTime(/** @type {import("../core/texts.js").Texts} */ t) {
  const element = h("p", { class: "dk-remaining", "data-part": "remaining", hidden: true });
  let timer = null;
  /** @type {Prepared | undefined} */
  let shown;
  const repaint = () => {
    clearTimeout(timer);
    const minutes = shown?.ends_at ? Math.ceil((shown.ends_at - Date.now()) / MINUTE) : null;
    const isOn = minutes !== null && minutes > -SHOWN_AROUND && minutes < shown.minutes + SHOWN_AROUND;
    setVisible(element, isOn);
    if (!isOn) return;
    setText(element, minutes > 0 ? t("prepare.remaining", { minutes }) : t("prepare.time_is_up"));
    if (element.isConnected) timer = setTimeout(repaint, REPAINT_AFTER);
  };
  return {
    element,
    paint(/** @type {Prepared | undefined} */ prepared) {
      if (prepared?.ends_at === shown?.ends_at && timer) return;
      shown = prepared;
      repaint();
    },
  };
}
