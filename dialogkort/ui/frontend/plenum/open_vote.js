// @ts-check
// A vote that is open: hands are counted in item by item, and only how many have voted is on show.

import { textButton } from "../core/buttons.js";
import { h, setAttribute, setText, setVisible } from "../core/dom.js";
import { keyedList } from "../core/keyed_list.js";
import { stepper } from "../core/stepper.js";
import { LIMITS } from "../core/vocabulary.js";
import { voteItem } from "./vote_item.js";

const GONE = "gone"; // in place of a session: phones that have voted and are with the room no more

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {{ count: (item: string, hands: number | null) => void, show: () => void,
 *   withdraw: () => void }} acts
 */
export function openVote(t, { count, show, withdraw }) {
  const hint = h("p", { class: "dk-lead" }, t("plenum.vote.how"));
  const list = h("ol", { class: "dk-plenum-vote", "data-part": "standing" });
  const paintItems = keyedList(list, ({ id }) => handsRow(t, id, count), ({ id }) => id);
  const voters = h("strong", { class: "dk-plenum-voters", role: "status", "data-part": "voters" });
  const phones = h("ul", { class: "dk-plenum-phones", "data-part": "voted" });
  const paintPhones = keyedList(phones, () => phonesRow(t), ({ session }) => session);
  const twice = h("p", { class: "dk-quiet" }, t("plenum.vote.twice"));
  const who = h("div", {}, phones, twice);
  const close = textButton(t("plenum.vote.show"), show, "dk-primary dk-big");
  const sure = h(
    "span",
    { class: "dk-plenum-acts", hidden: true },
    h("span", {}, t("plenum.vote.sure")),
    textButton(t("plenum.vote.withdraw_sure"), () => (ask(false), withdraw())),
    textButton(t("plenum.vote.keep"), () => ask(false)),
  );
  const away = textButton(t("plenum.vote.withdraw"), () => ask(true));
  const ask = (/** @type {boolean} */ isConfirming) => {
    setVisible(sure, isConfirming);
    setVisible(away, !isConfirming);
  };
  const acts = h("div", { class: "dk-plenum-acts" }, voters, close, away, sure);
  return {
    element: h("div", { class: "dk-plenum-vote-form" }, hint, list, acts, who),
    paint(/** @type {import("./room_state.js").RoomState} */ state, vote) {
      const counted = new Set(vote.counted);
      paintItems(vote.items.map((id) => ({ id, state, isCounted: counted.has(id) })));
      setText(voters, t("plenum.vote.voters", { count: vote.voters }));
      const sessions = [...state.sessions(), GONE].filter((session) => state.voted(session));
      paintPhones(sessions.map((session) => ({ session, state })));
      setVisible(who, sessions.length > 0);
    },
  };
}

/** How many phones of a group have voted, beside how many it is: who came with two has voted twice. */
function phonesRow(t) {
  const element = h("li", {});
  return {
    element,
    paint({ session, state }) {
      const count = state.voted(session);
      if (session === GONE) return setText(element, t("plenum.vote.gone", { count }));
      const { name, people } = state.group(session);
      const words = t("plenum.vote.phones", { count, group: name });
      setText(element, people ? `${words} (${t("plenum.vote.people", { count: people })})` : words);
      setAttribute(element, "data-many", Boolean(people && count > people));
    },
  };
}

/** One item: its hands are typed or stepped, and what was counted is not on show afterwards. */
function handsRow(t, id, count) {
  const item = voteItem(t);
  const words = { name: t("vote.hands"), fewer: t("vote.fewer"), more: t("vote.more") };
  const hands = stepper(words, LIMITS.hands, () => {});
  const save = textButton(t("plenum.vote.counted"), () => {
    count(id, hands.read());
    isCounting = false;
    repaint();
    begin.focus();
  }, "dk-primary");
  const begin = textButton(t("plenum.vote.count"), () => {
    isCounting = true;
    repaint();
    hands.focus();
  });
  const done = h("span", { class: "dk-plenum-counted" }, `✓ ${t("plenum.vote.is_counted")}`);
  const counting = h("span", { class: "dk-plenum-acts" }, hands.element, save);
  let isCounting = false;
  let isCounted = false;
  const repaint = () => {
    setVisible(counting, isCounting);
    setVisible(begin, !isCounting);
    setVisible(done, isCounted && !isCounting);
    setText(begin, t(isCounted ? "plenum.vote.count_again" : "plenum.vote.count"));
  };
  hands.element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target instanceof HTMLButtonElement) return;
    event.preventDefault();
    save.click();
  });
  return {
    element: h(
      "li",
      { class: "dk-paper" },
      item.element,
      h("span", { class: "dk-plenum-acts" }, done, counting, begin),
    ),
    paint(row) {
      item.paint(row.state, id);
      isCounted = row.isCounted;
      begin.setAttribute("aria-label", `${begin.textContent}: ${item.element.textContent}`);
      hands.rename(t("vote.hands_for", { item: item.element.textContent ?? "" }));
      repaint();
    },
  };
}
