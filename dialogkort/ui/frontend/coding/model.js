// @ts-check
// What the coding screen knows: notes, codes and readings as the server has shown them, what is still on its
// way, and where the coder is.

import { isCoded, matchingIndexes, NOT_READ, predictCodes, predictReading } from "./coding_state.js";

/** @typedef {import("../core/types.js").CorpusNote} CorpusNote */

const EMPTY_CORPUS = { notes: [], cards: [], areas: [], groups: [] };
const NO_LOBBY = {
  project: null,
  name: "",
  projects: [],
  coder: "",
  codes: [],
  newest: "",
  undo: null,
  notice: "",
};

export const PAGE_SIZE = 40; // notes on show at a time: thousands would choke the page

export class CodingModel {
  /** @type {number[]} the notes that match, as indexes in the corpus */
  list = [];
  /** @type {number | null} the place of the note at hand */
  current = null;
  coder = ""; // who codes here, also while a server that was started anew has not heard of it
  isSignedIn = false; // the coder is known and a project is open
  hasAnswer = false; // before that there is nothing to show
  isComparing = false;
  filter = { show: "", area: "", search: "" };
  #connection;
  #client;

  /**
   * @param {import("../core/types.js").Connection} connection
   * @param {import("../sync/sync_client.js").SyncClient} client
   */
  constructor(connection, client) {
    this.#connection = connection;
    this.#client = client;
  }

  /** @returns {import("../core/types.js").Corpus} */
  get corpus() {
    return this.#connection.get("corpus") ?? EMPTY_CORPUS;
  }

  get lobby() {
    return { ...NO_LOBBY, ...this.#connection.get("lobby") };
  }

  /** @returns {Record<string, import("../core/types.js").Reading>} as the server knows them */
  get readings() {
    return this.#connection.get("readings") ?? {};
  }

  get comparison() {
    return this.#connection.get("comparison") ?? {};
  }

  get isLost() {
    return this.#connection.status.lost;
  }

  get canUndo() {
    if (this.isLost) return this.#client.lastStep().length > 0;
    return Boolean(this.lobby.undo) || this.#client.waiting().length > 0;
  }

  codes() {
    return predictCodes(this.lobby.codes, this.#client.waiting());
  }

  /** The codes that are offered: not those taken out of use. */
  offered() {
    return this.codes().filter((code) => !code.retired);
  }

  reading(/** @type {string} */ note, waiting = this.#client.waiting()) {
    const known = this.readings[note];
    return waiting.length ? predictReading(known, waiting, note, this.coder) : (known ?? NOT_READ);
  }

  /** How many notes are coded. */
  codedCount() {
    const waiting = this.#client.waiting();
    const pending = new Set(waiting.map((event) => event.note)); // few; to predict thousands takes its time
    const readings = this.readings;
    const isDone = ({ id }) =>
      isCoded(pending.has(id) ? this.reading(id, waiting) : (readings[id] ?? NOT_READ));
    return this.corpus.notes.filter(isDone).length;
  }

  /** @returns {CorpusNote | null} */
  get note() {
    return this.current === null ? null : (this.corpus.notes[this.current] ?? null);
  }

  noteAt(/** @type {number} */ index) {
    return this.corpus.notes[index];
  }

  indexOfNote(/** @type {string | undefined} */ note) {
    const index = this.corpus.notes.findIndex(({ id }) => id === note);
    return index < 0 ? null : index;
  }

  cardOf(/** @type {CorpusNote} */ note) {
    return note.card === null ? null : (this.corpus.cards[note.card] ?? null);
  }

  areaOf(/** @type {CorpusNote} */ note) {
    return this.corpus.areas[this.cardOf(note)?.area] ?? null;
  }

  groupOf(/** @type {CorpusNote} */ note) {
    return this.corpus.groups[note.group] ?? null;
  }

  /** Choose anew. A note that is coded meanwhile stays in the list until then. */
  choose() {
    const waiting = this.#client.waiting();
    this.list = matchingIndexes(this.corpus, (note) => this.reading(note, waiting), this.filter);
    if (!this.list.includes(this.current)) this.current = this.list[0] ?? null;
  }

  /** The first note of the list that is not coded yet. */
  firstOpen() {
    return this.list.find((index) => !isCoded(this.reading(this.noteAt(index).id))) ?? this.list[0] ?? null;
  }

  /** Where in the list the page on show begins. */
  get pageStart() {
    return Math.floor(Math.max(0, this.list.indexOf(this.current)) / PAGE_SIZE) * PAGE_SIZE;
  }
}
