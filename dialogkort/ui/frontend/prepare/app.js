// @ts-check
// The screen for preparing a workshop: the plans there are, or one of them, saved as it is written.

import { roundButton } from "../core/buttons.js";
import { h, oncePerFrame, setVisible } from "../core/dom.js";
import { catalogueDialog } from "../core/catalogue_dialog.js";
import { followSize } from "../core/layout.js";
import { liveRegion } from "../core/live_region.js";
import { printDialog } from "../core/print_dialog.js";
import { textReader } from "../core/texts.js";
import { followTheme } from "../core/theme.js";
import { toastOver } from "../core/toast.js";
import { barTitle, screenBar } from "../core/toolbar.js";
import { getWindowItem, PLAN_OPENED, setWindowItem } from "../sync/browser_storage.js";
import { fileRequests } from "../sync/file_requests.js";
import { saveStatus } from "../sync/save_status.js";
import { SyncClient } from "../sync/sync_client.js";
import { deckDialog } from "./deck_dialog.js";
import { deckRequests } from "./deck_requests.js";
import { fieldsOf, keepUntilOf, questionsOf } from "./plan_state.js";
import { planForm } from "./plan_form.js";
import { planList } from "./plan_list.js";

/** @type {import("../core/types.js").Screen} */
export function prepareApp({ host, boot, connection }) {
  const t = textReader(boot.texts);
  const naming = { class: "dk", lang: t("code"), "aria-label": t("prepare.title"), "data-screen": "start" };
  const root = h("section", { ...naming, "tabindex": "-1", "data-lm-suppress-shortcuts": "true" });
  const live = liveRegion();
  const toast = toastOver(t, root);
  const { now: paint, soon: paintSoon } = oncePerFrame(paintScreen);
  const changed = () => (status.paint(), paintSoon()); // what is on its way is never called saved
  const client = new SyncClient(connection, { changed, onReply });
  const facts = () => ({ ...client.facts(), ...(form.isBeingWritten() && { writing: true }) });
  const status = saveStatus({ t, announce: live.announce, facts });
  const lists = planList(t, connection.inPage, listActs(client));
  const decks = deckDialogs(t, client, connection, toast.show);
  const form = planForm(t, connection.inPage, {
    change: (fields) => client.record("workshop planned", { ...planned(), ...fields }),
    ask: (question) => client.record("question written", question),
    keepUntil: (until) => client.record("retention set", { until }),
    newId: () => client.newId(),
    announce: live.announce,
    ...decks.on,
  });
  const title = barTitle();
  const leave = () => {
    form.flush();
    setWindowItem(PLAN_OPENED, "");
    client.leave();
  };
  const home = roundButton("arrow", t("prepare.all"), leave);
  const bar = screenBar(title.element, [], status.word, [], [home]);
  form.element.addEventListener("input", () => status.paint());
  root.append(bar, status.strip, lists.element, form.element, live.element, toast.element, ...decks.elements);

  const plan = () => connection.get("plan");
  const planned = () => fieldsOf(plan(), client.waiting());

  function paintScreen() {
    const isOpen = Boolean(plan()?.session);
    root.dataset.screen = isOpen ? "prepare" : "start";
    setVisible(bar, isOpen);
    setVisible(form.element, isOpen);
    setVisible(lists.element, !isOpen && Boolean(connection.get("lobby")?.plans));
    status.paint();
    if (!isOpen) return connection.get("lobby")?.plans && lists.paint(connection.get("lobby"));
    client.observe(plan().newest);
    const fields = planned();
    title.paint(fields.workshop || t("prepare.unnamed"));
    form.paint({
      fields: { ...fields, keep_until: keepUntilOf(plan(), client.waiting()) },
      questions: questionsOf(plan(), client.waiting()),
      plan: plan(),
      deck: connection.get("deck"),
      choices: connection.get("choices"),
    });
    toast.paint();
  }

  function onReply(/** @type {import("../core/types.js").Reply} */ { opened, session, refused, unsaved }) {
    const words = refused ?? (opened ? unsaved : null);
    if (words) plan()?.session ? toast.show(words) : lists.showError(words);
    if (opened && client.session !== session) {
      client.join(session);
      setWindowItem(PLAN_OPENED, session ?? "");
      form.renew();
      if (session) (paint(), form.focus());
    }
    paintSoon();
  }
  listenToServer(connection, paintSoon, lists.lose);
  host.append(root);
  const outside = [followTheme(root), followSize(root), listenOutside(client, form.flush)];
  paint();
  client.greet(getWindowItem(PLAN_OPENED));
  return () => {
    form.flush();
    for (const end of [...outside, status.stop, () => client.close(), () => root.remove()]) end();
  };
}

/** What lies over the plan: cards of one's own, the cards on paper, and the catalogue as a table sees it. */
function deckDialogs(
  t,
  client,
  connection,
  /** @type {(words: string, how?: { isGood: boolean }) => void} */ tell,
) {
  const files = fileRequests({ t, client, connection });
  const requests = deckRequests({ t, client, connection });
  const own = deckDialog(t, requests, files, tell);
  const print = printDialog(t, files, tell);
  const catalogue = catalogueDialog(t, fileRequests({ t, client, connection }));
  const useUsual = async () => {
    const { refused } = await requests.use(null);
    if (refused) tell(refused);
  };
  const on = {
    openDecks: own.open,
    useUsualDeck: useUsual,
    print: () => print.open(connection.get("deck")),
    showCatalogue: catalogue.open,
    keepCatalogue: requests.keepCatalogue,
  };
  return { on, elements: [own.element, print.element, catalogue.element] };
}

/** What is done with a plan of the list. */
function listActs(/** @type {SyncClient} */ client) {
  return {
    begin: () => client.begin({}),
    open: (plan) => client.request("open", { session: plan }),
    copy: (plan) => client.request("copy_plan", { session: plan }),
    erase: (plan) => client.request("erase", { sessions: [plan] }),
  };
}

function listenToServer(connection, paintSoon, lose) {
  for (const slice of ["lobby", "plan", "deck", "choices"]) connection.on(slice, paintSoon);
  connection.on("status", ({ lost }) => lost && lose());
}

/** Whoever leaves takes what is half-written along. */
function listenOutside(/** @type {SyncClient} */ client, flush) {
  const going = new AbortController();
  const listen = (target, kind, listener) =>
    target.addEventListener(kind, listener, { signal: going.signal });
  listen(document, "visibilitychange", () => document.visibilityState === "hidden" && flush());
  listen(window, "pagehide", () => {
    flush();
    client.pageHides();
  });
  listen(window, "beforeunload", (event) => client.atRisk() && event.preventDefault());
  return () => going.abort();
}
