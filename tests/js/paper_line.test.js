import assert from "node:assert/strict";
import { test } from "node:test";

import {
  kindTyped,
  lettersOf,
  matchingCards,
  readLine,
  writeLine,
} from "../../dialogkort/ui/frontend/paper_session/line.js";

const LETTERS = {
  opening: "Å",
  discussed: "D",
  skipped: "S",
  alike: "E",
  differently: "F",
  not_settled: "I",
  not_relevant: "R",
  unclear: "V",
  already_covered: "T",
  no_time: "N",
  example: "E",
  next_step: "N",
};
const letters = lettersOf((key) => LETTERS[key.slice("paper.letters.".length)]);
const card = (number, question) => ({ number, question });
const deck = {
  cards: { a: card(1, "Hvad er data?"), b: card(12, "Hvem har data?"), c: card(34, "Hvorfor?") },
};
const read = (written) => readLine(written, letters, deck);
const line = (card, facts = {}, minutes = null) => ({
  card,
  facts: { outcome: "discussed", ...facts },
  minutes,
});

test("a number alone is a card that was discussed", () => {
  for (const written of ["12", " 12 ", "012"]) assert.deepEqual(read(written).line, line("b"), written);
});

test("letters and minutes come after the number, with or without blanks, in any order", () => {
  const alike = line("b", { agreement: "alike" }, 5);
  for (const written of ["12e5", "12 e 5", "12 5 e", "12, E, 5 min.", "12e 5m", "12 5e"]) {
    assert.deepEqual(read(written).line, alike, written);
  }
  assert.deepEqual(read("1r").line, line("a", { outcome: "skipped", reason: "not relevant" }));
  assert.deepEqual(read("1e s").line, line("a", { outcome: "skipped" }), "what was typed last holds");
});

test("a line is read as it is written", () => {
  for (const written of ["12", "1 e", "34 s 5", "12 f 90", "1 t", "1 0"]) {
    assert.equal(writeLine(read(written).line, letters, deck), written);
  }
});

test("what cannot be is told with its value", () => {
  const faults = {
    "": "paper.no_number",
    "data": "paper.no_number",
    "99": "paper.no_card",
    "12 x": "paper.no_letter",
    "12 -3": "paper.no_letter",
    "12 999": "session.minutes",
  };
  for (const [written, key] of Object.entries(faults)) assert.equal(read(written).fault[0], key, written);
  assert.deepEqual(read("99").fault[1], { number: "99" });
});

test("a question of one's own is typed by the number that stands on it", () => {
  const own = { ...deck, cards: { ...deck.cards, own: card("E1", "Hvad med os?") } };
  const typed = readLine("e1 f 5", letters, own).line;
  assert.deepEqual([typed.card, typed.minutes], ["own", 5]);
  assert.equal(writeLine(typed, letters, own), "E1 f 5");
});

test("an opening question is named by its letter and number", () => {
  assert.deepEqual(["å1", "Å 2", "å3"].map((written) => read(written).opening), [1, 2, undefined]);
});

test("cards are found by words, all of which they hold, and never while a number is typed", () => {
  const openings = [{ opening: 1, text: "Åbningsrunde: Hvad er data?" }];
  const typed = (written) => matchingCards(written, letters, deck, openings).map((one) => one.typed);
  assert.deepEqual(typed("DATA hv"), ["å1", "1", "12"]);
  assert.deepEqual(typed("hvem data"), ["12"]);
  for (const written of ["", "1", "12 e", "å1", "findes ikke"]) assert.deepEqual(typed(written), [], written);
});

test("a letter stands for a kind of note only when it stands alone", () => {
  const kinds = ["example", "next step"];
  const meant = ["e", " N ", "x", "en", ""].map((written) => kindTyped(written, letters, kinds));
  assert.deepEqual(meant, ["example", "next step", null, null, null]);
});
