// @ts-check
// Where a screen can be: in a notebook's cell (anywidget calls `render`), or in a page of its own.

import { openKernelConnection } from "./sync/kernel_connection.js";
import { openSocketConnection } from "./sync/socket_connection.js";

/** What the server has put in the page for a screen to begin with; null in a notebook. */
function pageBoot() {
  const script = "dialogkort" in document.documentElement.dataset &&
    document.getElementById("dialogkort-boot");
  return script ? JSON.parse(script.textContent) : null;
}

/**
 * A screen as anywidget wants it; in Dialogkort's own page it is opened at once.
 *
 * @param {string} name
 * @param {import("./core/types.js").Screen} open
 */
export function screen(name, open) {
  const boot = pageBoot();
  if (boot?.screen === name) {
    const host = document.querySelector("main") ?? document.body;
    host.replaceChildren(); // what was said while one waited
    open({ host, boot, connection: openSocketConnection(boot) });
  }
  return {
    render: ({ model, el }) =>
      open({ host: el, boot: model.get("boot"), connection: openKernelConnection(model) }),
  };
}
