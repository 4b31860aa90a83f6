// @ts-check
// What the workshop's screen hears from outside its own element: its size, and that it is left.

import { isOwnPage, saveCursor } from "../sync/browser_storage.js";

/**
 * @param {import("./moves.js").MoveContext & { root: HTMLElement }} context
 * @param {() => void} onTouch somebody has touched the screen
 * @param {(event: KeyboardEvent) => void} onKey a key was pressed while nothing has the focus
 * @returns {() => void} ends it
 */
export function listenOutside({ client, parts, root }, onTouch, onKey) {
  const resized = new ResizeObserver(() => {
    parts.card.refit();
    parts.cards.refit();
  });
  resized.observe(parts.board);
  resized.observe(parts.card.element); // on a phone the pad takes of its room while one writes
  const going = new AbortController();
  const listen = (target, kind, listener) =>
    target.addEventListener(kind, listener, { signal: going.signal });
  const { flush } = parts;
  listen(document, "visibilitychange", () => document.visibilityState === "hidden" && flush());
  listen(window, "beforeprint", flush); // the page sleeps while one looks at how it would print
  listen(window, "pagehide", () => {
    saveCursor(client.session, parts.notepad.place());
    flush();
    client.pageHides();
  });
  listen(window, "beforeunload", (event) => client.atRisk() && event.preventDefault());
  listen(root, "pointerdown", onTouch);
  if (isOwnPage()) listen(document, "keydown", (event) => event.target === document.body && onKey(event));
  return () => {
    resized.disconnect();
    going.abort();
  };
}
