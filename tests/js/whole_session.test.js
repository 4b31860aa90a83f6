import assert from "node:assert/strict";
import { test } from "node:test";

import { groupNotes, matchingNotes } from "../../dialogkort/ui/frontend/workshop/note_groups.js";
import { groupSessions } from "../../dialogkort/ui/frontend/workshop/session_groups.js";
import { summaryOf } from "../../dialogkort/ui/frontend/workshop/summary.js";

const card = (number, area) => ({
  number,
  place: number,
  area,
  question: `Spørgsmål ${number}?`,
  examples: [],
});
const DECK = /** @type {any} */ ({
  areas: [{ name: "A" }, { name: "B" }, { name: "C" }],
  cards: { k2: card(2, 0), k1: card(1, 0), k3: card(3, 1) },
});
const note = (id, more = {}) => /** @type {any} */ ({
  id,
  text: id,
  kind: "point",
  card: "k1",
  owner: "",
  due: "",
  ...more,
});
const step = (id, due) => note(id, { kind: "next step", due, owner: "Karin" });
const shape = (groups) => groups.map(({ notes, ...what }) => [what, notes.map(({ id }) => id)]);
const NOTES = [
  note("a", { card: "k3" }),
  step("b", ""),
  note("c", { card: null, opening_question: 2 }),
  note("d", { kind: "example" }),
];

test("next steps come first, and then the notes by card, by area or by kind", () => {
  const first = [{ kind: "next step" }, ["b"]];
  assert.deepEqual(shape(groupNotes(NOTES, DECK, "card")), [
    first,
    [{ opening: 2 }, ["c"]],
    [{ card: "k1" }, ["d"]],
    [{ card: "k3" }, ["a"]],
  ]);
  assert.deepEqual(shape(groupNotes(NOTES, DECK, "area")), [
    first,
    [{ opening: 0 }, ["c"]],
    [{ area: 0 }, ["d"]],
    [{ area: 1 }, ["a"]],
  ]);
  const kinds = [first, [{ kind: "point" }, ["a", "c"]], [{ kind: "example" }, ["d"]]];
  assert.deepEqual(shape(groupNotes(NOTES, DECK, "kind")), kinds);
});

test("notes are found by all of the words, in the note, its owner or its card", () => {
  const matches = (search) => matchingNotes(NOTES, DECK, search).map(({ id }) => id);
  assert.deepEqual(matches(""), ["a", "b", "c", "d"]);
  assert.deepEqual(matches("KARIN"), ["b"]);
  assert.deepEqual(matches("spørgsmål 3"), ["a"]);
  assert.deepEqual(matches("karin 3"), []);
});

test("a session comes to its cards by area and its next steps, what is due first first", () => {
  const table = /** @type {any} */ ({
    turned: { k2: "discussed", k1: "open", k3: "skipped" },
    card_facts: { k2: { agreement: "alike" } },
  });
  const notes = [step("later", "2027-03-01"), step("some day", ""), step("soon", "2026-12-01"), note("a")];
  const view = /** @type {any} */ ({ table, deck: DECK, notes, noteCounts: { k1: 4 } });
  const { areas, aside, steps } = summaryOf(view);
  assert.deepEqual(steps.map(({ id }) => id), ["soon", "later", "some day"]);
  assert.deepEqual(aside, [["skipped", 1]]);
  assert.deepEqual(areas.map(({ area, cards }) => [area.name, cards]), [["A", [
    { number: 1, question: "Spørgsmål 1?", state: "open", agreement: null, notes: 4 },
    { number: 2, question: "Spørgsmål 2?", state: "discussed", agreement: "alike", notes: 0 },
  ]]]);
});

test("sessions stand by workshop, the one with the newest first, and are found by all of the words", () => {
  const session = (workshop, group, date) => /** @type {any} */ ({
    workshop,
    group,
    date,
    organisation: "",
    unit: "",
  });
  const sessions = [
    session("B", "1", "2026-05-02"),
    session("A", "2", "2026-05-02"),
    session("B", "3", "2026-05-02"),
    session("B", "4", "2025-05-02"),
  ];
  const matches = (search) =>
    groupSessions(sessions, search).map((one) => one.sessions.map(({ group }) => group));
  assert.deepEqual(matches(""), [["1", "3"], ["2"], ["4"]]);
  assert.deepEqual(matches("b 2026"), [["1", "3"]]);
  assert.deepEqual(matches("c"), []);
});
