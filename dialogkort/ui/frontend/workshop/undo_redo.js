// @ts-check
// Taking steps back, and letting them count again.

/** @typedef {Pick<import("./moves.js").MoveContext, "model" | "client" | "parts" | "paintSoon">} Context */

/** @param {Context} context */
export function undoAndRedo({ model, client, parts, paintSoon }) {
  // asked for, and done one after the other, each as soon as the server knows of all that came before; what
  // is done here meanwhile ends them, lest they take back another thing than was meant
  /** @type {("undo" | "redo")[]} */
  let queued = [];
  /** @type {string | null} what had happened here last when they were asked for */
  let after = null;

  const takeBack = (/** @type {(string | null)[]} */ events) => {
    if (events[0]) client.record("undone", { events });
  };
  const isOutdated = () => model.isLost || after !== client.lastRecorded || client.drafts.length > 0;
  const ask = (/** @type {"undo" | "redo"} */ way) => {
    parts.notepad.flush();
    if (isOutdated()) [queued, after] = [[], client.lastRecorded];
    if (model.isLost) takeBack(way === "undo" ? client.lastStep() : [client.nextRedo()]);
    else {
      queued.push(way);
      model.readServerState();
      stepIfSaved(); // with the press itself: what is written before the next frame would end it
    }
    paintSoon();
  };
  /** What the server says that can be taken back, by the first of what was asked for that leads to any. */
  const nextStep = () => {
    while (queued.length) {
      const way = /** @type {"undo" | "redo"} */ (queued.shift());
      const step = model.server.table[way];
      if (step) return { events: step.events, ...(way === "undo" && { whole_step: true }) };
    }
    return null;
  };
  /** Undo or redo what was asked for as soon as that can be done; true when it was. */
  const stepIfSaved = () => {
    if (isOutdated()) queued = [];
    if (!queued.length || client.waiting().length) return false;
    const step = nextStep();
    if (step) after = client.record("undone", step).id;
    return Boolean(step);
  };
  return { undo: () => ask("undo"), redo: () => ask("redo"), stepIfSaved };
}
