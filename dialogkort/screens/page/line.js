// The line to the kernel. What has happened is an event with an id of its own; it stays in the outbox, which
// survives a reload, until the kernel says that it is on the disk. Sending one twice does no harm.

const PATIENCE = 6000; // ms without an answer before the page says so

/** Opens the line. `changed()` is called when what is pending changes, `heard(answer)` for every answer. */
function openLine(model, { changed, heard }) {
  const line = { session: null, pending: [], late: false };
  let clockAhead = 0; // the kernel's clock less this device's, ms
  let newest = "";
  let timer = null;
  let clearing = null;

  const key = () => `dialogkort:outbox:${line.session}`;
  const keep = () => {
    clearTimeout(clearing);
    try {
      if (line.pending.length) localStorage.setItem(key(), JSON.stringify(line.pending));
      else localStorage.removeItem(key());
    } catch {
      // A browser without storage still works; only a reload in mid-save would cost the last moment.
    }
  };
  const transmit = (message) => {
    try {
      model.send(message);
    } catch {
      line.late = true; // the kernel is gone: the outbox keeps it
    }
    clearTimeout(timer);
    timer = setTimeout(resend, PATIENCE);
  };
  /** Nothing was heard for a while: say so, and try again. */
  const resend = () => {
    line.late = line.waiting().length > 0;
    changed();
    for (const event of line.waiting()) transmit({ do: "happened", event });
  };

  /** A new id (UUIDv7) by the kernel's clock, sorting behind every id seen so far. */
  line.id = () => {
    newest = uuid7(Math.max(Date.now() + clockAhead, newest ? timeOf(newest) + 1 : 0));
    return newest;
  };
  /** Tell the kernel that something has happened. */
  line.happened = (what, fields) => {
    const event = { what, id: line.id(), session: line.session, ...fields };
    line.pending = line.pending.filter((other) => !(other.refused && other.note === event.note));
    line.pending.push(event);
    transmit({ do: "happened", event }); // first of all: the kernel writes while the page draws
    keep();
    changed();
    return event;
  };
  /** What the kernel has not answered yet. The rest of what is pending are notes it refused: kept, not sent. */
  line.waiting = () => line.pending.filter((event) => !event.refused);
  /** Ask the kernel for something that leaves no trace. */
  line.ask = (what, fields) => transmit({ do: what, id: line.id(), ...fields });
  /** Go on with a session: what the outbox still holds of it is sent again. */
  line.join = (session) => {
    line.session = session;
    try {
      line.pending = (JSON.parse(localStorage.getItem(key())) ?? []).map(({ refused, ...event }) => event);
    } catch {
      line.pending = [];
    }
    resend();
    line.late = false;
  };
  line.seen = (id) => {
    if (id > newest) newest = id;
  };

  // Answers come as a trait, in the same update as the table they led to: never one without the other.
  const hear = () => {
    const answer = model.get("answer");
    line.late = false;
    clockAhead = answer.now - Date.now();
    const told = line.pending.find((event) => event.id === answer.to);
    // What a person wrote stays on the screen until it can be kept; a move that was refused is over.
    if (answer.refused && told?.what === "noted") told.refused = true;
    else if (!answer.unsaved) line.pending = line.pending.filter((event) => event !== told);
    clearTimeout(clearing);
    clearing = setTimeout(keep, 200); // nothing is lost by waiting: what is sent twice happens once
    clearTimeout(timer);
    if (line.waiting().length) timer = setTimeout(resend, PATIENCE);
    heard(answer);
  };
  model.on("change:answer", hear);
  line.close = () => {
    model.off("change:answer", hear);
    clearTimeout(timer);
    keep();
  };
  return line;
}

/** A UUIDv7 (RFC 9562) for a moment in ms since 1970. */
function uuid7(ms) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let place = 5, rest = ms; place >= 0; place--, rest = Math.floor(rest / 256)) bytes[place] = rest % 256;
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function timeOf(id) {
  return parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

// The session this window is at: in the address where the page is ours (so that it can be bookmarked), and in
// the window's own memory where it is not (JupyterLab).

function remembered() {
  const address = ownAddress() && new URL(location.href).searchParams.get("session");
  return address || sessionStorage.getItem("dialogkort:session");
}

function remember(session) {
  if (session) sessionStorage.setItem("dialogkort:session", session);
  else sessionStorage.removeItem("dialogkort:session");
  if (!ownAddress()) return;
  const address = new URL(location.href);
  if (session) address.searchParams.set("session", session);
  else address.searchParams.delete("session");
  history.replaceState(null, "", address);
}

function ownAddress() {
  return "dialogkort" in document.documentElement.dataset;
}
