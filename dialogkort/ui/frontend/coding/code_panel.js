// @ts-check
// The codes under ten keys, and a field to find one or make a new one.

import { h } from "../core/dom.js";
import { normalised } from "./coding_state.js";

const KEYS = 9;

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {import("./model.js").CodingModel} model
 * @param {{ toggle: (code: any) => void, toggleNone: () => void, create: (name: string) => void,
 *   picked: () => void, paintSoon: () => void }} on `picked` when a code was chosen or made by name
 */
export function codePanel(t, model, on) {
  const naming = { placeholder: t("coding.find"), "aria-label": t("coding.find") };
  const find = h("input", { ...naming, maxlength: 80, autocomplete: "off" });
  const buttons = h("div", { class: "dk-coding-codes", role: "group", "aria-label": t("coding.codes") });

  const isCalled = (name) => normalised(name) === normalised(find.value);
  const isNew = () => Boolean(find.value.trim()) && !model.codes().some(({ name }) => isCalled(name));
  const matching = () =>
    model.offered().filter(({ name }) => normalised(name).includes(normalised(find.value)));
  const done = () => {
    find.value = "";
    on.picked();
  };
  /** What Enter does in the field: the code that is called so, or the first that matches, or a new one. */
  const pick = () => {
    if (!find.value.trim()) return;
    const code = model.offered().find(({ name }) => isCalled(name)) ?? matching()[0];
    if (code) on.toggle(code);
    else on.create(find.value.trim());
    done();
  };
  find.addEventListener("input", on.paintSoon);
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (!event.shiftKey || !isNew()) return pick();
    on.create(find.value.trim());
    done();
  });
  const createButton = () => {
    const attributes = { class: "dk-coding-code dk-coding-create", type: "button", onclick: pick };
    return h(
      "button",
      attributes,
      h("kbd", {}, "+"),
      h("span", {}, t("coding.create", { name: find.value.trim() })),
    );
  };
  const codeButtons = (applied, none, keys) => {
    const retired = model.codes().filter((code) => code.retired && applied.includes(code.id));
    const button = (code) =>
      codeButton(code, keys.get(code.id), applied.includes(code.id), () => on.toggle(code));
    const nothing = codeButton({ name: t("coding.none_applies") }, "0", none, on.toggleNone);
    const hint = model.codes().length ? [] : [h("p", { class: "dk-quiet" }, t("coding.no_codes"))];
    return [
      ...[...matching(), ...retired].map(button),
      ...(isNew() ? [createButton()] : []),
      nothing,
      ...hint,
    ];
  };
  return {
    find,
    buttons,
    paint() {
      const { codes: applied, none } = model.reading(model.note.id);
      const keys = new Map(
        model.offered().map(({ id }, index) => [id, index < KEYS ? String(index + 1) : null]),
      );
      const contentKey = JSON.stringify([model.current, applied, none, find.value, [...keys], model.codes()]);
      if (buttons.dataset.content === contentKey) return;
      buttons.dataset.content = contentKey;
      const focused = [...buttons.children].indexOf(document.activeElement);
      buttons.replaceChildren(...codeButtons(applied, none, keys));
      /** @type {HTMLElement | undefined} */ (buttons.children[focused])?.focus();
    },
  };
}

function codeButton(code, key, pressed, onclick) {
  const attributes = {
    class: "dk-coding-code",
    type: "button",
    title: code.definition || code.name,
    onclick,
  };
  const state = { "aria-pressed": String(pressed), "aria-keyshortcuts": key };
  const words = h("span", {}, code.name, code.definition && h("small", {}, code.definition));
  return h("button", { ...attributes, ...state }, h("kbd", { "aria-hidden": "true" }, key ?? ""), words);
}
