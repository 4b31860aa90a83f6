// @ts-check
// The cards that hold the words somebody has typed, to choose one of: a listbox as WAI-ARIA describes it.

import { h, setAttribute, setVisible } from "../core/dom.js";

/** @typedef {{ typed: string, text: string }} Suggestion */

/** @param {import("../core/texts.js").Texts} t @param {(typed: string) => void} take */
export function suggestionList(t, take) {
  const id = `dk-found-${Math.random().toString(36).slice(2)}`;
  const naming = { id, class: "dk-found", role: "listbox", "aria-label": t("paper.found"), hidden: true };
  const element = h("ul", naming);
  /** @type {Suggestion[]} */
  let shown = [];
  let place = -1;

  const field = () => document.querySelector(`[aria-controls="${id}"]`);
  const paint = () => {
    for (const [index, item] of [...element.children].entries()) {
      setAttribute(item, "aria-selected", String(index === place));
    }
    element.children[place]?.scrollIntoView({ block: "nearest" });
    setAttribute(field(), "aria-expanded", String(shown.length > 0));
    setAttribute(field(), "aria-activedescendant", place >= 0 && `${id}-${place}`);
  };
  return {
    element,
    /** What the field that one types in must say of itself. */
    ofField: { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id },
    get shown() {
      return shown;
    },
    get chosen() {
      return shown[place];
    },
    show(/** @type {Suggestion[]} */ suggestions) {
      if (JSON.stringify(suggestions) !== JSON.stringify(shown)) place = -1;
      shown = suggestions;
      element.replaceChildren(...shown.map(({ typed, text }, index) => {
        const attributes = { id: `${id}-${index}`, role: "option", onclick: () => take(typed) };
        return h("li", attributes, h("b", {}, typed), " ", text);
      }));
      setVisible(element, shown.length > 0);
      if (field()) paint();
    },
    /** True when a key was for the list. */
    onKey(/** @type {KeyboardEvent} */ event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || !shown.length || event.altKey) return false;
      event.preventDefault();
      place = place < 0 && step < 0 ? shown.length - 1 : (place + step + shown.length) % shown.length;
      paint();
      return true;
    },
  };
}
