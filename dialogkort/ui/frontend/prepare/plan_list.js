// @ts-check
// The plans there are: to go on with, to use again, to erase; and a new one.

import { textButton } from "../core/buttons.js";
import { h, setText, setVisible } from "../core/dom.js";
import { keyedList } from "../core/keyed_list.js";

/** @typedef {import("../core/types.js").ListedPlan} ListedPlan */

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {boolean} inPage
 * @param {{ begin: () => void, open: (plan: string) => void, copy: (plan: string) => void,
 *   erase: (plan: string) => void }} on
 */
export function planList(t, inPage, on) {
  const fault = h("p", { class: "dk-trouble", role: "alert", hidden: true });
  const list = h("ul", { class: "dk-prep-plans" });
  const paintRows = keyedList(list, () => planRow(t, on), ({ plan }) => plan);
  const begin = textButton(t("prepare.begin"), () => {
    begin.disabled = true;
    on.begin();
  }, "dk-primary dk-big");
  const heading = h("h2", {}, t("prepare.plans"));
  const folder = h("p", { class: "dk-quiet dk-kept" });
  const home = inPage && h("a", { class: "dk-button", href: "./" }, t("bar.leave"));
  const words = h(
    "div",
    {},
    h("h1", {}, t("prepare.title")),
    h("p", { class: "dk-lead" }, t("prepare.lead")),
  );
  const hero = h("header", { class: "dk-prep-hero" }, words, home);
  const showError = (/** @type {string | null} */ message) => {
    begin.disabled = false;
    setVisible(fault, Boolean(message));
    setText(fault, message ?? "");
  };
  return {
    element: h("section", { class: "dk-prep-start" }, hero, fault, begin, heading, list, folder),
    paint(/** @type {{ plans: ListedPlan[], folder: string }} */ lobby) {
      begin.disabled = false;
      setVisible(heading, lobby.plans.length > 0);
      paintRows(lobby.plans);
      setText(folder, t("start.saved_in", { folder: lobby.folder }));
    },
    showError,
    lose: () => begin.disabled && showError(t("start.waits")),
  };
}

function planRow(t, on) {
  /** @type {ListedPlan} */
  let shown;
  const [name, facts] = [h("strong", {}), h("span", { class: "dk-quiet" })];
  const open = h(
    "button",
    { class: "dk-paper dk-prep-plan", type: "button", onclick: () => on.open(shown.plan) },
    name,
    facts,
  );
  const again = textButton(t("prepare.copy"), () => on.copy(shown.plan));
  const erase = textButton(t("prepare.erase"), () => ask(true));
  const sure = textButton(t("prepare.erase_sure"), () => on.erase(shown.plan), "dk-prep-sure");
  const keep = textButton(t("prepare.erase_not"), () => ask(false));
  const ask = (/** @type {boolean} */ isAsking) => {
    for (const button of [again, erase]) setVisible(button, !isAsking);
    for (const button of [sure, keep]) setVisible(button, isAsking);
    (isAsking ? keep : erase).focus();
  };
  for (const button of [sure, keep]) setVisible(button, false);
  const ways = h("div", { class: "dk-prep-ways" }, again, erase, sure, keep);
  return {
    element: h("li", { class: "dk-prep-row" }, open, ways),
    paint(/** @type {ListedPlan} */ plan) {
      shown = plan;
      setText(name, plan.name);
      setText(facts, plan.facts);
      for (const [button, word] of [[again, "copy"], [erase, "erase"]]) {
        /** @type {HTMLElement} */ (button).setAttribute(
          "aria-label",
          `${t(`prepare.${word}`)}: ${plan.name}`,
        );
      }
    },
  };
}
