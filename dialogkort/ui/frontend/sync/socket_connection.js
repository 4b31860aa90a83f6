// @ts-check
// A screen in a page of its own: a WebSocket to the server, laid anew for as long as it takes.

import { getWindowItem, setWindowItem } from "./browser_storage.js";
import { connectionBase } from "./connection.js";
import { signIn } from "./sign_in.js";

const GRACE = 1000; // ms a line may be down before the page says so: most are back by then
const RETRY_AFTER = 1500; // ms between two attempts to get through
const RETRY_LATER_AFTER = 5000; // ms when the server has said that it will not have us (now)
const ATTEMPT = 10_000; // ms an attempt may take

const WRONG_KEY = 4403;
const REMOVED = 4411; // this device, by the facilitator
const TOO_MUCH = 4429;

/** The address of a screen's socket, beside the page. */
function socketAddress(screen) {
  const address = new URL(`socket/${screen}`, document.baseURI);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  address.search = address.hash = "";
  return address;
}

class SocketConnection {
  #boot;
  #base;
  #key;
  /** @type {WebSocket | null} */
  #socket = null;
  #ready = false; // signed in: what is said now is heard
  #access = "";
  #upload = ""; // the access to hand files in with, where that is allowed
  #closed = false;
  #timers = { grace: null, attempt: null, again: null };
  #going = new AbortController();

  constructor(/** @type {import("../core/types.js").Boot} */ boot) {
    this.#boot = boot;
    this.#base = connectionBase(true, boot.access === "address" || boot.access === "code");
    this.#key = boot.access === "key" ? readKey() : null;
    const { signal } = this.#going;
    addEventListener("online", () => this.#tryNow(), { signal });
    addEventListener("hashchange", () => location.hash.startsWith("#key=") && location.reload(), { signal });
    document.addEventListener("visibilitychange", () => this.#tryNow(), { signal });
    const keyless = this.#key === null && boot.access === "key";
    if (keyless) this.#base.setStatus({ lost: true, locked: true, keyless });
    else this.#connect();
  }

  /** The connection as a screen sees it. @returns {import("../core/types.js").Connection} */
  asConnection() {
    return {
      ...this.#base,
      send: (message) => this.#send(message),
      lose: () => this.#lose(),
      isBusy: () => false,
      fetchFile: () => this.#fetchFile(),
      sendFile: (name, content) => this.#sendFile(name, content),
      close: () => this.#close(),
    };
  }

  #connect() {
    clearTimeout(this.#timers.again);
    const socket = new WebSocket(socketAddress(this.#boot.screen));
    const signing = signIn(this.#key);
    this.#socket = socket;
    this.#timers.attempt = setTimeout(() => this.#drop(socket), ATTEMPT);
    let before = Promise.resolve(); // what comes while one thinks waits for its turn
    socket.onmessage = ({ data }) => {
      const message = parse(data);
      if (this.#ready) return this.#base.receive(message);
      before = before.then(() => this.#onSignInMessage(socket, signing, message)).catch(() =>
        this.#drop(socket)
      );
    };
    socket.onclose = ({ code }) => this.#onClosed(socket, code);
  }

  async #onSignInMessage(socket, signing, message) {
    if (socket !== this.#socket) return;
    if (message?.type === "challenge") return socket.send(JSON.stringify(await signing.answer(message)));
    // What came right behind the welcome. Before it nobody has shown us that they know the key.
    if (message?.type === "state" && this.#ready) return this.#base.receive(message);
    if (message?.type !== "welcome") return;
    if (!(await signing.isGenuine(message))) return this.#drop(socket, WRONG_KEY);
    if (socket === this.#socket) this.#onWelcome(message);
  }

  #onWelcome({ version, access = "", upload = "" }) {
    if (version !== this.#boot.version && getWindowItem("reloaded") !== version) {
      setWindowItem("reloaded", version); // once: a page that comes from a cache would do it for ever
      return location.reload();
    }
    clearTimeout(this.#timers.attempt);
    clearTimeout(this.#timers.grace);
    this.#access = access;
    this.#upload = upload;
    this.#ready = true;
    this.#base.setStatus({ lost: false, locked: false });
    this.#base.emit("ready");
  }

  #onClosed(socket, code) {
    if (socket !== this.#socket || this.#closed) return;
    const wasReady = this.#ready;
    this.#forget();
    if (code === REMOVED) return location.reload(); // what is there now says so, and shows nothing
    if (code === WRONG_KEY) this.#base.setStatus({ lost: true, locked: true });
    else if (wasReady && !this.#base.status.lost) {
      this.#timers.grace = setTimeout(() => this.#reportLost(), GRACE);
    } else if (!this.#timers.grace) this.#reportLost();
    const patience = code === WRONG_KEY || code === TOO_MUCH ? RETRY_LATER_AFTER : RETRY_AFTER;
    this.#timers.again = setTimeout(
      () => this.#connect(),
      wasReady && patience === RETRY_AFTER ? 0 : patience,
    );
  }

  #reportLost() {
    this.#timers.grace = null;
    this.#base.setStatus({ lost: true });
  }

  #forget() {
    clearTimeout(this.#timers.attempt);
    this.#socket = null;
    this.#ready = false;
  }

  /** Give a socket up that does not answer: its own closing may take minutes. */
  #drop(socket, code = 0) {
    if (socket !== this.#socket) return;
    this.#onClosed(socket, code);
    socket.close();
  }

  #lose() {
    if (this.#closed) return;
    this.#reportLost();
    if (this.#ready) this.#drop(this.#socket);
  }

  /** The network is back, or somebody looks at the page again: no need to wait. */
  #tryNow() {
    if (this.#socket || this.#closed || document.hidden || this.#base.status.locked) return;
    this.#connect();
  }

  /** False when there is no line to say it on. */
  #send(message) {
    if (this.#ready) this.#socket.send(JSON.stringify(message));
    return this.#ready;
  }

  async #fetchFile() {
    const { path } = this.#base.get("download");
    const headers = this.#access ? { Authorization: `Bearer ${this.#access}` } : {};
    const response = await fetch(new URL(path, document.baseURI), { headers, cache: "no-store" });
    if (!response.ok) throw new Error(`download: ${response.status}`);
    return response.blob();
  }

  async #sendFile(/** @type {string} */ name, /** @type {Blob} */ content) {
    const headers = {
      "Dialogkort-Access": this.#upload,
      "Dialogkort-Name": encodeURIComponent(name),
      "Content-Type": "application/octet-stream",
    };
    const address = new URL("uploads", document.baseURI);
    const response = await fetch(address, { method: "POST", headers, body: content, cache: "no-store" });
    if (!response.ok) throw new Error(`upload: ${response.status}`);
    return response.json();
  }

  #close() {
    this.#closed = true;
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    this.#going.abort();
    this.#socket?.close();
    this.#base.removeListeners();
  }
}

/** The key that the page took out of its address; in its window where the browser keeps nothing. */
function readKey() {
  return getWindowItem("key") ?? window["dialogkort:key"] ?? null;
}

function parse(/** @type {string} */ data) {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

/**
 * @param {import("../core/types.js").Boot} boot
 * @returns {import("../core/types.js").Connection}
 */
export function openSocketConnection(boot) {
  return new SocketConnection(boot).asConnection();
}
