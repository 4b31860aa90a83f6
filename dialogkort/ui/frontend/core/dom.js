// @ts-check
// Building the page. A string always becomes text, never markup: what a person wrote cannot run.

/**
 * An element with attributes, `on…` listeners and children; `false`, `null` and `undefined` are left out.
 * `vars` are CSS variables of its own (set by script, since the page's policy allows no style attribute).
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [attributes]
 * @param {...any} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === false || value == null) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "vars") setVariables(element, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== false && child != null));
  return element;
}

/** @param {HTMLElement} element @param {Record<string, string | number>} variables */
function setVariables(element, variables) {
  for (const [name, value] of Object.entries(variables)) element.style.setProperty(name, String(value));
}

/**
 * Set or remove an attribute.
 *
 * @param {Element} element
 * @param {string} name
 * @param {string | boolean | null | undefined} value
 */
export function setAttribute(element, name, value) {
  if (value === false || value == null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}

/**
 * Put a text in an element, touching the page only when it differs.
 *
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {Element} element @param {boolean} visible */
export function setVisible(element, visible) {
  setAttribute(element, "hidden", !visible);
}

/**
 * Paint `now`, `soon` (with the next frame) or `later` (when that has been drawn): once, however often it is
 * asked for, and what is painted now need not be painted again soon.
 *
 * @param {() => void} paint
 */
export function oncePerFrame(paint) {
  let frame = 0;
  let isLate = false;
  const now = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    paint();
  };
  return {
    now,
    soon: () => void (frame ||= requestAnimationFrame(now)),
    later: () => {
      if (!isLate) afterFrame(() => ((isLate = false), paint()));
      isLate = true;
    },
  };
}

/**
 * Do what can wait until the next frame has been drawn.
 *
 * @param {() => void} work
 */
export function afterFrame(work) {
  requestAnimationFrame(() => setTimeout(work));
}

/** Whether this person wants nothing to move. */
export function prefersStillness() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
