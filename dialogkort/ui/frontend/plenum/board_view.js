// @ts-check
// The board of all notes: searched, sorted, chosen, and laid together under themes.

import { iconButton, roundButton } from "../core/buttons.js";
import { h, setText, setVisible } from "../core/dom.js";
import { keyedList } from "../core/keyed_list.js";
import { asKey } from "../core/texts.js";
import { areaShape } from "../core/theme.js";
import { boardFilters } from "./board_filters.js";
import { boardNote } from "./board_note.js";
import { boardSections } from "./board_state.js";
import { themeForm } from "./theme_form.js";

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {{ gather: (notes: string[], name: string) => void, undo: () => void,
 *   vote: (notes: string[]) => void, repaint: () => void,
 *   changeTheme: (theme: { id: string, name: string }) => void }} acts
 */
export function boardView(t, { gather, undo, vote, changeTheme, repaint }) {
  /** @type {Set<string>} */
  const chosen = new Set();
  const choose = (notes, name) => {
    gather(notes, name);
    chosen.clear();
    if (name) filters.showBy("theme");
    repaint();
  };
  const filters = boardFilters(t, repaint);
  const form = themeForm(t, {
    gather: (name) => choose([...chosen], name),
    takeOut: () => choose([...chosen], ""),
    vote: () => vote([...chosen]),
    clear: () => (chosen.clear(), repaint()),
  });
  const choice = {
    isChosen: (id) => chosen.has(id),
    onChoose: (id, isChosen) => {
      if (isChosen) chosen.add(id);
      else chosen.delete(id);
      repaint();
    },
  };
  const back = iconButton("undo", t("plenum.undo"), undo);
  filters.element.append(back);
  const hint = h("p", { class: "dk-quiet" }, t("plenum.hint"));
  const none = h("p", { class: "dk-lead" });
  const sections = h("div", { class: "dk-plenum-sections", "data-part": "board" });
  const paintSections = keyedList(sections, () => boardSection(t, choice, changeTheme), ({ key }) => key);
  return {
    element: h("div", {}, hint, filters.element, none, sections, form.element),
    paint(/** @type {import("./room_state.js").RoomState} */ state) {
      filters.paint(state);
      const notes = state.notes();
      const known = new Set(notes.map(({ id }) => id));
      for (const id of [...chosen]) if (!known.has(id)) chosen.delete(id);
      const order = {
        areas: state.areas().map(({ name }) => name),
        sessions: state.sessions(),
        themes: state.themes(),
      };
      const by = filters.choice();
      const shown = boardSections(notes, by, order);
      setVisible(none, !shown.length);
      setText(none, t(notes.length ? "plenum.none_found" : "plenum.no_notes"));
      setVisible(back, Boolean(state.lastAct()));
      paintSections(
        shown.map((section) => ({ ...section, key: `${by.by} ${section.key}`, by: by.by, state })),
      );
      const inThemes = new Set(order.themes.flatMap((theme) => theme.notes));
      form.paint(chosen.size, order.themes, [...chosen].some((id) => inThemes.has(id)));
    },
  };
}

function boardSection(t, choice, changeTheme) {
  const title = h("h2", {});
  let theme = null;
  const change = roundButton("pencil", t("plenum.theme_title"), () => theme && changeTheme(theme));
  const list = h("ul", { class: "dk-plenum-notes" });
  const paintNotes = keyedList(list, ({ id }) => boardNote(t, id, choice), ({ id }) => id);
  let shown = "";
  return {
    element: h("section", {}, h("div", { class: "dk-plenum-heading" }, title, change), list),
    paint({ key, by, notes, state }) {
      const value = key.slice(by.length + 1);
      const themes = state.themes();
      theme = by === "theme" ? themes.find(({ id }) => id === value) ?? null : null;
      const words = `${sectionName(t, by, value, state, theme)} (${notes.length})`;
      if (shown !== words) {
        shown = words;
        const style = by === "area" && state.area(value);
        title.replaceChildren(...(style ? [areaShape(style), " "] : []), words);
      }
      setVisible(change, Boolean(theme));
      const nameOf = new Map(themes.flatMap((one) => one.notes.map((note) => [note, one.name])));
      paintNotes(notes.map(({ id }) => ({ id, state, theme: by === "theme" ? "" : nameOf.get(id) ?? "" })));
    },
  };
}

function sectionName(t, by, value, state, theme) {
  if (by === "kind") return t(`kinds.${asKey(value)}`);
  if (by === "group") return state.group(value)?.name ?? "";
  if (by === "theme") return theme?.name ?? t("plenum.without_theme");
  return value || t("plenum.opening");
}
