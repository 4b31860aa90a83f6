// @ts-check
// Taking steps back, and letting them count again.

/** @typedef {Pick<import("./moves.js").MoveContext, "model" | "client" | "parts" | "paintSoon">} Context */

/** @param {Context} context */
export function undoAndRedo({ model, client, parts, paintSoon }) {
  // asked for, and done as soon as the server knows of all that came before; what is done here meanwhile ends
  // it, lest it take back another thing than was meant
  /** @type {{ way: "undo" | "redo", after: string | null } | null} */
  let whenSaved = null;

  const takeBack = (/** @type {(string | null)[]} */ events) => {
    if (events[0]) client.record("undone", { events });
  };
  const ask = (/** @type {"undo" | "redo"} */ way) => {
    parts.notepad.flush();
    if (!model.isLost) whenSaved = { way, after: client.lastRecorded };
    else takeBack(way === "undo" ? client.lastStep() : [client.nextRedo()]);
    paintSoon();
  };
  return {
    undo: () => ask("undo"),
    redo: () => ask("redo"),
    /** Undo or redo what was asked for as soon as that can be done; true when it was. */
    stepIfSaved: () => {
      const isOutdated = whenSaved?.after !== client.lastRecorded || client.drafts.length > 0;
      if (model.isLost || isOutdated) whenSaved = null;
      if (!whenSaved || client.waiting().length) return false;
      const { way } = whenSaved;
      whenSaved = null;
      const step = model.server.table[way];
      if (step) client.record("undone", { events: step.events, ...(way === "undo" && { whole_step: true }) });
      return Boolean(step);
    },
  };
}
