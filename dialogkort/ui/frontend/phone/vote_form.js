// @ts-check
// What one chooses when the room votes: tapped, saved at once, changed as long as the vote is open.

import { h, setAttribute, setText, setVisible } from "../core/dom.js";
import { keyedList } from "../core/keyed_list.js";
import { ballotBox } from "../sync/ballot.js";

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {import("../core/types.js").Connection} connection
 * @param {import("../sync/sync_client.js").SyncClient} client
 * @param {(words: string) => void} announce
 */
export function voteForm(t, connection, client, announce) {
  const box = ballotBox(connection, client, { isTable: false });
  const title = h("h2", { id: "dk-phone-vote" }, t("phone.vote"));
  const hint = h("p", { class: "dk-quiet" });
  const list = h("ul", { class: "dk-phone-votes", "aria-labelledby": title.id });
  const fault = h("p", { class: "dk-trouble", role: "alert", hidden: true });
  const line = h("p", { class: "dk-lead" });
  const form = h("div", { class: "dk-paper dk-phone-card", "data-part": "vote" }, title, hint, list, fault);
  const element = h("div", { class: "dk-phone-hand-in", hidden: true }, form, line);
  const paintItems = keyedList(list, (row) => voteRow(row.choose), ({ id }) => id);
  /** @type {import("../core/types.js").Ballot | null} */
  let ballot = null;
  let hasVoted = false;
  const choose = (/** @type {string} */ id, /** @type {boolean} */ isChosen) => {
    const others = Object.keys(box.counts()).filter((item) => item !== id);
    const rest = ballot?.choices === 1 ? [] : others;
    box.choose(Object.fromEntries([...rest, ...(isChosen ? [id] : [])].map((item) => [item, 1])));
    setVisible(fault, false);
    repaint();
  };
  const repaint = () => {
    const chosen = box.counts();
    const count = Object.keys(chosen).length;
    const choices = ballot?.choices ?? 1;
    const isFull = choices > 1 && count >= choices;
    setText(hint, t("phone.vote_hint", { count: choices }));
    paintItems(
      (ballot?.items ?? []).map((item) => ({ ...item, choose, isFull, isChosen: item.id in chosen })),
    );
    const saved = box.isSaved() ? t("phone.vote_saved", { count }) : "";
    setText(line, ballot ? (box.isOnItsWay() ? t("phone.vote_sending") : saved) : t("phone.vote_over"));
    setVisible(line, Boolean(line.textContent));
  };
  return {
    element,
    /** The server would not have it. */
    refuse(/** @type {string | null} */ to, /** @type {string} */ words) {
      if (!box.refuse(to)) return;
      setText(fault, words);
      setVisible(fault, true);
      repaint();
    },
    /** Paints what stands open; whether there is something. */
    paint(/** @type {import("../core/types.js").Ballot | null} */ shown) {
      if (shown && shown.id !== ballot?.id) announce(t("phone.vote_begin"));
      hasVoted ||= Boolean(shown);
      ballot = shown;
      box.observe(shown);
      setVisible(element, hasVoted);
      setVisible(form, Boolean(shown));
      repaint();
      return Boolean(shown);
    },
  };
}

function voteRow(/** @type {(id: string, isChosen: boolean) => void} */ choose) {
  const box = h("input", { type: "checkbox" });
  const words = h("span", {});
  let id = "";
  box.addEventListener("change", () => choose(id, box.checked));
  return {
    element: h("li", {}, h("label", { class: "dk-phone-choice" }, box, words)),
    paint(item) {
      id = item.id;
      setText(words, item.label);
      box.checked = item.isChosen;
      setAttribute(box, "disabled", item.isFull && !item.isChosen ? "" : null);
    },
  };
}
