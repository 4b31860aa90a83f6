// The tiles in JupyterLab's launcher that open Dialogkort's pages, each in a new tab.
//
// JupyterLab takes in prebuilt extensions as containers of module federation: a global with `init(shared)`,
// which is told what modules there are, and `get(name)`, which gives a factory. This is one written by hand.

(() => {
  const ICON =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x="3" y="1" width="10" height="14" rx="2"' +
    ' fill="#2b5b6e"/><path d="M5.5 8h5M8 5.5v5" stroke="#fff" stroke-width="1.5"/></svg>';

  let shared = {};

  /** A module that JupyterLab shares, or null where it has none (Notebook 7 has no launcher). */
  async function sharedModule(name) {
    const versions = Object.entries(shared[name] ?? {});
    if (!versions.length) return null;
    const [, newest] = versions.sort(([one], [other]) => other.localeCompare(one, "en", { numeric: true }))[0];
    return (await newest.get())();
  }

  function pageConfig() {
    return JSON.parse(document.getElementById("jupyter-config-data").textContent);
  }

  function addTiles(app, launcher, { LabIcon }) {
    const { baseUrl, dialogkort } = pageConfig();
    if (!dialogkort) return; // the pages are not switched on in this server
    const icon = new LabIcon({ name: "dialogkort:card", svgstr: ICON });
    dialogkort.tiles.forEach(({ path, label, caption }, rank) => {
      const command = `dialogkort:open-${path || "workshop"}`;
      const page = new URL(`${baseUrl}dialogkort/${path}`, location.origin);
      const execute = () => {
        window.open(page, "_blank", "noopener");
      };
      app.commands.addCommand(command, { label, caption, icon, execute });
      launcher.add({ command, category: dialogkort.category, rank });
    });
  }

  async function plugin() {
    const [launcher, components] = await Promise.all(
      ["@jupyterlab/launcher", "@jupyterlab/ui-components"].map(sharedModule),
    );
    return {
      id: "dialogkort:launcher",
      autoStart: true,
      optional: launcher ? [launcher.ILauncher] : [],
      activate: (app, tiles) => {
        if (tiles) addTiles(app, tiles, components);
      },
    };
  }

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB.dialogkort = {
    init: (modules) => {
      shared = modules;
    },
    get: async (name) => {
      if (name !== "./extension") throw new Error(`dialogkort has no module ${name}`);
      const found = await plugin();
      return () => ({ __esModule: true, default: found });
    },
  };
})();
