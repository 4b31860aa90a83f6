// @ts-check
// What a group does at the end of its session.

/** @param {import("./moves.js").MoveContext} context */
export function closingMoves({ t, model, client, announce, paintSoon, parts }) {
  const record = (/** @type {string} */ what, /** @type {object} */ fields) => {
    client.record(what, fields);
    paintSoon();
  };
  return {
    rate: (/** @type {number} */ rating, /** @type {string} */ word) => {
      record("rated", { rating, word });
      announce(t("closing.thanks"));
    },
    showRatings: () => record("ratings shown", {}),
    keepUntil: (/** @type {string} */ until) => record("retention set", { until }),
    /** @type {import("./earlier_steps.js").SetStatus} */
    setStatus: ({ note, noted_in }, status, word) => record("step status", { note, noted_in, status, word }),
    /** Erase the session at hand, or all of its workshop: asked first. */
    erase: () => {
      const { session, details } = model.table();
      const all = model.server.lobby?.sessions ?? [];
      const row = all.find((one) => one.session === session) ?? { ...details, session };
      parts.erasing.askForSession(row, all);
    },
  };
}
