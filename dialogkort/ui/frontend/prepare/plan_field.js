// @ts-check
// One field of a plan: saved a moment after the last letter, and painted anew unless somebody writes in it.

import { h, setAttribute, setText, setVisible } from "../core/dom.js";

const PAUSE = 500; // ms without a letter before what was written is saved

/**
 * @typedef {{ element: HTMLElement, paint: (value: any) => void, flush: () => void, focus: () => void,
 *   isBeingWritten: () => boolean }} PlanField
 */

/**
 * @param {string} label
 * @param {HTMLInputElement | HTMLTextAreaElement} control
 * @param {{ read: (written: string) => any, show: (value: any) => string, fault?: string,
 *   save: (value: any) => void, hint?: string, kind?: string, element?: HTMLElement }} how `read` gives
 *   undefined or null when what is written makes no sense: then `fault` stands beneath
 * @returns {PlanField}
 */
export function planField(label, control, { read, show, fault = "", save, hint, kind = "", element }) {
  const id = `dk-plan-${Math.random().toString(36).slice(2)}`;
  const faultText = h("p", { class: "dk-fault", id: `${id}-fault`, hidden: true });
  const hintText = hint && h("p", { class: "dk-quiet dk-prep-hint", id: `${id}-hint` }, hint);
  let [timer, isDirty] = [0, false];
  control.id = id;
  if (hint) control.setAttribute("aria-describedby", `${id}-hint`);

  const showFault = (/** @type {string} */ words) => {
    setText(faultText, words);
    setVisible(faultText, Boolean(words));
    setAttribute(control, "aria-invalid", Boolean(words) && "true");
  };
  const flush = () => {
    clearTimeout(timer);
    if (!isDirty) return;
    const value = read(control.value);
    showFault(value == null ? fault : "");
    if (value == null) return;
    isDirty = false;
    save(value);
  };
  control.addEventListener("input", () => {
    isDirty = true;
    clearTimeout(timer);
    timer = setTimeout(flush, PAUSE);
  });
  control.addEventListener("change", flush);
  const field = h("div", { class: `dk-prep-field ${kind}` });
  field.append(
    h("label", { for: id }, label),
    element ?? control,
    ...(hintText ? [hintText] : []),
    faultText,
  );
  return {
    element: field,
    paint(value) {
      if (isDirty || document.activeElement === control) return;
      const words = show(value);
      if (control.value !== words) control.value = words;
    },
    flush,
    /** Whether something was typed that is not saved yet, and can be. */
    isBeingWritten: () => isDirty && read(control.value) != null,
    focus: () => control.focus(),
  };
}

/** A part of the page that is folded away until somebody wants it; `facts` says what is in it. */
export function foldedPart(/** @type {string} */ title, /** @type {any[]} */ ...children) {
  const facts = h("span", { class: "dk-quiet" });
  const summary = h("summary", {}, h("h2", {}, title), facts);
  const element = h(
    "details",
    { class: "dk-paper dk-prep-part" },
    summary,
    h("div", { class: "dk-prep-folded" }, ...children),
  );
  return { element, tell: (/** @type {string} */ words) => setText(facts, words) };
}
