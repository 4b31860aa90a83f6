// @ts-check
// What the meeting is, and which group a device is with: one that is there, or a new one.

import { submitButton } from "../core/buttons.js";
import { h, setText, setVisible } from "../core/dom.js";
import { LIMITS } from "../core/vocabulary.js";

/**
 * `join(id, choice)` is called with what was chosen; the id stays the same as long as the choice does, so
 * that one who asks again begins no second group.
 *
 * @param {import("../core/texts.js").Texts} t
 * @param {{ newId: () => string, join: (id: string, choice: object) => void }} on
 */
export function groupForm(t, { newId, join }) {
  const title = h("h1", { tabindex: "-1" });
  const about = h("p", { class: "dk-quiet" });
  const groups = h("div", { class: "dk-join-groups" });
  const field = h("input", { maxlength: LIMITS.name, autocomplete: "off" });
  const name = h("label", { class: "dk-join-field" }, h("span", {}, t("join.name")), field);
  const fault = h("p", { class: "dk-trouble", role: "alert", hidden: true });
  const which = h("fieldset", { class: "dk-join-which" }, h("legend", {}, t("join.which")), groups, name);
  const [groups_own, phone, table, pad] = ["both", "phone", "table", "pad"].map((kind) =>
    choice("device", kind, t(`join.as_${kind}`))
  );
  const halves = h("details", { class: "dk-join-halves" }, h("summary", {}, t("join.two")), table, pad);
  const kinds = h(
    "fieldset",
    { class: "dk-join-which" },
    h("legend", {}, t("join.as")),
    groups_own,
    phone,
    halves,
  );
  const submit = submitButton(t("join.begin"));
  const words = h("p", { class: "dk-join-notes" }, t("join.notes"));
  const fields = [title, about, words, which, kinds, fault, submit];
  const element = h("form", { class: "dk-paper dk-join-part", novalidate: true }, fields);
  let attempt = { choice: "", id: "" };

  const device = () => String(new FormData(element).get("device"));
  const chosen = () => String(new FormData(element).get("group") ?? "");
  const paintName = () => {
    setVisible(name, chosen() === "");
    setVisible(phone, chosen() !== ""); // who names a new group is its device
    if (chosen() === "" && device() === "phone") check(element, "device", "both");
  };
  const showFault = (/** @type {string} */ fault_words) => {
    setText(fault, fault_words);
    setVisible(fault, Boolean(fault_words));
  };
  element.addEventListener("change", paintName);
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    const session = chosen() || null;
    if (!session && !field.value.trim()) {
      showFault(t("join.no_name"));
      return field.focus();
    }
    const choice_made = { session, name: session ? "" : field.value.trim(), device: device() };
    const key = JSON.stringify(choice_made);
    if (attempt.choice !== key) attempt = { choice: key, id: newId() };
    join(attempt.id, choice_made);
  });
  check(element, "device", "both");
  let listed = "";
  return {
    element,
    showFault,
    focus: () => title.focus(),
    paint(/** @type {import("../core/types.js").Meeting} */ meeting) {
      setText(title, meeting.workshop);
      setText(about, meeting.about.join(" · "));
      if (JSON.stringify(meeting.groups) === listed) return;
      listed = JSON.stringify(meeting.groups);
      const before = chosen();
      const entries = meeting.groups.map(({ session, name: group }) => choice("group", session, group));
      groups.replaceChildren(...entries, choice("group", "", t("join.new_group")));
      check(element, "group", before);
      setVisible(groups, meeting.groups.length > 0);
      paintName();
    },
  };
}

function choice(/** @type {string} */ name, /** @type {string} */ value, /** @type {string} */ words) {
  return h(
    "label",
    { class: "dk-join-choice" },
    h("input", { type: "radio", name, value }),
    h("span", {}, words),
  );
}

/** Check the one of some choices that has a value; the last when none has. */
function check(/** @type {HTMLFormElement} */ form, /** @type {string} */ name, /** @type {string} */ value) {
  /** @type {HTMLInputElement[]} */
  const inputs = [...form.querySelectorAll("input")].filter((input) => input.name === name);
  const wanted = inputs.find((input) => input.value === value) ?? inputs.at(-1);
  if (wanted) wanted.checked = true;
}
