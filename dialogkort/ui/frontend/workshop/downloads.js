// @ts-check
// "Hent" and "Print kort" on the workshop's screens: what files may be made of there.

import { catalogueDialog } from "../core/catalogue_dialog.js";
import { downloadDialog, scopesOfSessions } from "../core/download_dialog.js";
import { importDialog } from "../core/import_dialog.js";
import { importRequests } from "../sync/import_requests.js";
import { fileRequests } from "../sync/file_requests.js";
import { printDialog } from "../core/print_dialog.js";

/**
 * @param {{ t: import("../core/texts.js").Texts, client: import("../sync/sync_client.js").SyncClient,
 *   connection: import("../core/types.js").Connection, model: import("./model.js").WorkshopModel,
 *   root: HTMLElement, parts: any }} context
 */
export function downloads({ t, client, connection, model, root, parts }) {
  const requests = () => fileRequests({ t, client, connection });
  const tell = (/** @type {string} */ words) => parts.toast.show(words);
  parts.download = downloadDialog(t, requests(), tell);
  parts.catalogue = catalogueDialog(t, requests());
  parts.print = printDialog(t, requests(), tell);
  parts.bringing = importDialog(t, importRequests({ t, client, connection }), tell);
  if (!("group" in root.dataset)) parts.bringing.acceptDrops(root, () => !model.isAtTable);
  const scopesOf = scopesOfSessions({ t, connection, root });
  const everything = { label: t("download.of_everything"), fields: {}, isEverything: true };
  return {
    /** Of the session at hand; what is to be corrected is corrected among all notes. */
    atTable: (/** @type {() => void} */ showNotes) => () => {
      parts.flush();
      parts.download.open(scopesOf(client.session), (note) => {
        if (!parts.allNotes.element.open) showNotes();
        parts.allNotes.goTo(note);
      });
    },
    /** Of a session in the list; of everything with null. */
    fromStart: (/** @type {import("../core/types.js").SessionRow | null} */ row) =>
      parts.download.open(row ? scopesOf(row.session) : [everything]),
    bringIn: () => parts.bringing.open(),
    print: () => model.server.deck && parts.print.open(model.server.deck),
  };
}
