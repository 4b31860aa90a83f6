// @ts-check
// What the workshop's screen knows: the state that the server has shown, what is still on its way, and what
// only this window knows (a card that was parked, the opening round on show).

import { countByCard, predictNotes, predictRemoved, replacementsOfRefused } from "./notes_state.js";
import { predictTable } from "./table_state.js";

/** @typedef {import("../core/types.js").Table} Table */
/** @typedef {import("../core/types.js").Note} Note */
/** @typedef {import("../core/types.js").Deck} Deck */
/** @typedef {import("../core/types.js").Lobby} Lobby */
/** @typedef {{ table: Table, deck: Deck, notes: Note[], noteCounts: Record<string, number>, canUndo: boolean,
 *   canRedo: boolean,
 *   inHand: string | null, mode: "none" | "card" | "opening" }} TableView */
/**
 * @typedef {{ table: Table, notes: Record<string, Note>,
 *   removed?: Record<string, import("./notes_state.js").RemovedNote>, deck: Deck | undefined,
 *   lobby: Lobby | undefined, prepared: import("../core/types.js").Prepared | undefined,
 *   invitation?: import("../core/types.js").Invitation,
 *   vote?: import("../core/types.js").Ballot | null,
 *   earlier?: { steps: import("../core/types.js").EarlierStep[], where: string } }} ServerState
 */
/** @typedef {{ parkedCard: string | null, showsOpening: boolean, showsEnd?: boolean }} LocalState */

/** Nothing is left on the table for a moment, and the opening round is not on show. */
export const INITIAL_LOCAL_STATE = { parkedCard: null, showsOpening: false, showsEnd: false };

/** The server's state with what is pending, as the screen shows it. */
export function tableView(
  /** @type {ServerState} */ server,
  /** @type {{ pending: any[], waiting: any[], lost: boolean, lastStep: string[],
   *   nextRedo: string | null }} */ {
    pending,
    waiting,
    lost,
    lastStep,
    nextRedo,
  },
  /** @type {LocalState} */ { parkedCard, showsOpening },
) {
  const table = predictTable(server.table, waiting);
  const notes = predictNotes(server.notes, pending, server.removed);
  const inHand = table.current && table.current !== parkedCard ? table.current : null;
  const mode = showsOpening ? "opening" : inHand ? "card" : "none";
  const canUndo = lost ? lastStep.length > 0 : Boolean(table.undo) || waiting.length > 0;
  const canRedo = lost
    ? nextRedo !== null
    : Boolean(table.redo) && waiting.every(({ what }) => what === "undone");
  return { table, notes, deck: server.deck, noteCounts: countByCard(notes), canUndo, canRedo, inHand, mode };
}

export class WorkshopModel {
  /** @type {ServerState} */
  server = {
    table: /** @type {any} */ ({}),
    notes: {},
    removed: {},
    deck: undefined,
    lobby: undefined,
    prepared: undefined,
  };
  /** @type {LocalState} */
  local = { ...INITIAL_LOCAL_STATE };
  /** @type {string | null} the id of the last move of another window that was spoken of */
  announcedMoveId = null;
  joining = true; // until the server has answered for the first time
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

  /** Take in what the server shows. A new one begins with an empty table: that is not how things are. */
  readServerState() {
    const get = (slice) => this.#connection.get(slice);
    const table = get("table") ?? {};
    if (this.#client.session && table.session !== this.#client.session) return;
    const [notes, removed] = [get("notes") ?? {}, get("removed") ?? {}];
    this.server = {
      table,
      notes,
      removed,
      deck: get("deck"),
      lobby: get("lobby"),
      prepared: get("prepared"),
      earlier: get("earlier"),
      invitation: get("invitation"),
      vote: get("vote"),
    };
    this.#client.observe(table.newest ?? "");
    const isOver = this.table().ended; // or was taken up again in another window
    if (this.local.showsEnd && !isOver) this.local = { ...INITIAL_LOCAL_STATE };
  }

  get isAtTable() {
    const { session } = this.#client;
    return Boolean(session && this.server.table.session === session && this.server.deck);
  }

  /** Which screen is on show. */
  get screen() {
    if (!this.isAtTable) return "start";
    return this.local.showsEnd ? "end" : "table";
  }

  get isLost() {
    return this.#connection.status.lost;
  }

  /** @returns {TableView} */
  view() {
    const client = this.#client;
    const facts = { pending: client.pending, waiting: client.waiting(), lost: this.isLost };
    const steps = { lastStep: client.lastStep(), nextRedo: client.nextRedo() };
    return /** @type {TableView} */ (tableView(this.server, { ...facts, ...steps }, this.local));
  }

  /** The table with what is pending. */
  table() {
    return predictTable(this.server.table, this.#client.waiting());
  }

  /** The notes with what is pending. */
  notes() {
    return predictNotes(this.server.notes, this.#client.pending, this.server.removed);
  }

  /** The notes that are off the pad and can be brought back, with what is pending. */
  removedNotes() {
    return predictRemoved(this.server.notes, this.#client.pending, this.server.removed);
  }

  /** Notes that took the place of one whose newer letters were refused here. */
  replacements() {
    const { notes, removed } = this.server;
    return replacementsOfRefused(notes, this.#client.pending, removed);
  }

  cardNumber(/** @type {string} */ card) {
    return this.server.deck.cards[card].number;
  }
}
