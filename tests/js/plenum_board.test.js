import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.dialogkortVocabulary ??= { outcomes: [], kindsToRead: ["next step", "point"] };
const { boardSections, coveredParts, firstParts } = await import(
  "../../dialogkort/ui/frontend/plenum/board_state.js"
);

const CARD = { number: 7, question: "Kan vi øve os?", area: "Dialog" };
const NOTES = [
  { id: "1", text: "Vi mangler TID", kind: "point", card: CARD, session: "a" },
  { id: "2", text: "Ring i morgen", kind: "next step", card: null, session: "b" },
  { id: "3", text: "Tid til at øve", kind: "point", card: CARD, session: "b" },
];
const ORDER = { areas: ["Data", "Dialog"], sessions: ["a", "b"], themes: [{ id: "t", notes: ["2", "3"] }] };
const EVERYTHING = { search: "", area: "", kind: "", session: "", by: "area" };
const ids = (choice) =>
  boardSections(NOTES, { ...EVERYTHING, ...choice }, ORDER).map(({ key, notes }) => [
    key,
    notes.map(({ id }) => id),
  ]);

test("every note stands in one section, and no section is empty", () => {
  assert.deepEqual(ids({}), [["Dialog", ["1", "3"]], ["", ["2"]]]);
  assert.deepEqual(ids({ by: "kind" }), [["next step", ["2"]], ["point", ["1", "3"]]]);
  assert.deepEqual(ids({ by: "group" }), [["a", ["1"]], ["b", ["2", "3"]]]);
  assert.deepEqual(ids({ by: "theme" }), [["t", ["2", "3"]], ["", ["1"]]]);
});

test("all that is chosen holds at once, and all the words are looked for, also in the question", () => {
  assert.deepEqual(ids({ search: " tid " }), [["Dialog", ["1", "3"]]]);
  assert.deepEqual(ids({ search: "tid øve" }), [["Dialog", ["1", "3"]]]);
  assert.deepEqual(ids({ search: "tid", session: "b" }), [["Dialog", ["3"]]]);
  assert.deepEqual(ids({ area: "Dialog", kind: "next step" }), []);
});

test("what nobody has looked through is covered, and else the places that were found and no more", () => {
  const text = "Ring 33 66 33 66 til Bo";
  assert.deepEqual(coveredParts(text, undefined), [{ text, instead: "" }]);
  assert.deepEqual(coveredParts(text, []), [{ text, instead: null }]);
  const places = [
    { at: 21, words: "Bo", instead: "[navn]" },
    { at: 5, words: "33 66 33 66", instead: "[nummer]" },
    { at: 8, words: "66 33 66", instead: "[nummer]" },
  ];
  const parts = coveredParts(text, places);
  assert.equal(parts.map((part) => part.text).join(""), text);
  assert.equal(parts.map((part) => part.instead ?? part.text).join(""), "Ring [nummer] til [navn]");
});

test("a long note begins on the wall, and what is covered stays whole", () => {
  const parts = [{ text: "Ring ", instead: null }, { text: "33 66 33 66", instead: "[nummer]" }, {
    text: "x".repeat(50),
    instead: null,
  }];
  assert.deepEqual(firstParts(parts, 400), { parts, isAll: true });
  const { parts: first, isAll } = firstParts(parts, 20);
  assert.equal(isAll, false);
  assert.equal(first.map((part) => part.instead ?? part.text).join(""), "Ring [nummer]xxxx …");
});
