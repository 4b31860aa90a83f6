// @ts-check
// What is told before sharing begins: which workshop it is, and on which network.

import { submitButton } from "../core/buttons.js";
import { h, setText, setVisible } from "../core/dom.js";
import { DETAILS } from "../core/vocabulary.js";
import { detailsForm } from "../core/details_form.js";

const OF_WORKSHOP = DETAILS.filter(({ ofWorkshop }) => ofWorkshop).map(({ name }) => name);

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {(address: string, details: object) => void} begin
 */
export function beginForm(t, begin) {
  const network = networkChoice(t);
  const form = detailsForm(t, (details) => begin(network.value(), details), OF_WORKSHOP);
  const submit = submitButton(t("share.begin"));
  const none = h("p", { class: "dk-trouble", hidden: true }, t("share.no_network"));
  const parts = [...form.elements, network.element, h("p", { class: "dk-quiet" }, t("share.firewall"))];
  const attributes = { class: "dk-paper dk-share-form", novalidate: true, "aria-label": t("share.title") };
  const fields = h("form", attributes, parts, submit);
  fields.addEventListener("submit", (event) => {
    event.preventDefault();
    form.send();
  });
  let proposed = "";
  return {
    element: h(
      "div",
      { class: "dk-share-begin" },
      h("p", { class: "dk-lead" }, t("share.lead")),
      none,
      fields,
    ),
    paint(/** @type {import("../core/types.js").Sharing} */ { choices, proposal }) {
      setVisible(none, choices.length === 0);
      setVisible(fields, choices.length > 0);
      network.paint(choices);
      if (JSON.stringify(proposal) === proposed) return;
      proposed = JSON.stringify(proposal);
      form.propose(proposal);
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
