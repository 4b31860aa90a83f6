// @ts-check
// A plan to write in: time first, then who meets; the rest lies folded with sensible values in it.

import { dayField } from "../core/day_field.js";
import { textButton } from "../core/buttons.js";
import { h, setText, setVisible } from "../core/dom.js";
import { LIMITS } from "../core/vocabulary.js";
import { cardsPart } from "./cards_part.js";
import { cataloguePart } from "./catalogue_part.js";
import { decksPart } from "./decks_part.js";
import { foldedPart, planField } from "./plan_field.js";
import { groupsInWords, readGroups, readLink, readTime, timeInWords } from "./plan_state.js";
import { questionsPart } from "./questions_part.js";
import { scriptPart, timePart } from "./time_part.js";

const LONG_TEXT = 4000; // characters
const LONG_LINK = 2000;

/**
 * @typedef {{ fields: Record<string, any>, questions: import("./plan_state.js").Question[],
 *   plan: import("../core/types.js").Plan, deck: import("../core/types.js").Deck,
 *   choices: import("../core/types.js").PlanChoices }} ShownPlan
 * @typedef {{ change: (fields: Record<string, any>) => void, ask: (question: object) => void,
 *   keepUntil: (day: string) => void,
 *   newId: () => string, announce: (words: string) => void, openDecks: () => void, useUsualDeck: () => void,
 *   print: () => void, showCatalogue: () => void,
 *   keepCatalogue: (file: File) => Promise<import("../core/types.js").KeptCatalogue> }} PlanHandlers
 */

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {boolean} inPage
 * @param {PlanHandlers} on
 */
export function planForm(t, inPage, on) {
  const time = timePart(t, on.change);
  const who = whoFields(t, on);
  const cards = cardsPart(t, on.change);
  const decks = decksPart(t, on);
  const questions = questionsPart(t, on);
  const table = tableFields(t, on.change);
  const catalogue = cataloguePart(t, on);
  const [rules, link, ...roles] = table.elements;
  const atTable = h("div", { class: "dk-prep-grid" }, rules, catalogue.element, link, roles);
  const tablePart = foldedPart(t("prepare.table"), atTable);
  const script = scriptPart(t);
  const followed = h("span", {});
  const noFollowUp = textButton(t("follow_up.not"), () => on.change({ follows: [] }));
  const followUp = h("p", { class: "dk-follows", "data-part": "follows" }, followed, noFollowUp);
  const meeting = h(
    "section",
    { class: "dk-paper dk-prep-part dk-prep-who", "aria-labelledby": "dk-prep-who" },
    h("h2", { id: "dk-prep-who" }, t("prepare.who")),
    followUp,
    h("div", { class: "dk-prep-grid" }, who.elements),
  );
  const folded = [decks, cards, questions, tablePart].map((part) => part.element);
  const parts = [time.element, meeting, ...folded, next(t, inPage)];
  const written = [time, who, questions, table];
  const element = h(
    "div",
    { class: "dk-prep-columns" },
    h("div", { class: "dk-prep-main" }, parts),
    script.element,
  );
  return {
    element,
    paint(/** @type {ShownPlan} */ shown) {
      for (const part of [time, who, decks, cards, questions, table, catalogue, script]) part.paint(shown);
      tablePart.tell(t("prepare.table_facts"));
      setText(followed, shown.plan.follow_up);
      setVisible(followUp, shown.fields.follows.length > 0 && Boolean(shown.plan.follow_up));
    },
    flush: () => written.forEach((part) => part.flush()),
    isBeingWritten: () => written.some((part) => part.isBeingWritten()),
    renew: () => questions.renew(),
    focus: () => time.focus(),
  };
}

/** Where it goes on: the groups begin on the start page, or by the workshop's widget. */
function next(t, /** @type {boolean} */ inPage) {
  const words = h("p", {}, t(inPage ? "prepare.next" : "prepare.next_in_notebook"));
  const link = inPage && h("a", { class: "dk-button dk-primary dk-big", href: "./" }, t("prepare.to_start"));
  return h("div", { class: "dk-prep-done" }, words, link);
}

