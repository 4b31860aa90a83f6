// @ts-check
// One note on the board: its words, whose it is, and a box to choose it by.

import { textButton } from "../core/buttons.js";
import { h, setAttribute, setText, setVisible } from "../core/dom.js";
import { areaShape } from "../core/theme.js";
import { asKey } from "../core/texts.js";
import { noteText } from "./note_text.js";

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {string} id
 * @param {{ onChoose: (id: string, isChosen: boolean) => void, isChosen: (id: string) => boolean }} choice
 */
export function boardNote(t, id, { onChoose, isChosen }) {
  const box = h("input", { type: "checkbox", autocomplete: "off" });
  box.onchange = () => onChoose(id, box.checked);
  const words = noteText(t, "dk-plenum-words");
  const label = h("label", { class: "dk-plenum-choose" }, box, words.element);
  const about = h("p", { class: "dk-plenum-about" });
  let isOpen = false;
  let last = null;
  const more = textButton(t("plenum.more"), () => {
    isOpen = !isOpen;
    paint(last);
  }, "dk-plenum-more");
  const element = h("li", { class: "dk-paper dk-plenum-note", "data-note": id }, label, more, about);
  const paint = (/** @type {{ state: import("./room_state.js").RoomState, theme: string }} */ item) => {
    last = item;
    const isAll = words.paint(item.state, id, isOpen);
    setVisible(more, isOpen || !isAll);
    setText(more, isOpen ? t("plenum.less") : t("plenum.more"));
    setAttribute(more, "aria-expanded", String(isOpen));
    box.checked = isChosen(id);
    setAttribute(element, "data-chosen", String(box.checked));
    paintAbout(t, about, item, id);
  };
  return { element, paint };
}

function paintAbout(t, about, { state, theme }, id) {
  const note = state.note(id);
  const where = note.card ? t("plenum.card", { number: note.card.number }) : t("plenum.opening");
  const parts = [t(`kinds.${asKey(note.kind)}`), where, state.group(note.session)?.name ?? "", theme];
  const words = parts.filter(Boolean).join(" · ");
  if (about.dataset.words === words) return;
  about.dataset.words = words;
  const style = state.area(note.card?.area);
  about.replaceChildren(...(style ? [areaShape(style), " "] : []), words);
  setAttribute(about, "title", note.card?.question ?? note.opening);
}
