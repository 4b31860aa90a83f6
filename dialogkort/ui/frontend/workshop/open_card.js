// The card in hand: turned with a flip, read at projector size, settled with a button.

const FLIP = { duration: 460, easing: "cubic-bezier(.3,.1,.2,1)" };
const RETURN = { duration: 260, easing: "cubic-bezier(.5,0,.8,.6)" };
const AGREEMENTS = ["alike", "differently", "not settled"];
const REASONS = ["not relevant", "unclear", "already covered", "no time"];

/** The open card with its moves. `moves` has discuss, skip, putBack and toTable. */
function openCard({ t, moves }) {
  const area = h("p", { class: "dk-area" });
  const number = h("p", { class: "dk-number" });
  const question = h("h2", { class: "dk-question", tabindex: "-1" });
  const examplesLabel = h("p", { class: "dk-examples-label" });
  const examples = h("ul", { class: "dk-examples" });
  const attribution = h("p", { class: "dk-attribution" });
  const body = h("div", { class: "dk-open-body" }, question, examplesLabel, examples);
  const face = h("div", { class: "dk-face" }, h("div", { class: "dk-open-head" }, area, number), body, attribution);
  const turning = h("article", { class: "dk-open" }, face, h("div", { class: "dk-back", "aria-hidden": "true" }));
  const holder = h("div", { class: "dk-open-holder" }, turning);

  const agreement = agreementChoice(t);
  const skip = skipChoice(t, (reason) => moves.skip(reason));
  const discuss = h(
    "button",
    { class: "dk-button dk-primary dk-discuss", type: "button", onclick: () => moves.discuss(agreement.value()) },
    icon("check"),
    t("card.discussed"),
  );
  const putBack = h("button", { class: "dk-button dk-put-back", type: "button", title: t("card.put_back"), onclick: () => moves.putBack() }, icon("putback"), h("span", {}, t("card.put_back")));
  const toTable = h(
    "button",
    { class: "dk-button dk-to-table", type: "button", "aria-label": t("card.to_table"), title: t("card.to_table"), onclick: () => moves.toTable() },
    icon("arrow"),
  );
  const row = h("div", { class: "dk-moves", role: "group", "aria-label": t("card.moves") }, toTable, putBack, skip.element, agreement.element, discuss);
  const element = h("div", { class: "dk-open-side" }, holder, row);

  let shown = null;
  const sizes = new Map(); // how large each card's letters can be, in a card of this size
  const show = (id, deck, told) => {
    const card = deck.cards[id];
    const place = deck.areas[card.area];
    const confidence = card.confidence === "sure" ? "" : t(`card.confidence_${card.confidence}`);
    area.replaceChildren(areaShape(place), h("span", {}, place.name), confidence && h("span", { class: "dk-confidence" }, confidence));
    say(number, t("card.number", { number: card.number }));
    say(question, card.question);
    say(examplesLabel, card.examples.length ? `${card.examples_label}:` : "");
    examples.replaceChildren(...card.examples.map((example) => h("li", {}, example)));
    say(attribution, deck.attribution);
    agreement.set(told?.agreement);
    skip.close();
    shown = id;
    fit(face, body, sizes, id);
  };

  return {
    element,
    get shown() {
      return shown;
    },
    show,
    /** Turn the card from where it lay (a rectangle): one animation, begun in the frame of the click. */
    flipFrom(lay) {
      if (still()) return;
      const path = journey(lay, turning);
      turning.animate(
        [
          { transform: `${path} rotateY(180deg)`, offset: 0 },
          { transform: "translate(0,0) scale(1,1) rotateY(0deg)", offset: 1 },
        ],
        FLIP,
      );
    },
    /** Let the card travel back to its place, face down again when it was put back. */
    async returnTo(lay, faceDown) {
      shown = null;
      if (still()) return;
      const path = journey(lay, turning);
      const end = { transform: `${path} rotateY(${faceDown ? 180 : 0}deg)`, opacity: 0.85 };
      await turning.animate([{ transform: "translate(0,0) scale(1,1) rotateY(0deg)" }, end], RETURN).finished;
    },
    refit() {
      sizes.clear();
      if (shown) fit(face, body, sizes, shown);
    },
    focus: () => question.focus({ preventScroll: true }),
    forget() {
      shown = null;
    },
  };
}

/** How the group saw the card: optional, none chosen to begin with, and a second press takes it off. */
function agreementChoice(t) {
  let chosen = null;
  const buttons = AGREEMENTS.map((value) =>
    h("button", { class: "dk-chip", type: "button", "data-value": value, onclick: () => set(chosen === value ? null : value) }, t(`agreement.${value.replaceAll(" ", "_")}`)),
  );
  const set = (value) => {
    chosen = value ?? null;
    for (const button of buttons) mark(button, "aria-pressed", String(button.dataset.value === chosen));
  };
  set(null);
  const element = h("div", { class: "dk-agreement", role: "group", "aria-label": t("agreement.ask") }, h("span", { "aria-hidden": "true" }, t("agreement.ask")), buttons);
  return { element, set, value: () => chosen };
}

/** Skip at once, or open the list beside it and say why. */
function skipChoice(t, skip) {
  const reasons = REASONS.map((reason) =>
    h("button", { class: "dk-chip", type: "button", onclick: () => skip(reason) }, t(`skip.${reason.replaceAll(" ", "_")}`)),
  );
  const list = h("div", { class: "dk-reasons", role: "group", "aria-label": t("skip.why"), hidden: true }, h("span", { class: "dk-quiet", "aria-hidden": "true" }, t("skip.why")), reasons);
  const more = h("button", { class: "dk-button dk-more", type: "button", "aria-expanded": "false", "aria-label": t("skip.why") }, icon("more"));
  const open = (yes) => {
    list.hidden = !yes;
    mark(more, "aria-expanded", String(yes));
    if (yes) reasons[0].focus();
  };
  more.addEventListener("click", () => open(list.hidden));
  const plain = h("button", { class: "dk-button", type: "button", onclick: () => skip(null) }, t("skip.skip"));
  const element = h("div", { class: "dk-skip" }, plain, more, list);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || list.hidden) return;
    event.stopPropagation();
    open(false);
    more.focus();
  });
  element.addEventListener("focusout", (event) => {
    if (!element.contains(event.relatedTarget)) open(false);
  });
  return { element, close: () => open(false) };
}

const SIZES = [1.3, 1.15, 1, 0.92, 0.85, 0.78, 0.7];

/** Letters as large as the card can hold: the longest card must be read whole, the shortest from the back row. */
function fit(face, body, known, id) {
  const fits = (size) => {
    face.style.setProperty("--fit", size);
    return body.scrollHeight <= body.clientHeight + 1;
  };
  if (!known.has(id)) known.set(id, SIZES.find(fits) ?? null);
  const size = known.get(id);
  face.style.setProperty("--fit", size ?? SIZES.at(-1));
  mark(body, "tabindex", size === null && "0"); // what must be scrolled must be reachable by keyboard
}

/** The move that brings the open card onto a rectangle of the table, as CSS transform functions. */
function journey(from, card) {
  const to = card.getBoundingClientRect();
  const across = from.left + from.width / 2 - (to.left + to.width / 2);
  const down = from.top + from.height / 2 - (to.top + to.height / 2);
  return `translate(${across}px,${down}px) scale(${from.width / to.width},${from.height / to.height})`;
}

function still() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
