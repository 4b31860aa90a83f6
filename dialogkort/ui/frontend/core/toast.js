// @ts-check
// A sentence at the top of the page that ends by itself, with what can be done about it.

import { roundButton, textButton } from "./buttons.js";
import { h, setText } from "./dom.js";

const DURATION = 12_000; // ms that it stays, unless a pointer or the focus rests on it

/**
 * @param {import("./texts.js").Texts} t
 * @param {HTMLElement} root the screen; an open dialog in it would hide what lies beneath
 */
export function toastOver(t, root) {
  const words = h("p", {});
  const actions = h("span", { class: "dk-toast-acts" });
  const close = roundButton("close", t("panel.close"), () => hide());
  const element = h("div", { class: "dk-toast", role: "alert", hidden: true }, words, actions, close);
  let timer = null;
  let isRelevant = () => true;
  const hide = () => (element.hidden = true);
  const waitAndHide = () => {
    clearTimeout(timer);
    timer = setTimeout(hide, DURATION);
  };
  for (const kind of ["pointerenter", "focusin"]) element.addEventListener(kind, () => clearTimeout(timer));
  for (const kind of ["pointerleave", "focusout"]) element.addEventListener(kind, waitAndHide);
  return {
    element,
    hide,
    /** No offer outlives its matter. */
    paint: () => void (isRelevant() || hide()),
    /**
     * Say something for a while, `offers` being what can be done about it as long as it `matters`; calmly
     * where it `isGood`.
     *
     * @param {string} text
     * @param {{ offers?: { label: string, act: () => void }[], matters?: () => boolean,
     *   isGood?: boolean }} [how]
     */
    show(text, { offers = [], matters = () => true, isGood = offers.length > 0 } = {}) {
      const top = root.querySelector("dialog[open]") ?? root;
      insertInto(top, element);
      setText(words, text);
      actions.replaceChildren(...offers.map(({ label, act }) => textButton(label, () => (hide(), act()))));
      element.classList.toggle("dk-offer", isGood);
      element.hidden = false;
      isRelevant = matters;
      waitAndHide();
    },
  };
}

/** In a row of its own, where it covers nothing: under the bar or a dialog's heading. */
function insertInto(top, element) {
  const above = top.querySelector(":scope > header, :scope > .dk-bar");
  if (above) above.after(element);
  else top.prepend(element);
}
