// @ts-check
// How a screen lies: beside each other or under each other, all in view or read by scrolling.

/** @typedef {{ stack: boolean, flow: boolean, low: boolean }} Layout */

const NARROW = 40; // rem: less than a phone lying down
const PORTRAIT = 64; // rem: a tablet that stands is read from the top
const SHORT = 37; // rem: with less height, a card, its moves and the notes beside it do not all fit
const SHORT_STACK = 44; // rem: and under each other they need more
const LOW = 20; // rem: what stays in place here would cover what one reads

/**
 * @param {number} width of the screen, in rem
 * @param {number} height of the window, in rem
 * @returns {Layout} `stack`: the notes lie under the card; `flow`: the page is as high as it needs to be;
 *   `low`: and so low that nothing stays in place
 */
export function layoutOf(width, height) {
  const stack = width <= NARROW || (height > width && width < PORTRAIT);
  return { stack, flow: height < (stack ? SHORT_STACK : SHORT), low: height < LOW };
}

/**
 * Keeps `data-stack`, `data-flow` and `data-low` of a screen as its size asks for, also when the page is
 * zoomed or its letters are made larger.
 *
 * @param {HTMLElement} root
 * @returns {() => void} ends it
 */
export function followSize(root) {
  const update = () => {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const layout = layoutOf(root.clientWidth / rem, innerHeight / rem);
    for (const [name, is] of Object.entries(layout)) root.toggleAttribute(`data-${name}`, is);
  };
  const resized = new ResizeObserver(update);
  resized.observe(root);
  addEventListener("resize", update);
  update();
  return () => {
    resized.disconnect();
    removeEventListener("resize", update);
  };
}
