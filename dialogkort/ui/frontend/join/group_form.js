// @ts-check
// What the meeting is; then what a device is to its group, and which group that is.

import { submitButton, textButton } from "../core/buttons.js";
import { h, setText, setVisible } from "../core/dom.js";
import { deviceChoice } from "./device_choice.js";
import { groupChoice } from "./group_choice.js";

/**
 * `join(id, choice)` is called with what was chosen; the id stays the same as long as the choice does, so
 * that one who asks again begins no second group. A phone begins no group: it waits for the group's own
 * screen, and joins by itself then.
 *
 * @param {import("../core/texts.js").Texts} t
 * @param {{ newId: () => string, join: (id: string, choice: object) => void,
 *   announce: (words: string) => void }} on
 */
export function groupForm(t, { newId, join, announce }) {
  const title = h("h1", { tabindex: "-1" });
  const [about, purpose] = [h("p", { class: "dk-quiet" }), h("p", {})];
  const fault = h("p", { class: "dk-trouble", role: "alert", hidden: true });
  const devices = deviceChoice(t);
  const groups = groupChoice(t);
  const submit = submitButton(t("join.begin"));
  const words = h("p", { class: "dk-join-notes" }, t("join.notes"));
  const fields = [devices.element, groups.element, fault, submit];
  const form = h("form", { class: "dk-join-fields", novalidate: true }, fields);
  const waiting = waitingPart(t, () => wait(null));
  const parts = [title, about, purpose, words, form, waiting.element];
  const element = h("section", { class: "dk-paper dk-join-part" }, parts);
  let attempt = { choice: "", id: "" };
  /** @type {string | null} the group that this phone waits for */
  let awaited = null;

  const wait = (/** @type {string | null} */ group) => {
    awaited = group;
    waiting.paint(group);
    setVisible(form, group === null);
    if (group !== null) announce(t("join.waits", { group }));
  };
  const showFault = (/** @type {string} */ fault_words) => {
    setText(fault, fault_words);
    setVisible(fault, Boolean(fault_words));
    if (fault_words && awaited !== null) wait(null);
  };
  const send = (/** @type {object} */ choice) => {
    const key = JSON.stringify(choice);
    if (attempt.choice !== key) attempt = { choice: key, id: newId() };
    join(attempt.id, choice);
  };
  const paintDevice = () => groups.setPhone(devices.value() === "phone");
  devices.element.addEventListener("change", paintDevice);
  paintDevice();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [group, device] = [groups.value(), devices.value()];
    if (!group) {
      showFault(t(device === "phone" ? "join.no_group" : "join.no_name"));
      return groups.focus();
    }
    showFault("");
    if (group.session) return send({ session: group.session, device });
    if (device === "phone") return wait(group.name);
    send({ name: group.name, prepared: !("isNew" in group), device });
  });
  return {
    element,
    showFault,
    focus: () => title.focus(),
    paint(/** @type {import("../core/types.js").Meeting} */ meeting) {
      setText(title, meeting.workshop);
      setText(about, meeting.about.join(" · "));
      setText(purpose, meeting.purpose);
      setVisible(purpose, Boolean(meeting.purpose));
      groups.paint(meeting);
      const begun = meeting.groups.find(({ name, session }) => session && name === awaited);
      if (begun) send({ session: begun.session, device: "phone" });
    },
  };
}

/** What a phone shows while its group has not begun. */
function waitingPart(/** @type {import("../core/texts.js").Texts} */ t, /** @type {() => void} */ cancel) {
  const lead = h("p", { class: "dk-lead", role: "status" });
  const another = textButton(t("join.another"), cancel, "dk-big");
  const element = h("div", { class: "dk-join-fields", "data-part": "waiting", hidden: true }, lead, another);
  return {
    element,
    paint(/** @type {string | null} */ group) {
      setVisible(element, group !== null);
      setText(lead, group === null ? "" : t("join.waits", { group }));
    },
  };
}
