// @ts-check
// What was agreed the last time, one step after the other: open, done or dropped, with a word.

import { iconButton, textButton } from "../core/buttons.js";
import { dayInWords } from "../core/days.js";
import { dialogShell } from "../core/dialogs.js";
import { h, setAttribute } from "../core/dom.js";
import { keyedList } from "../core/keyed_list.js";
import { LIMITS } from "../core/vocabulary.js";

/** @typedef {import("../core/texts.js").Texts} Texts */
/** @typedef {import("../core/types.js").EarlierStep} EarlierStep */
/** @typedef {import("../core/types.js").Status} Status */
/** @typedef {(step: EarlierStep, status: string, word: string) => void} SetStatus */

const STATUSES = ["open", "done", "dropped"];

/**
 * @param {Texts} t
 * @param {{ setStatus: SetStatus, compare: () => void }} on
 */
export function earlierSteps(t, { setStatus, compare }) {
  const shell = dialogShell(t, t("follow_up.title"), "earlier", { closesOutside: false });
  const where = h("p", { class: "dk-lead" });
  const list = h("ul", { class: "dk-earlier" });
  const none = h("p", {}, t("follow_up.none"));
  const onward = textButton(t("follow_up.onward"), () => shell.element.close(), "dk-primary dk-big");
  const paintSteps = keyedList(list, () => stepRow(t, setStatus), ({ note }) => note);
  const bothDays = iconButton("chart", t("then_and_now.title"), compare, "dk-facilitators");
  shell.fill(where, none, list, h("div", { class: "dk-moves" }, onward, bothDays));
  return {
    element: shell.element,
    open: () => shell.open(),
    paint(
      /** @type {{ steps: EarlierStep[], where: string } | undefined} */ earlier,
      /** @type {Record<string, Status>} */ statuses,
    ) {
      const steps = earlier?.steps ?? [];
      where.textContent = earlier?.where ?? "";
      none.hidden = steps.length > 0;
      paintSteps(steps.map((step) => ({ ...step, newest: statuses[step.note] ?? step.status_then })));
    },
  };
}

function stepRow(/** @type {Texts} */ t, /** @type {SetStatus} */ setStatus) {
  /** @type {EarlierStep & { newest: Status | null }} */
  let step;
  const [text, facts] = [h("strong", {}), h("span", { class: "dk-quiet" })];
  const word = h("input", { maxlength: LIMITS.name, autocomplete: "off", "aria-label": t("follow_up.word") });
  word.placeholder = t("follow_up.word");
  const say = (/** @type {string} */ status) => setStatus(step, status, word.value.trim());
  const chips = STATUSES.map((status) => {
    const attributes = {
      class: "dk-chip",
      type: "button",
      "data-status": status,
      onclick: () => say(status),
    };
    return h("button", attributes, t(`follow_up.${status}`));
  });
  word.addEventListener("change", () => say(step.newest?.status ?? STATUSES[0]));
  const choice = h("div", { class: "dk-scopes", role: "group" }, chips);
  return {
    element: h("li", {}, text, facts, choice, word),
    paint(/** @type {EarlierStep & { newest: Status | null }} */ shown) {
      step = shown;
      text.textContent = step.text;
      const without = (/** @type {string} */ key) => `${t(key)}: ${t("end.untold")}`;
      const due = step.due ? dayInWords(t, step.due) : without("pad.due");
      facts.textContent = [step.group, step.owner || without("pad.owner"), due].join(" · ");
      choice.setAttribute("aria-label", step.text);
      for (const chip of chips) {
        setAttribute(chip, "aria-pressed", String(chip.dataset.status === step.newest?.status));
      }
      if (document.activeElement !== word) word.value = step.newest?.word ?? "";
    },
  };
}
