// @ts-check
// "Hent" where a session is typed in: the same files as everywhere.

import { downloadDialog, scopesOfSessions } from "../core/download_dialog.js";
import { fileRequests } from "../sync/file_requests.js";

/**
 * Opens the dialog; what is to be corrected before a file is made is corrected in its line.
 *
 * @param {{ t: import("../core/texts.js").Texts, client: import("../sync/sync_client.js").SyncClient,
 *   connection: import("../core/types.js").Connection, root: HTMLElement,
 *   model: import("../workshop/model.js").WorkshopModel, parts: any }} context
 * @param {{ takeUp: (subject: import("./line.js").Subject) => void }} flow
 */
export function paperDownload({ t, client, connection, root, model, parts }, flow) {
  const requests = fileRequests({ t, client, connection });
  parts.download = downloadDialog(t, requests, (words) => parts.toast.show(words));
  const scopesOf = scopesOfSessions({ t, connection, root });
  const correct = (/** @type {string} */ id) => {
    const { card, opening_question } = model.view().notes.find((note) => note.id === id) ?? {};
    if (!card && !opening_question) return; // it was removed meanwhile
    const about = card ? { card } : { opening_question };
    flow.takeUp(about);
    parts.notepad.goTo({ about, note: id, scrolled: 0 });
  };
  return () => {
    parts.notepad.flush();
    parts.download.open(scopesOf(client.session), correct);
  };
}
