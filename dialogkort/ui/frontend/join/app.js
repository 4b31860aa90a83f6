// @ts-check
// Joining: the code first, then what the meeting is and which group this device is with. It is led to an
// address of its own then.

import { submitButton } from "../core/buttons.js";
import { h, setText, setVisible } from "../core/dom.js";
import { captureKeys } from "../core/keyboard.js";
import { liveRegion } from "../core/live_region.js";
import { textReader } from "../core/texts.js";
import { followTheme } from "../core/theme.js";
import { getWindowItem, setWindowItem } from "../sync/browser_storage.js";
import { saveStatus } from "../sync/save_status.js";
import { SyncClient } from "../sync/sync_client.js";
import { groupForm } from "./group_form.js";

/** The code that the page took out of its address, or that was typed before a reload. */
const rememberedCode = () => getWindowItem("code") ?? window["dialogkort:code"] ?? "";

/** @type {import("../core/types.js").Screen} */
export function joinApp({ host, boot, connection }) {
  const t = textReader(boot.texts);
  const live = liveRegion();
  const client = new SyncClient(connection, {
    changed: () => status.paint(),
    onReply: (reply) => onReply(reply),
  });
  const status = saveStatus({ t, announce: live.announce, facts: () => client.facts() });
  const naming = { class: "dk", lang: t("code"), "aria-label": t("join.title"), "data-screen": "join" };
  const root = h("section", naming);
  let code = rememberedCode();
  const askForMeeting = (/** @type {string} */ typed) => {
    code = typed;
    client.request("show_code", { code });
  };
  const asking = codeForm(t, askForMeeting);
  const choosing = groupForm(t, {
    newId: () => client.newId(),
    join: (id, choice) => client.request("join", { id, code, ...choice }),
    announce: live.announce,
  });
  const page = h("div", { class: "dk-join" }, asking.element, choosing.element);
  root.append(status.strip, page, live.element);

  const onReply = (/** @type {import("../core/types.js").Reply} */ { opened, refused, unsaved }) => {
    const fault = refused ?? unsaved ?? "";
    asking.showFault(fault);
    choosing.showFault(fault);
    if (opened && code) askForMeeting(code);
    status.paint();
  };
  const paint = (/** @type {import("../core/types.js").Meeting | null} */ meeting) => {
    const isNew = meeting && choosing.element.hidden;
    setVisible(asking.element, !meeting);
    setVisible(choosing.element, Boolean(meeting));
    if (!meeting) return;
    setWindowItem("code", code);
    choosing.paint(meeting);
    if (isNew) choosing.focus();
  };
  setVisible(choosing.element, false);
  connection.on("meeting", paint);
  connection.on("joined", (joined) => {
    if (!joined) return;
    setWindowItem("code", null);
    location.replace(new URL(joined.path, document.baseURI));
  });
  captureKeys(root);
  host.append(root);
  const unfollow = followTheme(root);
  status.paint();
  client.greet(null);
  return () => {
    unfollow();
    status.stop();
    client.close();
    root.remove();
  };
}

function codeForm(
  /** @type {import("../core/texts.js").Texts} */ t,
  /** @type {(code: string) => void} */ show,
) {
  const field = h("input", {
    class: "dk-join-code",
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    maxlength: 20,
    required: true,
  });
  const fault = h("p", { class: "dk-trouble", role: "alert", hidden: true });
  const submit = submitButton(t("join.show"));
  const element = h(
    "form",
    { class: "dk-paper dk-join-part", novalidate: true },
    h("h1", {}, t("join.title")),
    h("p", { class: "dk-lead" }, t("join.lead")),
    h("label", { class: "dk-join-field" }, h("span", {}, t("join.code")), field),
    fault,
    submit,
  );
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) show(field.value);
    else field.focus();
  });
  return {
    element,
    showFault(/** @type {string} */ words) {
      setText(fault, words);
      setVisible(fault, Boolean(words));
    },
  };
}
