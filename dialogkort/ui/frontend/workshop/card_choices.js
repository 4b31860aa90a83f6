// @ts-check
// What a group says of a card: how it saw it, or why it lets it lie.

import { textButton } from "../core/buttons.js";
import { h, setAttribute } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { asKey } from "../core/texts.js";
import { AGREEMENTS, SKIP_REASONS } from "../core/vocabulary.js";

/**
 * How the group sees the card: optional, none chosen to begin with, and a second press takes it off.
 * `onChoice(value)` is called when it is chosen.
 *
 * @param {import("../core/texts.js").Texts} t
 * @param {(agreement: string | null) => void} onChoice
 */
export function agreementChoice(t, onChoice) {
  let chosen = null;
  const buttons = AGREEMENTS.map((value) => {
    const choose = () => onChoice(chosen === value ? null : value);
    const attributes = { class: "dk-chip", type: "button", "data-value": value, onclick: choose };
    return h("button", attributes, t(`agreement.${asKey(value)}`));
  });
  const set = (value) => {
    chosen = value ?? null;
    for (const button of buttons) {
      setAttribute(button, "aria-pressed", String(button.dataset.value === chosen));
    }
  };
  set(null);
  const question = h("span", { "aria-hidden": "true" }, t("agreement.ask"));
  const naming = { class: "dk-agreement", role: "group", "aria-label": t("agreement.ask") };
  return { element: h("div", naming, question, buttons), buttons, set, value: () => chosen };
}

/**
 * Skip at once, or open the list beside it and say why.
 *
 * @param {import("../core/texts.js").Texts} t
 * @param {(reason: string | null) => void} skip
 */
export function skipChoice(t, skip) {
  const reasons = SKIP_REASONS.map((reason) => {
    const attributes = { class: "dk-chip", type: "button", onclick: () => skip(reason) };
    return h("button", attributes, t(`skip.${asKey(reason)}`));
  });
  const naming = { class: "dk-reasons", role: "group", "aria-label": t("skip.why"), hidden: true };
  const list = h(
    "div",
    naming,
    h("span", { class: "dk-quiet", "aria-hidden": "true" }, t("skip.why")),
    reasons,
  );
  const state = { "aria-expanded": "false", "aria-label": t("skip.why"), title: t("skip.why") };
  const more = h("button", { class: "dk-button dk-more", type: "button", ...state }, icon("more"));
  const open = (yes) => {
    list.hidden = !yes;
    setAttribute(more, "aria-expanded", String(yes));
    element.closest(".dk-open-side")?.toggleAttribute("data-choosing", yes);
    if (yes) reasons[0].focus();
  };
  more.addEventListener("click", () => open(list.hidden));
  const button = textButton(t("outcome.skipped.button"), () => skip(null));
  const element = h("div", { class: "dk-skip" }, button, more, list);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || list.hidden) return;
    event.stopPropagation();
    open(false);
    more.focus();
  });
  element.addEventListener("focusout", (event) => {
    if (!element.contains(/** @type {Node} */ (event.relatedTarget))) open(false);
  });
  return { element, buttons: [button, more], close: () => open(false) };
}
