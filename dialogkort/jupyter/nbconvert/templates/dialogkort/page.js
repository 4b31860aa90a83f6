// Voilà calls these while the page arrives; the waiting text needs no help from them (see page.css).
window.voila_heartbeat = window.voila_process = window.voila_finish = () => {};

// Widgets made for JupyterLab look here for the theme; this page follows the system, also when it changes.
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => (document.body.dataset.jpThemeLight = String(!dark.matches));
dark.addEventListener("change", follow);
follow();
