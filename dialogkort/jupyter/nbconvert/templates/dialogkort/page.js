// Voilà calls these while the page arrives; the waiting text needs no help from them (see page.css).
window.voila_heartbeat = window.voila_process = window.voila_finish = () => {};

// First of all who listen for it: Voilà takes the kernel away with the page, and the page has a last word to say.
addEventListener("beforeunload", () => dispatchEvent(new Event("dialogkort:leaving")));

// Widgets made for JupyterLab look here for the theme; this page follows the system, also when it changes.
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => (document.body.dataset.jpThemeLight = String(!dark.matches));
dark.addEventListener("change", follow);
follow();
