// @ts-check
// What is told before sharing begins: which workshop it is, and on which network.

import { submitButton } from "../core/buttons.js";
import { h, setText, setVisible } from "../core/dom.js";
import { DETAILS } from "../core/vocabulary.js";
import { detailsForm } from "../core/details_form.js";
import { workshopChoice } from "./workshop_choice.js";

const OF_WORKSHOP = DETAILS.filter(({ ofWorkshop }) => ofWorkshop).map(({ name }) => name);

/**
 * `begin(address, workshop)` is called with the plan of the workshop or, where it was not prepared, its
 * details.
 *
 * @param {import("../core/texts.js").Texts} t
 * @param {(address: string, workshop: { plan: string } | { details: object }) => void} begin
 */
export function beginForm(t, begin) {
  const network = networkChoice(t);
  const form = detailsForm(t, (details) => begin(network.value(), { details }), OF_WORKSHOP);
  const paintFields = () => {
    for (const field of form.elements) setVisible(field, choice.value() === null);
  };
  const choice = workshopChoice(t, paintFields);
  const submit = submitButton(t("share.begin"));
  const none = h("p", { class: "dk-trouble", hidden: true }, t("share.no_network"));
  const firewall = h("p", { class: "dk-quiet" }, t("share.firewall"));
  const parts = [choice.element, ...form.elements, network.element, firewall];
  const attributes = { class: "dk-paper dk-share-form", novalidate: true, "aria-label": t("share.title") };
  const fields = h("form", attributes, parts, submit);
  fields.addEventListener("submit", (event) => {
    event.preventDefault();
    const plan = choice.value();
    if (plan === null) form.send();
    else begin(network.value(), { plan });
  });
  let proposed = "";
  const lead = h("p", { class: "dk-lead" }, t("share.lead"));
  return {
    element: h("div", { class: "dk-share-begin" }, lead, none, fields),
    paint(/** @type {import("../core/types.js").Sharing} */ { choices, proposal }) {
      setVisible(none, choices.length === 0);
      setVisible(fields, choices.length > 0);
      network.paint(choices);
      if (JSON.stringify(proposal) === proposed) return;
      proposed = JSON.stringify(proposal);
      choice.paint(proposal);
      form.propose(proposal.details);
      paintFields();
    },
  };
}

/** The addresses of this machine; `value()` is the chosen one. */
export function networkChoice(/** @type {import("../core/texts.js").Texts} */ t) {
  const select = h("select", {});
  const words = h("span", {});
  setText(words, t("share.network"));
  return {
    element: h("label", { class: "dk-share-network" }, words, select),
    value: () => select.value,
    paint(/** @type {{ address: string, interface: string }[]} */ choices, chosen = select.value) {
      const option = ({ address, interface: name }) =>
        h("option", { value: address }, `${name} (${address})`);
      select.replaceChildren(...choices.map(option));
      select.value = choices.some(({ address }) => address === chosen) ? chosen : (choices[0]?.address ?? "");
    },
  };
}
