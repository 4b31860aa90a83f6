// @ts-check
// The facilitator's own questions for the opening round: one a line, beside the usual or instead of them.

import { h } from "../core/dom.js";
import { LIMITS } from "../core/vocabulary.js";
import { planField } from "./plan_field.js";
import { readOpening } from "./plan_state.js";

/** @param {import("../core/texts.js").Texts} t @param {import("./plan_form.js").PlanHandlers} on */
export function openingPart(t, { change }) {
  const most = LIMITS.ownOpening * (LIMITS.openingLength + 2); // of all lines together
  const words = planField(t("prepare.opening"), h("textarea", { rows: 3, maxlength: 2 * most }), {
    read: readOpening,
    show: (value) => (value ?? []).join("\n"),
    fault: t("prepare.opening_fault", { most: LIMITS.ownOpening, longest: LIMITS.openingLength }),
    save: (lines) => change({ opening_questions: lines }),
    hint: t("prepare.opening_hint", { most: LIMITS.ownOpening }),
    kind: "dk-prep-wide",
  });
  const only = h("input", { type: "checkbox", onchange: () => change({ opening_own_only: only.checked }) });
  const label = h(
    "label",
    { class: "dk-check dk-prep-wide" },
    only,
    h("span", {}, t("prepare.opening_own_only")),
  );
  return {
    element: h("div", { class: "dk-prep-grid dk-prep-opening" }, words.element, label),
    paint({ fields }) {
      words.paint(fields.opening_questions);
      only.checked = Boolean(fields.opening_own_only);
    },
    flush: words.flush,
    isBeingWritten: words.isBeingWritten,
  };
}
