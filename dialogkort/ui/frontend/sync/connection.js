// Contact with the kernel: whether there is any, and the way back to it. The page stays as it is meanwhile: when
// the line was cut a new one is laid, and when the kernel died another one takes its place.

const GRACE = 1000; // ms a line may be down before the page says so: most are back by then
const LOOK_AGAIN = 1500; // ms between two attempts to get through
const ATTEMPT = 10_000; // ms an attempt may take
const ATTEMPTS = 3; // at a kernel that lives and does not answer
const NEW_KERNELS = 3; // in a minute: one that dies again and again is a fault that somebody must look at

/**
 * Opens contact through the model the page was given. `changed()` is called when contact is lost or cannot be
 * found, `back()` when there is a line again.
 */
function openContact(first, { changed, back }) {
  const contact = { lost: false, locked: false, stuck: false };
  const program = first.get("_esm");
  const listeners = [];
  let model = first;
  let kernel = null;
  let home = null; // the kernel to look for
  let seeking = false;
  let closed = false;
  let grace = null;

  const isDead = () => kernel.isDisposed || kernel.status === "dead";
  const isDown = () => Boolean(kernel) && (isDead() || kernel.connectionStatus !== "connected");
  const look = () => {
    clearTimeout(grace);
    if (isDown()) grace = setTimeout(contact.lose, isDead() ? 0 : GRACE);
    else contact.found();
  };
  const hold = (given) => {
    model = given;
    kernel = given.widget_manager?.kernel ?? null;
    home = kernel?.id;
    for (const [names, hear] of listeners) model.on(names, hear);
    kernel?.statusChanged?.connect(look);
    kernel?.connectionStatusChanged?.connect(look);
  };
  const letGo = () => {
    for (const [names, hear] of listeners) model.off(names, hear);
    kernel?.statusChanged?.disconnect(look);
    kernel?.connectionStatusChanged?.disconnect(look);
  };
  const tell = (what) => {
    Object.assign(contact, what);
    changed();
  };

  contact.get = (trait) => model.get(trait);
  /** Listen to what the kernel shows, whichever kernel it is. */
  contact.on = (names, hear) => {
    listeners.push([names, hear]);
    model.on(names, hear);
  };
  contact.send = (message) => {
    if (isDown()) return look();
    try {
      model.send(message);
    } catch {
      contact.lose(); // the outbox keeps it
    }
  };
  /** Whether the kernel says that it is at work: it will answer when it is done. */
  contact.isBusy = () => !isDown() && kernel?.status === "busy";
  /** There was no answer, or there can be none: say so, and look for a way back. */
  contact.lose = () => {
    if (closed) return;
    if (!contact.lost) tell({ lost: true });
    seek();
  };
  contact.found = () => {
    if (!contact.lost) return;
    Object.assign(contact, { lost: false, locked: false, stuck: false });
    back();
  };
  contact.close = () => {
    closed = true;
    clearTimeout(grace);
    removeEventListener("beforeunload", goodbye);
    letGo();
  };

  /** In JupyterLab others look after the line; there the page only says what to do. */
  async function seek() {
    if (seeking || !ownAddress()) return;
    seeking = true;
    for (let attempt = 1; contact.lost && !contact.stuck && !closed; attempt++) {
      try {
        await reach(attempt);
      } catch {
        await pause(LOOK_AGAIN); // not yet: what is written is kept meanwhile
      }
    }
    seeking = false;
  }

  async function reach(attempt) {
    const answer = await ask("alive");
    if (contact.locked !== (answer.status === 403)) tell({ locked: !contact.locked });
    if (!answer.ok) throw new Error(answer.status);
    const held = await ask(`api/kernels/${home}`);
    if (!held.ok || (attempt > ATTEMPTS && home === kernel.id)) home = await startKernel();
    const found = await layLine(model.widget_manager, home);
    if (!contact.lost || closed) return found.widget_manager.kernel.dispose();
    if (found.get("_esm") !== program) return location.reload(); // Dialogkort is another version now
    const old = kernel;
    letGo();
    if (!old.isDisposed) old.dispose();
    hold(found);
    contact.found();
  }

  /** Ask for the page once more: a kernel comes with it. */
  async function startKernel() {
    const starts = [...(JSON.parse(recall("starts")) ?? []), Date.now()].slice(-NEW_KERNELS - 1);
    if (starts.length > NEW_KERNELS && starts.at(-1) - starts[0] < 60_000) {
      tell({ stuck: true });
      throw new Error("stuck");
    }
    keepInMind("starts", JSON.stringify(starts));
    const page = new DOMParser().parseFromString(await (await ask("", 60_000)).text(), "text/html");
    const { kernelId } = JSON.parse(page.getElementById("jupyter-config-data").textContent);
    return kernelId;
  }

  hold(first);
  const born = home;
  addEventListener("beforeunload", goodbye);
  /** Voilà takes the first kernel away with the page; one that took its place is ours to send off. */
  function goodbye() {
    if (home !== born) navigator.sendBeacon(`/voila/api/shutdown/${home}`);
  }
  return contact;
}

/** The page's widget in a kernel, over a line of its own: as Voilà does it for a page that is loaded. */
async function layLine(manager, id) {
  const { name, serverSettings } = manager.kernel;
  const kernel = new manager.kernel.constructor({ model: { id, name }, serverSettings });
  const keeper = new manager.constructor(kernel, manager.rendermime);
  keeper._registry = manager._registry; // which scripts draw which widgets
  try {
    await within(ATTEMPT, new Promise((done) => keeper.restored.connect(done)));
    for (const one of keeper.registeredModels) {
      const model = await keeper.get_model(one);
      if (model.get("_esm") && model.get("answer")) return model;
    }
    throw new Error("stranger");
  } catch (fault) {
    kernel.dispose();
    throw fault;
  }
}

/** Ask the server for something, as the one who has the page's address. */
function ask(path, patience = 5000) {
  return fetch(`/${path}${location.search}`, { cache: "no-store", signal: AbortSignal.timeout(patience) });
}

function pause(ms) {
  return new Promise((done) => setTimeout(done, ms));
}

function within(ms, promise) {
  return Promise.race([promise, pause(ms).then(() => Promise.reject(new Error("too late")))]);
}
