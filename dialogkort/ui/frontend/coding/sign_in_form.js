// @ts-check
// Who is coding, and what.

import { h, setText } from "../core/dom.js";
import { keep, readKept } from "../sync/browser_storage.js";

const NAME = "coder"; // the name that was used last in this browser

export const rememberName = (/** @type {string} */ name) => keep(NAME, name);

/** A field with its name over it. */
export function labelledField(/** @type {string} */ words, /** @type {HTMLElement} */ input, extra = "") {
  return h("label", { class: `dk-coding-field ${extra}`.trim() }, h("span", {}, words), input);
}

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {{ signIn: (who: { coder: string, session: string | null, name: string }) => void,
 *   paintSoon: () => void }} on
 */
export function signInForm(t, { signIn, paintSoon }) {
  const who = h("input", { maxlength: 200, autocomplete: "name", required: true });
  const hint = h("p", { class: "dk-quiet" });
  const begin = h("button", { class: "dk-button dk-primary dk-big", type: "submit" });
  const which = h("select");
  const name = h("input", { maxlength: 200, autocomplete: "off" });
  const trouble = h("p", { class: "dk-trouble", role: "alert", hidden: true });
  const whichField = labelledField(t("coding.which"), which);
  const nameField = labelledField(t("coding.project_name"), name);
  const heading = h("h1", {}, t("coding.title"));
  const fields = [labelledField(t("coding.who"), who), hint, whichField, nameField, trouble, begin];
  const element = h("form", { class: "dk-paper dk-coding-start", hidden: true }, heading, fields);
  const before = readKept(NAME);
  let proposed = null; // the name to go on in: only who sits here knows whether it is theirs

  element.addEventListener("submit", (event) => {
    event.preventDefault();
    signIn({ coder: who.value, session: which.value || null, name: name.value || t("coding.usual_name") });
  });
  who.addEventListener("focus", () => who.select());
  who.addEventListener("input", paintSoon);
  which.addEventListener("change", () => {
    which.dataset.chosen = which.value;
    nameField.hidden = which.value !== "";
  });
  const paintName = (coder) => {
    if (proposed !== coder) who.value = proposed = coder;
    const goesOn = coder && who.value.trim() === coder;
    setText(begin, goesOn ? t("coding.go_on_as", { coder }) : t("coding.begin"));
    setText(hint, [coder && t("coding.not_you", { coder }), t("coding.who_hint")].filter(Boolean).join(" "));
  };
  const paintProjects = ({ projects, project }) => {
    const known = projects.map((one) => h("option", { value: one.id }, one.name));
    which.replaceChildren(...known, h("option", { value: "" }, t("coding.new_project")));
    which.value = which.dataset.chosen ?? project ?? "";
    whichField.hidden = !projects.length;
    nameField.hidden = which.value !== "";
    name.value ||= t("coding.usual_name");
  };
  return {
    element,
    paint(/** @type {import("./model.js").CodingModel} */ model) {
      paintName(model.coder || model.lobby.coder || before);
      paintProjects(model.lobby);
    },
    showTrouble(/** @type {string | null} */ words) {
      setText(trouble, words ?? "");
      trouble.hidden = !words;
    },
    focus: () => who.focus(),
  };
}
