// @ts-check
// What happens with the notes, and for how long: until which day they are kept, and erasing them now.

import { textButton } from "../core/buttons.js";
import { dayFieldWithFault } from "../core/day_field.js";
import { dayInWords } from "../core/days.js";
import { h, setText } from "../core/dom.js";

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {{ keepUntil: (day: string) => void, erase: () => void }} on
 */
export function retentionPart(t, on) {
  const words = h("p", {});
  const id = `dk-keep-until-${Math.random().toString(36).slice(2)}`;
  const field = dayFieldWithFault(t, { id });
  let shown = "";
  field.input.addEventListener("change", () => {
    const day = field.read();
    if (day !== null && day !== shown) on.keepUntil(day);
  });
  const label = h("label", { for: id }, t("closing.until"));
  return {
    element: h(
      "section",
      { class: "dk-paper dk-end-part", "data-part": "retention" },
      h("h3", {}, t("closing.retention")),
      words,
      h("div", { class: "dk-field dk-facilitators" }, label, field.element),
      textButton(t("erase.title"), on.erase, "dk-facilitators"),
    ),
    paint(/** @type {string} */ day) {
      setText(words, retentionWords(t, day));
      if (day !== shown && document.activeElement !== field.input) field.value = shown = day;
    },
  };
}

/** What happens with the notes, in a sentence. */
export function retentionWords(/** @type {import("../core/texts.js").Texts} */ t, /** @type {string} */ day) {
  return day ? t("closing.kept_until", { day: dayInWords(t, day) }) : t("closing.kept");
}
