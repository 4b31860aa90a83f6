// @ts-check
// A field for a day: written as people write it here, or picked in the calendar.

import { roundButton } from "./buttons.js";
import { dayInWords, readDay } from "./days.js";
import { h, setAttribute, setText, setVisible } from "./dom.js";

/**
 * @param {import("./texts.js").Texts} t
 * @param {Record<string, any>} attributes of the field that is written in
 */
export function dayField(t, attributes) {
  const input = h("input", { autocomplete: "off", placeholder: t("day.form"), ...attributes });
  const calendar = h("input", { type: "date", tabindex: "-1", "aria-hidden": "true" });
  const read = () => readDay(t, input.value);
  const show = (/** @type {string} */ iso) => (input.value = dayInWords(t, iso));
  const pick = () => {
    calendar.value = read() ?? "";
    calendar.showPicker();
  };
  input.addEventListener("change", () => read() && show(read()));
  calendar.addEventListener("change", (event) => {
    event.stopPropagation();
    show(calendar.value);
    for (const kind of ["input", "change"]) input.dispatchEvent(new Event(kind, { bubbles: true }));
    input.focus();
  });
  calendar.addEventListener("input", (event) => event.stopPropagation());
  const open = roundButton("calendar", t("day.pick"), pick);
  const element = h("span", { class: "dk-day" }, input, h("span", { class: "dk-day-pick" }, calendar, open));
  return {
    element,
    input,
    read,
    show,
    /** The day (ISO 8601), "" while there is none. */
    get value() {
      return read() ?? "";
    },
    set value(iso) {
      show(iso);
    },
  };
}

/** A field for a day that says by itself, beneath it, when what is written there is no day. */
export function dayFieldWithFault(
  /** @type {import("./texts.js").Texts} */ t,
  /** @type {Record<string, any>} */ attributes,
) {
  const field = dayField(t, attributes);
  const fault = h("p", { class: "dk-fault", role: "alert", hidden: true });
  const paint = () => {
    const isWrong = field.read() === null;
    setVisible(fault, isWrong);
    setText(fault, isWrong ? t("day.no_day") : "");
    setAttribute(field.input, "aria-invalid", isWrong && "true");
  };
  field.input.addEventListener("change", paint);
  field.input.addEventListener("input", () => field.read() !== null && paint());
  field.element = h("div", {}, field.element, fault);
  return field;
}
