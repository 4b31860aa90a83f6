// @ts-check
// What was dropped or chosen to be handed in, as sources: a file of its own, or a folder with its files.

/** @typedef {{ path: string, file: File }} ChosenFile */
/**
 * A source. `copies` are the backups and journals that lie beside a folder's files: they are wanted only
 * when one of those cannot be read in full.
 *
 * @typedef {{ name: string, files: ChosenFile[], copies: ChosenFile[] }} Source
 */

const NOTES = /\.(sqlite(-journal|-wal)?|jsonl|json|zip)$/i; // as `exchange/sources.py` looks for them
const COPIES = ["backup", "journal"];
const NOT_NOTES = ["damaged", "checkpoints", ".ipynb_checkpoints"];
const MOST = 800; // files of one folder

/** The sources of files and of folders' files, by their paths. */
export function sourcesOf(/** @type {ChosenFile[]} */ chosen) {
  /** @type {Map<string, Source>} */
  const folders = new Map();
  /** @type {Source[]} */
  const sources = [];
  for (const one of chosen) {
    const parts = one.path.split("/");
    if (parts.length === 1) sources.push({ name: one.path, files: [one], copies: [] });
    else if (!folders.has(parts[0])) {
      const folder = { name: parts[0], files: [], copies: [] };
      folders.set(parts[0], folder);
      sources.push(folder);
    }
    if (parts.length > 1) addToFolder(folders.get(parts[0]), one, parts);
  }
  return sources;
}

/** Of a folder only what may hold notes is wanted: there may be pictures and others' files in it. */
function addToFolder(
  /** @type {Source} */ folder,
  /** @type {ChosenFile} */ one,
  /** @type {string[]} */ parts,
) {
  const between = parts.slice(1, -1);
  if (!NOTES.test(one.path) || between.some((name) => NOT_NOTES.includes(name))) return;
  const list = between.some((name) => COPIES.includes(name)) ? folder.copies : folder.files;
  if (folder.files.length + folder.copies.length < MOST) list.push(one);
}

/** The files that a file field has, with their paths below a folder that was chosen. */
export function filesOfField(/** @type {HTMLInputElement} */ field) {
  return [...field.files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** The files that were dropped, those of folders and all below them included. */
export async function filesOfDrop(/** @type {DataTransfer} */ transfer) {
  // All is asked for before anything is waited for: the browser forgets it then.
  const dropped = [...transfer.items].filter(({ kind }) => kind === "file").map((item) => ({
    entry: item.webkitGetAsEntry?.(),
    file: item.getAsFile(),
  }));
  /** @type {ChosenFile[]} */
  const chosen = [];
  for (const { entry, file } of dropped) {
    if (entry?.isDirectory) await visit(entry, "", chosen);
    else if (file) chosen.push({ path: file.name, file });
  }
  return chosen;
}

async function visit(entry, /** @type {string} */ above, /** @type {ChosenFile[]} */ chosen) {
  const path = `${above}${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise((resolve) => entry.file(resolve, () => resolve(null)));
    if (file) chosen.push({ path, file });
    return;
  }
  const reader = entry.createReader();
  for (let read = null; read?.length !== 0 && chosen.length < 10 * MOST;) { // a hundred at a time
    read = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    for (const child of read) await visit(child, `${path}/`, chosen);
  }
}
