// @ts-check
// While everybody writes alone: how many notes have been handed in, and the press that shows them all.

import { textButton } from "../core/buttons.js";
import { h, setText, setVisible } from "../core/dom.js";

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {{ show: (card: string) => void, look: (card: string) => void, invite: () => void }} on `show` shows
 *   the notes to all, `look` opens those that were shown, `invite` shows how a phone joins
 */
export function silenceStrip(t, { show, look, invite }) {
  const what = h("span", { class: "dk-silence-what" }, t("silence.begun"));
  const words = h("span", { "data-part": "silence" });
  const showing = textButton(t("silence.show"), () => card && show(card), "dk-primary");
  const looking = textButton(t("silence.look", { count: 1 }), () => card && look(card));
  const inviting = textButton(t("silence.invite"), invite);
  const naming = { class: "dk-silence", role: "group", "aria-label": t("silence.title"), hidden: true };
  const element = h("div", naming, what, words, inviting, showing, looking);
  /** @type {string | null} */
  let card = null;
  return {
    element,
    paint(/** @type {import("../core/types.js").Table} */ { current, silence }, canJoin = false) {
      card = current;
      const round = current && silence?.[current];
      const shown = round ? round.shown.length : 0;
      setVisible(element, Boolean(round && (round.is_open || shown)));
      if (!round) return;
      const count = round.is_open ? round.count : shown;
      setText(words, t(round.is_open ? "silence.writing" : "silence.shown", { count }));
      setVisible(what, round.is_open);
      setVisible(inviting, round.is_open && canJoin);
      setText(showing, t(round.count ? "silence.show" : "silence.end"));
      setVisible(showing, round.is_open);
      setText(looking, t("silence.look", { count: shown }));
      setVisible(looking, shown > 0);
    },
  };
}
