// @ts-check
// The outbox: what has happened and is not known to be on the disk, kept by this browser. Every window has
// one of its own; what a window left behind when it closed is taken over by the next at the same session.

import { getList, onStored, removeItem, setItem, storedKeys } from "./browser_storage.js";
import { uuid7 } from "./event_ids.js";
import { joinWindows } from "./live_windows.js";

/** @typedef {import("../core/types.js").PendingEvent} PendingEvent */

const OUTBOX = "outbox:";

/**
 * Opens this window's outbox. `onFound(events)` is called with what another window left behind.
 *
 * @param {(events: PendingEvent[]) => void} onTakenOver
 */
export function openOutbox(onTakenOver) {
  const own = uuid7(Date.now());
  const windows = joinWindows(own);
  const closing = new AbortController();
  const ownSessions = new Set(); // the sessions this window has something of in the browser
  const awaited = new Set();
  const outbox = { full: false, save, join, leave: () => windows.leave(), close };
  let joined = null;

  const takeOver = (key) => {
    const events = getList(key);
    if (events.length) onTakenOver(events);
    if (!outbox.full) removeItem(key);
  };
  const watchOwner = (/** @type {string} */ key) => {
    if (!joined || !key.startsWith(`${OUTBOX}${joined}:`) || key.endsWith(own) || awaited.has(key)) return;
    awaited.add(key);
    windows.whenGone(key.slice(key.lastIndexOf(":") + 1), () => {
      awaited.delete(key);
      takeOver(key);
    });
  };
  onStored(OUTBOX, watchOwner, closing.signal);

  /** Keep these events and no others; `full` says afterwards whether the browser has refused. */
  function save(/** @type {PendingEvent[]} */ events) {
    const bySession = groupBySession(events);
    outbox.full = false;
    for (const session of new Set([...ownSessions, ...bySession.keys()])) {
      const key = `${OUTBOX}${session}:${own}`;
      const ofSession = bySession.get(session);
      if (!ofSession) removeItem(key);
      else if (!setItem(key, JSON.stringify(ofSession))) outbox.full = true;
      ownSessions.add(session);
    }
  }

  /** Take over what is left behind of a session, now and as long as this window is at it. */
  function join(/** @type {string | null} */ session) {
    joined = session;
    for (const key of storedKeys(OUTBOX)) watchOwner(key);
  }

  function close() {
    closing.abort();
    windows.close();
  }

  return outbox;
}

/** @param {PendingEvent[]} events @returns {Map<string, PendingEvent[]>} */
function groupBySession(events) {
  const groups = new Map();
  for (const event of events) {
    if (!groups.has(event.session)) groups.set(event.session, []);
    groups.get(event.session).push(event);
  }
  return groups;
}
