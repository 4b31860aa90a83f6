// @ts-check
// A screen in a notebook: custom messages of its widget, and contact as far as the kernel's status tells.
// Others look after the line there; the screen only says how things are.

import { connectionBase } from "./connection.js";

const PIECE = 1 << 20; // bytes of a file in one message: Jupyter takes in ten times that
const GRACE = 1000; // ms a line may be down before the screen says so: most are back by then

/**
 * @param {any} model anywidget's model
 * @returns {import("../core/types.js").Connection}
 */
export function openKernelConnection(model) {
  const base = connectionBase(false);
  const uploads = new KernelUploads(model, base);
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
    sendFile: (name, content) => uploads.send(name, content),
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

/** Files on their way to the kernel, piece by piece: the next is sent when the last has been written. */
class KernelUploads {
  #model;
  #base;
  #count = 0;
  /** @type {Map<string, (answer: import("../core/types.js").UploadAnswer) => void>} */
  #waiting = new Map();

  constructor(model, base) {
    this.#model = model;
    this.#base = base;
    base.on("uploaded", (answer) => this.#waiting.get(answer?.to)?.(answer));
    base.on("status", ({ lost }) => lost && this.#giveUp());
  }

  async send(/** @type {string} */ name, /** @type {Blob} */ content) {
    let answer = {};
    for (let from = 0; from === 0 || from < content.size; from += PIECE) {
      const piece = await content.slice(from, from + PIECE).arrayBuffer();
      const about = answer.upload ? { upload: answer.upload } : { name };
      answer = await this.#transmit({ ...about, is_last: from + PIECE >= content.size }, piece);
      if (answer.refused) break;
    }
    return answer;
  }

  /** @returns {Promise<import("../core/types.js").UploadAnswer>} */
  async #transmit(fields, piece) {
    if (this.#base.status.lost) throw new Error("no kernel");
    const id = `${++this.#count}`;
    const answered = new Promise((resolve) => this.#waiting.set(id, resolve));
    this.#model.send({ type: "upload", id, ...fields }, undefined, [piece]);
    const answer = await answered;
    this.#waiting.delete(id);
    if (!answer) throw new Error("no kernel");
    return answer;
  }

  #giveUp() {
    for (const resolve of this.#waiting.values()) resolve(null);
  }
}
