// @ts-check
// The facilitator's own questions, beside the deck's: words, area and examples, saved as they are written.

import { iconButton, textButton } from "../core/buttons.js";
import { h, setAttribute, setVisible } from "../core/dom.js";
import { keyedList } from "../core/keyed_list.js";
import { openingPart } from "./opening_part.js";
import { foldedPart, planField } from "./plan_field.js";

const LONG_TEXT = 4000; // characters

/** @typedef {import("./plan_state.js").Question} Question */

/** @param {import("../core/texts.js").Texts} t @param {import("./plan_form.js").PlanHandlers} on */
export function questionsPart(t, on) {
  /** @type {Question[]} begun here, and without a word so far */
  let empty = [];
  /** @type {import("./plan_form.js").ShownPlan} */
  let shown;
  const list = h("ul", { class: "dk-prep-questions" });
  const forms = new Map();
  const make = (/** @type {Question} */ question) => {
    const form = questionForm(t, on, question, () => shown.choices.areas, remove);
    forms.set(question.question, form);
    return form;
  };
  const paintForms = keyedList(list, make, ({ question }) => question);
  const remove = (/** @type {Question} */ question) => {
    empty = empty.filter((one) => one.question !== question.question);
    forms.delete(question.question);
    if (question.text) on.ask({ ...question, withdrawn: true });
    repaint();
    add.focus();
    on.announce(t("prepare.question_gone"));
  };
  const begin = () => {
    const { areas } = shown.choices;
    const area = areas.length === 1 ? areas[0] : ""; // of several nobody but the person knows which
    empty = [...empty, { question: on.newId(), text: "", area, examples: [] }];
    repaint();
    forms.get(empty.at(-1).question).focus();
  };
  const repaint = () => {
    const written = shown.questions;
    empty = empty.filter(({ question }) => !written.some((one) => one.question === question));
    paintForms([...written, ...empty]);
  };
  const add = textButton(t("prepare.add_question"), begin);
  const opening = openingPart(t, on);
  const lead = h("p", { class: "dk-quiet" }, t("prepare.questions_lead"));
  const part = foldedPart(t("prepare.questions"), lead, list, add, opening.element);
  return {
    element: part.element,
    paint(/** @type {import("./plan_form.js").ShownPlan} */ plan) {
      shown = plan;
      repaint();
      opening.paint(plan);
      const count = plan.questions.length + plan.fields.opening_questions.length;
      const missing = plan.questions.filter(({ area }) => !area).length;
      const facts = [count ? t("prepare.questions_count", { count }) : t("prepare.questions_none")];
      if (missing) facts.push(t("prepare.without_area", { count: missing }));
      part.tell(facts.join(", "));
    },
    flush: () => (forms.forEach((form) => form.flush()), opening.flush()),
    isBeingWritten: () => [opening, ...forms.values()].some((part) => part.isBeingWritten()),
    renew: () => (forms.clear(), empty = []),
  };
}

function questionForm(t, on, /** @type {Question} */ begun, areas, remove) {
  let question = begun;
  const save = (/** @type {Partial<Question>} */ fields) => {
    const { question: id, text, area, examples } = { ...question, ...fields };
    question = { question: id, text, area, examples };
    if (text.trim()) on.ask(question);
  };
  const words = planField(t("prepare.question"), h("textarea", { rows: 2, maxlength: LONG_TEXT }), {
    read: (written) => written,
    show: (value) => value,
    save: (text) => save({ text }),
    kind: "dk-prep-wide",
  });
  const examples = planField(t("prepare.examples"), h("textarea", { rows: 2, maxlength: LONG_TEXT }), {
    read: (written) => written.split("\n").map((line) => line.trim()).filter(Boolean),
    show: (value) => value.join("\n"),
    save: (lines) => save({ examples: lines }),
    hint: t("prepare.examples_hint"),
    kind: "dk-prep-wide",
  });
  const id = `dk-area-${question.question}`;
  const describing = { id, "aria-describedby": `${id}-fault` };
  const area = h("select", { ...describing, onchange: () => save({ area: area.value }) });
  const fault = h("p", { class: "dk-fault", id: `${id}-fault` }, t("prepare.area_fault"));
  const areaLabel = h("label", { for: id }, t("prepare.area"));
  const areaField = h("div", { class: "dk-prep-field" }, areaLabel, area, fault);
  const drop = iconButton("bin", t("prepare.remove_question"), () => remove(question));
  const fields = h("div", { class: "dk-prep-grid" }, words.element, areaField, examples.element);
  return {
    element: h("li", { class: "dk-prep-question" }, fields, drop),
    paint(/** @type {Question} */ shown) {
      if (shown.text) question = shown;
      const names = question.area ? [...new Set([...areas(), question.area])] : ["", ...areas()];
      if (names.join("\n") !== [...area.options].map(({ value }) => value).join("\n")) {
        const words = (/** @type {string} */ name) => name || t("prepare.choose_area");
        area.replaceChildren(...names.map((name) => h("option", { value: name }, words(name))));
        area.value = question.area;
      }
      if (document.activeElement !== area) area.value = question.area;
      const isMissing = Boolean(question.text.trim()) && !question.area;
      setVisible(fault, isMissing);
      setAttribute(area, "aria-invalid", isMissing && "true");
      words.paint(question.text);
      examples.paint(question.examples);
    },
    flush: () => (words.flush(), examples.flush()),
    isBeingWritten: () => words.isBeingWritten() || examples.isBeingWritten(),
    focus: () => words.focus(),
  };
}
