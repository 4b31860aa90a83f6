// @ts-check
// The overview's screen: choose a workshop, see what was talked about.

import { iconButton } from "../core/buttons.js";
import { chartView } from "../core/chart_view.js";
import { h, setVisible } from "../core/dom.js";
import { downloadDialog } from "../core/download_dialog.js";
import { everyFigureChoice } from "../core/every_figure.js";
import { importDialog } from "../core/import_dialog.js";
import { captureKeys } from "../core/keyboard.js";
import { liveRegion } from "../core/live_region.js";
import { textReader } from "../core/texts.js";
import { followTheme } from "../core/theme.js";
import { thenAndNowDialog } from "../core/then_and_now.js";
import { fileRequests } from "../sync/file_requests.js";
import { importRequests } from "../sync/import_requests.js";
import { saveStatus } from "../sync/save_status.js";
import { SyncClient } from "../sync/sync_client.js";

/** @type {import("../core/types.js").Screen} */
export function overviewApp({ host, boot, connection }) {
  const t = textReader(boot.texts);
  const live = liveRegion();
  const client = new SyncClient(connection, {
    changed: () => status.paint(),
    onReply: (reply) => onReply(reply),
  });
  const status = saveStatus({ t, announce: live.announce, facts: () => client.facts() });
  const choice = workshopChoice(t, () => (compare.update(), askForChart()));
  const everyFigure = everyFigureChoice(t, () => askForChart());
  const content = h("div", { class: "dk-overview-content", "aria-live": "polite" });
  const naming = {
    class: "dk",
    lang: t("code"),
    "aria-label": t("overview.title"),
    "data-screen": "overview",
  };
  const root = h("section", { ...naming, "data-lm-suppress-shortcuts": "true" });
  const refresh = iconButton("refresh", t("overview.refresh"), () => askForChart());
  const save = iconButton("save", t("download.button"), () => download.open([choice.scope()]));
  const bringing = importDialog(
    t,
    importRequests({ t, client, connection }),
    live.announce,
    () => askForChart(),
  );
  const bringIn = iconButton("import", t("import.button"), bringing.open);
  const head = h("div", { class: "dk-overview-choice" }, choice.element, refresh, bringIn, save);
  const compare = comparison(t, { root, client, choice });
  const download = downloadDialog(t, fileRequests({ t, client, connection }), live.announce);
  const title = h("h1", {}, t("overview.title"));
  head.insertBefore(compare.button, refresh);
  const page = h("div", { class: "dk-overview" }, title, head, everyFigure.element, content);
  root.append(status.strip, page, live.element, download.element, bringing.element, compare.dialog.element);
  bringing.acceptDrops(root);

  const askForChart = () => {
    content.replaceChildren(h("p", { class: "dk-quiet" }, t("overview.drawing")));
    client.request("overview", { workshop: choice.value(), for_my_eyes: everyFigure.value() });
  };
  const onReply = (/** @type {import("../core/types.js").Reply} */ { opened, refused, unsaved }) => {
    if (refused || unsaved) content.replaceChildren(...chartView(t, { refused: refused ?? unsaved }));
    else if (opened) askForChart();
    status.paint();
  };
  connection.on("workshops", (workshops) => workshops && (choice.paint(workshops), compare.update()));
  connection.on("then_and_now", (shown) => shown && compare.dialog.paint(shown));
  connection.on("chart", (chart) => chart && content.replaceChildren(...chartView(t, chart)));
  captureKeys(root);
  host.append(root);
  const unfollow = followTheme(root);
  status.paint();
  client.greet(null);
  return () => {
    unfollow();
    status.stop();
    client.close();
    root.remove();
  };
}

/** A follow-up beside the workshop before it: offered where the chosen one is a follow-up. */
function comparison(t, { root, client, choice }) {
  const dialog = thenAndNowDialog(t, (forMyEyes) => {
    const is_dark = root.dataset.theme === "dark";
    client.request("then_and_now", { workshop: choice.value(), for_my_eyes: forMyEyes, is_dark });
  });
  const button = iconButton("chart", t("then_and_now.title"), () => dialog.open());
  return { dialog, button, update: () => setVisible(button, choice.isFollowUp()) };
}

/** The list of workshops; `value()` is the key of the chosen one, null for all of them. */
function workshopChoice(t, onChange) {
  const select = h("select", { onchange: onChange });
  let shown = [];
  const element = h("label", { class: "dk-overview-which" }, h("span", {}, t("overview.which")), select);
  return {
    element,
    value: () => select.value || null,
    /** Whether the chosen workshop, or any when none is chosen, follows up another. */
    isFollowUp: () =>
      shown.some(({ key, follows_up }) => follows_up && (!select.value || String(key) === select.value)),
    /** What a file is made of. */
    scope: () => ({
      label: select.selectedOptions[0]?.textContent ?? t("download.of_everything"),
      fields: { workshop: select.value || null },
      isEverything: !select.value,
    }),
    paint: (workshops) => {
      shown = workshops;
      const chosen = select.options.length ? select.value : todays(workshops);
      const words = ({ name, groups }) => `${name} (${t("overview.groups", { count: groups })})`;
      select.replaceChildren(
        h("option", { value: "" }, t("overview.all", { count: workshops.length })),
        ...workshops.map((workshop) => h("option", { value: workshop.key }, words(workshop))),
      );
      select.value = workshops.some(({ key }) => String(key) === chosen) ? chosen : "";
      element.hidden = workshops.length === 0;
    },
  };
}

/** The workshop that is going on: today's, or the one held last. */
function todays(workshops) {
  return String((workshops.find(({ is_today }) => is_today) ?? workshops[0])?.key ?? "");
}
