// @ts-check
// Which group a device is with: one that has begun, one that was prepared, or a new one.

import { h, setText, setVisible } from "../core/dom.js";
import { keyedList } from "../core/keyed_list.js";
import { LIMITS } from "../core/vocabulary.js";
import { choice, choose, chosenOf } from "./choices.js";

/** @typedef {import("../core/types.js").Meeting} Meeting */
/** @typedef {Meeting["groups"][number]} Group */

const NEW = "new"; // the value of the choice that is no group of the list

const valueOf = (/** @type {Group} */ { session, name }) => session ?? `name ${name}`;

/** @param {import("../core/texts.js").Texts} t */
export function groupChoice(t) {
  const legend = h("legend", {});
  const listed = h("div", { class: "dk-join-groups" });
  const other = h("div", {}, choice("group", NEW, t("join.new_group")));
  const field = h("input", { maxlength: LIMITS.name, autocomplete: "off" });
  const name = h("label", { class: "dk-join-field" }, h("span", {}, t("join.name")), field);
  const nobody = h("p", { class: "dk-quiet", role: "status" }, t("join.nobody_begun"));
  const element = h("fieldset", { class: "dk-join-which" }, legend, listed, nobody, other, name);
  const paintGroups = keyedList(listed, (/** @type {Group} */ group) => groupLine(t, group), valueOf);
  /** @type {Group[] | null} */
  let groups = null;
  let isPhone = false;
  const paint = () => {
    const there = groups ?? [];
    setText(legend, t(isPhone ? "join.which_am_i" : "join.which"));
    setVisible(other, !isPhone && there.length > 0);
    setVisible(name, !isPhone && (there.length === 0 || chosenOf(element) === NEW));
    setVisible(nobody, isPhone && there.length === 0);
    setVisible(listed, there.length > 0);
  };
  element.addEventListener("change", paint);
  return {
    element,
    /** The chosen group, or a name that was written; null while neither is there. */
    value() {
      const value = chosenOf(element);
      const group = (groups ?? []).find((one) => valueOf(one) === value);
      if (group) return group;
      const written = !isPhone && (value === NEW || !groups?.length) ? field.value.trim() : "";
      return written ? { session: null, name: written, isNew: true } : null;
    },
    /** Where to go on when nothing was chosen. */
    focus: () => (name.hidden ? listed.querySelector("input") : field)?.focus(),
    setPhone(/** @type {boolean} */ is_phone) {
      isPhone = is_phone;
      paint();
    },
    paint(/** @type {Meeting} */ meeting) {
      const isFirst = groups === null;
      const chosen = (groups ?? []).find((one) => valueOf(one) === chosenOf(element));
      groups = meeting.groups;
      paintGroups(groups);
      const same = chosen && groups.find(({ name: listed_name }) => listed_name === chosen.name);
      if (same && chosenOf(element) === null) choose(element, valueOf(same)); // it has begun meanwhile
      // Where groups were prepared none is likelier than the others.
      if (isFirst && groups.every(({ session }) => session)) choose(element, NEW);
      paint();
    },
  };
}

function groupLine(/** @type {import("../core/texts.js").Texts} */ t, /** @type {Group} */ group) {
  const element = choice("group", valueOf(group), group.name, group.session ? "" : t("join.not_begun"));
  return { element, paint: () => {} };
}
