// @ts-check
// The parts of the screen, one at a time: tabs, as WAI-ARIA describes them.

import { h, setAttribute, setVisible } from "../core/dom.js";

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {Record<string, { element: HTMLElement, paint: (state: any) => void }>} parts by name
 * @param {() => void} onChange
 */
export function plenumTabs(t, parts, onChange) {
  const names = Object.keys(parts);
  const prefix = `dk-plenum-${Math.random().toString(36).slice(2)}`;
  let chosen = names[0];
  const choose = (/** @type {string} */ name) => {
    chosen = name;
    for (const one of names) {
      setAttribute(tabs[one], "aria-selected", String(one === name));
      tabs[one].tabIndex = one === name ? 0 : -1;
      setVisible(panels[one], one === name);
    }
  };
  const tabs = Object.fromEntries(names.map((name) => {
    const naming = { id: `${prefix}-${name}`, "aria-controls": `${prefix}-${name}-panel` };
    const attributes = { class: "dk-plenum-tab", type: "button", role: "tab", "data-tab": name, ...naming };
    const press = () => (choose(name), onChange());
    return [name, h("button", { ...attributes, onclick: press }, t(`plenum.tab.${name}`))];
  }));
  const panels = Object.fromEntries(names.map((name) => {
    const naming = { id: `${prefix}-${name}-panel`, "aria-labelledby": `${prefix}-${name}` };
    return [name, h("div", { role: "tabpanel", class: "dk-plenum-part", ...naming }, parts[name].element)];
  }));
  const list = h("div", { role: "tablist", "aria-label": t("plenum.parts") }, Object.values(tabs));
  list.addEventListener("keydown", ({ key }) => {
    const step = STEPS[key];
    if (!step) return;
    choose(names.at((names.indexOf(chosen) + step) % names.length));
    tabs[chosen].focus();
    onChange();
  });
  choose(chosen);
  return {
    element: h("div", { class: "dk-plenum-parts" }, list, Object.values(panels)),
    chosen: () => chosen,
    choose: (/** @type {string} */ name) => (choose(name), tabs[name].focus()),
    paint: (state) => parts[chosen].paint(state),
  };
}
