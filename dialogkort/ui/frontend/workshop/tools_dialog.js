// @ts-check
// What few need, one press away: a silent minute before the talk, a timer, and who begins.

import { textButton } from "../core/buttons.js";
import { dialogShell } from "../core/dialogs.js";
import { h, setText, setVisible } from "../core/dom.js";
import { drawNumber } from "../core/fair_draw.js";
import { asKey } from "../core/texts.js";
import { LIMITS } from "../core/vocabulary.js";
import { isMuted, mute, prepareChime } from "./chime.js";

const STARTS = ["never", "by hand", "with card"];

/**
 * `setTimer(seconds, starts)` says how the timer goes from now on, `beginSilence(minutes)` lets everybody
 * write alone about the card in hand (0 minutes: without a timer).
 *
 * @typedef {{ setTimer: (seconds: number, starts: string) => void,
 *   beginSilence: (minutes: number) => void }} ToolHandlers
 */

/** @param {import("../core/texts.js").Texts} t @param {ToolHandlers} on */
export function toolsDialog(t, on) {
  const shell = dialogShell(t, t("tools.title"), "tools");
  const close = () => shell.element.close();
  shell.element.addEventListener("close", () => shell.fill());
  return {
    element: shell.element,
    open(/** @type {import("../core/types.js").Table} */ table) {
      const timer = timerForm(t, table.timer, (seconds, starts) => (close(), on.setTimer(seconds, starts)));
      const silence = silencePart(
        t,
        Boolean(table.current),
        (minutes) => (close(), on.beginSilence(minutes)),
      );
      shell.fill(silence, timer, whoBegins(t, table.details.participants));
      shell.open();
    },
  };
}

/** How long, and what it starts with; whether this device sounds is told at once and for itself. */
function timerForm(t, { seconds, starts }, set) {
  const minutes = numberField(t, seconds / 60);
  const choices = STARTS.map((value) => {
    const input = h("input", { type: "radio", name: "starts", value, checked: value === starts });
    return h("label", { class: "dk-tool-choice" }, input, h("span", {}, t(`timer.${asKey(value)}`)));
  });
  const sound = h("input", {
    type: "checkbox",
    checked: !isMuted(),
    onchange: () => (mute(!sound.checked), prepareChime()),
  });
  const fault = h("p", { class: "dk-trouble", role: "alert", hidden: true });
  const save = h("button", { class: "dk-button dk-primary", type: "submit" }, t("timer.save"));
  const form = h(
    "form",
    { class: "dk-tool", novalidate: true },
    h("h3", {}, t("timer.title")),
    h("fieldset", {}, h("legend", {}, t("timer.when")), choices),
    h("label", { class: "dk-tool-number" }, h("span", {}, t("timer.minutes")), minutes),
    h("label", { class: "dk-check" }, sound, t("timer.sound")),
    fault,
    save,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const length = Math.round(read(minutes) * 60);
    const isLength = length >= 1 && length <= LIMITS.timerSeconds;
    setText(fault, isLength ? "" : t("timer.no_minutes"));
    setVisible(fault, !isLength);
    if (isLength) set(length, String(new FormData(form).get("starts")));
    else minutes.focus();
  });
  return form;
}

/** One press gives a seat's number. Nobody's name is told, and nothing of it is kept. */
function whoBegins(t, /** @type {number | null} */ participants) {
  const count = numberField(t, participants ?? "", "numeric");
  const drawn = h("output", { class: "dk-tool-drawn", "data-part": "drawn" });
  const draw = () => {
    const people = read(count);
    const isCount = Number.isInteger(people) && people >= 1 && people <= LIMITS.people[1];
    if (!isCount) count.focus();
    setText(drawn, isCount ? t("begins.drawn", { number: drawNumber(people) }) : t("begins.no_count"));
  };
  return h(
    "section",
    { class: "dk-tool" },
    h("h3", {}, t("begins.title")),
    h("p", { class: "dk-quiet" }, t("begins.hint")),
    h("label", { class: "dk-tool-number" }, h("span", {}, t("begins.people")), count),
    textButton(t("begins.draw"), draw),
    drawn,
  );
}

function silencePart(t, /** @type {boolean} */ hasCard, begin) {
  const minutes = numberField(t, 1);
  const start = textButton(t("silence.begin"), () => begin(read(minutes) || 0));
  start.disabled = !hasCard;
  return h(
    "section",
    { class: "dk-tool" },
    h("h3", {}, t("silence.title")),
    h("p", { class: "dk-quiet" }, t(hasCard ? "silence.hint" : "silence.no_card")),
    h("label", { class: "dk-tool-number" }, h("span", {}, t("silence.minutes")), minutes),
    start,
  );
}

/** Where a number is typed, with a comma or a point: browsers take only one of them for a number. */
function numberField(t, /** @type {number | string} */ value, inputmode = "decimal") {
  const written = String(value).slice(0, 6).replace(".", t("format.decimal_mark"));
  return h("input", { inputmode, autocomplete: "off", maxlength: 6, value: written });
}

const read = (/** @type {HTMLInputElement} */ field) => Number(field.value.trim().replace(",", ".") || NaN);
