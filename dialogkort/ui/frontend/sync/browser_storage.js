// What this window remembers over a reload: the session it is at, and where in a note its writer was.

// The session stands in the address where the page is ours (so that it can be bookmarked), and in the window's own
// memory where it is not (JupyterLab).

function remembered() {
  const address = ownAddress() && new URL(location.href).searchParams.get("session");
  return address || recall("session");
}

function remember(session) {
  keepInMind("session", session);
  if (!ownAddress()) return;
  const address = new URL(location.href);
  if (session) address.searchParams.set("session", session);
  else address.searchParams.delete("session");
  history.replaceState(null, "", address);
}

/** Whether the page is ours (the command's), and not a cell in somebody's notebook. */
function ownAddress() {
  return "dialogkort" in document.documentElement.dataset;
}

function recall(what) {
  try {
    return sessionStorage.getItem(`dialogkort:${what}`);
  } catch {
    return null;
  }
}

function keepInMind(what, value) {
  try {
    if (value) sessionStorage.setItem(`dialogkort:${what}`, value);
    else sessionStorage.removeItem(`dialogkort:${what}`);
  } catch {
    // a browser without storage: the address still knows the session
  }
}

/** Where a writer is: a note and a letter in it, of a session. */
function keepPlace(session, place) {
  keepInMind("place", place && JSON.stringify({ ...place, session }));
}

/** Where the writer was when this window was last at a session, or null. */
function placeBefore(session) {
  const place = JSON.parse(recall("place"));
  return place?.session === session ? place : null;
}
