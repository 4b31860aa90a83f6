// @ts-check
// Events on their way to the server. What has happened is an event with an id of its own; it stays in the
// outbox, which survives a reload, until the server says that it is on the disk. Sending one twice does no
// harm.

import { EventClock } from "./event_ids.js";
import { openOutbox } from "./outbox.js";
import {
  adopted,
  lastStep,
  messageOf,
  nextRedo,
  unrefused,
  withEvent,
  withoutNote,
} from "./pending_events.js";
import { Requests } from "./requests.js";

/** @typedef {import("../core/types.js").PendingEvent} PendingEvent */
/** @typedef {import("../core/types.js").Reply} Reply */

const REPLY_TIMEOUT = 6000; // ms without an answer before there is no contact
const BUSY_TIMEOUT = 30_000; // ms it may take when the server says that it is busy
const RETRY_AFTER = 3000; // ms before what the store refused is sent once more
const CLEAR_AFTER = 200; // ms before what is acknowledged leaves the browser: what is sent twice happens once

export class SyncClient {
  /** @type {string | null} the session this window is at */
  session = null;
  #lastSession = null; // what is finished as its screen goes away is of the session that is left
  /** @type {PendingEvent[]} what is not acknowledged, and notes that were refused */
  pending = [];
  /** @type {PendingEvent[]} notes as they stand half-written */
  drafts = [];
  /** @type {string | null} the id of what happened here last */
  lastRecorded = null;

  #connection;
  #handlers;
  #outbox;
  #clock = new EventClock();
  #unsent = new Set(); // ids of what happened while there was no contact
  #storeErrors = new Map(); // by id, why the store could not keep something
  #timer = null;
  #clearing = null;
  #sentAt = 0; // when the first thing was said that is not answered yet
  #lastReplyAt = 0;
  #wantedSession = null; // the session to name in a hello
  #helloId = null; // the id of a hello that is not answered yet
  #requests = new Requests();

