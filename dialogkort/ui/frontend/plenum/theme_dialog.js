// @ts-check
// A theme is called something else, or is taken away.

import { submitButton, textButton } from "../core/buttons.js";
import { dialogShell } from "../core/dialogs.js";
import { h } from "../core/dom.js";

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {{ rename: (theme: string, name: string) => void, dissolve: (theme: string) => void }} acts
 */
export function themeDialog(t, { rename, dissolve }) {
  const shell = dialogShell(t, t("plenum.theme_title"), "theme", { closesOutside: false });
  const name = h("input", { maxlength: "80", autocomplete: "off", required: true });
  let theme = "";
  const away = textButton(t("plenum.dissolve"), () => {
    dissolve(theme);
    shell.element.close();
  });
  const form = h(
    "form",
    { class: "dk-plenum-form", autocomplete: "off" },
    h("label", { class: "dk-field" }, h("span", {}, t("plenum.new_name")), name),
    h("span", { class: "dk-plenum-acts" }, submitButton(t("plenum.rename")), away),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    rename(theme, name.value.trim());
    shell.element.close();
  });
  shell.fill(form);
  return {
    element: shell.element,
    open(/** @type {{ id: string, name: string }} */ one) {
      theme = one.id;
      name.value = one.name;
      shell.open();
    },
  };
}
