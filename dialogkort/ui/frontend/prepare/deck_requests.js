// @ts-check
// Files for the plan at hand. Decks of one's own: a file is sent and read, edited cards are checked again,
// and used; and the catalogue for the tables, which is kept beside the notes.

import { LIMITS } from "../core/vocabulary.js";

/** @typedef {import("../core/types.js").EditedDeck} EditedDeck */
/** @typedef {import("../core/types.js").KeptCatalogue} KeptCatalogue */
/** @typedef {import("../core/types.js").DeckReport} DeckReport */
/** @typedef {ReturnType<typeof deckRequests>} DeckRequests */

const MOST = 900_000; // characters of a message: the server takes no more than a million bytes

/**
 * @param {{ t: import("../core/texts.js").Texts, client: import("../sync/sync_client.js").SyncClient,
 *   connection: import("../core/types.js").Connection }} context
 */
export function deckRequests({ t, client, connection }) {
  /** @type {Map<string, { resolve: (report: DeckReport) => void, isAnswer: boolean }>} */
  const waiting = new Map();
  const settle = (/** @type {string} */ id, /** @type {DeckReport} */ report) => {
    waiting.get(id)?.resolve(report);
    waiting.delete(id);
  };
  for (const slice of ["deck_report", "catalogue_kept"]) {
    connection.on(slice, (report) => report && settle(report.to, report));
  }
  connection.on("reply", ({ to, refused, unsaved }) => {
    const words = refused ?? unsaved;
    if (words || waiting.get(to)?.isAnswer) settle(to, { to, ...(words && { refused: words }) });
  });
  connection.on("status", ({ lost }) => {
    if (lost) [...waiting.keys()].forEach((id) => settle(id, { to: id, refused: t("import.lost") }));
  });

  /** Ask for something; `isAnswer`: the reply is all that comes. */
  const ask = (/** @type {string} */ type, /** @type {object} */ fields, isAnswer = false) => {
    if (connection.status.lost) return refusal(t("import.lost"));
    if (JSON.stringify(fields).length > MOST) return refusal(t("decks.too_large"));
    return /** @type {Promise<DeckReport>} */ (new Promise((resolve) => {
      waiting.set(client.request(type, fields), { resolve, isAnswer });
    }));
  };
  const send = async (/** @type {File} */ file, /** @type {string} */ type) => {
    const answer = await connection.sendFile(file.name, file).catch(() => null);
    if (answer?.upload) return ask(type, { uploads: [answer.upload] });
    return refusal(answer?.refused ?? t("import.not_sent", { name: file.name }));
  };
  return {
    /** Read a file. */
    read: (/** @type {File} */ file) => send(file, "read_deck"),
    /**
     * Keep a file for the tables: gives what it is called, and its digest.
     *
     * @returns {Promise<KeptCatalogue>}
     */
    keepCatalogue(/** @type {File} */ file) {
      if (file.size <= LIMITS.catalogueBytes) return send(file, "keep_catalogue");
      return refusal(t("prepare.file_too_large", { name: file.name, most: LIMITS.catalogueBytes >> 20 }));
    },
    check: (/** @type {EditedDeck} */ deck) => ask("check_deck", { deck }),
    /** Choose from these cards in the plan at hand; with none, from those that come along. */
    use: (/** @type {EditedDeck | null} */ deck, adds = false) =>
      ask("use_deck", { session: client.session, deck, adds }, true),
  };
}

/** @returns {Promise<DeckReport>} */
function refusal(/** @type {string} */ refused) {
  return Promise.resolve({ to: "", refused });
}
