// @ts-check
// Which form of a text a number takes, by the rules that its language gives; `i18n/plural.py` reads the same.

const RELATION = /^n(?: % (\d+))? (!?=) ([\d.,]+)$/;

/**
 * The form for a count: the first whose rule (`n = 1`, `n % 10 = 2..4 and n % 100 != 12..14`) holds.
 *
 * @param {number} count
 * @param {Record<string, string>} rules
 */
export function formOf(count, rules) {
  const holds = (/** @type {string} */ rule) =>
    rule.split(" or ").some((either) => either.split(" and ").every((one) => relationHolds(one, count)));
  return Object.keys(rules).find((form) => holds(rules[form])) ?? "other";
}

function relationHolds(/** @type {string} */ relation, /** @type {number} */ count) {
  const [, modulus, sign, spans] = RELATION.exec(relation);
  const value = modulus ? count % Number(modulus) : count;
  const isIn = spans.split(",").some((span) => {
    const [low, high = low] = span.split("..").map(Number);
    return low <= value && value <= high;
  });
  return isIn === (sign === "=");
}
