// @ts-check
// The catalogue of competences that lies at every table: one press shows it, or hands its file over.

import { dialogShell } from "./dialogs.js";
import { h } from "./dom.js";

const OPENED_BY_THE_BROWSER = /\.pdf$/;
const PICTURE = /\.(png|jpg)$/;
const WORDS = /\.txt$/;

/**
 * Words and pictures are shown here, as text and as a picture and nothing else; a PDF by the browser's own
 * reader, beside the page; other files are for the programs of this device.
 *
 * @param {import("./texts.js").Texts} t
 * @param {import("../sync/file_requests.js").FileRequests} requests
 */
export function catalogueDialog(t, requests) {
  const shell = dialogShell(t, t("prepare.fields.catalogue"), "catalogue");
  const status = h("div", { class: "dk-catalogue", role: "status", "data-part": "catalogue" });
  shell.fill(status);
  const show = (/** @type {string} */ state, /** @type {any[]} */ ...children) => {
    status.dataset.state = state;
    status.replaceChildren(...children.filter(Boolean));
  };
  const showFile = async ({ name, address, content }) => {
    const save = h("a", { class: "dk-button", href: address, download: name }, t("prepare.save_file"));
    const title = h("p", { class: "dk-lead" }, name);
    if (WORDS.test(name)) {
      return show("shown", title, h("pre", { class: "dk-catalogue-text" }, await content.text()), save);
    }
    if (PICTURE.test(name)) return show("shown", title, h("img", { src: address, alt: name }), save);
    const isOpened = OPENED_BY_THE_BROWSER.test(name);
    const look = { class: "dk-button dk-primary dk-big", href: address, target: "_blank", rel: "noopener" };
    const open = isOpened && h("a", look, t("prepare.open_file"));
    const words = h("p", {}, t(isOpened ? "prepare.file_opens" : "prepare.file_saved"));
    show("shown", title, words, open, save);
    if (shell.element.open) (open || save).click();
  };
  const tell = (/** @type {import("../sync/file_requests.js").Outcome} */ outcome) => {
    if (outcome.kind === "done") showFile(outcome);
    else if (outcome.kind === "failed") show("failed", h("p", { class: "dk-trouble" }, outcome.reason));
  };
  return {
    element: shell.element,
    open() {
      show("making", h("p", {}, t("prepare.fetching_file")));
      shell.open();
      requests.ask("catalogue", {}, tell, false);
    },
  };
}
