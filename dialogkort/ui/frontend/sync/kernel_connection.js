// @ts-check
// A screen in a notebook: custom messages of its widget, and contact as far as the kernel's status tells.
// Others look after the line there; the screen only says how things are.

import { connectionBase } from "./connection.js";

const GRACE = 1000; // ms a line may be down before the screen says so: most are back by then

/**
 * @param {any} model anywidget's model
 * @returns {import("../core/types.js").Connection}
 */
export function openKernelConnection(model) {
  const base = connectionBase(false);
  const kernel = model.widget_manager?.kernel ?? null;
  let file = new Blob();
  let closed = false;
  let grace = null;

  const isDead = () => kernel.isDisposed || kernel.status === "dead";
  const isDown = () => Boolean(kernel) && (isDead() || kernel.connectionStatus !== "connected");
  const lose = () => closed || base.setStatus({ lost: true });
  const checkKernel = () => {
    clearTimeout(grace);
    if (isDown()) grace = setTimeout(lose, isDead() ? 0 : GRACE);
    else if (base.status.lost) {
      base.setStatus({ lost: false });
      base.emit("ready");
    }
  };
  const onMessage = (message, buffers) => {
    if (buffers?.length) file = new Blob([buffers[0]]);
    base.receive(message);
  };
  model.on("msg:custom", onMessage);
  kernel?.statusChanged?.connect(checkKernel);
  kernel?.connectionStatusChanged?.connect(checkKernel);

  return {
    ...base,
    lose,
    isBusy: () => !isDown() && kernel?.status === "busy",
    send: (message) => {
      if (isDown()) return checkKernel();
      try {
        model.send(message);
      } catch {
        lose(); // the outbox keeps it
      }
    },
    fetchFile: () => Promise.resolve(file),
    close: () => {
      closed = true;
      clearTimeout(grace);
      model.off("msg:custom", onMessage);
      kernel?.statusChanged?.disconnect(checkKernel);
      kernel?.connectionStatusChanged?.disconnect(checkKernel);
      base.removeListeners();
    },
  };
}
