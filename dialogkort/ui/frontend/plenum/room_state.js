// @ts-check
// What the server shows of the room, as the views read it, and what is chosen in this window.

/** @typedef {import("../core/types.js").PlenumGroup} PlenumGroup */

/** @param {import("../core/types.js").Connection} connection */
export function roomState(connection) {
  let ahead = 0; // ms that the server's clock is ahead of this one
  let isUncovered = false;
  const groups = () => connection.get("groups") ?? {};
  const notes = () => connection.get("notes") ?? {};
  return {
    observe: (/** @type {number} */ now) => (ahead = now - Date.now()),
    now: () => Date.now() + ahead,
    sessions: () => Object.keys(groups()).sort((one, other) => groups()[one].place - groups()[other].place),
    /** @returns {PlenumGroup} */
    group: (/** @type {string} */ session) => groups()[session],
    device: (/** @type {string} */ session) => connection.get("devices")?.[session],
    /** @returns {import("./board_state.js").BoardNote[]} */
    notes: () => Object.entries(notes()).sort().map(([id, note]) => ({ ...note, id })),
    note: (/** @type {string} */ id) => notes()[id],
    /** @returns {import("../core/types.js").Area[]} */
    areas: () => connection.get("areas") ?? [],
    area: (name) => (connection.get("areas") ?? []).find((area) => area.name === name),
    themes: () => connection.get("themes") ?? [],
    /** @returns {import("../core/types.js").PlenumVote | null} */
    vote: () => connection.get("vote") ?? null,
    /** By session how many of its phones have a vote in the one that stands open. */
    voted: (/** @type {string} */ session) => connection.get("voted")?.[session]?.phones ?? 0,
    lastAct: () => connection.get("last_act"),
    cards: () => connection.get("cards") ?? { discussed: [], skipped: [], differently: [] },
    /** What may identify somebody in a note; undefined while nobody has looked through it. */
    places: (/** @type {string} */ id) => connection.get("places")?.[id],
    coveredCount: () =>
      Object.values(connection.get("places") ?? {}).reduce((sum, { length }) => sum + length, 0),
    isUncovered: () => isUncovered,
    setUncovered: (/** @type {boolean} */ value) => (isUncovered = value),
  };
}

/** @typedef {ReturnType<typeof roomState>} RoomState */
