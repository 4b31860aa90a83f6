// What the page says of saving: one word in the bar, and a sentence under it while there is something to know.

const BACK_FOR = 4000; // ms that it says that contact is back
const MENTION_FOR = 8000; // ms that it says what another window did
const WORTH_SAYING = ["offline", "back", "unsaved"];

/** The word and the sentence. `announce(text)` tells a screen reader, `again()` is the way out when all else failed. */
function savingStatus({ t, announce, again }) {
  const word = h("p", { class: "dk-status" });
  const sentence = h("p", {});
  const reload = h("button", { class: "dk-button", type: "button", onclick: again }, icon("refresh"), t("line.reload"));
  const strip = h("div", { class: "dk-strip", hidden: true }, sentence, reload);
  let state = null;
  let wasLost = false;
  let backUntil = 0;
  let mentioned = "";
  let mentionedUntil = 0;

  const stateOf = ({ lost, trouble, refused, writing }) => {
    if (lost) return "offline";
    if (trouble || refused) return "unsaved";
    if (Date.now() < backUntil) return "back";
    return writing ? "saving" : "saved";
  };
  const sentenceOf = ({ lost, locked, stuck, trouble, atRisk }) => {
    if (lost && !ownAddress()) return t("line.cell");
    if (lost && atRisk) return t("line.at_risk");
    if (lost) return t(locked ? "line.locked" : stuck ? "line.stuck" : "line.lost");
    if (trouble) return `${trouble} ${t("line.tries")}`;
    return Date.now() < mentionedUntil ? mentioned : "";
  };
  return {
    word,
    strip,
    /** Show how things are; true when it will read otherwise in a while by itself. */
    paint(facts) {
      if (wasLost && !facts.lost) backUntil = Date.now() + BACK_FOR;
      wasLost = facts.lost;
      const now = stateOf(facts);
      const told = sentenceOf(facts);
      if (now !== state) word.replaceChildren(icon(now), h("span", {}, t(`bar.${now}`)));
      if (now !== state && WORTH_SAYING.includes(now) && state) announce(told || t(`bar.${now}`));
      state = word.dataset.state = now;
      strip.dataset.state = facts.lost || facts.trouble ? now : "news";
      strip.hidden = !told;
      say(sentence, told);
      reload.hidden = !facts.stuck;
      return Date.now() < Math.max(backUntil, mentionedUntil);
    },
    /** Say for a while what another window did. */
    mention(text) {
      mentioned = text;
      mentionedUntil = Date.now() + MENTION_FOR;
    },
  };
}
