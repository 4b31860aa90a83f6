// @ts-check
// Files that are asked for here, made by the server, and handed over when they are there.

import { h } from "../core/dom.js";

/** @typedef {import("../core/types.js").FilePlace} FilePlace */
/**
 * What came of a request: a file that was handed over (`address` gives it once more), places to look at
 * before it is made, or why there is none.
 *
 * @typedef {{ kind: "done", name: string, address: string, notice: string, content: Blob } |
 *   { kind: "places", places: FilePlace[], count: number } |
 *   { kind: "failed", reason: string }} Outcome
 */

/** @typedef {ReturnType<typeof fileRequests>} FileRequests */

// Phones go by it; a web page is to be kept, and not to be opened as one of ours.
const TYPES = {
  pdf: "application/pdf",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  odt: "application/vnd.oasis.opendocument.text",
  ods: "application/vnd.oasis.opendocument.spreadsheet",
  zip: "application/zip",
  png: "image/png",
  jpg: "image/jpeg",
};

/** An address of a file, good until it is revoked. */
function addressOf(/** @type {string} */ name, /** @type {Blob} */ content) {
  const type = TYPES[name.split(".").at(-1)] ?? "application/octet-stream";
  return URL.createObjectURL(new Blob([content], { type }));
}

/**
 * One request at a time; another window's files, or those of before a reload, are not handed over here. A
 * file that was begun comes also when nobody looks any more.
 *
 * @param {{ t: import("../core/texts.js").Texts, client: import("../sync/sync_client.js").SyncClient,
 *   connection: import("../core/types.js").Connection }} context
 */
export function fileRequests({ t, client, connection }) {
  /** @type {{ id: string, tell: (outcome: Outcome) => void, saves: boolean } | null} */
  let current = null;
  let address = ""; // of the last file

  const finish = (/** @type {Outcome} */ outcome) => {
    const { tell } = current;
    current = null;
    tell(outcome);
  };
  const fail = (/** @type {string} */ reason) => finish({ kind: "failed", reason });
  const handOver = async ({ name, notice }) => {
    const request = current;
    const content = await connection.fetchFile().catch(() => null);
    if (request !== current) return;
    if (!content) return fail(t("line.no_files"));
    URL.revokeObjectURL(address);
    address = addressOf(name, content);
    if (request.saves) h("a", { href: address, download: name }).click();
    finish({ kind: "done", name, address, notice, content });
  };
  connection.on("download", (download) => {
    if (!current || download?.to !== current.id) return;
    if (download.refused) return fail(download.refused);
    if (download.places) return finish({ kind: "places", places: download.places, count: download.count });
    handOver(download);
  });
  connection.on("reply", ({ to, refused, unsaved }) => {
    if (current && to === current.id && (refused || unsaved)) fail(refused ?? unsaved);
  });
  connection.on("status", ({ lost }) => {
    if (lost && current) fail(t("line.no_files"));
  });
  return {
    /**
     * Ask for a file; `tell` hears what came of it, unless another is asked for meanwhile. Unless it `saves`
     * it is not handed over to the person, but only to who asked.
     */
    ask(
      /** @type {string} */ type,
      /** @type {object} */ fields,
      /** @type {(outcome: Outcome) => void} */ tell,
      saves = true,
    ) {
      current = { id: client.request(type, fields), tell, saves };
      if (connection.status.lost) fail(t("line.no_files"));
    },
  };
}
