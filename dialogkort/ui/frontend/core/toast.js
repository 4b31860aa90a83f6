// @ts-check
// A sentence over the page that stays until it is closed, with one more thing that can be done about it.

import { textButton } from "./buttons.js";
import { h, setText } from "./dom.js";

/**
 * @param {import("./texts.js").Texts} t
 * @param {HTMLElement} root the screen; an open dialog in it would hide what lies beneath
 */
export function toastOver(t, root) {
  const words = h("p", {});
  const offer = textButton("", null);
  const close = textButton(t("panel.close"), () => hide());
  const element = h("div", { class: "dk-toast", role: "alert", hidden: true }, words, offer, close);
  let timer = null;
  const hide = () => (element.hidden = true);
  return {
    element,
    /**
     * Say something, `label` being what can be done about it; after `lasting` ms (0: never) it goes by
     * itself.
     *
     * @param {string} text
     * @param {{ label?: string, act?: (() => void) | null, lasting?: number }} [how]
     */
    show(text, { label = "", act = null, lasting = 0 } = {}) {
      const top = root.querySelector("dialog[open]") ?? root;
      if (element.parentElement !== top) top.append(element);
      setText(words, text);
      setText(offer, label);
      offer.hidden = !act;
      offer.onclick = () => (hide(), act());
      element.classList.toggle("dk-offer", Boolean(act));
      element.hidden = false;
      clearTimeout(timer);
      if (lasting) timer = setTimeout(hide, lasting);
    },
  };
}
