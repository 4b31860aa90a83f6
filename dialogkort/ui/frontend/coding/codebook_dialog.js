// @ts-check
// The codebook: the codes, what they mean, and new ones.

import { textButton } from "../core/buttons.js";
import { dialogShell } from "../core/dialogs.js";
import { h, setText } from "../core/dom.js";
import { keyedList } from "../core/keyed_list.js";
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
  const lead = h("p", { class: "dk-quiet" }, t("coding.book_lead"));
  const [newPart, list] = [0, 1].map(() => h("div", { class: "dk-coding-entries" }));
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
  /** By what is said of a code: its form, which stays (with who writes in it) while others are changed. */
  const paintEntries = keyedList(
    list,
    (/** @type {Code} */ code) => ({ element: entry(code), paint: () => {} }),
    (code) => JSON.stringify(code),
  );
  const refresh = (/** @type {Code[]} */ codes) => {
    if (!newEntry || codes.some(({ id }) => id === newEntry.dataset.code)) {
      newEntry = entry(null);
      newPart.replaceChildren(newEntry);
    }
    paintEntries(codes);
  };
  const paint = () => {
    const codes = JSON.stringify(model.lobby.codes);
    if (!shell.element.open || codes === painted) return;
    painted = codes;
    refresh(model.lobby.codes);
  };
  shell.fill(lead, fault, newPart, list);
  shell.element.addEventListener("close", closed);
  return {
    element: shell.element,
    paint,
    get isOpen() {
      return shell.element.open;
    },
    open() {
      painted = newEntry = null;
      paintEntries([]);
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
