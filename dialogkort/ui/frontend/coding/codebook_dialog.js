// @ts-check
// The codebook: the codes, what they mean, and new ones.

import { textButton } from "../core/buttons.js";
import { dialogShell } from "../core/dialogs.js";
import { h, setText } from "../core/dom.js";
import { labelledField } from "./sign_in_form.js";

/** @typedef {import("../core/types.js").Code} Code */

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {import("./model.js").CodingModel} model
 * @param {{ define: (fields: object) => void, newId: () => string, closed: () => void }} on
 */
export function codebookDialog(t, model, { define, newId, closed }) {
  const shell = dialogShell(t, t("coding.book"), "coding-book");
  const fault = h("p", { class: "dk-trouble", role: "alert", hidden: true });
  /** @type {Map<string, { words: string, form: HTMLFormElement }>} */
  const entries = new Map(); // by code: its form, which stays while others are changed
  /** @type {HTMLFormElement | null} kept until the server has taken it: what was refused can be mended */
  let newEntry = null;
  let painted = null;

  const entry = (/** @type {Code | null} */ code) => {
    const id = code?.id ?? newId();
    const used = Object.values(model.readings).filter(({ codes }) => codes.includes(id)).length;
    return codeForm(t, code, id, used, (fields) => {
      fault.hidden = true;
      define({ code: id, ...fields });
    });
  };
  const refresh = (/** @type {Code[]} */ codes) => {
    if (!newEntry || codes.some(({ id }) => id === newEntry.dataset.code)) newEntry = entry(null);
    for (const code of codes) {
      const words = JSON.stringify(code);
      if (entries.get(code.id)?.words !== words) entries.set(code.id, { words, form: entry(code) });
    }
    const lead = h("p", { class: "dk-quiet" }, t("coding.book_lead"));
    shell.fill(lead, fault, newEntry, codes.map(({ id }) => entries.get(id).form));
  };
  const paint = () => {
    const codes = JSON.stringify(model.lobby.codes);
    if (!shell.element.open || codes === painted) return;
    painted = codes;
    refresh(model.lobby.codes);
  };
  shell.element.addEventListener("close", closed);
  return {
    element: shell.element,
    paint,
    get isOpen() {
      return shell.element.open;
    },
    open() {
      painted = newEntry = null;
      entries.clear();
      fault.hidden = true;
      shell.open();
      paint();
    },
    showError(/** @type {string} */ words) {
      setText(fault, words);
      fault.hidden = false;
    },
  };
}

/** A code to read and change (`code` null: a new one). */
function codeForm(t, /** @type {Code | null} */ code, id, used, define) {
  const name = h("input", { value: code?.name ?? "", maxlength: 80, autocomplete: "off", required: true });
  const definition = h("textarea", { rows: 2 });
  definition.value = code?.definition ?? "";
  const save = (retired) => {
    const fields = { name: name.value.trim(), definition: definition.value.trim() };
    define(retired ? { ...fields, retired } : fields);
  };
  const retire = t(code?.retired ? "coding.bring_back" : "coding.retire");
  const form = h(
    "form",
    { class: "dk-coding-entry", "data-code": id, "data-retired": code?.retired },
    h("h3", {}, code ? code.name : t("coding.new_code"), code?.retired && retiredMark(t)),
    labelledField(t("coding.name"), name),
    labelledField(t("coding.definition"), definition),
    h(
      "div",
      { class: "dk-coding-entry-foot" },
      h("button", { class: "dk-button", type: "submit" }, t("coding.keep")),
      code && textButton(retire, () => save(!code.retired)),
      code && h("span", { class: "dk-quiet" }, t("coding.used", { count: used })),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(code?.retired);
  });
  return form;
}

function retiredMark(t) {
  return h("span", { class: "dk-quiet" }, ` (${t("coding.retired")})`);
}
