// @ts-check
// Which windows of this browser live. A window holds a lock for as long as it lives; where there are no locks
// (plain http in the room's network) it answers when it is asked.
//
// A window that does not answer may only be asleep. That costs nothing: a hidden window has sent what was
// half-written before it fell asleep, and what was sent twice happens once.

const LOCK = "dialogkort:window:";
const CHANNEL = "dialogkort:windows";
const POLL_INTERVAL = 1000; // ms
const MAX_UNANSWERED = 5; // questions in a row before a window counts as gone

/**
 * `whenGone(other, then)` runs `then` when a window is gone, which may be now. `leave` says that this one
 * goes.
 * @typedef {{ whenGone: (other: string, then: () => void) => void, leave: () => void, close: () => void }}
 *   LiveWindows
 */

/** @param {string} own this window's name @returns {LiveWindows} */
export function joinWindows(own) {
  return globalThis.navigator?.locks ? byLocks(own, navigator.locks) : byPolling(own);
}

/** @param {string} own @param {LockManager} locks @returns {LiveWindows} */
function byLocks(own, locks) {
  const closing = new AbortController();
  const untilClosed = new Promise((release) => closing.signal.addEventListener("abort", () => release(null)));
  locks.request(LOCK + own, () => untilClosed).catch(() => {});
  return {
    whenGone: (other, then) => {
      const run = () => {
        if (!closing.signal.aborted) then();
      };
      locks.request(LOCK + other, { signal: closing.signal }, run).catch(() => {});
    },
    leave: () => {}, // the browser lets go of the lock
    close: () => closing.abort(),
  };
}

/** @param {string} own @returns {LiveWindows} */
function byPolling(own) {
  const channel = new BroadcastChannel(CHANNEL);
  /** @type {Map<string, { unanswered: number, then: () => void }>} */
  const watched = new Map();
  let timer = null;
  let polledAt = 0;

  const ask = () => {
    polledAt = Date.now();
    for (const other of watched.keys()) channel.postMessage({ ask: other });
    timer = watched.size ? setTimeout(count, POLL_INTERVAL) : null;
  };
  const count = () => {
    const slept = Date.now() - polledAt > 2 * POLL_INTERVAL; // this machine did, and the others with it
    for (const [other, watch] of watched) {
      watch.unanswered = slept ? 0 : watch.unanswered + 1;
      if (watch.unanswered >= MAX_UNANSWERED) gone(other);
    }
    ask();
  };
  const gone = (other) => {
    const { then } = watched.get(other) ?? {};
    watched.delete(other);
    then?.();
  };
  channel.onmessage = ({ data }) => {
    if (data.ask === own) channel.postMessage({ alive: own });
    else if (watched.has(data.alive)) watched.get(data.alive).unanswered = 0;
    else if (watched.has(data.gone)) gone(data.gone);
  };
  const leave = () => channel.postMessage({ gone: own });
  return {
    whenGone: (other, then) => {
      watched.set(other, { unanswered: 0, then });
      if (!timer) ask();
    },
    leave,
    close: () => {
      clearTimeout(timer);
      leave();
      channel.close();
    },
  };
}
