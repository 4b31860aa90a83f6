// @ts-check
// The deck on paper: cards to cut out and what lies beside them, as PDF files.

import { dialogShell } from "./dialogs.js";
import { h } from "./dom.js";
import { fileChoices, fileMaker, fileStatus } from "./file_choices.js";

/** @typedef {import("./texts.js").Texts} Texts */

const SHEETS = ["all", "cards", "guide", "notes", "alignment", "handbook"];
const FURTHEST = 5; // mm that the backs can be moved

/**
 * @param {Texts} t
 * @param {import("../sync/file_requests.js").FileRequests} requests
 * @param {(words: string) => void} tell says that a file has come to who has closed the dialog meanwhile
 */
export function printDialog(t, requests, tell) {
  const shell = dialogShell(t, t("print.title"), "print");
  const status = fileStatus(t);
  const area = h("select", {});
  const backs = h("input", { type: "checkbox", checked: true });
  const [right, down] = [millimetres(), millimetres()];
  const settings = h(
    "div",
    { class: "dk-print-settings" },
    field(t("print.area"), area),
    h("label", { class: "dk-check" }, backs, h("span", {}, t("print.backs"))),
  );
  const adjust = h(
    "details",
    {},
    h("summary", {}, t("print.adjust")),
    h("p", {}, t("print.adjust_how")),
    h("div", { class: "dk-print-settings" }, field(t("print.right"), right), field(t("print.down"), down)),
  );
  const files = fileMaker(t, shell, status, { requests, tell });
  const ask = (/** @type {string} */ sheet) => {
    const shift = [right, down].map(({ valueAsNumber }) => valueAsNumber || 0);
    files.make("print", { sheet, area: area.value || null, backs: backs.checked, shift });
  };
  const lead = h("p", { class: "dk-lead" }, t("print.lead"));
  shell.fill(
    lead,
    settings,
    fileChoices(SHEETS, (name, part) => t(`print.${name}.${part}`), ask),
    status.element,
    adjust,
  );
  return {
    element: shell.element,
    open(/** @type {import("./types.js").Deck} */ deck) {
      const areas = deck.areas.map(({ name }) => h("option", { value: name }, name));
      area.replaceChildren(h("option", { value: "" }, t("print.all_areas")), ...areas);
      files.showState();
      shell.open();
    },
  };
}

function millimetres() {
  return h("input", { type: "number", min: -FURTHEST, max: FURTHEST, step: 0.5, value: "0" });
}

function field(/** @type {string} */ label, /** @type {HTMLElement} */ input) {
  return h("label", { class: "dk-print-field" }, h("span", {}, label), input);
}
