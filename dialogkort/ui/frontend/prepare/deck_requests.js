// @ts-check
// Decks of one's own: a file is sent and read, edited cards are checked again, and used in the plan at hand.

/** @typedef {import("../core/types.js").EditedDeck} EditedDeck */
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
  connection.on("deck_report", (report) => report && settle(report.to, report));
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
  return {
    /** Read a file. */
    async read(/** @type {File} */ file) {
      const answer = await connection.sendFile(file.name, file).catch(() => null);
      if (answer?.upload) return ask("read_deck", { uploads: [answer.upload] });
      return /** @type {DeckReport} */ ({
        to: "",
        refused: answer?.refused ?? t("import.not_sent", { name: file.name }),
      });
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
