// @ts-check
// A QR code, dark on white in every theme: cameras want it so.

import { setAttribute } from "../core/dom.js";

const NAMESPACE = "http://www.w3.org/2000/svg";

/** One drawing that is changed as the code changes. */
export function qrCode() {
  const element = document.createElementNS(NAMESPACE, "svg");
  const dark = document.createElementNS(NAMESPACE, "path");
  element.setAttribute("class", "dk-qr");
  element.setAttribute("role", "img");
  element.setAttribute("data-part", "qr");
  element.append(dark);
  return {
    element,
    paint(/** @type {{ size: number, path: string }} */ { size, path }, /** @type {string} */ name) {
      setAttribute(element, "viewBox", `0 0 ${size} ${size}`);
      setAttribute(element, "aria-label", name);
      setAttribute(dark, "d", path);
    },
  };
}
