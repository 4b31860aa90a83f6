// @ts-check
// Handing in: the files of a source are sent, then read and merged by the server, one source at a time.

/** @typedef {import("../core/chosen_files.js").Source} Source */
/** @typedef {import("../core/types.js").Imported} Imported */
/** @typedef {ReturnType<typeof importRequests>} ImportRequests */

/**
 * @param {{ t: import("../core/texts.js").Texts, client: import("./sync_client.js").SyncClient,
 *   connection: import("../core/types.js").Connection }} context
 */
export function importRequests({ t, client, connection }) {
  /** @type {Map<string, (result: Imported) => void>} */
  const waiting = new Map();
  const settle = (/** @type {string} */ id, /** @type {Imported} */ result) => {
    waiting.get(id)?.(result);
    waiting.delete(id);
  };
  connection.on("imported", (imported) => imported && settle(imported.to, imported));
  connection.on("reply", ({ to, refused, unsaved }) => {
    if (refused || unsaved) settle(to, { to, refused: refused ?? unsaved });
  });
  connection.on("status", ({ lost }) => {
    if (lost) [...waiting.keys()].forEach((id) => settle(id, { to: id, refused: t("import.lost") }));
  });

  /** Send some files, and have them read together. */
  const bringIn = async (/** @type {import("../core/chosen_files.js").ChosenFile[]} */ files) => {
    const uploads = [];
    for (const { path, file } of files) {
      const answer = await connection.sendFile(path, file).catch(() => null);
      if (!answer?.upload) return refusal(answer?.refused ?? t("import.not_sent", { name: path }));
      uploads.push(answer.upload);
    }
    return /** @type {Promise<Imported>} */ (new Promise((resolve) => {
      if (connection.status.lost) return resolve(refusal(t("import.lost")));
      waiting.set(client.request("import", { uploads }), resolve);
    }));
  };
  return {
    /** Bring a source in; where it cannot be read in full, the copies that lie beside it are read as well. */
    async bringIn(/** @type {Source} */ { files, copies }) {
      if (!files.length && !copies.length) return refusal(t("import.nothing"));
      const first = files.length ? await bringIn(files) : null;
      if (first && (!first.files?.length || !copies.length)) return first;
      return withBoth(first, await bringIn([...files, ...copies]));
    },
  };
}

/** @returns {Imported} */
function refusal(/** @type {string} */ refused) {
  return { to: "", refused };
}

/** What came in the first time and the second; what the second says of the files is the last word. */
function withBoth(/** @type {Imported | null} */ first, /** @type {Imported} */ second) {
  if (!first?.sessions || !second.sessions) return second;
  const before = new Map(first.sessions.map((row) => [row.session, row]));
  const sessions = second.sessions.map((row) => {
    const known = before.get(row.session);
    if (!known) return row;
    return {
      ...row,
      is_new: known.is_new,
      has_new: row.has_new || known.has_new,
      notes: row.notes + known.notes,
    };
  });
  return { ...second, sessions, new: first.new + second.new };
}
