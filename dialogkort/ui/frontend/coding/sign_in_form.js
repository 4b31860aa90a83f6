// @ts-check
// Who is coding, and what.

import { h, setText } from "../core/dom.js";
import { LIMITS } from "../core/vocabulary.js";
import { getItem, setItem } from "../sync/browser_storage.js";

const NAME = "coder"; // the name that was used last in this browser

export const rememberName = (/** @type {string} */ name) => setItem(NAME, name);

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
  const coderField = h("input", { maxlength: LIMITS.name, autocomplete: "name", required: true });
  const hint = h("p", { class: "dk-quiet" });
  const begin = h("button", { class: "dk-button dk-primary dk-big", type: "submit" });
  const projectField = h("select");
  const name = h("input", { maxlength: LIMITS.name, autocomplete: "off" });
  const fault = h("p", { class: "dk-trouble", role: "alert", hidden: true });
  const whichField = labelledField(t("coding.which"), projectField);
  const nameField = labelledField(t("coding.project_name"), name);
  const heading = h("h1", {}, t("coding.title"));
  const fields = [labelledField(t("coding.who"), coderField), hint, whichField, nameField, fault, begin];
  const element = h("form", { class: "dk-paper dk-coding-start", hidden: true }, heading, fields);
  const lastCoder = getItem(NAME);
  let proposed = null; // the name to go on in: only who sits here knows whether it is theirs

  element.addEventListener("submit", (event) => {
    event.preventDefault();
    signIn({
      coder: coderField.value,
      session: projectField.value || null,
      name: name.value || t("coding.usual_name"),
    });
  });
  coderField.addEventListener("focus", () => coderField.select());
  coderField.addEventListener("input", paintSoon);
  projectField.addEventListener("change", () => {
    projectField.dataset.chosen = projectField.value;
    nameField.hidden = projectField.value !== "";
  });
  const paintName = (coder) => {
    if (proposed !== coder) coderField.value = proposed = coder;
    const goesOn = coder && coderField.value.trim() === coder;
    setText(begin, goesOn ? t("coding.go_on_as", { coder }) : t("coding.begin"));
    setText(hint, [coder && t("coding.not_you", { coder }), t("coding.who_hint")].filter(Boolean).join(" "));
  };
  const paintProjects = ({ projects, project }) => {
    const listed = JSON.stringify(projects.map(({ id, name }) => [id, name]));
    if (projectField.dataset.listed !== listed) { // an open list closes when it is filled
      const known = projects.map(({ id, name }) => h("option", { value: id }, name));
      projectField.replaceChildren(...known, h("option", { value: "" }, t("coding.new_project")));
      projectField.dataset.listed = listed;
    }
    projectField.value = projectField.dataset.chosen ?? project ?? "";
    whichField.hidden = !projects.length;
    nameField.hidden = projectField.value !== "";
    if (document.activeElement !== name) name.value ||= t("coding.usual_name"); // who writes may begin anew
  };
  return {
    element,
    paint(/** @type {import("./model.js").CodingModel} */ model) {
      paintName(model.coder || model.lobby.coder || lastCoder);
      paintProjects(model.lobby);
    },
    showError(/** @type {string | null} */ words) {
      setText(fault, words ?? "");
      fault.hidden = !words;
    },
    focus: () => coderField.focus(),
  };
}
