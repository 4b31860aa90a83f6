// @ts-check
// What both adapters share: the state the server shows, who listens to it, and whether there is contact.

import { mergeState } from "./server_state.js";

/**
 * The part of a connection that has nothing to do with how it reaches the server. An adapter calls `receive`
 * with what the server says and `setStatus` when contact is lost or found, and adds the rest.
 *
 * @param {boolean} inPage
 * @param {boolean} [isGuest] whether the page is a device's that has joined, on whoever's machine
 */
export function connectionBase(inPage, isGuest = false) {
  /** @type {Map<string, Array<(value?: any) => void>>} */
  const listeners = new Map();
  const status = { lost: false, locked: false, keyless: false, movedTo: "" };
  /** @type {Record<string, any>} */
  let slices = {};

  const emit = (name, value) => {
    for (const listener of listeners.get(name) ?? []) listener(value);
  };
  const setStatus = (change) => {
    if (Object.entries(change).every(([name, value]) => status[name] === value)) return;
    Object.assign(status, change);
    emit("status", status);
  };
  return {
    inPage,
    isGuest,
    status,
    emit,
    setStatus,
    get: (/** @type {string} */ slice) => slices[slice],
    /** Listen to a slice, or to `reply`, `status` or `ready`. */
    on: (/** @type {string} */ name, /** @type {(value?: any) => void} */ listener) => {
      listeners.set(name, [...(listeners.get(name) ?? []), listener]);
    },
    /** Take in what the server says: a reply is heard when the state it led to is there. */
    receive: (/** @type {any} */ message) => {
      if (message?.type === "moved") return setStatus({ movedTo: message.address });
      if (message?.type !== "state") return;
      const merged = mergeState(slices, message);
      slices = merged.slices;
      const wasLost = status.lost;
      setStatus({ lost: false, locked: false });
      for (const name of merged.changed) emit(name, slices[name]);
      if (message.reply) emit("reply", message.reply);
      if (wasLost) emit("ready");
    },
    removeListeners: () => listeners.clear(),
  };
}
