// @ts-check
// Ids of events: UUIDv7 by the server's clock.

/**
 * A UUIDv7 (RFC 9562) for a moment in ms since 1970.
 *
 * @param {number} ms
 */
export function uuid7(ms) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let index = 5, rest = ms; index >= 0; index--, rest = Math.floor(rest / 256)) {
    bytes[index] = rest % 256;
  }
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The moment that an id carries, in ms since 1970. */
export function timeOf(/** @type {string} */ id) {
  return parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/**
 * Gives ids that sort behind every id seen so far, by the server's clock as far as it is known.
 *
 * This device's own clock may be put right while a session runs; time since the page was opened may stand
 * still while the device sleeps. What runs ahead is wrong, so the earlier of the two is taken: an id from the
 * future would be refused.
 */
export class EventClock {
  #ahead = 0; // the server's clock less this device's, ms
  #opened = Infinity; // when the page was opened, by the server's clock
  #newest = "";

  /** Take the server's time, ms since 1970. */
  synchronise(/** @type {number} */ now) {
    this.#ahead = now - Date.now();
    this.#opened = now - performance.now();
  }

  observe(/** @type {string} */ id) {
    if (id > this.#newest) this.#newest = id;
  }

  /** The server's time as far as it is known, ms since 1970. */
  now() {
    return Math.min(Date.now() + this.#ahead, this.#opened + performance.now());
  }

  newId() {
    const earliest = this.#newest ? timeOf(this.#newest) + 1 : 0;
    this.#newest = uuid7(Math.max(Math.floor(this.now()), earliest));
    return this.#newest;
  }
}
