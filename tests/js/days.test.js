import assert from "node:assert/strict";
import { test } from "node:test";

import { dayInWords, readDay } from "../../dialogkort/ui/frontend/core/days.js";

const MONTHS = "januar februar marts april maj juni juli august september oktober november december".split(
  " ",
);
const t = (key, gaps = {}) =>
  ({ "format.day": `${gaps.day}. ${gaps.month} ${gaps.year}`, "format.day_order": "dmy" })[key] ??
    MONTHS[Number(key.slice("format.months.".length)) - 1];

test("a day is read as Danes write it, and as computers do", () => {
  const ways = ["28. november 2026", "28.11.2026", "28/11 2026", "28-11-26", "28 nov. 2026", " 2026-11-28 "];
  for (const written of ways) assert.equal(readDay(t, written), "2026-11-28", written);
  assert.equal(readDay(t, "  "), "");
});

test("numbers are read in the order of the language", () => {
  const american = (key) => key === "format.day_order" ? "mdy" : t(key);
  assert.equal(readDay(american, "11/28/2026"), "2026-11-28");
  assert.equal(readDay(american, "28/11/2026"), null);
});

test("a day without its year is the one nearest to today", () => {
  const today = Date.UTC(2026, 10, 28);
  const days = [["1/2", "2027-02-01"], ["28. november", "2026-11-28"], ["20.11.", "2026-11-20"]];
  for (const [written, day] of days) assert.equal(readDay(t, written, today), day, written);
});

test("what is no day is none", () => {
  for (const written of ["31.2.2026", "11/28/2026", "i morgen", "31/2", "1.0.2026", "3. xyz 2026"]) {
    assert.equal(readDay(t, written), null, written);
  }
  assert.equal(readDay(t, "29.2.2024"), "2024-02-29");
  assert.equal(readDay(t, "29.2.2026"), null);
});

test("every day is read as it is shown", () => {
  for (const iso of ["2026-01-01", "2026-05-31", "2099-12-31", "2000-02-29"]) {
    assert.equal(readDay(t, dayInWords(t, iso)), iso);
  }
  assert.equal(dayInWords(t, ""), "");
});
