// @ts-check
// The last screen of a session: what was talked about, what was agreed, and the ways on from here.

import { iconButton, textButton } from "../core/buttons.js";
import { dayInWords } from "../core/days.js";
import { h, setText, setVisible } from "../core/dom.js";
import { asKey } from "../core/texts.js";
import { areaShape } from "../core/theme.js";
import { closingQuestion } from "./closing_question.js";
import { retentionPart } from "./retention.js";
import { nameOf } from "./session_groups.js";
import { summaryOf } from "./summary.js";

/** @typedef {import("../core/texts.js").Texts} Texts */
/** @typedef {ReturnType<typeof summaryOf>} Summary */

/**
 * @param {Texts} t
 * @param {{ reopen: () => void, showNotes: () => void, download: () => void, leave: () => void,
 *   compare: () => void, followUp: () => void,
 *   rate: (rating: number, word: string) => void, showRatings: () => void,
 *   keepUntil: (day: string) => void, erase: () => void }} on
 */
export function endScreen(t, on) {
  const title = h("h2", { tabindex: "-1" }, t("end.title"));
  const subtitle = h("p", { class: "dk-lead" });
  const steps = h("section", { class: "dk-paper dk-end-part", "data-part": "agreed" });
  const talked = h("section", { class: "dk-paper dk-end-part", "data-part": "talked" });
  const question = closingQuestion(t, on);
  const retention = retentionPart(t, on);
  const compare = iconButton("chart", t("then_and_now.title"), on.compare, "dk-big dk-facilitators");
  const ways = h(
    "div",
    { class: "dk-moves" },
    iconButton("notes", t("notes.title"), on.showNotes, "dk-big"),
    iconButton("save", t("download.button"), on.download, "dk-big dk-download"),
    compare,
    iconButton("calendar", t("follow_up.button"), on.followUp, "dk-big dk-facilitators"),
    textButton(t("end.reopen"), on.reopen, "dk-big"),
    textButton(t("bar.leave"), on.leave, "dk-primary dk-big dk-facilitators"),
  );
  let painted = "";
  return {
    element: h(
      "section",
      { class: "dk-end", hidden: true },
      h("header", {}, title, subtitle),
      h("div", { class: "dk-end-parts" }, h("div", {}, question.element, steps, retention.element), talked),
      ways,
    ),
    focus: () => title.focus({ preventScroll: true }),
    paint(/** @type {import("./model.js").TableView} */ view) {
      const { details, closing } = view.table;
      question.paint(closing);
      retention.paint(closing.keep_until);
      setVisible(compare, closing.follows.length > 0);
      const date = details.date && dayInWords(t, details.date);
      setText(subtitle, [nameOf(/** @type {any} */ (details)), date].filter(Boolean).join(" · "));
      const summary = summaryOf(view);
      if (JSON.stringify(summary) === painted) return;
      painted = JSON.stringify(summary);
      talked.replaceChildren(...talkedAbout(t, summary));
      steps.replaceChildren(...agreedUpon(t, summary));
    },
  };
}

function talkedAbout(/** @type {Texts} */ t, /** @type {Summary} */ { areas, aside }) {
  const left = aside.map(([key, count]) =>
    h("p", { class: "dk-quiet" }, t(`outcome.${key}.left`, { count }))
  );
  if (!areas.length) left.unshift(h("p", {}, t("end.nothing")));
  return [h("h3", {}, t("end.talked")), ...areas.flatMap((one) => areaPart(t, one)), ...left];
}

function areaPart(t, { area, cards }) {
  const items = cards.map(({ number, question, state, agreement, notes }) => {
    const facts = [
      state === "open" && t("outcome.open.heading"),
      agreement && t(`agreement.${asKey(agreement)}`),
      notes > 0 && t("table.notes", { count: notes }),
    ].filter(Boolean).join(" · ");
    const words = h("span", {}, question, facts && h("span", { class: "dk-quiet" }, facts));
    return h("li", {}, h("span", { class: "dk-end-number", "aria-hidden": "true" }, String(number)), words);
  });
  return [h("h4", { class: "dk-area" }, areaShape(area), h("span", {}, area.name)), h("ul", {}, items)];
}

function agreedUpon(/** @type {Texts} */ t, /** @type {Summary} */ { steps }) {
  const items = steps.map(({ text, owner, due }) =>
    h(
      "li",
      {},
      h("span", { class: "dk-end-step" }, text),
      h("span", { class: "dk-quiet" }, `${t("pad.owner")}: ${owner || t("end.untold")}`),
      h("span", { class: "dk-quiet" }, `${t("pad.due")}: ${due ? dayInWords(t, due) : t("end.untold")}`),
    )
  );
  const untold = steps.filter(({ owner, due }) => !owner || !due).length;
  const missing = untold > 0 && h("p", { class: "dk-trouble" }, t("closing.untold", { count: untold }));
  const list = items.length ? h("ul", {}, items) : h("p", {}, t("end.no_steps"));
  return [h("h3", {}, t("end.agreed")), list, missing].filter(Boolean);
}
