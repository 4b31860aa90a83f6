// @ts-check
// What is done with the notes that are chosen: laid under a theme, taken out of theirs, or let go.

import { textButton } from "../core/buttons.js";
import { h, setText, setVisible } from "../core/dom.js";
import { isVotable } from "./vote_state.js";

const LONGEST = "80";

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {{ gather: (name: string) => void, takeOut: () => void, vote: () => void, clear: () => void }} acts
 */
export function themeForm(t, { gather, takeOut, vote, clear }) {
  const id = `dk-themes-${Math.random().toString(36).slice(2)}`;
  const count = h("strong", { role: "status" });
  const known = h("datalist", { id });
  const name = h("input", { list: id, maxlength: LONGEST, autocomplete: "off", required: true });
  const label = h("label", { class: "dk-field" }, h("span", {}, t("plenum.theme_name")), name);
  const lay = h("button", { class: "dk-button dk-primary", type: "submit" }, t("plenum.gather"));
  const out = textButton(t("plenum.take_out"), takeOut);
  const voting = textButton(t("plenum.vote.about_these"), vote);
  const element = h(
    "form",
    { class: "dk-plenum-chosen dk-paper", "data-part": "chosen", autocomplete: "off" },
    count,
    label,
    known,
    h("span", { class: "dk-plenum-acts" }, lay, out, voting, textButton(t("plenum.clear"), clear)),
  );
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    if (name.value.trim()) gather(name.value.trim());
  });
  return {
    element,
    focus: () => name.focus(),
    paint(/** @type {number} */ chosen, themes, /** @type {boolean} */ isInTheme) {
      setVisible(element, chosen > 0);
      if (!chosen) name.value = "";
      setText(count, t("plenum.chosen", { count: chosen }));
      setVisible(out, isInTheme);
      setVisible(voting, isVotable(chosen));
      if (known.children.length !== themes.length || known.dataset.names !== names(themes)) {
        known.dataset.names = names(themes);
        known.replaceChildren(...themes.map((theme) => h("option", { value: theme.name })));
      }
    },
  };
}

function names(themes) {
  return JSON.stringify(themes.map((theme) => theme.name));
}
