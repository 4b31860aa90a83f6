// @ts-check
// What one writes alone about a card, and hands in. Nobody sees who wrote it: nothing that tells is sent.

import { submitButton } from "../core/buttons.js";
import { h, setText, setVisible } from "../core/dom.js";
import { LIMITS } from "../core/vocabulary.js";
import { getWindowItem, setWindowItem } from "../sync/browser_storage.js";

const DRAFT = "silent-draft"; // what is half-written, over a reload of this window

/**
 * `send(card, text)` hands in what was written and returns its id.
 *
 * @param {import("../core/texts.js").Texts} t
 * @param {{ send: (card: string, text: string) => string, announce: (words: string) => void }} on
 */
export function handIn(t, { send, announce }) {
  const hint = h("p", { class: "dk-quiet", id: "dk-phone-hint" }, t("phone.hint"));
  const field = h("textarea", { rows: 5, maxlength: LIMITS.silentNote, "aria-describedby": hint.id });
  const label = h("label", { class: "dk-join-field" }, h("span", {}, t("phone.field")), field);
  const fault = h("p", { class: "dk-trouble", role: "alert", hidden: true });
  const state_line = h("p", { class: "dk-lead" });
  const submit = submitButton(t("phone.hand_in"));
  const form = h("form", { class: "dk-phone-form", novalidate: true }, label, hint, fault, submit);
  const element = h("div", { class: "dk-phone-hand-in" }, state_line, form);
  const sent = new Map(); // by id what was handed in, until the page goes
  let card = "";
  let isOpen = false;
  let handedIn = 0; // in this round

  field.value = getWindowItem(DRAFT) ?? "";
  const showFault = (/** @type {string} */ words) => {
    setText(fault, words);
    setVisible(fault, Boolean(words));
  };
  const say = () => {
    const words = isOpen ? (handedIn ? t("phone.handed_in", { count: handedIn }) : "") : t("phone.talk");
    setText(state_line, words);
    setVisible(state_line, Boolean(words && card));
  };
  field.addEventListener("input", () => setWindowItem(DRAFT, field.value));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    showFault("");
    const text = field.value.trim();
    if (!text || !isOpen) return field.focus();
    sent.set(send(card, text), text);
    handedIn += 1;
    field.value = "";
    setWindowItem(DRAFT, null);
    say();
    announce(t("phone.handed_in", { count: handedIn }));
    field.focus();
  });
  return {
    element,
    /** The server would not have something: what was written stands in the field again. */
    refuse(/** @type {string | null} */ id, /** @type {string} */ words) {
      const text = sent.get(id);
      if (text === undefined) return;
      sent.delete(id);
      handedIn = Math.max(0, handedIn - 1);
      field.value = [text, field.value].filter(Boolean).join("\n");
      setWindowItem(DRAFT, field.value);
      setVisible(form, true);
      showFault(words);
      say();
    },
    paint(/** @type {import("../core/types.js").PhoneState | null} */ state) {
      const isNew = state?.silence && !isOpen;
      const isAnother = (state?.card?.id ?? "") !== card;
      card = state?.card?.id ?? "";
      isOpen = Boolean(state?.silence);
      if (isNew || isAnother) handedIn = 0;
      if (isNew) announce(t("phone.begin"));
      if (isNew || isAnother) showFault("");
      const isLeft = !isOpen && field.value.trim() !== ""; // half-written when the silence ended
      if (isLeft && card) showFault(t("session.silence_over"));
      setVisible(form, isOpen || (isLeft && card !== ""));
      submit.disabled = !isOpen;
      say();
    },
  };
}
