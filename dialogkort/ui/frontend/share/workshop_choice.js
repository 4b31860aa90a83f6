// @ts-check
// Which of the workshops that were prepared is shared, or another one; and what was prepared for it.

import { h, setText, setVisible } from "../core/dom.js";
import { getWindowItem, PLAN_TO_SHARE } from "../sync/browser_storage.js";

/** @typedef {import("../core/types.js").PlanToShare} PlanToShare */

const OTHER = ""; // the value of the choice that is none of the plans

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {() => void} changed somebody has chosen
 */
export function workshopChoice(t, changed) {
  const select = h("select", {});
  const label = h("label", { class: "dk-share-field" }, h("span", {}, t("share.which")), select);
  const [facts, purpose, groups] = ["dk-quiet", "", "dk-quiet"].map((name) => h("p", { class: name }));
  const about = h("div", { class: "dk-share-prepared", "data-part": "prepared" }, facts, purpose, groups);
  const element = h("div", { class: "dk-share-which", hidden: true }, label, about);
  const chosenBefore = getWindowItem(PLAN_TO_SHARE); // on the start page
  let isChosen = false; // by somebody here: a proposal that changes leaves it as it is
  /** @type {PlanToShare[]} */
  let plans = [];
  const paintAbout = () => {
    const plan = plans.find((one) => one.plan === select.value);
    setVisible(about, Boolean(plan));
    if (!plan) return;
    const names = plan.groups.length > 0
      ? t("share.prepared_groups", { groups: plan.groups.join(", ") })
      : "";
    for (
      const [line, words]
        of /** @type {const} */ ([[facts, plan.facts], [purpose, plan.purpose], [groups, names]])
    ) {
      setText(line, words);
      setVisible(line, Boolean(words));
    }
  };
  select.addEventListener("change", () => {
    isChosen = true;
    paintAbout();
    changed();
  });
  return {
    element,
    /** The chosen plan; null for a workshop that was not prepared. */
    value: () => select.value || null,
    paint(/** @type {{ plan: string | null, plans: PlanToShare[] }} */ proposal) {
      const chosen = isChosen ? select.value : (chosenBefore ?? proposal.plan ?? OTHER);
      plans = proposal.plans;
      const isThere = plans.some(({ plan }) => plan === chosen);
      const options = plans.map(({ plan, name }) => h("option", { value: plan }, name));
      select.replaceChildren(...options, h("option", { value: OTHER }, t("share.another")));
      select.value = isThere ? chosen : isChosen ? OTHER : (proposal.plan ?? OTHER);
      setVisible(element, plans.length > 0);
      paintAbout();
    },
  };
}
