// @ts-check
// The list of files to choose among, and beneath it what came of the choice.

import { h, setAttribute } from "./dom.js";
import { icon } from "./icons.js";

/** @typedef {import("./texts.js").Texts} Texts */

/**
 * A button for each file: its name and what it is for.
 *
 * @param {readonly string[]} names
 * @param {(name: string, part: "name" | "about") => string} words
 * @param {(name: string) => void} choose
 */
export function fileChoices(names, words, choose) {
  const button = (/** @type {string} */ name) => {
    const attributes = { class: "dk-button dk-file", type: "button", "data-file": name };
    const label = [
      h("strong", {}, words(name, "name")),
      h("span", { class: "dk-quiet" }, words(name, "about")),
    ];
    return h("li", {}, h("button", { ...attributes, onclick: () => choose(name) }, icon("save"), ...label));
  };
  return h("ul", { class: "dk-files" }, names.map(button));
}

/** What came of the choice, where everybody sees and hears it. */
export function fileStatus(/** @type {Texts} */ t) {
  const element = h("div", { class: "dk-file-status", role: "status", "data-part": "file" });
  const show = (/** @type {string} */ state, /** @type {any[]} */ ...children) => {
    element.dataset.state = state;
    element.replaceChildren(...children.filter(Boolean));
    element.scrollIntoView({ block: "nearest" });
  };
  return {
    element,
    clear: () => show("none"),
    making: () => show("making", h("p", {}, t("download.making"))),
    failed: (/** @type {string} */ reason) =>
      show("failed", h("p", { class: "dk-trouble" }, t("download.failed", { reason }))),
    done({ name, address, notice }) {
      const again = h("a", { href: address, download: name }, name);
      show(
        "done",
        h("p", { class: "dk-file-done" }, icon("check"), h("span", {}, `${t("download.done")} `, again)),
        h("p", { class: "dk-quiet" }, t("download.where")),
        notice && h("p", { class: "dk-trouble" }, notice),
      );
    },
  };
}

/**
 * Has one file made at a time, and shows what came of it: in the dialog, or to who has closed it meanwhile.
 *
 * @param {Texts} t
 * @param {ReturnType<typeof import("./dialogs.js").dialogShell>} shell
 * @param {ReturnType<typeof fileStatus>} status
 * @param {{ requests: import("../sync/file_requests.js").FileRequests, tell: (words: string) => void,
 *   showPlaces?: (outcome: any) => void }} how `tell` says something where the person is now
 */
export function fileMaker(t, shell, status, { requests, tell, showPlaces = () => {} }) {
  let isMaking = false;
  const showMaking = (/** @type {boolean} */ making) => {
    isMaking = making;
    for (const choice of shell.element.querySelectorAll("[data-file]")) {
      setAttribute(choice, "aria-disabled", String(making));
    }
  };
  const show = (/** @type {import("../sync/file_requests.js").Outcome} */ outcome) => {
    showMaking(false);
    if (outcome.kind === "places") showPlaces(outcome);
    else if (outcome.kind === "done") status.done(outcome);
    else status.failed(outcome.reason);
    if (shell.element.open) return;
    if (outcome.kind === "done") tell(`${t("download.done")} ${outcome.name}`);
    else shell.open();
  };
  return {
    get isMaking() {
      return isMaking;
    },
    make(/** @type {string} */ type, /** @type {object} */ fields) {
      if (isMaking) return;
      showMaking(true);
      status.making();
      requests.ask(type, fields, show);
    },
    /** The dialog opens, or shows its choices again. */
    showState() {
      showMaking(isMaking);
      if (isMaking) status.making();
      else status.clear();
    },
  };
}
