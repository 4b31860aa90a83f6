// @ts-check
// "Hent": what was said and agreed upon as a file, at any moment. What may identify somebody is shown first.

import { textButton } from "./buttons.js";
import { dialogShell } from "./dialogs.js";
import { h, setAttribute, setVisible } from "./dom.js";
import { fileChoices, fileMaker, fileStatus } from "./file_choices.js";

/** @typedef {import("./texts.js").Texts} Texts */
/** @typedef {import("./types.js").FilePlace} FilePlace */
/** @typedef {{ places: FilePlace[], count: number }} FoundPlaces */
/**
 * What a file may be made of: its name in words, and the fields of the request.
 *
 * @typedef {{ label: string, fields: object, isEverything?: boolean }} Scope
 */

const DOCUMENTS = ["docx", "pdf", "html"];
const TABLES = ["xlsx", "ics", "data"];

/**
 * @param {Texts} t
 * @param {import("../sync/file_requests.js").FileRequests} requests
 * @param {(words: string) => void} tell says that a file has come to who has closed the dialog meanwhile
 */
export function downloadDialog(t, requests, tell) {
  const shell = dialogShell(t, t("download.title"), "download");
  const status = fileStatus(t);
  /** @type {{ scopes: Scope[], chosen: Scope, correct: ((note: string) => void) | null }} */
  let subject;
  let form = ""; // what was asked for last

  const ask = (/** @type {string} */ wanted, checked = false) => {
    if (files.isMaking) return;
    form = wanted;
    files.make("export", { ...subject.chosen.fields, form, checked });
  };
  const showChoices = () => {
    const forms = subject.chosen.isEverything ? TABLES : [...DOCUMENTS, ...TABLES];
    const choices = fileChoices(forms, (name, part) => t(`download.${name}.${part}`), ask);
    shell.fill(scopeChoice(t, subject.scopes, subject.chosen, choose), choices, status.element);
    files.showState();
  };
  const choose = (/** @type {Scope} */ scope) => {
    if (files.isMaking) return;
    subject.chosen = scope;
    showChoices();
    focusOn("[aria-pressed=true]");
  };
  const focusOn = (/** @type {string} */ selector) =>
    /** @type {HTMLElement | null} */ (shell.element.querySelector(selector))?.focus();
  const goOn = () => {
    showChoices();
    focusOn(`[data-file=${form}]`);
    ask(form, true);
  };
  const goBack = (/** @type {string} */ note) => {
    if (!subject.correct) return showChoices();
    shell.element.close();
    subject.correct(note);
  };
  const showPlaces = (/** @type {FoundPlaces} */ outcome) => {
    const back = () => goBack(outcome.places[0].note);
    const view = placesView(t, outcome, Boolean(subject.correct), { back, goOn });
    shell.fill(...view.elements);
    if (!shell.element.open) shell.open();
    view.back.focus();
  };
  const files = fileMaker(t, shell, status, { requests, tell, showPlaces });
  return {
    element: shell.element,
    /**
     * @param {Scope[]} scopes what there is to choose among; the first is chosen
     * @param {((note: string) => void) | null} correct goes to a note that is to be corrected before
     */
    open(scopes, correct = null) {
      if (!files.isMaking) subject = { scopes, chosen: scopes[0], correct };
      showChoices();
      shell.open();
    },
  };
}

/**
 * What a file of a session may be made of; where there is nothing, the screen offers no files.
 *
 * @param {{ t: Texts, connection: import("./types.js").Connection, root: HTMLElement }} context
 * @returns {(session: string) => Scope[]}
 */
export function scopesOfSessions({ t, connection, root }) {
  const allowed = () => connection.get("export_scopes") ?? [];
  connection.on("export_scopes", () => root.toggleAttribute("data-no-files", !allowed().length));
  return (session) =>
    allowed().map((scope) => ({ label: t(`download.${scope}`), fields: { session, scope } }));
}

/** Which of several; where there is only one, it is only said which. */
function scopeChoice(t, /** @type {Scope[]} */ scopes, /** @type {Scope} */ chosen, choose) {
  if (scopes.length === 1) return h("p", { class: "dk-lead" }, chosen.label);
  const chips = scopes.map((scope) => {
    const chip = h("button", { class: "dk-chip", type: "button", onclick: () => choose(scope) }, scope.label);
    setAttribute(chip, "aria-pressed", String(scope === chosen));
    return chip;
  });
  return h("div", { class: "dk-scopes", role: "group", "aria-label": t("download.from") }, chips);
}

/** Where somebody may be identified, and the two ways on from here. */
function placesView(t, /** @type {FoundPlaces} */ { places, count }, canCorrect, { back, goOn }) {
  const backButton = textButton(t(`download.${canCorrect ? "correct" : "back"}`), back, "dk-primary dk-big");
  const item = ({ kind, sure, where, context }) => {
    const word = t(`download.kinds.${kind}`);
    return h(
      "li",
      {},
      h("strong", {}, sure ? word : t("download.kinds.perhaps", { kind: word.toLowerCase() })),
      h("span", { class: "dk-place-context" }, context),
      h("span", { class: "dk-quiet" }, where),
    );
  };
  const more = h("p", { class: "dk-quiet" }, t("download.more_places", { count: count - places.length }));
  setVisible(more, count > places.length);
  const elements = [
    h("h3", {}, t("download.places_title")),
    h("p", {}, `${t("download.places", { count })} ${t("download.no_promise")}`),
    h("ul", { class: "dk-places", "data-part": "places" }, places.map(item)),
    more,
    canCorrect ? null : h("p", {}, t("download.in_session")),
    h("div", { class: "dk-moves" }, backButton, textButton(t("download.go_on"), goOn, "dk-big")),
  ];
  return { elements, back: backButton };
}
