// Starting and continuing: the first thing a group meets.

const NOTE_TAKERS = ["leader", "employee", "staff_representative", "consultant", "other"];

/**
 * The start screen. `begin(details)` and `goOn(session)` are called with what the group chose, `handOver(session)`
 * when it wants its notes as files (null: everything), `erase(session, others)` when one is to go for good.
 */
function startScreen({ t, begin, goOn, handOver, erase, showGuide }) {
  const fields = {
    workshop: h("input", { name: "workshop", required: true, maxlength: 200, autocomplete: "off" }),
    organisation: h("input", { name: "organisation", maxlength: 200, autocomplete: "organization" }),
    unit: h("input", { name: "unit", maxlength: 200, autocomplete: "off" }),
    date: h("input", { name: "date", type: "date", required: true }),
    group: h("input", { name: "group", required: true, maxlength: 200, autocomplete: "off" }),
    participants: h("input", { name: "participants", type: "number", min: 1, max: 999, inputmode: "numeric" }),
    note_taker: h(
      "select",
      { name: "note_taker" },
      h("option", { value: "" }, t("start.note_taker_untold")),
      NOTE_TAKERS.map((who) => h("option", { value: who.replaceAll("_", " ") }, t(`start.note_takers.${who}`))),
    ),
  };
  const labelled = (name) =>
    h("label", { class: `dk-field dk-field-${name}` }, h("span", {}, t(`start.${name}`)), fields[name]);

  const trouble = h("p", { class: "dk-trouble", role: "alert", hidden: true });
  const submit = h("button", { class: "dk-button dk-primary dk-big", type: "submit" }, t("start.begin"));
  const form = h(
    "form",
    { class: "dk-paper dk-start-form", "aria-labelledby": "dk-start-new" },
    h("h2", { id: "dk-start-new" }, t("start.new")),
    Object.keys(fields).map(labelled),
    trouble,
    submit,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit.disabled = true;
    const details = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value.trim()]));
    begin({ ...details, participants: details.participants ? Number(details.participants) : null });
  });

  const list = h("ul", { class: "dk-sessions" });
  const nothingYet = h("p", { class: "dk-quiet" }, t("start.none"));
  const unreadable = h("p", { class: "dk-trouble" });
  const said = h("p", { class: "dk-trouble dk-said", role: "status" }); // by Dialogkort when it started
  const heading = h("h2", { id: "dk-start-continue", tabindex: "-1" }, t("start.continue"));
  const told = h("p", { class: "dk-quiet", role: "status" });
  const all = h("button", { class: "dk-button", type: "button", onclick: () => handOver(null) }, icon("save"), h("span", {}, t("wayout.all")));
  const deckTitle = h("h1", {});
  const subtitle = h("p", { class: "dk-start-subtitle" });
  const kept = h("p", { class: "dk-quiet dk-kept" });
  const attribution = h("p", { class: "dk-quiet" });
  const fan = h("div", { class: "dk-fan", "aria-hidden": "true" }, [0, 1, 2, 3].map(() => h("span", { class: "dk-back" })));
  const element = h(
    "section",
    { class: "dk-start" },
    h(
      "header",
      { class: "dk-hero" },
      fan,
      h("div", {}, deckTitle, subtitle, h("p", { class: "dk-lead" }, t("start.lead"))),
      h("button", { class: "dk-button", type: "button", onclick: showGuide }, icon("guide"), t("bar.guide")),
    ),
    said,
    h(
      "div",
      { class: "dk-start-columns" },
      form,
      h("section", { class: "dk-continue", "aria-labelledby": "dk-start-continue" }, heading, told, nothingYet, list, unreadable, all),
    ),
    h("footer", {}, kept, attribution),
  );

  let proposed = null;
  let listed = null;
  return {
    element,
    /** Show a desk: the sessions kept here, a proposal for the form, the folder. */
    paint(desk, deck) {
      say(deckTitle, deck.title);
      say(subtitle, deck.subtitle);
      say(attribution, deck.attribution);
      say(kept, t("start.kept", { folder: desk.folder }));
      submit.disabled = false;
      if (JSON.stringify(desk.proposal) !== proposed) {
        proposed = JSON.stringify(desk.proposal);
        for (const [name, value] of Object.entries(desk.proposal)) if (name in fields) fields[name].value = value ?? "";
      }
      said.hidden = !desk.said;
      say(said, desk.said ?? "");
      unreadable.hidden = !desk.unreadable;
      say(unreadable, desk.unreadable ?? "");
      nothingYet.hidden = desk.sessions.length > 0;
      all.hidden = !nothingYet.hidden;
      if (JSON.stringify(desk.sessions) === listed) return;
      listed = JSON.stringify(desk.sessions);
      list.replaceChildren(...desk.sessions.map((session) => sessionRow({ t, session, goOn, handOver, erase: () => erase(session, desk.sessions) })));
    },
    /** Say beside the button what is wrong. */
    trouble(message) {
      submit.disabled = false;
      trouble.hidden = !message;
      say(trouble, message ?? "");
    },
    /** Say beside the list what was done with it; who had the focus on a row that is gone gets it here. */
    tell(words) {
      say(told, words);
      heading.focus();
    },
    focus: () => fields.workshop.focus(),
  };
}

function sessionRow({ t, session, goOn, handOver, erase }) {
  const told = [session.organisation, session.unit, session.date_read].filter(Boolean).join(" · ");
  const name = nameOf(session);
  const round = (picture, label, onclick) => h("button", { class: "dk-round", type: "button", "aria-label": label, title: label, onclick }, icon(picture));
  return h(
    "li",
    { class: "dk-session-row" },
    h(
      "button",
      { class: "dk-paper dk-session", type: "button", onclick: () => goOn(session.session) },
      h("strong", {}, name),
      told && h("span", { class: "dk-quiet" }, told),
      h("span", { class: "dk-quiet" }, `${t("start.turned", { count: session.turned })} · ${t("table.notes", { count: session.notes })}`),
    ),
    round("save", t("wayout.session", { name }), () => handOver(session.session)),
    round("bin", t("wayout.erase", { name }), erase),
  );
}

/** What a session is called: its workshop and its group. */
function nameOf({ workshop, group }) {
  return [workshop, group].filter(Boolean).join(" – ");
}
