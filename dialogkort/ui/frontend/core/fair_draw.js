// @ts-check
// Drawing by lot: every number as likely as any other.

const SPAN = 2 ** 32;

/**
 * A whole number from 1 to `count`, each with the same chance: what would favour some of them is drawn again.
 *
 * @param {number} count
 * @param {() => number} draw a random whole number below 2³²
 */
export function drawNumber(count, draw = randomNumber) {
  const fair = SPAN - (SPAN % count);
  let drawn = draw();
  while (drawn >= fair) drawn = draw();
  return drawn % count + 1;
}

function randomNumber() {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}
