// @ts-check
// The timer on the screen: what is left, a minute more, stop. It is there only where the group wants one.

import { iconButton, textButton } from "../core/buttons.js";
import { h, setAttribute, setText, setVisible } from "../core/dom.js";
import { chime } from "./chime.js";
import { inMinutes, timeLeft } from "./timer_state.js";

/** @typedef {import("../core/types.js").TimerState} TimerState */

const MINUTE = 60; // s

/**
 * `now()` is the server's time in ms; `record(what, fields)` lets something happen to the timer.
 *
 * @param {import("../core/texts.js").Texts} t
 * @param {{ now: () => number, announce: (words: string) => void,
 *   record: (what: string, fields: object) => void }} on
 */
export function timerStrip(t, { now, announce, record }) {
  const left = h("span", { class: "dk-timer-left", role: "timer", "data-part": "timer" });
  const start = textButton(t("timer.start"), () => record("timer started", { seconds: timer.seconds }));
  const more = textButton(t("timer.more"), () => record("timer extended", { seconds: MINUTE }));
  const stop = iconButton("close", t("timer.stop"), () => record("timer stopped", {}));
  const naming = { class: "dk-timer", role: "group", "aria-label": t("timer.title"), hidden: true };
  const element = h("div", naming, left, start, more, stop);
  const seen = new Map(); // by run, the moment it was first seen: none begins in the future
  /** @type {TimerState} */
  let timer = { seconds: 0, starts: "never", run: null };
  let tick = null;
  let running = ""; // the run that still had time left when it was painted last

  const paintNow = () => {
    clearTimeout(tick);
    const { run } = timer;
    if (run && !seen.has(run.id)) seen.set(run.id, now());
    const ms = run ? timeLeft(run, now(), seen.get(run.id)) : timer.seconds * 1000;
    const state = !run ? "idle" : ms > 0 ? "running" : "over";
    if (state === "over" && running === run.id) ring();
    running = state === "running" ? run.id : "";
    element.dataset.state = state;
    setText(left, state === "over" ? t("timer.over") : inMinutes(ms));
    setVisible(start, state === "idle");
    setVisible(more, state !== "idle");
    setVisible(stop, state !== "idle");
    setAttribute(stop, "title", t(state === "over" ? "timer.put_away" : "timer.stop"));
    setText(stop.querySelector("span"), stop.title);
    if (state === "running") tick = setTimeout(paintNow, (ms % 1000 || 1000) + 5);
  };
  const ring = () => {
    chime();
    announce(t("timer.over"));
  };
  return {
    element,
    /** Whether there is a timer, which may sound. */
    get isWanted() {
      return timer.starts !== "never" || Boolean(timer.run);
    },
    paint(/** @type {TimerState} */ next) {
      const isSame = JSON.stringify(next) === JSON.stringify(timer);
      timer = next;
      setVisible(element, this.isWanted);
      if (!isSame) paintNow();
    },
    stop: () => clearTimeout(tick),
  };
}
