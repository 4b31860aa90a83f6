// @ts-check
// The stage over the table: the card in hand (or the opening round), and the pad.

import { h } from "../core/dom.js";

const RETRY_AFTER = 5000; // ms, while another window's move waits for one who writes

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {{ card: ReturnType<import("./open_card.js").openCard>,
 *   opening: ReturnType<import("./opening_round.js").openingRound>,
 *   notepad: import("./notepad.js").Notepad }} parts
 * @param {{ paintSoon: () => void, endOpening: () => void, remind: () => void,
 *   cardNumber: (card: string) => number }} on
 */
export function stage(t, { card, opening, notepad }, { paintSoon, endOpening, remind, cardNumber }) {
  const element = h(
    "div",
    { class: "dk-stage", "data-mode": "none" },
    card.element,
    opening.element,
    notepad.element,
  );
  let animating = false; // the open card is on its way back to its place
  let timer = null;
  let interrupted = false; // another window has moved: the card on show may no longer be in hand
  let isRequested = false; // what is on show changes by a press that asked for just that
  /** @type {string | null} the way to its place of the card that is about to be shown, see `openCard` */
  let flipFrom = null;

  /** True when nothing on the stage may change yet. */
  const mustWait = (view) => {
    if (animating) return true;
    const isAnother = (view.mode === "opening" || card.shown) && card.shown !== view.inHand;
    if (isAnother && !isRequested && notepad.isBeingWritten) {
      clearTimeout(timer);
      timer = setTimeout(paintSoon, RETRY_AFTER);
      if (interrupted) remind();
      return true;
    }
    if (isAnother && interrupted && view.inHand) endOpening();
    return false;
  };
  const showCard = (/** @type {import("./model.js").TableView} */ { inHand, table: cards, deck }) => {
    card.show(inHand, deck, cards.card_facts[inHand], flipFrom);
    notepad.turnTo({ card: inHand }, t("pad.for_card", { number: cardNumber(inHand) }));
    flipFrom = null;
  };
  return {
    element,
    get shown() {
      return card.shown;
    },
    get mode() {
      return element.dataset.mode;
    },
    /**
     * `view()` is how things are: asked twice when the opening round has to end first. Returns whether
     * another card has come on show.
     */
    paint(/** @type {() => import("./model.js").TableView} */ view) {
      if (mustWait(view())) return false;
      interrupted = isRequested = false;
      const now = view();
      element.dataset.mode = now.mode;
      const isNew = now.mode === "card" && card.shown !== now.inHand;
      if (isNew) showCard(now);
      else if (now.mode === "card") card.paint(now.table.card_facts[now.inHand]);
      else card.forget();
      if (now.mode === "none") notepad.putAway();
      return isNew;
    },
    /** The card turned next lies there; said before anything changes, nothing is laid out for it. */
    turnFrom: (/** @type {DOMRect} */ lay) => (flipFrom = card.wayTo(lay)),
    interrupt: () => (interrupted = true),
    calm() {
      interrupted = false;
      isRequested = true;
    },
    /** Let the open card travel back; it stays on show meanwhile. */
    async layDown(/** @type {DOMRect} */ lay, /** @type {boolean} */ faceDown) {
      animating = true;
      element.inert = true; // what is pressed or typed now would be gone in a moment
      try {
        await card.returnTo(lay, faceDown);
      } finally {
        animating = element.inert = false;
      }
    },
  };
}
