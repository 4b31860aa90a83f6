// @ts-check
// Which deck is chosen from: the usual one, one of one's own, or several side by side; and it on paper.

import { iconButton, textButton } from "../core/buttons.js";
import { h, setText, setVisible } from "../core/dom.js";
import { foldedPart } from "./plan_field.js";

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {{ openDecks: () => void, useUsualDeck: () => void, print: () => void }} on
 */
export function decksPart(t, on) {
  const lead = h("p", { class: "dk-quiet" }, t("decks.lead"));
  const own = iconButton("import", t("decks.choose"), on.openDecks);
  const usual = textButton("", on.useUsualDeck);
  const print = iconButton("print", t("decks.print"), on.print);
  const part = foldedPart(t("decks.title"), lead, h("div", { class: "dk-prep-chips" }, own, usual, print));
  return {
    element: part.element,
    paint(/** @type {import("./plan_form.js").ShownPlan} */ { choices }) {
      setVisible(usual, Boolean(choices.usual_deck));
      setText(usual, t("decks.back_to_usual", { deck: choices.usual_deck }));
      part.tell(choices.deck);
    },
  };
}
