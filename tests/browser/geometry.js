// What is wrong with the page as it lies there, in sentences. It is called in the page.
() => {
  const top = document.querySelector("dialog[open], .dk-reasons:not([hidden])") ?? document.querySelector(".dk");
  const faults = new Set();
  const CONTROLS = "button, input, select, textarea, a[href], summary, [data-part=question]";
  const LEAST_LETTERS = 13; // px
  const MARGIN = 3; // px
  const LOW = 300; // px: on a page as low as this nothing stays in place, it would cover all

  const isSeen = (element) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true }) &&
    !unseenBox(element);
  /** Cut away on purpose: it is for screen readers. */
  const unseenBox = (element) => {
    for (let box = element; box; box = box.parentElement) {
      if (getComputedStyle(box).clipPath !== "none") return true;
    }
    return false;
  };
  const nameOf = (element) => {
    const words = (element.getAttribute("aria-label") ?? element.textContent ?? "").trim().slice(0, 40);
    return `<${element.tagName.toLowerCase()} ${element.className}> ”${words}”`;
  };
  const belongTogether = (one, other) =>
    one.contains(other) || other?.contains(one) || one.closest("label")?.contains(other);

  /** What nobody can scroll must not have been scrolled to reach it. */
  const scrolledWithoutHands = (element) => {
    for (let box = element.parentElement; box && box !== document.documentElement; box = box.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(box);
      const hidden = ["hidden", "clip"];
      if ((hidden.includes(overflowY) && box.scrollTop) || (hidden.includes(overflowX) && box.scrollLeft)) {
        box.scrollTop = box.scrollLeft = 0;
        return true;
      }
    }
    return false;
  };

  const checkControl = (control) => {
    control.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const box = control.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height, innerHeight) / 2];
    if (scrolledWithoutHands(control)) return faults.add(`${nameOf(control)} is cut off: nothing scrolls to it`);
    const isPicture = control.matches("button:not([data-card])") && !control.innerText.trim();
    if (isPicture && !control.title) faults.add(`${nameOf(control)} is a picture without a tooltip`);
    if (box.width < 1 || box.height < 1) return faults.add(`${nameOf(control)} has no size`);
    if (box.left < -1 || box.right > innerWidth + 1) faults.add(`${nameOf(control)} reaches out at the side`);
    if (y < 0 || y > innerHeight) return faults.add(`${nameOf(control)} is out of reach`);
    const hit = document.elementFromPoint(x, y);
    if (!belongTogether(control, hit)) faults.add(`${nameOf(control)} lies under ${hit ? nameOf(hit) : "nothing"}`);
  };

  const cutsOnPurpose = (style) => style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
  /** The part of a text that is cut away by a box that does not scroll. */
  const checkText = (element, node) => {
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (size < LEAST_LETTERS - 0.01) faults.add(`${nameOf(element)} has letters of ${size} px`);
    const range = document.createRange();
    range.selectNodeContents(node);
    const text = range.getBoundingClientRect();
    for (let box = element; box && box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box);
      const edge = box.getBoundingClientRect();
      if (cutsOnPurpose(style) || style.overflowX === "auto") return;
      const cut = style.overflowX !== "visible" && (text.right > edge.right + 2 || text.left < edge.left - 2);
      const low = style.overflowY === "hidden" && (text.bottom > edge.bottom + 2 || text.top < edge.top - 2);
      if (cut || low) return faults.add(`${nameOf(element)} is cut by ${nameOf(box)}`);
      if (style.overflowY === "auto") break;
    }
    if (text.right > innerWidth + 1 || text.left < -1) faults.add(`${nameOf(element)} runs out of the page`);
    else if (text.left < MARGIN) faults.add(`${nameOf(element)} touches the edge of the page`);
  };

  const isFramed = (style) =>
    parseFloat(style.borderInlineEndWidth) > 0 || !/, 0\)$|transparent/.test(style.backgroundColor);
  /** Letters that run over the edge of what they stand in, be it cut there or not. */
  const checkEdges = (element, node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const lines = [...range.getClientRects()];
    for (let box = element; box && box !== top; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (cutsOnPurpose(style) || style.overflowX === "auto") return;
      if (["inline", "contents"].includes(style.display)) continue;
      if (box.matches(".dk-number-of, .dk-track")) continue; // it hangs behind its bar, in the cell around it
      const edge = box.getBoundingClientRect();
      if (edge.width < 1 || edge.height < 1) continue; // a point that words are hung upon
      const [left, right] = [style.borderLeftWidth, style.borderRightWidth].map(parseFloat);
      const isOut = (line) =>
        line.right > edge.right - right + 1 || line.left < edge.left + left - 1 ||
        line.bottom > edge.bottom + 3 || line.top < edge.top - 3;
      if (lines.some(isOut)) return faults.add(`${nameOf(element)} runs over the edge of ${nameOf(box)}`);
      if (isFramed(style) || ["absolute", "fixed"].includes(style.position)) return;
    }
  };

  /** Whole lines, or none. */
  const checkClamped = (element) => {
    const style = getComputedStyle(element);
    if (style.webkitLineClamp === "none" || style.display === "block") return;
    const lines = element.clientHeight / parseFloat(style.lineHeight);
    if (Math.abs(lines - Math.round(lines)) > 0.1) faults.add(`${nameOf(element)} shows ${lines.toFixed(2)} lines`);
  };

  /** Only a table of figures may be wider than its box. */
  const checkBox = (box) => {
    const isScroller = ["auto", "scroll"].includes(getComputedStyle(box).overflowX);
    if (isScroller && box.scrollWidth > box.clientWidth + 1 && !box.matches(".dk-wide, textarea")) {
      faults.add(`${nameOf(box)} scrolls sideways`);
    }
  };

  const checkFirstSight = () => {
    if (!top.matches(".dk") || innerHeight < LOW) return;
    for (let box of document.querySelectorAll("*")) box.scrollTop = 0;
    scrollTo(0, 0);
    const first = top.querySelector("[data-mode=card] [data-part=question], [data-mode=opening] h2");
    if (first && first.getBoundingClientRect().top > innerHeight * 0.7) faults.add("the question does not come first");
    for (const end of [0, document.documentElement.scrollHeight]) {
      scrollTo(0, end);
      for (const move of top.querySelectorAll(".dk-discuss, .dk-opening .dk-primary, .dk-draw")) {
        const { top: from, bottom } = move.getBoundingClientRect();
        if (isSeen(move) && (from < -1 || bottom > innerHeight + 1)) faults.add(`${nameOf(move)} is not in sight`);
      }
    }
    scrollTo(0, 0);
  };

  const inside = [...top.querySelectorAll("*")].filter(isSeen).filter((one) => !one.closest("[inert]"));
  for (const control of inside.filter((one) => one.matches(CONTROLS))) checkControl(control);
  for (const element of inside) {
    checkClamped(element);
    checkBox(element);
    if (element.matches("textarea, select, option, svg, svg *")) continue;
    for (const node of element.childNodes) {
      if (node.nodeType !== Node.TEXT_NODE || !node.data.trim()) continue;
      checkText(element, node);
      checkEdges(element, node);
    }
  }
  checkBox(top);
  checkFirstSight();
  if (document.documentElement.scrollWidth > innerWidth) faults.add("the page scrolls sideways");
  return [...faults];
}
