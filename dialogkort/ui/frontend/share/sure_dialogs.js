// @ts-check
// What is asked before something is done that cannot be undone: sharing ends, or a device is removed.

import { textButton } from "../core/buttons.js";
import { dialogShell } from "../core/dialogs.js";
import { h, setText } from "../core/dom.js";

/**
 * `open(question, act)` asks, and does what is asked about when somebody is sure.
 *
 * @param {import("../core/texts.js").Texts} t
 * @param {string} kind
 * @param {{ title: string, stay: string }} words of the press that does it, and of the one that does not
 */
export function sureDialog(t, kind, { title, stay }) {
  const shell = dialogShell(t, title, kind);
  const sentence = h("p", { class: "dk-lead" });
  let act = () => {};
  const staying = textButton(stay, () => shell.element.close(), "dk-big");
  const going = textButton(title, () => (shell.element.close(), act()), "dk-big dk-primary");
  shell.fill(sentence, h("div", { class: "dk-share-ways" }, staying, going));
  return {
    element: shell.element,
    open(/** @type {string} */ question, /** @type {() => void} */ when_sure) {
      act = when_sure;
      setText(sentence, question);
      shell.open();
      staying.focus();
    },
  };
}