  /**
   * @param {import("../core/types.js").Connection} connection
   * @param {{ changed: () => void, onReply: (reply: Reply) => void }} handlers `changed` is called when what
   *   is pending or the contact changes
   */
  constructor(connection, handlers) {
    this.#connection = connection;
    this.#handlers = handlers;
    this.#outbox = openOutbox((left) => this.#adopt(left));
    connection.on("reply", (reply) => this.#onReply(reply));
    connection.on("status", ({ lost }) => (lost && this.#requests.forget(), handlers.changed()));
    connection.on("ready", () => this.#onReady());
  }

  // --- what happens here ----------------------------------------------------------------------------------

  /** A new id (UUIDv7) by the server's clock, sorting behind every id seen so far. */
  newId() {
    return this.#clock.newId();
  }

  /** The server's time, ms since 1970, whatever this device's own clock says. */
  now() {
    return this.#clock.now();
  }

  /** Take note of an id that the server has shown. */
  observe(/** @type {string} */ id) {
    this.#clock.observe(id);
  }

  /** Tell the server that something has happened; returns the event. */
  record(/** @type {string} */ what, /** @type {object} */ fields) {
    const event = /** @type {PendingEvent} */ ({
      what,
      id: this.newId(),
      session: this.session ?? this.#lastSession,
      ...fields,
    });
    const { lost } = this.#connection.status;
    if (lost) this.#unsent.add(event.id);
    else this.#transmit(messageOf(event)); // first of all: the server writes while the page draws
    this.lastRecorded = event.id;
    this.pending = withEvent(this.pending, event, this.#unsent);
    this.#save();
    this.#handlers.changed();
    return event;
  }

  /**
   * A note goes on as another one, whose id is that of its first version, and the one there was goes for
   * good: also what is still on its way of it.
   */
  replaceNote(/** @type {string} */ before, /** @type {object} */ note) {
    this.pending = withoutNote(this.pending, before);
    const id = this.newId();
    return this.record("noted", { ...note, id, note: id, after: before, instead_of: before });
  }

  /**
   * What another window took out of a note was refused here: it goes on as a version of the note there is
   * now. Returns that event, or null when there was nothing to go on with.
   */
  followNote(/** @type {string} */ before, /** @type {string} */ now) {
    const refused = this.pending.filter((event) => event.refused && event.note === before);
    this.pending = this.pending.filter((event) => !refused.includes(event));
    const newest = refused.at(-1);
    if (newest?.session !== this.session) return null;
    const { refused: _, id: __, session: ___, what, ...fields } = newest;
    return this.record(what, { ...fields, note: now, after: now });
  }

  /**
   * Notes as they stand half-written: kept by the browser letter by letter, sent when they become an event.
   */
  keepDrafts(/** @type {object[]} */ notes) {
    const about = { what: "noted", session: this.session, draft: true };
    this.drafts = notes.map((note) => /** @type {PendingEvent} */ ({ ...about, ...note, id: this.newId() }));
    this.#save();
  }

  // --- what is not answered yet ---------------------------------------------------------------------------

  /** What the server has not answered of this session. */
  waiting() {
    return unrefused(this.pending).filter((event) => event.session === this.session);
  }

  /** The ids of the newest step that the server does not know of yet. */
  lastStep() {
    return lastStep(this.waiting());
  }

  /** The id of the undoing that can be taken back without the server, or null. */
  nextRedo() {
    return nextRedo(this.waiting());
  }

  /** Why the store cannot keep what was written, in words for the group; null when it can. */
  unsavedReason() {
    return [...this.#storeErrors.values()].at(-1) ?? null;
  }

  /** Whether a reload would cost something that was written. */
  atRisk() {
    return this.#outbox.full && this.pending.length + this.drafts.length > 0;
  }

  /** How saving goes, for the status in the bar. */
  facts() {
    const { lost, locked, keyless, movedTo } = this.#connection.status;
    return {
      lost,
      locked,
      keyless,
      movedTo,
      isGuest: this.#connection.isGuest,
      inPage: this.#connection.inPage,
      unsaved: this.unsavedReason(),
      atRisk: this.atRisk(),
      refused: this.pending.some((event) => event.refused),
      writing: this.pending.length + this.drafts.length > 0,
    };
  }

  // --- coming and going -----------------------------------------------------------------------------------

  /** Say which session this window is at: the first word to every server. */
  greet(/** @type {string | null} */ session) {
    this.#wantedSession = session;
    this.#sayHello();
  }

  /** Ask the server for something that leaves no trace; returns the request's id. */
  request(/** @type {string} */ type, /** @type {object} */ fields = {}) {
    const message = { type, id: this.newId(), ...fields };
    const isSent = this.#transmit(message);
    if (!this.#connection.status.lost) this.#requests.made(message, isSent);
    return message.id;
  }

  /** Ask for a session (by a `plan`; a follow-up) to be begun: again when contact is back, if unanswered. */
  begin(details, /** @type {string | null} */ plan = null, /** @type {string[]} */ follows = []) {
    const start = { details, ...(plan && { plan }), ...(follows.length && { follows }) };
    this.#transmit(this.#requests.begin(start, this.newId()));
  }

  /** Go on with a session: what the outbox still holds of it is sent again. */
  join(/** @type {string | null} */ session) {
    this.session = this.#wantedSession = session;
    this.#lastSession = session ?? this.#lastSession;
    this.#outbox.join(session);
    this.#resend();
  }

  leave() {
    this.session = this.#wantedSession = null;
    this.request("leave");
  }

  /** The page goes, and may come back: what it has is for the other windows. */
  pageHides() {
    this.#save();
    this.#outbox.leave();
  }

  close() {
    clearTimeout(this.#timer);
    this.#save();
    this.#outbox.close();
    this.#connection.close();
  }

  // --- the line -------------------------------------------------------------------------------------------

  #transmit(message) {
    const isSent = this.#connection.send(message) !== false;
    if (!this.#timer) this.#wait(); // what is said on top of it makes the silence no shorter
    return isSent;
  }

  #wait() {
    if (!this.#timer) this.#sentAt = performance.now();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onSilence(), this.#storeErrors.size ? RETRY_AFTER : REPLY_TIMEOUT);
  }

  #onSilence() {
    if (this.#connection.isBusy() && performance.now() - this.#sentAt < BUSY_TIMEOUT) return this.#wait();
    this.#timer = null;
    if (this.#storeErrors.size && performance.now() - this.#lastReplyAt < REPLY_TIMEOUT) this.#resend();
    else this.#connection.lose();
  }

  #onReady() {
    this.#helloId ??= this.newId();
    this.#resend();
    this.#requests.repeat((message) => this.#transmit(message));
    this.#handlers.changed();
  }

  #sayHello() {
    this.#storeErrors.delete(this.#helloId);
    this.#helloId = this.newId();
    this.#transmit({ type: "hello", id: this.#helloId, session: this.#wantedSession });
  }

  #resend() {
    if (this.#connection.status.lost) return;
    this.#unsent.clear();
    if (this.#helloId) this.#sayHello();
    for (const event of unrefused(this.pending)) this.#transmit(messageOf(event));
  }

  #onReply(/** @type {Reply} */ reply) {
    this.#lastReplyAt = performance.now();
    this.#requests.answered(reply.to);
    this.#clock.synchronise(reply.now);
    const acknowledged = this.pending.find((event) => event.id === reply.to);
    if (!reply.unsaved) this.#storeErrors.delete(reply.to);
    else if (acknowledged || reply.to === this.#helloId) this.#storeErrors.set(reply.to, reply.unsaved);
    if (reply.to === this.#helloId && !reply.unsaved) this.#helloId = null;
    if (reply.refused && !this.session) this.#wantedSession = null; // that session is not here
    // What a person wrote stays on the screen until it can be kept; a move that was refused is over.
    if (reply.refused && acknowledged?.what === "noted") acknowledged.refused = true;
    else if (!reply.unsaved) this.pending = this.pending.filter((event) => event !== acknowledged);
    clearTimeout(this.#clearing);
    this.#clearing = setTimeout(() => this.#save(), CLEAR_AFTER);
    clearTimeout(this.#timer);
    this.#timer = null;
    if (unrefused(this.pending).length || this.#helloId) this.#wait();
    this.#handlers.onReply(reply);
  }

  // --- the outbox -----------------------------------------------------------------------------------------

  #save() {
    clearTimeout(this.#clearing);
    this.#outbox.save([...this.pending, ...this.drafts]);
  }

  #adopt(/** @type {PendingEvent[]} */ leftBehind) {
    this.pending = [...this.pending, ...adopted(this.pending, leftBehind)];
    this.#save();
    this.#resend();
    this.#handlers.changed();
  }
}
