// The table: every card at its place, face down until it is turned.

/** The table as it will be when the pending events have happened: the click shows at once, the kernel decides. */
function predict(table, pending) {
  const lying = { ...table.lying };
  const told = { ...table.told };
  let { draw, current } = table;
  const settle = (card, outcome, said) => {
    lying[card] = outcome;
    told[card] = said;
    if (current === card) current = null;
  };
  for (const { what, card, agreement, reason } of standing(pending)) {
    if (what === "turned" && draw.includes(card)) {
      draw = draw.filter((other) => other !== card);
      lying[card] = "open";
      delete told[card];
      current = card;
    } else if (!(card in lying)) continue;
    else if (what === "discussed") settle(card, what, { agreement });
    else if (what === "skipped") settle(card, what, { reason });
    else if (what === "went back") current = card;
    else if (what === "put back") {
      delete lying[card];
      draw = [...draw, card];
      if (current === card) current = null;
    }
  }
  return { ...table, lying, told, draw, current };
}

const BADGES = { open: "open", discussed: "check", skipped: "skip" };

/** The spread deck. `take(card)` is called when a card is picked by mouse, touch or key. */
function spread({ t, take }) {
  const element = h("div", { class: "dk-spread", role: "group", "aria-label": t("table.cards") });
  let places = [];
  let focused = 0;

  const move = (event) => {
    const columns = columnsOf(places);
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
    const goal = step ? focused + step : { Home: 0, End: places.length - 1 }[event.key];
    if (goal === undefined) return;
    event.preventDefault();
    if (goal >= 0 && goal < places.length) focusPlace(goal);
  };
  const focusPlace = (place) => {
    places[focused]?.setAttribute("tabindex", "-1");
    focused = place;
    places[focused].setAttribute("tabindex", "0");
    places[focused].focus();
  };
  element.addEventListener("keydown", move);

  const lay = (order) => {
    places = order.map((card, place) => {
      const button = h(
        "button",
        { class: "dk-card", type: "button", "data-card": card, tabindex: place ? "-1" : "0", style: `--lean:${lean(place)}` },
        h("span", { class: "dk-back" }),
        h("span", { class: "dk-mini" }),
      );
      button.addEventListener("click", () => {
        places[focused].setAttribute("tabindex", "-1");
        focused = place;
        button.setAttribute("tabindex", "0");
        take(card);
      });
      return button;
    });
    element.replaceChildren(...places);
  };

  let laid = "";
  return {
    element,
    paint(table, deck, noteCounts) {
      if (laid !== table.order.join()) {
        laid = table.order.join();
        focused = 0;
        lay(table.order);
      }
      table.order.forEach((card, place) => paintPlace(t, places[place], place, deck, card, table, noteCounts[card] ?? 0));
    },
    placeOf: (card) => places.find((place) => place.dataset.card === card),
    /** Move the keyboard to a card's place. */
    focusOn(card) {
      const place = places.findIndex((button) => button.dataset.card === card);
      focusPlace(place < 0 ? focused : place);
    },
  };
}

function paintPlace(t, button, place, deck, id, table, notes) {
  const state = table.lying[id] ?? "down";
  const told = table.told[id] ?? {};
  const picture = JSON.stringify([state, notes, table.current === id, told]);
  if (button.dataset.picture === picture) return;
  button.dataset.picture = picture;
  button.dataset.state = state;
  const card = deck.cards[id];
  const label = t(`table.place_${state}`, {
    place: place + 1,
    number: card.number,
    area: deck.areas[card.area].name,
    question: card.question,
  });
  mark(button, "aria-label", notes ? `${label} ${t("table.notes", { count: notes })}` : label);
  mark(button, "aria-current", table.current === id && "true");
  if (state === "down") return button.querySelector(".dk-mini").replaceChildren();
  const tag = h("span", { class: "dk-mini-head" }, areaShape(deck.areas[card.area]), h("span", {}, String(card.number)));
  const state_text = told.reason ? t(`skip.${told.reason.replaceAll(" ", "_")}`) : t(`table.${state}`);
  const foot = h("span", { class: "dk-mini-foot" }, icon(BADGES[state]), h("span", {}, state_text));
  const pinned = notes > 0 && h("span", { class: "dk-mini-notes" }, t("table.notes", { count: notes }));
  button.querySelector(".dk-mini").replaceChildren(tag, h("span", { class: "dk-mini-text" }, card.question), pinned || "", foot);
}

/** An area's shape in its colour; the area's name is always said beside it. */
function areaShape(area) {
  return h("span", { class: "dk-shape", "aria-hidden": "true", style: `--light:${area.light};--dark:${area.dark}` }, area.shape);
}

/** How many places stand side by side just now. */
function columnsOf(places) {
  const first = places[0]?.offsetTop;
  const wrap = places.findIndex((place) => place.offsetTop !== first);
  return wrap < 0 ? places.length : wrap;
}

/** A small fixed tilt, so that the deck looks laid by hand. */
function lean(place) {
  return (((place * 7919) % 17) - 8) / 8;
}
