// @ts-check
// Writing alone before the talk: it is begun, shown together, and kept where the group wants it.

/** @param {Omit<import("./moves.js").MoveContext, "paint">} context */
export function silenceMoves({ t, model, client, announce, parts, paintSoon }) {
  return {
    /** Everybody writes about the card in hand; with minutes a timer runs meanwhile. */
    beginSilence: (/** @type {number} */ minutes) => {
      const card = model.table().current;
      if (!card) return;
      client.record("silence begun", { card });
      const seconds = Math.round(minutes * 60);
      if (seconds > 0) client.record("timer started", { seconds });
      announce(t("silence.begun"));
    },
    endSilence: (/** @type {string} */ card) => {
      client.record("silence ended", { card });
      if (model.table().timer?.run?.card === null) client.record("timer stopped", {});
      parts.silentNotes.open(card);
      paintSoon();
    },
    /** What somebody wrote alone is the group's note from now on, under the same id. */
    keepSilentNote: (
      /** @type {string} */ card,
      /** @type {import("../core/types.js").SilentNote} */ note,
    ) => {
      client.record("noted", { note: note.id, card, text: note.text, kind: "point" });
      paintSoon();
    },
  };
}
