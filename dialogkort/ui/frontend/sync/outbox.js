// The outbox: what has happened and is not known to be on the disk, kept by this browser. Every window has one
// of its own; what a window left behind when it closed is taken over by the next at the same table.

const OUTBOX = "dialogkort:outbox:";
const WINDOW = "dialogkort:window:";

/** Opens this window's outbox. `found(events)` is called with what another window left behind. */
function openOutbox(found) {
  const own = uuid7(Date.now());
  const closing = new AbortController();
  const used = new Set(); // the sessions this window has something of in the browser
  const awaited = new Set();
  const outbox = { full: false };
  let joined = null;

  /** Runs `then` when a window is gone, which may be now: a window holds its lock for as long as it lives. */
  const whenGone = (other, then) => {
    const alone = () => (closing.signal.aborted ? null : then());
    const waiting = navigator.locks?.request(WINDOW + other, { signal: closing.signal }, alone);
    if (waiting) waiting.catch((fault) => fault.name !== "AbortError" && alone());
    else alone(); // an old browser: sent twice happens once
  };
  const takeOver = (key) => {
    const events = read(key);
    if (events.length) found(events);
    if (!outbox.full) forget(key);
  };
  const notice = (key) => {
    if (!key.startsWith(OUTBOX + joined) || key.endsWith(own) || awaited.has(key)) return;
    awaited.add(key);
    whenGone(key.slice(OUTBOX.length + joined.length + 1), () => {
      awaited.delete(key);
      takeOver(key);
    });
  };
  const heard = (event) => joined && event.key && event.newValue && notice(event.key);
  addEventListener("storage", heard);
  navigator.locks?.request(WINDOW + own, () => new Promise((done) => closing.signal.addEventListener("abort", done))).catch(() => {});

  /** Keep these events and no others; `full` says afterwards whether the browser has refused. */
  outbox.keep = (events) => {
    const bySession = Object.groupBy(events, (event) => event.session);
    outbox.full = false;
    for (const session of new Set([...used, ...Object.keys(bySession)])) {
      const key = `${OUTBOX}${session}:${own}`;
      if (!bySession[session]) forget(key);
      else if (!write(key, bySession[session])) outbox.full = true;
      used.add(session);
    }
  };
  /** Take over what is left behind of a session, now and as long as this window is at it. */
  outbox.join = (session) => {
    joined = session;
    for (const key of keys()) notice(key);
  };
  outbox.close = () => {
    closing.abort();
    removeEventListener("storage", heard);
  };
  return outbox;
}

// The browser's storage may be full, or closed to us: then each of these does nothing.

function read(key) {
  try {
    const events = JSON.parse(localStorage.getItem(key));
    return Array.isArray(events) ? events : [];
  } catch {
    return [];
  }
}

function write(key, events) {
  try {
    localStorage.setItem(key, JSON.stringify(events));
    return true;
  } catch {
    return false;
  }
}

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // it was never kept
  }
}

function keys() {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}
