// @ts-check
// Which notes the board shows, and in which order: pure, without a page.

import { KINDS_TO_READ } from "../core/vocabulary.js";

/**
 * @typedef {import("../core/types.js").PlenumNote & { id: string }} BoardNote
 * @typedef {{ search: string, area: string, kind: string, session: string, by: "area" | "kind" | "group" |
 *   "theme" }} BoardChoice
 * @typedef {{ key: string, notes: BoardNote[] }} Section a key is an area, a kind, a session or a theme;
 *   "" of those that have none
 */

/**
 * The notes that are chosen, in sections that are not empty.
 *
 * @param {BoardNote[]} notes
 * @param {BoardChoice} choice
 * @param {{ areas: string[], sessions: string[], themes: { id: string, notes: string[] }[] }} order
 * @returns {Section[]}
 */
export function boardSections(notes, choice, order) {
  const themeOf = new Map(order.themes.flatMap((theme) => theme.notes.map((note) => [note, theme.id])));
  const keyOf = {
    area: (note) => note.card?.area ?? "",
    kind: (note) => note.kind,
    group: (note) => note.session,
    theme: (note) => themeOf.get(note.id) ?? "",
  };
  const keys = {
    area: [...order.areas, ""],
    kind: [...KINDS_TO_READ],
    group: order.sessions,
    theme: [...order.themes.map(({ id }) => id), ""],
  };
  const chosen = notes.filter((note) => isChosen(note, choice, keyOf));
  const sections = keys[choice.by].map((key) => ({
    key,
    notes: chosen.filter((note) => keyOf[choice.by](note) === key),
  }));
  return sections.filter((section) => section.notes.length);
}

function isChosen(note, { search, area, kind, session }, keyOf) {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const text = `${note.text} ${note.card?.question ?? ""}`.toLocaleLowerCase();
  return (!area || keyOf.area(note) === area) && (!kind || note.kind === kind) &&
    (!session || note.session === session) && words.every((word) => text.includes(word));
}

/**
 * A text in parts, of which those that may identify somebody are covered. `places` are not there while
 * nobody has looked through it: then all of it is.
 *
 * @param {string} text
 * @param {import("../core/types.js").Finding[] | undefined} places
 * @returns {{ text: string, instead: string | null }[]} what is shown in the place of a part, or null
 */
export function coveredParts(text, places) {
  if (!places) return [{ text, instead: "" }];
  const parts = [];
  let from = 0;
  for (const { at, words, instead } of [...places].sort((one, other) => one.at - other.at)) {
    const end = at + words.length;
    if (end <= from) continue;
    if (at > from) parts.push({ text: text.slice(from, at), instead: null });
    parts.push({ text: text.slice(Math.max(at, from), end), instead });
    from = end;
  }
  if (from < text.length) parts.push({ text: text.slice(from), instead: null });
  return parts;
}

/**
 * The first of the parts that fit in so many characters, and whether that is all of them.
 *
 * @param {{ text: string, instead: string | null }[]} parts
 * @param {number} length
 */
export function firstParts(parts, length) {
  const first = [];
  let left = length;
  for (const part of parts) {
    if (left <= 0) return { parts: first, isAll: false };
    const isLong = part.instead === null && part.text.length > left;
    first.push(isLong ? { ...part, text: `${part.text.slice(0, left)} …` } : part);
    if (isLong) return { parts: first, isAll: false };
    left -= part.text.length;
  }
  return { parts: first, isAll: true };
}
