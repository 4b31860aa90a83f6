// @ts-check
// "Hent ind": files or folders of other groups, dropped or chosen; then what came in, and what did not.

import { iconButton } from "./buttons.js";
import { filesOfDrop, filesOfField, sourcesOf } from "./chosen_files.js";
import { dialogShell } from "./dialogs.js";
import { h, setText, setVisible } from "./dom.js";
import { icon } from "./icons.js";

/** @typedef {import("./texts.js").Texts} Texts */
/** @typedef {import("./chosen_files.js").ChosenFile} ChosenFile */
/** @typedef {import("./types.js").Imported} Imported */
/** @typedef {{ name: string, result: Imported }} Outcome */

/**
 * @param {Texts} t
 * @param {import("../sync/import_requests.js").ImportRequests} requests
 * @param {(words: string) => void} tell says what came in to who has closed the dialog meanwhile
 * @param {() => void} [onEnd] something may have come in
 */
export function importDialog(t, requests, tell, onEnd = () => {}) {
  const shell = dialogShell(t, t("import.title"), "import");
  const status = importStatus(t);
  let isBusy = false;

  const bringIn = async (/** @type {ChosenFile[]} */ chosen) => {
    if (isBusy || !chosen.length) return;
    isBusy = true;
    const sources = sourcesOf(chosen);
    /** @type {Outcome[]} */
    const outcomes = [];
    for (const source of sources) {
      status.reading(source.name, outcomes.length + 1, sources.length);
      outcomes.push({ name: source.name, result: await requests.bringIn(source) });
    }
    isBusy = false;
    const words = status.done(outcomes);
    if (!shell.element.open) tell(words);
    onEnd();
  };
  const zone = dropZone(t, bringIn);
  shell.fill(
    h("p", { class: "dk-lead" }, t("import.lead")),
    zone.element,
    status.element,
    h("p", { class: "dk-quiet" }, t("import.which")),
  );
  const open = () => {
    if (!isBusy) status.clear();
    if (!shell.element.open) shell.open();
  };
  return {
    element: shell.element,
    open,
    /** What is dropped anywhere on a screen is handed in: the browser would leave the page for it. */
    acceptDrops(/** @type {HTMLElement} */ root, isWanted = () => true) {
      root.addEventListener("dragover", (event) => {
        if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
      });
      root.addEventListener("drop", (event) => {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        if (!isWanted()) return;
        open();
        filesOfDrop(event.dataTransfer).then(bringIn);
      });
    },
  };
}

/**
 * Where files are dropped, and the buttons to choose them by. Of `decks` one file is wanted, which it takes
 * in by itself; what is dropped on the screen of notes, the screen does.
 *
 * @param {Texts} t
 * @param {(chosen: ChosenFile[]) => void} bringIn
 * @param {{ decks?: boolean }} [how]
 */
export function dropZone(t, bringIn, { decks = false } = {}) {
  const chooser = (/** @type {object} */ attributes, /** @type {string} */ key) => {
    const field = h("input", { type: "file", multiple: true, hidden: true, ...attributes });
    field.addEventListener("change", () => {
      bringIn(filesOfField(field));
      field.value = ""; // so that the same can be chosen again
    });
    return [field, iconButton("import", t(key), () => field.click(), "dk-big")];
  };
  const canChooseFolders = "webkitdirectory" in HTMLInputElement.prototype;
  const element = h(
    "div",
    { class: "dk-drop", "data-part": "drop" },
    h("p", {}, t(decks ? "decks.drop" : "import.drop")),
    h(
      "div",
      { class: "dk-moves" },
      decks
        ? chooser({ multiple: false, accept: ".xlsx,.xls,.ods,.csv,.txt" }, "decks.choose_file")
        : chooser({}, "import.choose_files"),
      canChooseFolders && !decks ? chooser({ webkitdirectory: true }, "import.choose_folder") : [],
    ),
  );
  const mark = (/** @type {boolean} */ isOver) => element.toggleAttribute("data-over", isOver);
  for (const type of ["dragenter", "dragover"]) element.addEventListener(type, () => mark(true));
  for (const type of ["dragleave", "drop"]) element.addEventListener(type, () => mark(false));
  if (decks) takeDrops(element, bringIn);
  return { element };
}

