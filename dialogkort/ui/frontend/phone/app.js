// @ts-check
// A participant's own phone: the card on the table, and one field while everybody writes alone. It shows what
// the server says of the card, and nothing of what anybody else has written.

import { h, setText, setVisible } from "../core/dom.js";
import { captureKeys } from "../core/keyboard.js";
import { liveRegion } from "../core/live_region.js";
import { textReader } from "../core/texts.js";
import { followTheme } from "../core/theme.js";
import { timeOf, uuid7 } from "../sync/event_ids.js";
import { saveStatus } from "../sync/save_status.js";
import { SyncClient } from "../sync/sync_client.js";
import { handIn } from "./hand_in.js";
import { voteForm } from "./vote_form.js";

/** @type {import("../core/types.js").Screen} */
export function phoneApp({ host, boot, connection }) {
  const t = textReader(boot.texts);
  const live = liveRegion();
  const client = new SyncClient(connection, {
    changed: () => status.paint(),
    onReply: (reply) => onReply(reply),
  });
  const status = saveStatus({ t, announce: live.announce, facts: () => client.facts() });
  const card = cardShown(t);
  let begun = ""; // the id of what began the silent round
  const form = handIn(t, {
    announce: live.announce,
    send: (about, text) => {
      const id = uuid7(timeOf(begun) + 1); // when something was handed in is nobody's to know
      client.record("silently noted", { id, note: id, card: about, text });
      return id;
    },
  });
  const vote = voteForm(t, connection, client, live.announce);
  const gone = h("p", { class: "dk-trouble", role: "alert", hidden: true });
  const page = h("div", { class: "dk-phone" }, card.head, gone, vote.element, card.element, form.element);
  const naming = { class: "dk", lang: t("code"), "aria-label": t("phone.title"), "data-screen": "phone" };
  const root = h("section", naming, h("div", { class: "dk-phone-bar" }, status.word), status.strip, page);
  root.append(live.element);

  const onReply = (/** @type {import("../core/types.js").Reply} */ { to, opened, session, refused }) => {
    if (opened && !refused && session !== client.session) client.join(session);
    if (refused) form.refuse(to, refused);
    if (refused) vote.refuse(to, refused);
    status.paint();
  };
  const paint = (/** @type {import("../core/types.js").PhoneState | null} */ state) => {
    setVisible(gone, !state);
    setText(gone, state ? "" : t("join.ended"));
    begun = state?.silence?.begun ?? begun;
    const isVoting = vote.paint(state?.vote ?? null);
    card.paint(state);
    form.paint(state);
    // One thing at a time: while the room votes, the card waits.
    setVisible(card.element, !isVoting);
    setVisible(form.element, !isVoting);
  };
  connection.on("phone", paint);
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

/** Which meeting this is, and the card that the group has in hand. */
function cardShown(/** @type {import("../core/texts.js").Texts} */ t) {
  const group = h("h1", { tabindex: "-1" });
  const workshop = h("p", { class: "dk-quiet" });
  const area = h("p", { class: "dk-quiet" });
  const question = h("h2", { "data-part": "question" });
  const element = h("article", { class: "dk-paper dk-phone-card" }, area, question);
  const none = h("p", { class: "dk-lead" });
  return {
    head: h("header", {}, group, workshop),
    element: h("div", {}, element, none),
    paint(/** @type {import("../core/types.js").PhoneState | null} */ state) {
      const shown = state?.card;
      setText(group, state?.group ?? t("title"));
      setText(workshop, state?.workshop ?? "");
      setVisible(element, Boolean(shown));
      setVisible(none, Boolean(state) && !shown);
      setText(none, t(state?.is_over ? "phone.over" : "phone.no_card"));
      if (!shown) return;
      setText(area, `${shown.area} · ${t("card.number", { number: shown.number })}`);
      setText(question, shown.question);
    },
  };
}
