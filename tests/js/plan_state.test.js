import assert from "node:assert/strict";
import { test } from "node:test";

import {
  fieldsOf,
  groupsInWords,
  keepUntilOf,
  moved,
  questionsOf,
  readGroups,
  readLink,
  readTime,
  timeInWords,
  toggled,
} from "../../dialogkort/ui/frontend/prepare/plan_state.js";

const nameOf = (number) => `Gruppe ${number}`;

test("an address is kept as one that a browser opens, and nothing else is", () => {
  for (const address of ["https://intra.kommune.dk/kompetencer?id=3", "http://intra/kompetencer"]) {
    assert.equal(readLink(` ${address} `), address);
  }
  assert.equal(readLink("intra.kommune.dk"), "https://intra.kommune.dk");
  assert.equal(readLink(""), "");
  for (const written of ["javascript:alert(1)", "data:text/html,x", "file:///c:/x.pdf", "se intranettet"]) {
    assert.equal(readLink(written), null, written);
  }
});

test("a time of day is read as people write it, and shown as they read it", () => {
  for (const [written, time] of [["9.10", "09:10"], ["9:10", "09:10"], ["0910", "09:10"], ["9", "09:00"]]) {
    assert.equal(readTime(written), time);
  }
  for (const wrong of ["24.00", "9.60", "i morgen", "9.1"]) assert.equal(readTime(wrong), null);
  assert.equal(readTime(" "), "");
  assert.equal(timeInWords("09:10"), "9.10");
});

test("groups are as many as a number says, or those that are named, each once", () => {
  assert.deepEqual(readGroups("3", nameOf), ["Gruppe 1", "Gruppe 2", "Gruppe 3"]);
  assert.deepEqual(readGroups("Blå, Grøn,\nBlå,", nameOf), ["Blå", "Grøn"]);
  assert.deepEqual(readGroups("", nameOf), []);
  assert.equal(readGroups("9999", nameOf).length, 200);
  for (const written of ["2", "Blå, Grøn", ""]) {
    assert.equal(groupsInWords(readGroups(written, nameOf), nameOf), written);
  }
});

test("what is put in order moves one place, and not past the ends", () => {
  assert.deepEqual(moved(["a", "b", "c"], "c", -1), ["a", "c", "b"]);
  assert.deepEqual(moved(["a", "b", "c"], "a", -1), ["a", "b", "c"]);
  assert.deepEqual(moved(["a", "b"], "x", 1), ["a", "b"]);
  assert.deepEqual(toggled(["a", "b"], "a", false), ["b"]);
  assert.deepEqual(toggled(["a", "b"], "a", true), ["b", "a"]);
});

test("a plan reads as it was written last, also while that is on its way", () => {
  const plan = {
    fields: { workshop: "Før", minutes: 90 },
    questions: [{ question: "1", text: "Hvad?", area: "A", examples: [] }],
  };
  const waiting = [
    { what: "workshop planned", id: "e1", session: "s", workshop: "Nu", minutes: 90 },
    { what: "question written", id: "e2", session: "s", question: "2", text: "Hvem?", area: "A" },
    { what: "question written", id: "e3", session: "s", question: "1", text: "Hvad?", withdrawn: true },
  ];
  assert.deepEqual(fieldsOf(plan, waiting), { workshop: "Nu", minutes: 90 });
  assert.deepEqual(fieldsOf(plan, []), plan.fields);
  assert.deepEqual(questionsOf(plan, waiting).map(({ text }) => text), ["Hvem?"]);
});

test("until which day notes are kept is the newest word on it, also one that is still on its way", () => {
  const plan = /** @type {any} */ ({ keep_until: "2027-01-31" });
  const set = (until) => /** @type {any} */ ({ what: "retention set", until });
  assert.equal(keepUntilOf(plan, []), "2027-01-31");
  assert.equal(keepUntilOf(plan, [set("2027-02-28"), set("")]), "");
});
