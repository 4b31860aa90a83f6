// @ts-check
// The overview over the table: whom to count, the chart, the sentence that goes with it, and the figures.

import { iconButton } from "../core/buttons.js";
import { chartView } from "../core/chart_view.js";
import { dialogShell } from "../core/dialogs.js";
import { h, setAttribute } from "../core/dom.js";

const SCOPES = ["group", "workshop"];

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {{ ask: (scope: string) => void, download: () => void }} on
 */
export function overviewDialog(t, { ask, download }) {
  const shell = dialogShell(t, t("overview.title"), "overview");
  const scopes = SCOPES.map((scope) => {
    const attributes = { class: "dk-chip", type: "button", "data-scope": scope, onclick: () => show(scope) };
    return h("button", attributes, t(`overview.scope_${scope}`));
  });
  const naming = { role: "group", "aria-label": t("overview.whom") };
  const choice = h("div", { class: "dk-scopes dk-facilitators", ...naming }, scopes);
  const files = iconButton("save", t("download.button"), download, "dk-download");

  let wanted = null; // what is being drawn

  const show = (/** @type {string} */ scope) => {
    wanted = scope;
    for (const chip of scopes) setAttribute(chip, "aria-pressed", String(chip.dataset.scope === scope));
    shell.fill(choice, h("p", { class: "dk-quiet", role: "status" }, t("overview.drawing")));
    ask(scope);
  };
  return {
    element: shell.element,
    get isOpen() {
      return shell.element.open;
    },
    open() {
      shell.open();
      show(SCOPES[0]);
    },
    /** There is no contact: say so instead of drawing for ever. */
    lose: () => wanted && shell.fill(choice, h("p", { class: "dk-quiet", role: "status" }, t("line.lost"))),
    /** Contact is back: draw what was begun. */
    resume: () => wanted && shell.element.open && show(wanted),
    paint(/** @type {import("../core/types.js").Chart} */ chart) {
      wanted = null;
      if (shell.element.open) {
        shell.fill(choice, chartView(t, chart), chart.refused ? null : h("div", {}, files));
      }
    },
  };
}
