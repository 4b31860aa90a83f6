// @ts-check
// What matters most to the room: what stands to vote, how many have voted, and what came of it at the end.

import { h, setVisible } from "../core/dom.js";
import { openVote } from "./open_vote.js";
import { voteForm } from "./vote_form.js";
import { voteResults } from "./vote_results.js";

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {{ open: (subject: string, items: string[], choices: number) => void,
 *   count: (item: string, hands: number | null) => void, show: (isShown: boolean) => void,
 *   withdraw: () => void, repaint: () => void }} acts
 */
export function voteView(t, { open, count, show, withdraw, repaint }) {
  let isAnew = false; // another vote is to be opened while the last one is on show
  const form = voteForm(t, {
    open: (...choice) => ((isAnew = false), open(...choice)),
    cancel: () => ((isAnew = false), repaint()),
    repaint,
  });
  const current = openVote(t, { count, show: () => show(true), withdraw });
  const results = voteResults(t, {
    reopen: () => show(false),
    anew: () => ((isAnew = true), repaint()),
  });
  return {
    element: h("div", { "data-part": "vote" }, [form, current, results].map(({ element }) => element)),
    /** Offer some notes to vote on. */
    propose(/** @type {string[]} */ notes) {
      isAnew = true;
      form.propose(notes);
    },
    paint(/** @type {import("./room_state.js").RoomState} */ state) {
      const vote = state.vote();
      const isOpen = vote !== null && !vote.is_shown;
      const isResult = vote !== null && !isOpen && !isAnew;
      setVisible(current.element, isOpen);
      setVisible(results.element, isResult);
      setVisible(form.element, !isOpen && !isResult);
      if (isOpen) current.paint(state, vote);
      else if (isResult) results.paint(state, vote);
      else form.paint(state, vote !== null);
    },
  };
}