function takeDrops(
  /** @type {HTMLElement} */ element,
  /** @type {(chosen: ChosenFile[]) => void} */ bringIn,
) {
  element.addEventListener("dragover", (event) => event.preventDefault());
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    filesOfDrop(event.dataTransfer).then(bringIn);
  });
}

/** What came of it, where everybody sees and hears it. */
function importStatus(/** @type {Texts} */ t) {
  const summary = h("p", { class: "dk-import-summary", role: "status" });
  const list = h("ul", { class: "dk-import-list" });
  const element = h("div", { class: "dk-import-status", "data-part": "imported" }, summary, list);
  const show = (/** @type {string} */ state, /** @type {string} */ words) => {
    element.dataset.state = state;
    setVisible(element, state !== "none");
    setText(summary, words);
    list.replaceChildren();
  };
  show("none", "");
  return {
    element,
    clear: () => show("none", ""),
    reading: (/** @type {string} */ name, /** @type {number} */ number, /** @type {number} */ all) =>
      show("reading", t("import.reading", { name, number, all })),
    /** Shows and gives in words what came in. */
    done(/** @type {Outcome[]} */ outcomes) {
      const words = summaryOf(t, outcomes);
      show(outcomes.some(({ result }) => problemsOf(result).length) ? "partly" : "done", words);
      list.replaceChildren(...outcomes.map((outcome) => outcomeRow(t, outcome)));
      element.scrollIntoView({ block: "nearest" });
      return words;
    },
  };
}

/** One source: the groups in it, and what could not be read, file by file. */
function outcomeRow(/** @type {Texts} */ t, /** @type {Outcome} */ { name, result }) {
  const problems = problemsOf(result);
  const groups = (result.sessions ?? []).map((row) => {
    const came = row.has_new ? t("import.notes", { count: row.notes }) : t("import.here_already");
    const words = row.rewritten ? `${came}. ${t("import.rewritten", { count: row.rewritten })}` : came;
    return h("span", { class: row.rewritten ? "dk-import-problem" : "dk-quiet" }, `${row.group}: ${words}`);
  });
  return h(
    "li",
    { "data-refused": String(problems.length > 0) },
    icon(problems.length ? "unsaved" : "check"),
    h(
      "div",
      {},
      h("strong", {}, name),
      groups,
      problems.map((words) => h("span", { class: "dk-import-problem" }, words)),
    ),
  );
}

/** Why something of a source did not come in; a file in a folder is named. */
function problemsOf(/** @type {Imported} */ { refused, files = [] }) {
  return refused
    ? [refused]
    : files.flatMap(({ name, problems }) =>
      problems.map((words) => words.includes(name) ? words : `${name}: ${words}`)
    );
}

/** "3 grupper og 41 noter kom ind. 2 var her allerede. 1 kunne ikke hentes ind." */
function summaryOf(/** @type {Texts} */ t, /** @type {Outcome[]} */ outcomes) {
  /** @type {Map<string, { has_new: boolean, notes: number }>} a group may be in several files */
  const groups = new Map();
  for (const row of outcomes.flatMap(({ result }) => result.sessions ?? [])) {
    const { has_new, notes } = groups.get(row.session) ?? { has_new: false, notes: 0 };
    groups.set(row.session, { has_new: has_new || row.has_new, notes: notes + row.notes });
  }
  const rows = [...groups.values()];
  const came = rows.filter((row) => row.has_new);
  const notes = came.reduce((sum, row) => sum + row.notes, 0);
  const refused = outcomes.filter(({ result }) => problemsOf(result).length).length;
  const others = outcomes.some(({ result }) => result.new) && !came.length;
  const sentences = [
    came.length > 0 && t("import.came_in", {
      groups: t("import.groups", { count: came.length }),
      notes: t("import.notes_in_all", { count: notes }),
    }),
    others && t("import.others_came_in"),
    rows.length > came.length && t("import.were_here", { count: rows.length - came.length }),
    refused > 0 && t("import.refused", { count: refused }),
  ];
  return sentences.filter(Boolean).join(" ") || t("import.nothing_new");
}
