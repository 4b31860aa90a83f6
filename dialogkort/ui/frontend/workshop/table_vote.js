// @ts-check
// The room's vote at a group's table: whoever has no phone raises a hand, and the table counts.

import { textButton } from "../core/buttons.js";
import { dialogShell } from "../core/dialogs.js";
import { h, setText, setVisible } from "../core/dom.js";
import { keyedList } from "../core/keyed_list.js";
import { stepper } from "../core/stepper.js";
import { LIMITS } from "../core/vocabulary.js";
import { ballotBox } from "../sync/ballot.js";

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {import("../core/types.js").Connection} connection
 * @param {import("../sync/sync_client.js").SyncClient} client
 */
export function tableVote(t, connection, client) {
  const box = ballotBox(connection, client, { isTable: true });
  const shell = dialogShell(t, t("vote.title"), "vote", { closesOutside: false });
  const hint = h("p", {});
  const list = h("ul", { class: "dk-table-vote", "data-part": "vote" });
  const status = h("p", { class: "dk-quiet", role: "status" });
  const done = textButton(t("vote.done"), () => shell.element.close(), "dk-primary");
  shell.fill(hint, list, status, done);
  const count = (/** @type {string} */ item, /** @type {number} */ hands) => {
    box.choose({ ...box.counts(), [item]: hands });
    paintDialog();
  };
  const paintItems = keyedList(list, (row) => countRow(t, row.id, count), ({ id }) => id);
  const strips = [0, 1].map(() => voteStrip(t, () => (shell.open(), paintDialog())));
  /** @type {import("../core/types.js").Ballot | null} */
  let ballot = null;
  const paintDialog = () => {
    if (!ballot || !shell.element.open) return;
    setText(hint, t("vote.hint", { count: ballot.choices }));
    const counts = box.counts();
    paintItems(ballot.items.map((item) => ({ ...item, hands: counts[item.id] ?? 0 })));
    setText(status, box.isOnItsWay() ? t("vote.sending") : box.isSaved() ? t("vote.saved") : "");
  };
  return {
    element: shell.element,
    strips: strips.map(({ element }) => element),
    /** Paints what stands open; whether there is something. */
    paint(/** @type {import("../core/types.js").Ballot | null} */ shown) {
      ballot = shown;
      box.observe(shown);
      for (const strip of strips) strip.paint(Boolean(shown), box.isSaved());
      if (!shown && shell.element.open) shell.element.close();
      paintDialog();
      return Boolean(shown);
    },
  };
}

function voteStrip(t, open) {
  const words = h("span", {});
  const button = textButton(t("vote.open"), open);
  const naming = { class: "dk-silence", role: "group", "aria-label": t("vote.title"), hidden: true };
  return {
    element: h("div", naming, words, button),
    paint(/** @type {boolean} */ isOpen, /** @type {boolean} */ isSaved) {
      setVisible(words.parentElement, isOpen);
      setText(words, t(isSaved ? "vote.has_voted" : "vote.is_open"));
      setText(button, t(isSaved ? "vote.change" : "vote.open"));
    },
  };
}

function countRow(t, id, count) {
  const label = h("span", {});
  const words = { name: t("vote.hands"), fewer: t("vote.fewer"), more: t("vote.more") };
  const hands = stepper(words, LIMITS.handsAtATable, (value) => count(id, value));
  return {
    element: h("li", {}, label, hands.element),
    paint(item) {
      setText(label, item.label);
      hands.rename(t("vote.hands_for", { item: item.label }));
      hands.set(item.hands);
    },
  };
}
