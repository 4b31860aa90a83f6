// @ts-check
// Time first: how long, how many cards that is, the sum behind it, and the script for the room.

import { h, setAttribute, setText, setVisible } from "../core/dom.js";
import { keyedList } from "../core/keyed_list.js";
import { planField } from "./plan_field.js";

const USUAL = [45, 60, 90, 120]; // minutes
const PARTS = ["opening", "per_card", "plenum", "breaks"];
const MAX_DIGITS = 5;

/** @param {import("../core/texts.js").Texts} t @param {(fields: Record<string, any>) => void} change */
export function timePart(t, change) {
  const minutesField = (/** @type {string} */ name) =>
    planField(t(`prepare.fields.${name}`), h("input", { inputmode: "numeric", maxlength: MAX_DIGITS }), {
      read: readMinutes,
      show: (value) => String(value ?? ""),
      fault: t("prepare.no_minutes"),
      save: (value) => change({ [name]: value }),
      kind: "dk-prep-minutes",
    });
  const whole = minutesField("minutes");
  const fields = Object.fromEntries(PARTS.map((name) => [name, minutesField(name)]));
  const usual = USUAL.map((minutes) => {
    const choose = () => change({ minutes });
    return h(
      "button",
      { class: "dk-chip", type: "button", onclick: choose },
      t("prepare.minutes", { minutes }),
    );
  });
  const cards = h("p", { class: "dk-prep-cards", role: "status" });
  const sum = h("p", { class: "dk-prep-sum" });
  const chips = h("div", { class: "dk-prep-chips", role: "group", "aria-label": t("prepare.usual") }, usual);
  const inputs = PARTS.map((name) => fields[name].element);
  const correct = h("details", { class: "dk-prep-correct" }, h("summary", {}, t("prepare.correct_sum")));
  correct.append(h("div", { class: "dk-prep-grid dk-prep-parts" }, inputs));
  const heading = h("h2", { id: "dk-prep-time" }, t("prepare.time"));
  const naming = { class: "dk-paper dk-prep-part", "aria-labelledby": "dk-prep-time" };
  const all = [whole, ...Object.values(fields)];
  return {
    element: h("section", naming, heading, chips, whole.element, cards, sum, correct),
    paint({ fields: values, plan }) {
      usual.forEach((chip, i) => setAttribute(chip, "aria-pressed", String(values.minutes === USUAL[i])));
      whole.paint(values.minutes);
      for (const name of PARTS) fields[name].paint(values[name]);
      setText(cards, plan.timing.fits ? plan.timing.cards : "");
      setVisible(cards, plan.timing.fits);
      setText(sum, plan.timing.sum);
      sum.classList.toggle("dk-trouble", !plan.timing.fits);
    },
    flush: () => all.forEach((field) => field.flush()),
    isBeingWritten: () => all.some((field) => field.isBeingWritten()),
    focus: () => (usual.find((chip) => chip.getAttribute("aria-pressed") === "true") ?? usual[0]).focus(),
  };
}

function readMinutes(/** @type {string} */ written) {
  return /^\d{1,4}$/.test(written.trim()) ? Number(written) : null;
}

/** What begins when, to hang up in the room. */
export function scriptPart(/** @type {import("../core/texts.js").Texts} */ t) {
  const list = h("ol", { class: "dk-prep-script" });
  const paintRows = keyedList(list, scriptRow, ({ key }) => key);
  const heading = h("h2", { id: "dk-prep-script" }, t("prepare.script"));
  const none = h("p", { class: "dk-quiet" }, t("prepare.script_none"));
  const lead = h("p", { class: "dk-quiet" }, t("prepare.script_lead"));
  const naming = { class: "dk-paper dk-prep-side", "aria-labelledby": "dk-prep-script" };
  return {
    element: h("section", naming, heading, lead, none, list),
    paint({ fields, plan }) {
      const { script } = plan.timing;
      setVisible(none, !script.length);
      setVisible(lead, script.length > 0 && !fields.starts);
      paintRows(script.map((row, index) => ({ ...row, key: String(index) })));
    },
  };
}

function scriptRow() {
  const [when, what] = [h("span", { class: "dk-prep-when" }), h("span", {})];
  const element = h("li", {}, when, what);
  return {
    element,
    paint(row) {
      setText(when, row.when);
      setText(what, row.what);
      element.toggleAttribute("data-card", row.is_card);
    },
  };
}
