// @ts-check
// The notes as files: asked for here, made by the server, fetched when they are there.

import { saveFile } from "./export_erase.js";

/**
 * @param {{ t: import("../core/texts.js").Texts, client: import("../sync/sync_client.js").SyncClient,
 *   connection: import("../core/types.js").Connection, announce: (text: string) => void, parts: any }}
 *   context
 */
export function downloads({ t, client, connection, announce, parts }) {
  let requestCount = 0; // another window's files, or those of before a reload, are not handed over here
  const fetchAndSave = async ({ name, privacy_summary }) => {
    try {
      saveFile(name, await connection.fetchFile());
      if (privacy_summary) parts.toast.show(privacy_summary);
    } catch {
      parts.toast.show(t("line.lost"));
    }
  };
  connection.on("download", (download) => {
    if (!requestCount || !download?.name) return;
    requestCount -= 1;
    fetchAndSave(download);
  });
  const giveUp = () => {
    if (!connection.status.lost || !requestCount) return;
    requestCount = 0;
    parts.toast.show(t("line.no_files"));
  };
  connection.on("status", giveUp);
  return {
    /** Ask for a session as files; null for everything. */
    ask: (/** @type {string | null} */ session) => {
      requestCount += 1;
      client.request("export", { session });
      announce(t("wayout.making"));
      giveUp();
    },
  };
}
