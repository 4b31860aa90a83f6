// @ts-check
// A vote of this device: what was chosen here, until the server shows that it has it. The last word counts:
// it is said again when contact is back, and saying it twice does no harm.

/** @typedef {import("../core/types.js").Ballot} Ballot */
/** @typedef {Record<string, number>} Counts by item */

/**
 * @param {import("../core/types.js").Connection} connection
 * @param {import("./sync_client.js").SyncClient} client
 * @param {{ isTable: boolean }} how a table says how many hands it counts, a phone only what it chooses
 */
export function ballotBox(connection, client, { isTable }) {
  /** @type {Ballot | null} */
  let ballot = null;
  /** @type {Counts | null} */
  let wanted = null;
  let request = "";
  const send = () => {
    if (!ballot || !wanted) return;
    const items = Object.keys(wanted).filter((item) => wanted?.[item]);
    const counts = isTable ? { counts: items.map((item) => wanted?.[item]) } : {};
    request = client.request("cast_vote", { vote: ballot.id, items, ...counts });
  };
  connection.on("ready", send);
  return {
    /** Take in what the server shows. */
    observe(/** @type {Ballot | null} */ shown) {
      if (shown?.id !== ballot?.id) wanted = null;
      ballot = shown;
      if (wanted && shown && isSame(wanted, shown.own)) wanted = null;
    },
    choose: (/** @type {Counts} */ counts) => {
      wanted = counts;
      send();
    },
    /** What is chosen, as this device has it. @returns {Counts} */
    counts: () => wanted ?? ballot?.own ?? {},
    isSaved: () => wanted === null && Object.keys(ballot?.own ?? {}).length > 0,
    isOnItsWay: () => wanted !== null,
    /** The server would not have it. Whether it was this that was refused. */
    refuse(/** @type {string | null} */ to) {
      if (!to || to !== request) return false;
      wanted = null;
      return true;
    },
  };
}

function isSame(/** @type {Counts} */ one, /** @type {Counts} */ other) {
  const items = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...items].every((item) => (one[item] ?? 0) === (other[item] ?? 0));
}
