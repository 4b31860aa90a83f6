// The line to the kernel. What has happened is an event with an id of its own; it stays in the outbox, which
// survives a reload, until the kernel says that it is on the disk. Sending one twice does no harm.

const PATIENCE = 6000; // ms without an answer before there is no contact
const AT_WORK = 30_000; // ms it may take when the kernel says that it is busy
const TRY_AGAIN = 3000; // ms before what the store refused is sent once more
const IN_ONE_GO = 60_000; // ms between two versions of a note of which the newer can stand for both

/** Opens the line. `changed()` is called when what is pending changes, `heard(answer)` for every answer. */
function openLine(model, { changed, heard, back }) {
  const line = { session: null, pending: [], drafts: [] };
  const unsent = new Set(); // ids of what happened while there was no contact
  const troubles = new Map(); // by id, why the store could not keep something
  let clockAhead = 0; // the kernel's clock less this device's, ms
  let newest = "";
  let timer = null;
  let sentAt = 0; // when the first thing was said that is not answered yet
  let heardAt = 0;
  let clearing = null;
  let wanted = null; // the session to name in a hello
  let greeting = null; // the id of a hello that is not answered yet

  const contact = openContact(model, {
    changed: () => changed(),
    back: () => {
      greeting ??= line.id();
      resend();
      back();
    },
  });
  const outbox = openOutbox((events) => adopt(events));
  const keep = () => {
    clearTimeout(clearing);
    outbox.keep([...line.pending, ...line.drafts]);
  };
  const unrefused = () => line.pending.filter((event) => !event.refused);
  const transmit = (message) => {
    contact.send(message);
    if (!timer) wait(); // what is said on top of it makes the silence no shorter
  };
  const wait = () => {
    if (!timer) sentAt = Date.now();
    clearTimeout(timer);
    timer = setTimeout(nothingHeard, troubles.size ? TRY_AGAIN : PATIENCE);
  };
  const heardSomething = () => {
    clearTimeout(timer);
    timer = null;
    if (unrefused().length || greeting) wait();
  };
  const nothingHeard = () => {
    if (contact.isBusy() && Date.now() - sentAt < AT_WORK) return wait();
    timer = null;
    if (troubles.size && Date.now() - heardAt < PATIENCE) resend();
    else contact.lose();
  };
  const resend = () => {
    if (contact.lost) return;
    unsent.clear();
    if (greeting) greet();
    for (const event of unrefused()) transmit(message(event));
  };
  const message = ({ instead_of, ...event }) => (instead_of ? { do: "redact", event } : { do: "happened", event });
  const greet = () => {
    troubles.delete(greeting);
    greeting = line.id();
    transmit({ do: "hello", id: greeting, session: wanted });
  };

  line.contact = contact;
  /** Say which session this window is at: the first word to every kernel. */
  line.greet = (session) => {
    wanted = session;
    greet();
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
    if (contact.lost) standFor(event);
    line.pending.push(event);
    if (!contact.lost) transmit(message(event)); // first of all: the kernel writes while the page draws
    keep();
    changed();
    return event;
  };
  /** Without contact a note would fill the browser with its versions: the newest takes the place of the last. */
  const standFor = (event) => {
    unsent.add(event.id);
    const last = event.what === "noted" && line.pending.findLast((other) => other.what === "noted" && other.note === event.note);
    if (!last || last.instead_of || !unsent.has(last.id) || timeOf(event.id) - timeOf(last.id) > IN_ONE_GO) return;
    event.after = last.after;
    line.pending = line.pending.filter((other) => other !== last);
  };
  /**
   * A note goes on as another one, whose id is that of its first version, and the one there was goes for good: also
   * what is still on its way of it.
   */
  line.replaced = (before, note) => {
    line.pending = line.pending.filter((event) => event.what !== "noted" || event.note !== before);
    const id = line.id();
    return line.happened("noted", { ...note, id, note: id, after: before, instead_of: before });
  };
  /** What another window took out of a note was refused here: it goes on as a version of the note there is now. */
  line.followed = (before, now) => {
    const refused = line.pending.filter((event) => event.refused && event.note === before);
    line.pending = line.pending.filter((event) => !refused.includes(event));
    const { refused: _, id: __, session, what, ...newest } = refused.at(-1) ?? {};
    return newest.note && session === line.session ? line.happened(what, { ...newest, note: now, after: now }) : null;
  };
  /** Notes as they stand half-written: kept by the browser letter by letter, sent when they become an event. */
  line.draft = (notes) => {
    line.drafts = notes.map((note) => ({ what: "noted", session: line.session, draft: true, ...note }));
    keep();
  };
  /** What the kernel has not answered of this session. The rest of what is pending are notes it refused. */
  line.waiting = () => unrefused().filter((event) => event.session === line.session);
  /** What undo can take back without the kernel: the newest step that it does not know of yet. */
  line.lastStep = () => {
    const step = [];
    for (const event of standing(line.waiting()).reverse()) {
      if (event.instead_of) continue; // what was taken out of a note stays out
      if (step.length && !(event.what === "noted" && event.note === step[0].note)) break;
      step.push(event);
      if (event.what !== "noted") break;
    }
    return step.map((event) => event.id);
  };
  /** Ask the kernel for something that leaves no trace. */
  line.ask = (what, fields) => transmit({ do: what, id: line.id(), ...fields });
  /** Why the store cannot keep what was written, in words for the group; null when it can. */
  line.trouble = () => [...troubles.values()].at(-1) ?? null;
  /** Go on with a session: what the outbox still holds of it is sent again. */
  line.join = (session) => {
    line.session = wanted = session;
    outbox.join(session);
    resend();
  };
  line.leave = () => {
    line.session = wanted = null;
    line.ask("leave");
  };
  line.seen = (id) => {
    if (id > newest) newest = id;
  };
  /** Whether a reload would cost something that was written. */
  line.atRisk = () => outbox.full && line.pending.length + line.drafts.length > 0;

  /** Take over what another window left behind. A draft becomes the newest version of its note. */
  const adopt = (events) => {
    const known = new Set(line.pending.map((event) => event.id));
    const fresh = [];
    for (const { refused, draft, ...event } of events) {
      if (draft) {
        const last = fresh.findLast((other) => other.note === event.note);
        if (last && SAID.every((field) => last[field] === event[field])) continue;
        fresh.push({ ...event, id: line.id(), after: last?.id ?? event.after });
      } else if (!known.has(event.id)) fresh.push(event);
    }
    line.pending.push(...fresh);
    keep();
    resend();
    changed();
  };

  // Answers come as a trait, in the same update as the table they led to: never one without the other.
  contact.on("change:answer", () => {
    const answer = contact.get("answer");
    heardAt = Date.now();
    clockAhead = answer.now - heardAt;
    const told = line.pending.find((event) => event.id === answer.to);
    if (!answer.unsaved) troubles.delete(answer.to);
    else if (told || answer.to === greeting) troubles.set(answer.to, answer.unsaved);
    if (answer.to === greeting && !answer.unsaved) greeting = null;
    if (answer.refused && !line.session) wanted = null; // that session is not here
    // What a person wrote stays on the screen until it can be kept; a move that was refused is over.
    if (answer.refused && told?.what === "noted") told.refused = true;
    else if (!answer.unsaved) line.pending = line.pending.filter((event) => event !== told);
    clearTimeout(clearing);
    clearing = setTimeout(keep, 200); // nothing is lost by waiting: what is sent twice happens once
    contact.found();
    heardSomething();
    heard(answer);
  });
  line.close = () => {
    clearTimeout(timer);
    keep();
    contact.close();
    outbox.close();
  };
  return line;
}

const SAID = ["text", "kind", "owner", "due"];

/** The events that count: what was taken back meanwhile is left out. */
function standing(pending) {
  const undone = new Set(pending.flatMap((event) => (event.what === "undone" ? event.events : [])));
  return pending.filter((event) => event.what !== "undone" && !undone.has(event.id));
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
