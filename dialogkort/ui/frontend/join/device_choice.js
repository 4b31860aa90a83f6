// @ts-check
// What a device is to its group: asked first, as a participant's own phone is asked for less.

import { h } from "../core/dom.js";
import { choice, choose, chosenOf } from "./choices.js";

/** @param {import("../core/texts.js").Texts} t */
export function deviceChoice(t) {
  const [screen, phone, table, pad] = ["both", "phone", "table", "pad"].map((kind) =>
    choice("device", kind, t(`join.as_${kind}`), kind === "phone" ? t("join.as_phone_hint") : "")
  );
  const halves = h("details", { class: "dk-join-halves" }, h("summary", {}, t("join.two")), table, pad);
  const legend = h("legend", {}, t("join.as"));
  const element = h("fieldset", { class: "dk-join-which" }, legend, screen, phone, halves);
  choose(element, "both");
  return { element, value: () => chosenOf(element) ?? "both" };
}
