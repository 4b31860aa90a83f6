// @ts-check
// What somebody does who types in a session: a line, then its notes, then the next line.

import { getItem, rememberSession, removeItem, savedCursor, setItem } from "../sync/browser_storage.js";
import { lineOf, writeLine } from "./line.js";
import { lineMoves } from "./line_moves.js";

/** @typedef {import("./line.js").Line} Line */
/** @typedef {import("./line.js").Subject} Subject */
/** @typedef {import("./line_moves.js").TypingContext} TypingContext */

/** Where a line that is half typed is kept: letter by letter, as half-written notes are. */
const draftKey = (/** @type {string} */ session) => `paper:${session}`;

/** @param {TypingContext} context */
export function typing(context) {
  const { t, model, announce, paint, parts } = context;
  const moves = lineMoves(context);
  const current = lineAtHand(context);
  const { show, next, takeUp, textOf, numberOf } = current;

  /** @returns {import("./line.js").Fault | null} */
  const faultOf = (/** @type {Line} */ { card }) => {
    const place = model.table().turn_order.indexOf(card);
    if (place < 0 || card === current.subject?.card) return null;
    return ["paper.twice", { number: numberOf(card), place: place + 1 }];
  };
  const keep = (/** @type {Line} */ line) => {
    const before = current.subject?.card;
    if (!before) moves.add(line);
    else if (before === line.card) moves.correct(line);
    else moves.renumber(before, line);
  };
  /** Enter: what is typed is kept, and what comes now are its notes. */
  const commit = () => {
    const { line, opening, fault } = parts.form.read();
    const wrong = fault ?? (line && faultOf(line));
    if (wrong) return parts.form.showFault(wrong);
    parts.notepad.flush();
    if (line) keep(line);
    const subject = line ? { card: line.card } : { opening_question: opening };
    show(subject, line ? writeLine(line, parts.form.letters, model.server.deck) : textOf(subject));
    parts.notepad.goToBlank();
    if (line) announce(t("paper.saved", { number: numberOf(line.card) }));
  };
  const move = (/** @type {number} */ by) => {
    const { card } = current.subject ?? {};
    const place = card ? moves.move(card, by) : null;
    if (place === null) return;
    announce(t("paper.moved", { number: numberOf(card), place: place + 1 }));
    paint();
  };
  const remove = () => {
    const { card } = current.subject ?? {};
    if (!card) return;
    parts.notepad.flush();
    const bringBack = moves.remove(card);
    next();
    const act = () => (bringBack(), paint());
    const matters = () => !(card in model.table().turned);
    const offers = [{ label: t("bar.undo"), act }];
    parts.toast.show(t("paper.removed", { number: numberOf(card) }), { offers, matters });
  };
  /** To the line before or after the one at hand; after the last one comes a new one. */
  const step = (/** @type {number} */ by) => {
    const { turn_order } = model.table();
    const place = current.subject?.card ? turn_order.indexOf(current.subject.card) : turn_order.length;
    const card = turn_order[place + by];
    if (card) takeUp({ card });
    else if (by > 0 && current.subject) next();
  };
  return {
    next,
    takeUp,
    commit,
    move,
    remove,
    step,
    keepDraft: current.keepDraft,
    /** A choice was pressed: of a line that is kept already it holds at once. */
    chosen: (/** @type {Line | undefined} */ line) => {
      if (line && line.card === current.subject?.card) (moves.correct(line), paint());
    },
    get inHand() {
      return current.subject;
    },
    /** What is at hand may have gone, by undo or by another window. */
    follow: () => current.subject?.card && !(current.subject.card in model.table().turned) && next(),
    ...comingAndGoing(context, current),
  };
}

/** The line that is shown in the form, with its notes; none while a new one is typed. */
function lineAtHand(/** @type {TypingContext} */ { t, model, client, paint, parts }) {
  /** @type {Subject | null} */
  let subject = null;
  const numberOf = (/** @type {string} */ card) => model.server.deck.cards[card].number;
  const keepDraft = () => {
    if (!client.session) return;
    setItem(draftKey(client.session), JSON.stringify({ text: parts.form.text, ...subject }));
  };
  const openPad = (/** @type {Subject} */ { card, opening_question }) => {
    if (card) parts.notepad.turnTo({ card }, t("pad.for_card", { number: numberOf(card) }));
    else parts.notepad.turnTo({ opening_question }, t("pad.for_opening", { number: opening_question }));
  };
  const show = (/** @type {Subject | null} */ shown, /** @type {string} */ text) => {
    parts.notepad.flush();
    subject = shown;
    parts.form.fill(text);
    if (shown) openPad(shown);
    else parts.notepad.putAway();
    keepDraft();
    paint();
  };
  const textOf = (/** @type {Subject} */ { card, opening_question }) =>
    card
      ? writeLine(lineOf(model.table(), card), parts.form.letters, model.server.deck)
      : `${parts.form.letters.opening}${opening_question}`;
  return {
    show,
    textOf,
    numberOf,
    keepDraft,
    get subject() {
      return subject;
    },
    forget: () => (subject = null),
    next: () => {
      show(null, "");
      parts.form.focus();
    },
    takeUp: (/** @type {Subject} */ { card, opening_question }) => {
      const chosen = card ? { card } : { opening_question };
      show(chosen, textOf(chosen));
      parts.form.focus(true);
    },
  };
}

/** Coming to a session, also after a reload, and leaving it. */
function comingAndGoing(
  /** @type {TypingContext} */ { model, client, paint, parts },
  /** @type {ReturnType<typeof lineAtHand>} */ current,
) {
  let cursor = null; // where somebody wrote before a reload, until that note is on show again

  /** Show the line that was half typed when this session was last left. */
  const resume = (/** @type {string} */ session) => {
    const { text = "", card, opening_question } = draftOf(session);
    const known = card && card in model.table().turned ? { card } : null;
    const subject = known ?? (opening_question ? { opening_question } : null);
    if (JSON.stringify(cursor?.about) !== JSON.stringify(subject ?? undefined)) cursor = null;
    const wasInPad = Boolean(cursor);
    current.show(subject, text);
    if (!wasInPad) parts.form.focus();
  };
  const leave = () => {
    parts.notepad.flush();
    parts.toast.hide();
    current.forget();
    rememberSession(null);
    client.leave();
    paint();
    parts.start.focus();
  };
  return {
    leave,
    finish: () => {
      parts.notepad.flush();
      if (!model.table().ended) client.record("ended", {});
      removeItem(draftKey(client.session));
      leave();
    },
    /** A session was begun or taken up (or, with null, left). */
    onSessionOpened: (/** @type {string | null} */ session) => {
      rememberSession(session);
      parts.toast.hide();
      current.forget();
      client.join(session);
      model.readServerState();
      if (!model.isAtTable) return paint();
      parts.start.renew();
      cursor = savedCursor(session);
      resume(session);
    },
    /** Lead the writer back to the note they were in before a reload, once that is on show. */
    returnToPlace: () => {
      if (cursor && parts.notepad.goTo(cursor)) cursor = null;
    },
    forgetPlace: () => (cursor = null),
  };
}

/** @returns {{ text?: string } & Subject} */
function draftOf(/** @type {string} */ session) {
  try {
    return JSON.parse(getItem(draftKey(session))) ?? {};
  } catch {
    return {};
  }
}
