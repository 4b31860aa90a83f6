// @ts-check
// Sharing with the room: begun with a form; then what the room needs to join, and who has.

import { h, setVisible } from "../core/dom.js";
import { captureKeys } from "../core/keyboard.js";
import { liveRegion } from "../core/live_region.js";
import { textReader } from "../core/texts.js";
import { followTheme } from "../core/theme.js";
import { saveStatus } from "../sync/save_status.js";
import { SyncClient } from "../sync/sync_client.js";
import { sharedRoom } from "./shared_room.js";
import { beginForm } from "./begin_form.js";

/** @type {import("../core/types.js").Screen} */
export function shareApp({ host, boot, connection }) {
  const t = textReader(boot.texts);
  const live = liveRegion();
  const client = new SyncClient(connection, {
    changed: () => status.paint(),
    onReply: (reply) => onReply(reply),
  });
  const status = saveStatus({ t, announce: live.announce, facts: () => client.facts() });
  const naming = { class: "dk", lang: t("code"), "aria-label": t("share.title"), "data-screen": "share" };
  const root = h("section", { ...naming, "data-lm-suppress-shortcuts": "true" });
  const fault = h("p", { class: "dk-trouble", role: "alert", hidden: true });
  const unavailable = h("p", { class: "dk-trouble", hidden: true }, t("share.unavailable"));
  const act = (/** @type {string} */ type, fields = {}) => {
    setVisible(fault, false);
    client.request(type, fields);
  };
  const begin = beginForm(t, (address, workshop) => act("start_sharing", { address, ...workshop }));
  const room = sharedRoom(t, { act, announce: live.announce });
  const back = connection.inPage && h("a", { class: "dk-button dk-share-back", href: "./" }, t("share.back"));
  const plenum = connection.inPage &&
    h("a", { class: "dk-button dk-share-back", href: "plenum", hidden: true }, t("plenum.title"));
  const ways = h("div", { class: "dk-share-ways" }, plenum, back);
  const head = h("header", { class: "dk-share-head" }, h("h1", {}, t("share.title")), ways);
  const page = h("div", { class: "dk-share" }, head, fault, unavailable, begin.element, room.element);
  root.append(status.strip, page, live.element, ...room.dialogs);

  const onReply = (/** @type {import("../core/types.js").Reply} */ { refused, unsaved }) => {
    setVisible(fault, Boolean(refused ?? unsaved));
    fault.textContent = refused ?? unsaved ?? "";
    status.paint();
  };
  const paint = (/** @type {import("../core/types.js").Sharing} */ sharing) => {
    if (!sharing) return;
    setVisible(unavailable, sharing.state === "unavailable");
    setVisible(begin.element, sharing.state === "none");
    setVisible(room.element, sharing.state === "shared");
    if (plenum) setVisible(plenum, sharing.state === "shared");
    if (sharing.state === "none") begin.paint(sharing);
    if (sharing.state === "shared") room.paint(sharing);
  };
  for (const part of [begin.element, room.element]) setVisible(part, false);
  connection.on("sharing", paint);
  captureKeys(root);
  host.append(root);
  const unfollow = followTheme(root);
  status.paint();
  client.greet(null);
  return () => {
    unfollow();
    room.stop();
    status.stop();
    client.close();
    root.remove();
  };
}
