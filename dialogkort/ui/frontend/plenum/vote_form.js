// @ts-check
// What is to stand to vote: themes by default, or next steps, or notes that were chosen on the board.

import { textButton } from "../core/buttons.js";
import { h, setAttribute, setText, setVisible } from "../core/dom.js";
import { keyedList } from "../core/keyed_list.js";
import { LIMITS } from "../core/vocabulary.js";
import { choicesAmong, firstItems, isVotable, SUBJECTS, votable } from "./vote_state.js";
import { voteItem } from "./vote_item.js";

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {{ open: (subject: string, items: string[], choices: number) => void, cancel: () => void,
 *   repaint: () => void }} acts
 */
export function voteForm(t, { open, cancel, repaint }) {
  let subject = "themes";
  /** @type {string[]} */
  let proposed = [];
  let listed = "";
  const left = new Set(); // what somebody has taken out
  const chosenItems = () => firstItems(candidates.filter((id) => !left.has(id)));
  /** @type {string[]} */
  let candidates = [];
  const about = h("select", {});
  about.onchange = () => ((subject = about.value), repaint());
  /** @type {number | null} how many each may choose, where somebody has said so */
  let chosenCount = null;
  const choices = h("select", {});
  choices.onchange = () => (chosenCount = Number(choices.value));
  let offeredChoices = "";
  const paintChoices = (/** @type {number} */ count) => {
    const { offered, usual } = choicesAmong(count);
    if (offeredChoices !== offered.join()) {
      offeredChoices = offered.join();
      choices.replaceChildren(...offered.map((one) => h("option", { value: String(one) }, `${one}`)));
    }
    choices.value = String(offered.includes(chosenCount) ? chosenCount : usual);
  };
  const list = h("ul", { class: "dk-plenum-votable" });
  const choose = (id, isChosen) => {
    if (isChosen) left.delete(id);
    else left.add(id);
    repaint();
  };
  const paintItems = keyedList(list, ({ id }) => candidateRow(t, id, choose), ({ id }) => id);
  const hint = h("p", { class: "dk-quiet", role: "status" });
  const start = h("button", { class: "dk-button dk-primary dk-big", type: "submit" }, t("plenum.vote.open"));
  const back = textButton(t("plenum.vote.cancel"), cancel);
  const field = (label, input) => h("label", { class: "dk-field" }, h("span", {}, t(label)), input);
  const fields = h(
    "div",
    { class: "dk-plenum-filters" },
    field("plenum.vote.subject", about),
    field("plenum.vote.choices", choices),
  );
  const acts = h("span", { class: "dk-plenum-acts" }, start, back);
  const lead = h("p", { class: "dk-lead" }, t("plenum.vote.lead"));
  const element = h("form", { class: "dk-plenum-vote-form" }, lead, fields, list, hint, acts);
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isVotable(chosenItems().length)) open(subject, chosenItems(), Number(choices.value));
  });
  return {
    element,
    propose: (/** @type {string[]} */ notes) => ([proposed, subject] = [notes, "notes"]),
    paint(/** @type {import("./room_state.js").RoomState} */ state, /** @type {boolean} */ canCancel) {
      const subjects = SUBJECTS.filter((one) => one !== "notes" || votable(state, one, proposed).length);
      if (!subjects.includes(subject)) subject = "themes";
      if (listed !== subjects.join()) {
        listed = subjects.join();
        about.replaceChildren(
          ...subjects.map((one) => h("option", { value: one }, t(`plenum.vote.about.${one}`))),
        );
      }
      about.value = subject;
      candidates = votable(state, subject, proposed);
      const chosen = new Set(chosenItems());
      paintItems(candidates.map((id) => ({ id, state, isChosen: chosen.has(id) })));
      setVisible(list, candidates.length > 0);
      paintChoices(chosen.size);
      const isEnough = isVotable(chosen.size);
      const limits = { fewest: LIMITS.fewestVoteItems, most: LIMITS.voteItems };
      const says = isEnough
        ? t("plenum.vote.standing", { count: chosen.size })
        : t(`plenum.vote.too_few.${subject}`, limits);
      setText(hint, candidates.length > LIMITS.voteItems ? `${says} ${t("plenum.vote.most", limits)}` : says);
      setAttribute(start, "disabled", isEnough ? null : "");
      setVisible(back, canCancel);
    },
  };
}

function candidateRow(t, id, choose) {
  const box = h("input", { type: "checkbox" });
  const item = voteItem(t);
  box.addEventListener("change", () => choose(id, box.checked));
  return {
    element: h("li", { class: "dk-paper" }, h("label", { class: "dk-plenum-choose" }, box, item.element)),
    paint({ state, isChosen }) {
      item.paint(state, id);
      box.checked = isChosen;
    },
  };
}
