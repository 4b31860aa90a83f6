// @ts-check
// What this window and this browser remember. Storage may be full, or closed to us: then nothing is
// remembered, and nothing fails.

const PREFIX = "dialogkort:";

/** Whether the page is ours (the command's), and not a cell in somebody's notebook. */
export function isOwnPage() {
  return "dialogkort" in document.documentElement.dataset;
}

// --- this window, over a reload --------------------------------------------------------------------------

export const PLAN_OPENED = "plan"; // the plan that is being prepared in this window
export const PLAN_TO_SHARE = "share"; // the plan that was chosen to be shared

/** @param {string} what @returns {string | null} */
export function getWindowItem(what) {
  try {
    return sessionStorage.getItem(PREFIX + what);
  } catch {
    return null;
  }
}

/** @param {string} what @param {string | null} value */
export function setWindowItem(what, value) {
  try {
    if (value) sessionStorage.setItem(PREFIX + what, value);
    else sessionStorage.removeItem(PREFIX + what);
  } catch {
    // a browser without storage
  }
}

/** @param {string} what @returns {any} null when there is nothing */
export function getWindowJson(what) {
  try {
    return JSON.parse(getWindowItem(what));
  } catch {
    return null;
  }
}

/**
 * The session this window is at. It stands in the address where the page is ours (so that it can be
 * bookmarked), and in the window's own memory where it is not.
 *
 * @returns {string | null}
 */
export function rememberedSession() {
  const address = isOwnPage() && new URL(location.href).searchParams.get("session");
  return address || getWindowItem("session");
}

/** @param {string | null} session */
export function rememberSession(session) {
  setWindowItem("session", session);
  if (!isOwnPage()) return;
  const address = new URL(location.href);
  if (session) address.searchParams.set("session", session);
  else address.searchParams.delete("session");
  history.replaceState(null, "", address);
}

/** Where a writer is: a note and a letter in it, of a session. */
export function saveCursor(/** @type {string} */ session, /** @type {object | null} */ cursor) {
  setWindowItem("place", cursor && JSON.stringify({ ...cursor, session }));
}

/** Where the writer was when this window was last at a session, or null. */
export function savedCursor(/** @type {string} */ session) {
  const cursor = getWindowJson("place");
  return cursor?.session === session ? cursor : null;
}

// --- this browser, over all its windows ------------------------------------------------------------------

/** @param {string} key @returns {string} */
export function getItem(key) {
  try {
    return localStorage.getItem(PREFIX + key) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} key @returns {any[]} */
export function getList(key) {
  try {
    const list = JSON.parse(getItem(key));
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

/** True when the browser has kept it. */
export function setItem(/** @type {string} */ key, /** @type {string} */ value) {
  try {
    localStorage.setItem(PREFIX + key, value);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} key */
export function removeItem(key) {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // it was never kept
  }
}

/** The keys that are kept and begin so. */
export function storedKeys(/** @type {string} */ beginning) {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX + beginning));
    return keys.map((key) => key.slice(PREFIX.length));
  } catch {
    return [];
  }
}

/**
 * Hear of what other windows keep under a key that begins so.
 *
 * @param {string} beginning
 * @param {(key: string) => void} listener
 * @param {AbortSignal} signal
 */
export function onStored(beginning, listener, signal) {
  const listen = (/** @type {StorageEvent} */ { key, newValue }) => {
    if (newValue && key?.startsWith(PREFIX + beginning)) listener(key.slice(PREFIX.length));
  };
  addEventListener("storage", listen, { signal });
}
