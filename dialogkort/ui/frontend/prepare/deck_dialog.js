// @ts-check
// "Egne kort": a file of cards is dropped or chosen, looked through, mended here, and used or saved as new.

import { textButton } from "../core/buttons.js";
import { dialogShell } from "../core/dialogs.js";
import { h, setText, setVisible } from "../core/dom.js";
import { fileStatus } from "../core/file_choices.js";
import { dropZone } from "../core/import_dialog.js";
import { getWindowJson, setWindowItem } from "../sync/browser_storage.js";
import { findingItem } from "./deck_finding.js";
import { deckTable } from "./deck_table.js";

/** @typedef {import("../core/types.js").EditedDeck} EditedDeck */
/** @typedef {import("../core/types.js").DeckReport} DeckReport */

const PAUSE = 700; // ms without a letter before the cards are looked through again
const BEGUN = "deck"; // what this window has in hand

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {import("./deck_requests.js").DeckRequests} requests
 * @param {import("../sync/file_requests.js").FileRequests} files
 * @param {(words: string, how?: { isGood: boolean }) => void} tell says in the plan what has come of it
 */
export function deckDialog(t, requests, files, tell) {
  const shell = dialogShell(t, t("decks.choose"), "decks", { closesOutside: false });
  const zone = dropZone(t, (chosen) => chosen.length && read(chosen[0].file), { decks: true });
  const summary = summaryPart(t);
  const status = fileStatus(t);
  const original = h("p", { class: "dk-quiet" }, t("decks.original"));
  const ways = waysPart(t, { use, save });
  /** @type {EditedDeck | null} */
  let deck = getWindowJson(BEGUN);
  /** @type {DeckReport | null} */
  let report = null;
  let timer = 0;
  const table = deckTable(t, (cards) => {
    deck = { ...deck, cards };
    remember();
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE);
  });
  const content = h(
    "div",
    { class: "dk-deck", hidden: true },
    table.element,
    original,
    ways.element,
    status.element,
  );
  shell.fill(h("p", { class: "dk-lead" }, t("decks.how")), zone.element, summary.element, content);

  const remember = () => setWindowItem(BEGUN, deck && JSON.stringify(deck));
  const paint = (isRead = false) => {
    setVisible(content, Boolean(deck));
    shell.element.toggleAttribute("data-has-deck", Boolean(deck));
    if (!deck) return;
    table.paint(deck, report?.findings ?? [], isRead);
    summary.done(deck, report);
    ways.paint(report);
  };
  const show = (/** @type {DeckReport} */ answer) => {
    if (answer.refused) return summary.failed(answer.refused);
    report = answer;
    if (answer.deck) deck = answer.deck;
    remember();
    paint(Boolean(answer.deck));
  };
  async function read(/** @type {File} */ file) {
    summary.working(t("decks.reading", { name: file.name }));
    status.clear();
    show(await requests.read(file));
  }
  async function check() {
    const checked = deck;
    const answer = await requests.check(checked);
    if (deck === checked) show(answer);
  }
  async function use(/** @type {boolean} */ isAdded) {
    const { refused } = await requests.use(deck, isAdded);
    if (refused) return summary.failed(refused);
    const { title } = deck;
    deck = report = null;
    remember();
    summary.clear();
    shell.element.close();
    tell(t(isAdded ? "decks.used_beside" : "decks.used", { deck: title }), { isGood: true });
  }
  function save() {
    status.making();
    files.ask("save_deck", { deck }, (outcome) => {
      if (outcome.kind === "done") status.done(outcome);
      else status.failed(outcome.kind === "failed" ? outcome.reason : "");
    });
  }
  return {
    element: shell.element,
    open() {
      shell.open();
      paint();
      if (deck && !report) check();
    },
  };
}

/** What was read, and what follows: where everybody sees and hears it. */
function summaryPart(t) {
  const [facts, verdict] = [h("strong", {}), h("span", {})];
  const list = h("ul", { class: "dk-deck-findings" });
  const element = h("div", { class: "dk-deck-summary", role: "status", hidden: true }, facts, verdict, list);
  const show = (
    /** @type {string} */ state,
    /** @type {string} */ counted,
    /** @type {string} */ sentence,
  ) => {
    element.dataset.state = state;
    setVisible(element, state !== "none");
    setText(facts, counted);
    setText(verdict, sentence);
    list.replaceChildren();
  };
  return {
    element,
    clear: () => show("none", "", ""),
    working: (/** @type {string} */ sentence) => show("working", "", sentence),
    failed: (/** @type {string} */ sentence) => show("failed", "", sentence),
    done(/** @type {EditedDeck} */ deck, /** @type {DeckReport | null} */ report) {
      show(report?.errors ? "failed" : "done", report ? `${deck.file}: ${report.facts}` : "", "");
      setText(verdict, report?.verdict ?? t("decks.reading", { name: deck.file }));
      const lines = new Set(deck.cards.map(({ line }) => line));
      const others = (report?.findings ?? []).filter(({ line }) => !lines.has(line));
      list.replaceChildren(...others.map(findingItem));
    },
  };
}

function waysPart(t, on) {
  const instead = textButton(t("decks.use"), () => on.use(false), "dk-primary dk-big");
  const add = textButton(t("decks.use_beside"), () => on.use(true));
  const save = textButton(t("decks.save"), on.save);
  return {
    element: h("div", { class: "dk-deck-ways dk-prep-chips" }, instead, add, save),
    paint(/** @type {DeckReport | null} */ report) {
      instead.disabled = add.disabled = !report || Boolean(report.errors);
    },
  };
}
