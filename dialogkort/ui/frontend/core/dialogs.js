// @ts-check
// What lies over the page.

import { roundButton } from "./buttons.js";
import { h } from "./dom.js";

/**
 * A dialog with a heading and a way out; `fill(...)` gives it its content. A press beside it closes it,
 * unless it is one to write in, where that would cost what was written.
 *
 * @param {import("./texts.js").Texts} t
 * @param {string} title
 * @param {string} kind
 * @param {{ closesOutside?: boolean }} [how]
 */
export function dialogShell(t, title, kind, { closesOutside = true } = {}) {
  const id = `dk-panel-${kind}-${Math.random().toString(36).slice(2)}`;
  const region = { class: "dk-panel-content", tabindex: "0", role: "region", "aria-labelledby": id };
  const content = h("div", region);
  const close = roundButton("close", t("panel.close"), () => element.close());
  const heading = h("header", {}, h("h2", { id }, title), close);
  const element = h(
    "dialog",
    { class: `dk-panel dk-panel-${kind}`, "aria-labelledby": id },
    heading,
    content,
  );
  let isOutside = false; // where the press began: one who marks words may let go outside
  element.addEventListener("pointerdown", (event) => (isOutside = event.target === element));
  element.addEventListener("click", (event) => {
    if (closesOutside && isOutside && event.target === element) element.close();
  });
  /** Who prints while it is open prints what it shows, and nothing of what lies under it. */
  const cover = () => {
    const root = element.closest(".dk");
    root?.toggleAttribute("data-covered", Boolean(root.querySelector("dialog[open]")));
  };
  element.addEventListener("close", cover);
  return {
    element,
    fill: (...children) => content.replaceChildren(...children.flat().filter((child) => child)),
    open() {
      element.showModal();
      cover();
    },
  };
}
