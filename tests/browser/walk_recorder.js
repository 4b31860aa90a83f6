// Writes down what really happens in a window: every press and letter that a person (the browser calls it
// trusted) gave it, with what lay under it, and every event the page makes of it. Kept in the window's own
// memory, so that a reload loses nothing; `takeWalk()` empties it.
(() => {
  const MEANINGS = window.WALK_WORDS;
  const CONTROLS = "button, summary, select, a[href]";
  const NEVER = ["full", "export", "begin"];
  const uids = new WeakMap();
  const born = new Set();
  let count = Number(sessionStorage.getItem("walk:count") ?? 0);
  let newest = 0;
  let travelled = 0;
  let last = null;
  let scene = { name: "", at: 0, travelled: 0 };
  let press = { at: 0, travelled: 0 };

  const put = (entry) => {
    sessionStorage.setItem(`walk:${count}`, JSON.stringify({ at: Date.now(), ...entry }));
    sessionStorage.setItem("walk:count", String(++count));
  };
  window.takeWalk = () => {
    const entries = [];
    for (let place = Number(sessionStorage.getItem("walk:taken") ?? 0); place < count; place++) {
      entries.push(JSON.parse(sessionStorage.getItem(`walk:${place}`)));
      sessionStorage.removeItem(`walk:${place}`);
    }
    sessionStorage.setItem("walk:taken", String(count));
    return entries;
  };

  // --- what lies where ------------------------------------------------------------------------------------

  const find = (selector, within = document) => within.querySelector(selector);
  const root = () => find("[data-screen]");
  const labelOf = (control) => control.getAttribute("aria-label") ?? control.textContent.trim();
  const meaningOf = (control) => {
    const words = MEANINGS[labelOf(control)] ?? MEANINGS[control.textContent.trim()];
    if (control.dataset.card) return "place";
    if (control.dataset.part) return control.dataset.part;
    if (control.closest(".dk-agreement")) return "agree";
    if (control.closest(".dk-reasons")) return "reason";
    if (control.closest("[role=alert]")) return `offer ${words ?? "other"}`;
    if (control.matches(".dk-note select")) return "kind";
    if (control.matches(".dk-session")) return "session";
    if (control.closest(".dk-start")) return "begin";
    return words ?? "other";
  };
  const uidOf = (row) => {
    if (!uids.has(row)) uids.set(row, `${performance.timeOrigin}:${newest++}`);
    return uids.get(row);
  };
  const rowOf = (element) => {
    const row = element.closest?.(".dk-note");
    if (!row) return null;
    const [owner, due] = row.querySelectorAll(".dk-step input");
    const known = !find(".dk-note-head button", row).hidden;
    const fields = { text: find("textarea", row).value, kind: find("select", row).value };
    return { uid: uidOf(row), known, ...fields, owner: owner.value.trim(), due: due.value };
  };
  const shownCard = () => Number(/\d+/.exec(find(".dk-open .dk-number")?.textContent ?? "")?.[0] ?? 0);
  const look = () => ({
    screen: root()?.dataset.screen,
    mode: find("[data-mode]")?.dataset.mode,
    shown: shownCard(),
    dialog: Boolean(find("dialog[open]")),
    seen: find(".dk-agreement [aria-pressed=true]")?.dataset.value ?? null,
    current: find("[data-card][aria-current]")?.dataset.card ?? null,
    status: find("[data-part=status]")?.dataset.state ?? null,
    lettersOff: Boolean(localStorage.getItem("dialogkort:letter-keys-off")),
  });
  const describe = (control) => ({
    meaning: meaningOf(control),
    label: labelOf(control),
    card: control.dataset.card ?? null,
    state: control.dataset.state ?? null,
    value: control.dataset.value ?? null,
    reason: MEANINGS[labelOf(control)] ?? null,
    disabled: Boolean(control.disabled),
    row: rowOf(control),
  });

  // --- what is pressed and typed --------------------------------------------------------------------------

  const move = ({ clientX, clientY }) => {
    travelled += last ? Math.hypot(clientX - last.x, clientY - last.y) : 100;
    last = { x: clientX, y: clientY };
  };
  const listen = (kind, listener) => window.addEventListener(kind, listener, { capture: true });
  listen("pointermove", move);
  listen("pointerdown", move);
  listen("click", (event) => {
    if (!event.isTrusted) return;
    const control = event.target.closest(CONTROLS);
    const now = event.timeStamp; // when it was pressed: a busy page hears of it later
    put({
      is: "click",
      detail: event.detail,
      ...look(),
      control: control && describe(control),
      sincePress: now - press.at,
      sinceScene: now - scene.at,
      movedSincePress: travelled - press.travelled,
      movedSinceScene: travelled - scene.travelled,
    });
    if (event.detail) press = { at: now, travelled };
  });
  listen("keydown", (event) => {
    if (!event.isTrusted) return;
    const { key, repeat, shiftKey: shift, altKey: alt } = event;
    const keyed = [...document.querySelectorAll(`[data-key="${CSS.escape(key.toLowerCase())}"]`)]
      .find((button) => button.offsetParent && !button.closest("[inert]"));
    put({
      is: "key",
      key,
      repeat,
      shift,
      alt,
      ctrl: event.ctrlKey || event.metaKey,
      inField: Boolean(event.target.closest?.("input, textarea, select")),
      inPad: Boolean(event.target.closest?.(".dk-pad")),
      control: keyed ? describe(keyed) : null,
      row: rowOf(event.target),
      ...look(),
    });
  });
  listen("beforeinput", (event) => {
    const row = rowOf(event.target);
    if (row && event.target.tagName === "TEXTAREA") put({ is: "before input", row });
  });
  listen("input", (event) => {
    const row = rowOf(event.target);
    if (row) put({ is: "input", row, letter: event.data ?? "", how: event.inputType ?? "" });
  });
  for (const kind of ["focusin", "focusout"]) {
    listen(kind, (event) => {
      const row = rowOf(event.target);
      if (row) put({ is: kind, row });
    });
  }

  // --- what the page makes of it --------------------------------------------------------------------------

  const bear = (event, wasSent) => {
    if (wasSent) put({ is: "sent", id: event.id });
    if (born.has(event.id) || event.draft) return;
    born.add(event.id);
    put({ is: "event", event });
  };
  const setItem = Storage.prototype.setItem;
  Storage.prototype.setItem = function (key, value) {
    if (this === localStorage && key.includes(":outbox:")) {
      for (const event of JSON.parse(value)) bear(event, false);
    }
    return setItem.call(this, key, value);
  };
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    for (const message of [JSON.parse(data)].flat()) {
      const [instead_of, whole_step] = [message.type === "redact", message.type === "undo"];
      if (message.event) bear({ ...message.event, instead_of, whole_step }, true);
    }
    return send.call(this, data);
  };
  const refusals = (value) => {
    if (!value || typeof value !== "object") return;
    if (value.refused && value.to) put({ is: "refused", id: value.to, words: value.refused });
    for (const part of Object.values(value)) refusals(part);
  };
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => refusals(JSON.parse(data)));
    }
  };
  listen("unhandledrejection", (event) => put({ is: "fault", words: String(event.reason) }));

  const follow = () => {
    const name = `${root()?.dataset.screen} ${find("[data-mode]")?.dataset.mode} ${shownCard()}`;
    if (name === scene.name) return;
    scene = { name, at: performance.now(), travelled };
    put({ is: "scene", name });
  };
  new MutationObserver(follow).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    characterData: true,
    attributeFilter: ["data-mode", "data-screen"],
  });

  // --- what can be pressed, and how the table lies --------------------------------------------------------

  window.pressable = (across, down) => {
    const controls = [];
    for (const control of document.querySelectorAll(`${CONTROLS}, textarea, .dk-step input`)) {
      if (control.disabled) continue;
      const { left, top, width, height } = control.getBoundingClientRect();
      const [x, y] = [left + width * across, top + height * down];
      if (!width || !height || !control.contains(document.elementFromPoint(x, y))) continue;
      const isField = control.matches("textarea, input");
      const meaning = isField ? (control.matches("textarea") ? "field" : "step field") : meaningOf(control);
      if (!NEVER.includes(meaning)) controls.push({ meaning, x, y });
    }
    return controls;
  };
  window.meantAt = (x, y) => {
    const control = document.elementFromPoint(x, y)?.closest(CONTROLS);
    return control ? meaningOf(control) : null;
  };
  window.focusAt = (x, y) => {
    const select = document.elementFromPoint(x, y)?.closest("select");
    select?.focus();
    return Boolean(select);
  };
  window.isInField = () => Boolean(document.activeElement?.closest(".dk-note textarea, .dk-note input"));
  window.inHand = () => {
    const control = document.activeElement?.closest(CONTROLS);
    return { tag: document.activeElement?.tagName ?? null, meaning: control && meaningOf(control) };
  };
  window.picture = () => {
    const rows = [...document.querySelectorAll(".dk-pad .dk-note")].map(rowOf).slice(0, -1);
    const place = (button) => [button.dataset.card, button.dataset.state];
    return {
      ...look(),
      card_states: Object.fromEntries([...document.querySelectorAll("[data-card]")].map(place)),
      question: [...document.querySelectorAll(".dk-opening-question")]
        .findIndex((button) => button.getAttribute("aria-pressed") === "true") + 1,
      notes: rows.map(({ text, kind, owner, due }) => [text, kind, owner, due]),
      canUndo: !find("[data-part=undo]")?.disabled,
      canRedo: !find("[data-part=redo]")?.disabled,
      name: find(".dk-bar h1")?.textContent ?? null,
    };
  };
})();
