"""Tidy DataFrames of a store: sessions, turns, notes, cards.

The columns are a promise, the same for an empty store. `string` columns hold "" where nothing was told and
<NA> where there can be nothing; times are UTC. Every frame carries the ids to join it with the others.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

import pandas as pd

from dialogkort.domain import notepad
from dialogkort.domain.details import DETAILS
from dialogkort.domain.events import Agreement, NoteKind, SkipReason
from dialogkort.domain.outcomes import Outcome
from dialogkort.domain.table import turns
from dialogkort.errors import InvalidAction, StoreError
from dialogkort.frames.columns import DAY, TIME, as_frame, one_of
from dialogkort.frames.locations import read_location
from dialogkort.i18n import text
from dialogkort.sessions.session import Session
from dialogkort.store import Store

OF_ONE_SESSION = {"deck_missing", "damaged"}  # what is wrong with one session and not with the whole store

_DETAIL_TYPES = {"text": "string", "choice": "string", "day": DAY, "count": "Int64"}
SESSIONS = {
    "session": "string",
    **{detail.name: _DETAIL_TYPES[detail.kind] for detail in DETAILS},
    "deck": "string",
    "deck_fingerprint": "string",
    "draw_plan": "string",
    "seed": "Int64",
    "started_at": TIME,
    "last_at": TIME,
    "ended_at": TIME,
    "clock_differed": "boolean",
    "typed_in": "boolean",
    "keep_until": DAY,
    "follows": "string",
    "ratings": "Int64",
    "rating_mean": "Float64",
    "prepared": "string",
}
TURNS = {
    "session": "string",
    "turn": "Int64",
    "card": "string",
    "area": "string",
    "area_confidence": one_of(["sure", "likely", "judgement"]),
    "question": "string",
    "turned_at": TIME,
    "outcome": one_of(Outcome),
    "minutes": "Float64",
    "skip_reason": one_of(SkipReason),
    "agreement": one_of(Agreement),
    "timer_minutes": "Float64",
    "silent_notes": "Int64",
}
NOTES = {
    "session": "string",
    "note": "string",
    "card": "string",
    "area": "string",
    "question": "string",
    "opening_question": "Int64",
    "kind": one_of(NoteKind),
    "text": "string",
    "words": "Int64",
    "owner": "string",
    "due": DAY,
    "created_at": TIME,
    "updated_at": TIME,
    "from_silence": "boolean",
    "hands": "Int64",
}
CARDS = {
    "deck_fingerprint": "string",
    "card": "string",
    "number": "Int64",
    "area": "string",
    "area_confidence": one_of(["sure", "likely", "judgement"]),
    "question": "string",
    "is_own": "boolean",
    "label": "string",
}


class Frames(NamedTuple):
    """The four tables of some sessions.

    sessions: one row per group session.
        session (id), workshop, organisation, unit, date (day), group, participants (count, <NA> if not told),
        note_taker, deck (title), deck_fingerprint (sha256), draw_plan, seed, started_at, last_at (UTC),
        ended_at (UTC; <NA> while the group has not said that it has finished),
        clock_differed (True: the computer's clock was ahead or was set back, so that times are in order but
        may be days off),
        typed_in (True: held on paper on its date and typed in afterwards, which its times are those of),
        keep_until (day until which the notes are to be kept, <NaT> if not told), follows (ids of the earlier
        sessions it follows up, with blanks between), ratings (how many answered the closing question),
        rating_mean (of 1 to 5; <NA> when fewer than 3 answered),
        prepared (id of the workshop's plan that the group began from; <NA> without one).
        draw_plan is how the cards were laid: shuffle, balanced (every area as often), by area, chosen or
        own order; the deck is that of this table, without the cards that were left out of it.
    turns: one row per time a card was turned, in order; a card put back and turned again has two rows.
        session, turn (1, 2, …), card (id), area, area_confidence (sure / likely / judgement), question,
        turned_at (UTC; <NA> in a session that was typed in), outcome (open / discussed / skipped / put back),
        minutes in hand (in a session that was typed in those that were told, or <NA>),
        skip_reason (not relevant / unclear / already covered / no time, else <NA>),
        agreement (alike / differently / not settled, also of a card that is still open; else <NA>),
        timer_minutes (how long a timer was to run that ran while the card was in hand; <NA> when none did),
        silent_notes (how many were written about it in silence and shown).
    notes: one row per note on the pad; those of the opening round have an opening_question (1 or 2, from 3
        the facilitator's own, with its words as question) and no card.
        session, note (id), card (id), area, question (as it read when the deck was dealt), opening_question,
        kind (point / example / disagreement / competence need / next step), text (composed, NFC), words (how
        many it has), owner, due (day), created_at, updated_at (UTC), from_silence (True: written in silence
        and kept by the group; what it did not keep, or has not been shown, is in no table), hands (how many
        went up for it when the room chose what matters; <NA> if they were not counted).
    cards: one row per card of every deck used.
        deck_fingerprint, card (id), number, area, area_confidence, question, is_own (True: a question of the
        facilitator's own, beside the deck's), label (the number as people see it: E1 of an own question).

    Examples
    --------
    >>> frames = read_all()
    >>> frames._fields
    ('sessions', 'turns', 'notes', 'cards')
    >>> frames.turns.columns[:5].tolist()
    ['session', 'turn', 'card', 'area', 'area_confidence']
    """

    sessions: pd.DataFrame
    turns: pd.DataFrame
    notes: pd.DataFrame
    cards: pd.DataFrame


def read_all(where: str | Path | None = None) -> Frames:
    """The frames of all that is kept in a folder, a file or a server.

    Reading changes nothing and makes nothing. A session that cannot be read is left out with a warning.

    Parameters
    ----------
    where : str or Path, optional
        A folder, a file or a server's address; `~/Dialogkort` when left out.

    Returns
    -------
    Frames
        Sessions, turns, notes and cards.

    Raises
    ------
    StoreError
        The place that was named has no notes.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> frames = read_all(folder)
    >>> {name: len(frame) for name, frame in frames._asdict().items()}
    {'sessions': 20, 'turns': 185, 'notes': 322, 'cards': 35}
    """
    return read_location(where, read, frames_of([]))


def read(store: Store, sessions: Iterable[str] | None = None) -> Frames:
    """The frames of a store: of the sessions whose ids are given, or of all.

    Of all, one that cannot be read (its cards are missing, say) is left out with a warning that names it.

    Parameters
    ----------
    store : Store
        As `store.open_store` opens it.
    sessions : iterable of str, optional
        The ids of those wanted; all when left out.

    Returns
    -------
    Frames

    Raises
    ------
    InvalidAction, StoreError
        One of the sessions that are given cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from contextlib import closing
    >>> from dialogkort import merge
    >>> from dialogkort.resources import SAMPLE
    >>> from dialogkort.store import open_store
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> with closing(open_store(folder)) as store:
    ...     len(read(store, sorted(store.sessions())[:2]).sessions)
    2
    """
    return frames_of(open_sessions(store, sessions))


def open_sessions(store: Store, sessions: Iterable[str] | None = None) -> list[Session]:
    """The sessions whose ids are given, or all that can be read, in the order of their ids.

    Parameters
    ----------
    store : Store
        As `store.open_store` opens it.
    sessions : iterable of str, optional
        The ids of those wanted; all when left out, and a warning names each that cannot be read.

    Returns
    -------
    list of Session

    Raises
    ------
    InvalidAction, StoreError
        One of the sessions that are given cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from contextlib import closing
    >>> from dialogkort.store import open_store
    >>> with closing(open_store(tempfile.mkdtemp())) as store:
    ...     open_sessions(store)
    []
    """
    if sessions is not None:
        return [_opened(store, id) for id in sorted(sessions)]
    chosen, left_out = _open_what_can_be(store, store.sessions())
    for sentence in left_out:
        warnings.warn(sentence, stacklevel=3)
    return chosen


def read_what_can_be(store: Store, sessions: Iterable[str]) -> tuple[Frames, list[str]]:
    """The frames of the sessions that can be read, and a sentence on each of the others: why not.

    Parameters
    ----------
    store : Store
        As `store.open_store` opens it.
    sessions : iterable of str
        Their ids.

    Returns
    -------
    tuple of Frames and list of str
        The frames, and the sentences.

    Raises
    ------
    StoreError
        The store itself cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from contextlib import closing
    >>> from dialogkort import merge
    >>> from dialogkort.resources import SAMPLE
    >>> from dialogkort.store import open_store
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> with closing(open_store(folder)) as store:
    ...     frames, left_out = read_what_can_be(store, [*store.sessions(), "no-such-session"])
    >>> len(frames.sessions), len(left_out)
    (20, 1)
    """
    chosen, left_out = _open_what_can_be(store, sessions)
    return frames_of(chosen), left_out


def _open_what_can_be(store: Store, sessions: Iterable[str]) -> tuple[list[Session], list[str]]:
    chosen, left_out = [], []
    for id in sorted(sessions):
        try:
            chosen.append(_opened(store, id))
        except (InvalidAction, StoreError) as fault:
            if isinstance(fault, StoreError) and fault.kind not in OF_ONE_SESSION:
                raise
            left_out.append(text("frames.left_out", session=id, reason=fault))
    return chosen, left_out


def _opened(store: Store, id: str) -> Session:
    """A session; `InvalidAction` when other cards were dealt than its deck has (somebody edited a file)."""
    session = Session(store, id)
    if strangers := set(session.dealt.order) - {card.id for card in session.deck.cards}:
        raise InvalidAction(text("session.card_unknown", card=min(strangers)))
    return session


def frames_of(chosen: Sequence[Session]) -> Frames:
    """The frames of sessions that are open, in their order.

    Parameters
    ----------
    chosen : sequence of Session
        As `open_sessions` gives them.

    Returns
    -------
    Frames

    Examples
    --------
    >>> len(frames_of([]).notes)
    0
    """
    decks = {session.deck.fingerprint: session.deck for session in chosen}
    return Frames(
        as_frame((_session_row(session) for session in chosen), SESSIONS),
        as_frame((row for session in chosen for row in _turn_rows(session)), TURNS),
        as_frame((row for session in chosen for row in _note_rows(session)), NOTES),
        as_frame((row for deck in decks.values() for row in _card_rows(deck)), CARDS),
    )


def _session_row(session: Session) -> dict:
    details, dealt, closing = session.details, session.dealt, session.history.closing
    row = {name: getattr(details, name) for name in SESSIONS if hasattr(details, name)}
    return row | {
        "session": session.id,
        "deck": session.deck.title,
        "deck_fingerprint": dealt.deck,
        "draw_plan": dealt.plan,
        "seed": dealt.seed,
        "started_at": min(event.at for event in session.events),
        "last_at": max(event.at for event in session.events),
        "ended_at": session.history.ended_at,
        "clock_differed": session.history.clock_differed,
        "typed_in": session.is_typed_in,
        "keep_until": closing.keep_until or None,
        "follows": " ".join(closing.follows),
        "ratings": len(closing.ratings),
        "rating_mean": closing.rating_mean,
        "prepared": dealt.prepared,
    }


def _turn_rows(session: Session) -> Iterable[dict]:
    for number, turn in enumerate(turns(session.events), start=1):
        card = session.deck.card(turn.card)
        yield {
            "session": session.id,
            "turn": number,
            "card": card.id,
            "area": card.area,
            "area_confidence": card.area_confidence,
            "question": card.question,
            "turned_at": turn.turned_at,
            "outcome": turn.outcome.value,
            "minutes": None if turn.in_hand is None else turn.in_hand / 60_000,
            "skip_reason": turn.skip_reason and turn.skip_reason.value,
            "agreement": turn.agreement and turn.agreement.value,
            "timer_minutes": None if turn.timer is None else turn.timer / 60_000,
            "silent_notes": turn.silent_notes,
        }


def _note_rows(session: Session) -> Iterable[dict]:
    written_in_silence = session.history.silence.shown_notes
    for note in notepad.read(session.events):
        card = session.deck.card(note.card) if note.card in session.dealt.order else None
        yield {
            "session": session.id,
            "note": note.id,
            "card": card and card.id,  # one that was not dealt here is no card of this session
            "area": card and card.area,
            "question": card.question if card else session.opening.own_words(note.opening_question),
            "opening_question": note.opening_question,
            "kind": note.kind.value,
            "text": normalize("NFC", note.text),
            "words": notepad.word_count(note.text),
            "owner": note.owner,
            "due": note.due or None,
            "created_at": note.created_at,
            "updated_at": note.updated_at,
            "from_silence": note.id in written_in_silence,
            "hands": session.history.closing.shown_hands.get(note.id),
        }


def _card_rows(deck) -> Iterable[dict]:
    for card in deck.cards:
        yield {name: getattr(card, name) for name in CARDS if hasattr(card, name)} | {
            "deck_fingerprint": deck.fingerprint,
            "card": card.id,
            "label": str(card.shown_number),
        }