const lineInput = (attributes = {}) =>
  h("input", { maxlength: LIMITS.name, autocomplete: "off", ...attributes });
const textInput = () => h("textarea", { rows: 2, maxlength: LONG_TEXT });
const asWritten = { read: (/** @type {string} */ words) => words, show: (value) => value ?? "" };

/** Fields by the name of what they hold, as a part of the form. */
function fieldsPart(/** @type {Record<string, import("./plan_field.js").PlanField>} */ fields) {
  const all = Object.entries(fields);
  return {
    elements: all.map(([, field]) => field.element),
    paint: ({ fields: values }) => all.forEach(([name, field]) => field.paint(values[name])),
    flush: () => all.forEach(([, field]) => field.flush()),
    isBeingWritten: () => all.some(([, field]) => field.isBeingWritten()),
  };
}

function whoFields(t, /** @type {PlanHandlers} */ { change, keepUntil }) {
  const nameOf = (/** @type {number} */ number) => t("prepare.group", { number });
  const line = (name, attributes = {}, kind = "") => {
    const save = (value) => change({ [name]: value });
    return planField(t(`prepare.fields.${name}`), lineInput(attributes), { ...asWritten, save, kind });
  };
  const dayOf = (label, save) => {
    const day = dayField(t, {});
    return planField(label, day.input, {
      read: () => day.read(),
      show: (value) => (day.show(value ?? ""), day.input.value),
      fault: t("day.no_day"),
      save,
      element: day.element,
    });
  };
  return fieldsPart({
    workshop: line("workshop", {}, "dk-prep-wide"),
    date: dayOf(t("prepare.fields.date"), (date) => change({ date })),
    starts: planField(t("prepare.fields.starts"), lineInput({ placeholder: t("prepare.time_form") }), {
      read: readTime,
      show: (value) => timeInWords(value ?? ""),
      fault: t("prepare.no_time_of_day"),
      save: (starts) => change({ starts }),
    }),
    groups: planField(t("prepare.fields.groups"), h("input", { autocomplete: "off" }), {
      read: (written) => readGroups(written, nameOf),
      show: (value) => groupsInWords(value ?? [], nameOf),
      save: (groups) => change({ groups }),
      hint: t("prepare.groups_hint"),
      kind: "dk-prep-wide",
    }),
    organisation: line("organisation", { autocomplete: "organization" }),
    unit: line("unit"),
    keep_until: dayOf(t("closing.until"), keepUntil),
    purpose: planField(t("prepare.fields.purpose"), textInput(), {
      ...asWritten,
      save: (purpose) => change({ purpose }),
      kind: "dk-prep-wide",
    }),
  });
}

function tableFields(t, change) {
  const line = (name) =>
    planField(t(`prepare.roles.${name}`), lineInput({ placeholder: t("prepare.role_form") }), {
      ...asWritten,
      save: (value) => change({ [name]: value }),
      kind: "dk-prep-third",
    });
  return fieldsPart({
    rules: planField(t("prepare.fields.rules"), h("textarea", { rows: 4, maxlength: LONG_TEXT }), {
      ...asWritten,
      save: (rules) => change({ rules }),
      hint: t("prepare.rules_hint"),
      kind: "dk-prep-wide",
    }),
    catalogue: planField(
      t("prepare.catalogue_link"),
      lineInput({ inputmode: "url", maxlength: LONG_LINK }),
      {
        read: readLink,
        show: (value) => value ?? "",
        fault: t("prepare.no_link"),
        save: (catalogue) => change({ catalogue }),
        hint: t("prepare.catalogue_hint"),
        kind: "dk-prep-wide",
      },
    ),
    turner: line("turner"),
    writer: line("writer"),
    timekeeper: line("timekeeper"),
  });
}
