"""Queries of a dataset's tables, written once in Ibis for DuckDB, PostgreSQL and Spark.

What is asked for travels as a value: nothing a person writes becomes a part of the question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import reduce
from operator import and_, or_
from unicodedata import normalize

import ibis
import pandas as pd
import pyarrow as pa

from dialogkort.dataset.schema import COLUMNS, ORDER, to_frame
from dialogkort.domain import outcomes
from dialogkort.frames.sessions import SESSIONS, Frames
from dialogkort.i18n import text

PREFIX = "dialogkort_"  # of the tables' names on a server
_OF_A_SESSION = [*SESSIONS, "day", "month"]
_OF_A_CARD = ["card", "area"]
MEASURES = (
    "sessions",
    "in_deck",
    "drawn",
    *outcomes.COLUMNS,
    "minutes",
    "notes",
    "words",
)
_FROM_TURNS = {"drawn", *outcomes.COLUMNS, "minutes"}
_FROM_NOTES = {"notes", "words"}
_FROM_DECKS = {"sessions", "in_deck"}
_MS = 60_000
_QUOTED = re.compile(r'^"([^"]*)"$')
_OR = re.compile(r"\s+(?:OR|\|)\s+")


class Tables:
    """Sessions, turns, notes and cards, to be asked in place; small answers come back as DataFrames.

    `where` chooses rows by any column of the table or, for turns and notes, of their sessions: a value, a
    list of values, or None for what was not told. `since` and `until` (days, both included) go by the day a
    session was held, or began where no date was told. `month` ("2026-03") goes by the same. For notes,
    `containing` finds a text as it stands, in capitals or not; OR (or |) between texts, or a list, asks for
    any of several, and * is for any letters ("digital*værktøj"). For all forms of a word give those that
    `analysis.words.matching_forms` tells.

    Parameters
    ----------
    tables : mapping of str to ibis.Table
        The four tables by name.

    Raises
    ------
    ValueError
        A column that is not there; the message names those there are.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import collect
    >>> from dialogkort.resources import SAMPLE
    >>> data = collect(SAMPLE / "opdigtet-havmose.zip", tempfile.mkdtemp(), progress=False)
    >>> len(data.sessions(since="2026-07-01")), len(data.turns(unit="Plejecenter", outcome="skipped"))
    (11, 9)
    >>> len(data.notes(containing="borger OR digital*")), len(data.cards())
    (37, 35)
    >>> len(data.frames(unit="Plejecenter").notes)
    161
    >>> data.counts("area", of=["drawn", "discussed", "minutes"], month="2026-09").round()
                              area  drawn  discussed  minutes
    0       Anvendelseskompetencer     30         26    163.0
    1          Teknologiforståelse     11          8     46.0
    2  Formidling og kommunikation     30         26    284.0
    3  Udvikling og implementering     25         21    119.0
    """

    def __init__(self, tables: Mapping[str, ibis.Table]):
        self._relations = tables
        self._placed: dict[str, list[tuple[str, int]]] = {}

    def sessions(self, **where: object) -> pd.DataFrame:
        """One row per session, with the columns of `frames`.

        Parameters
        ----------
        **where : object
            Which rows: columns and their values, `since`, `until`.

        Returns
        -------
        DataFrame
        """
        return self._frame("sessions", where)

    def turns(self, **where: object) -> pd.DataFrame:
        """One row per time a card was turned, with the columns of `frames`.

        Parameters
        ----------
        **where : object
            Which rows: columns and their values, `since`, `until`.

        Returns
        -------
        DataFrame
        """
        return self._frame("turns", where)

    def notes(self, **where: object) -> pd.DataFrame:
        """One row per note, with the columns of `frames`.

        Parameters
        ----------
        **where : object
            Which rows: columns and their values, `since`, `until`, `containing`.

        Returns
        -------
        DataFrame
        """
        return self._frame("notes", where)

    def cards(self, **where: object) -> pd.DataFrame:
        """One row per card of every deck that was used, with the columns of `frames`.

        Parameters
        ----------
        **where : object
            Which rows: columns and their values, `since`, `until`.

        Returns
        -------
        DataFrame
        """
        return self._frame("cards", where)

    def frames(self, **where: object) -> Frames:
        """The four frames of the sessions that `where` chooses, as `frames.read` would give them.

        Parameters
        ----------
        **where : object
            Which rows: columns and their values, `since`, `until`.

        Returns
        -------
        Frames
        """
        chosen = self._sessions(where)
        of_them = {name: self._all(name).semi_join(chosen, "session") for name in ("turns", "notes")}
        decks = self._all("cards").semi_join(chosen, "deck_fingerprint")
        tables = {"sessions": chosen, **of_them, "cards": decks}
        return Frames(**{name: _to_pandas(table, name) for name, table in tables.items()})

    def counts(
        self, by: str | Iterable[str] = ("area",), of: Iterable[str] = MEASURES, **where: object
    ) -> pd.DataFrame:
        """How much there was of each measure in `of`, by area, card or any column of the sessions.

        sessions : sessions that drew cards (or wrote notes on one) and whose deck has such a card.
        in_deck : cards on those sessions' tables.
        drawn : cards drawn; one that was put back and drawn again in the same session counts once.
        discussed, skipped, put_back, open : what became of them in the end; together they are `drawn`.
        minutes : minutes in hand.
        notes, words : notes on cards, and words in them. Notes of the opening round have no card, and are
            not counted.

        The same figures as `analysis.discussion.by_area` gives for the same sessions.

        Parameters
        ----------
        by : str or iterable of str
            Names of columns: area, card, month, and those of the sessions (organisation, unit, workshop,
            group,
            session, …); none for one row in all. The rows come in their order (as the server sorts, on a
            server),
            areas and cards in the deck's. There is no row where all measures are none.
        of : iterable of str
            The measures that are wanted; the fewer, the faster.
        **where : object
            As for all tables; of columns, those that `by` may name.

        Returns
        -------
        DataFrame
            The columns of `by`, then the measures.

        Raises
        ------
        ValueError
            A column or a measure that is not there.
        """
        by, of = _names(by), _names(of) or list(MEASURES)
        _check_columns([*by, *_columns(where)], [*_OF_A_SESSION, *_OF_A_CARD])
        _check_columns(of, MEASURES)
        cells = _counted(self._parts(by, set(of), where), by, of).select(*by, *of)
        return self._in_order(cells, by).to_pyarrow().to_pandas(types_mapper=_STRINGS.get)

    # --- which rows -----------------------------------------------------------------------------------

    def _table(self, name: str) -> ibis.Table:
        return self._relations[name]

    def _all(self, name: str) -> ibis.Table:
        table = self._table(name)
        return table.mutate(month=table.day.cast("string")[:7]) if name == "sessions" else table

    def _sessions(self, where: Mapping[str, object]) -> ibis.Table:
        sessions = self._all("sessions")
        _check_columns(_columns(where), _OF_A_SESSION)
        return _only(sessions, [*_in_period(sessions, where), *_equal(sessions, where, _OF_A_SESSION)])

    def _chosen(self, name: str, where: Mapping[str, object]) -> ibis.Table:
        if name == "sessions":
            return self._sessions(where)
        table, own = self._all(name), list(COLUMNS[name])
        others = [] if name == "cards" else _OF_A_SESSION
        _check_columns(_columns(where, *(["containing"] if name == "notes" else [])), [*own, *others])
        wanted = _equal(table, where, own)
        if name == "notes" and "containing" in where:
            words = [_has(table.text.lower(), term) for term in _search_terms(where["containing"])]
            wanted.append(reduce(or_, words, ibis.literal(False)))
        table = _only(table, wanted)
        of_sessions = {
            key: where[key] for key in where if key in {*others, "since", "until"} and key not in own
        }
        return table.semi_join(self._sessions(of_sessions), "session") if of_sessions else table

    def _frame(self, name: str, where: Mapping[str, object]) -> pd.DataFrame:
        return _to_pandas(self._chosen(name, where), name)

    # --- counting -------------------------------------------------------------------------------------

    def _parts(self, by: list[str], of: set[str], where: Mapping[str, object]) -> Iterable[ibis.Table]:
        """What each table gives to the measures, by the wanted columns."""
        if of & _FROM_TURNS:
            yield _of_turns(self._with_sessions("turns", by, where), by, of & _FROM_TURNS)
        if of & _FROM_NOTES:
            notes = self._with_sessions("notes", by, where)
            yield _of_notes(notes.filter(notes.area.notnull()), by, of & _FROM_NOTES)
        if of & _FROM_DECKS:
            yield self._of_decks(by, of & _FROM_DECKS, where)

    def _with_sessions(self, name: str, by: list[str], where: Mapping[str, object]) -> ibis.Table:
        """A table with what is wanted of its sessions beside it; the sessions are met only when needed."""
        table = self._all(name)
        table = _only(table, _equal(table, where, _OF_A_CARD))
        of_sessions = {key: where[key] for key in where if key not in _OF_A_CARD}
        session_columns = [column for column in by if column not in (*_OF_A_CARD, "session")]
        if not session_columns:
            return table.semi_join(self._sessions(of_sessions), "session") if of_sessions else table
        return table.inner_join(self._sessions(of_sessions).select("session", *session_columns), "session")

    def _of_decks(self, by: list[str], of: set[str], where: Mapping[str, object]) -> ibis.Table:
        """How often each deck lay on a table, and how many of the wanted cards it has."""
        of_sessions = {key: where[key] for key in where if key not in _OF_A_CARD}
        sessions = self._sessions(of_sessions)
        cards = self._all("cards")
        cards = _only(cards, _equal(cards, where, _OF_A_CARD))
        deck = "deck_fingerprint"
        played = sessions.filter(sessions.met_cards)
        of_sessions_columns = [column for column in by if column not in (*_OF_A_CARD, deck)]
        of_cards_columns = [column for column in by if column in _OF_A_CARD]
        played = played.aggregate(by=[deck, *of_sessions_columns], tables=ibis._.count())
        both = played.inner_join(cards.aggregate(by=[deck, *of_cards_columns], cards=ibis._.count()), deck)
        measures = {"sessions": both.tables.sum(), "in_deck": (both.tables * both.cards).sum()}
        return both.aggregate(by=by, **{name: measures[name] for name in of})

    def _in_order(self, cells: ibis.Table, by: list[str]) -> ibis.Table:
        keys = [key for column in by for key in (*self._deck_order(cells[column], column), cells[column])]
        return cells.order_by([key.asc(nulls_first=False) for key in keys]) if by else cells

    def _deck_order(self, values: ibis.ir.StringColumn, column: str) -> list[ibis.ir.IntegerColumn]:
        """Where areas or cards stand in the decks; nothing for other columns."""
        positions = self._positions(column) if column in _OF_A_CARD else []
        return [values.cases(*positions)] if positions else []

    def _positions(self, column: str) -> list[tuple[str, int]]:
        """Each area's or card's place in the decks; asked for once."""
        cards = self._all("cards")
        if column not in self._placed:
            first = cards.group_by(column).agg(first=cards.number.min()).to_pyarrow()
            self._placed[column] = list(zip(*first.to_pydict().values(), strict=True))
        return self._placed[column]


# --- as Ibis has it ---------------------------------------------------------------------------------------


_STRINGS = {pa.string(): pd.StringDtype()}


def _to_pandas(table: ibis.Table, name: str) -> pd.DataFrame:
    return to_frame(table.order_by(list(ORDER[name])).to_pyarrow(), name)


def _only(table: ibis.Table, wanted: list[ibis.ir.BooleanValue]) -> ibis.Table:
    return table.filter(reduce(and_, wanted)) if wanted else table


def _search_terms(words: object) -> list[str]:
    """What `containing` looks for: one text, or any of several."""
    alternatives = words if isinstance(words, Iterable) and not isinstance(words, str) else [words]
    texts = [_QUOTED.sub(r"\1", term) for several in alternatives for term in _OR.split(str(several))]
    return [normalize("NFC", term).lower() for term in texts if term.strip("*")]


def _has(text: ibis.ir.StringValue, term: str) -> ibis.ir.BooleanValue:
    """Whether a text has what is sought; * is for letters that no space is among."""
    pieces = [piece for piece in term.split("*") if piece]
    if len(pieces) == 1:
        return text.contains(pieces[0])
    return text.re_search(r"[^\s]*".join(re.escape(piece) for piece in pieces))


def _equal(
    table: ibis.Table, where: Mapping[str, object], columns: Iterable[str]
) -> list[ibis.ir.BooleanValue]:
    return [_is(table[name], where[name]) for name in columns if name in where]


def _is(column: ibis.ir.Column, value: object) -> ibis.ir.BooleanValue:
    if isinstance(value, str) or not isinstance(value, Iterable):
        return column.isnull() if pd.isna(value) else column == _plain(value)
    return column.isin([_plain(item) for item in value])


def _plain(value: object) -> object:
    return str(value) if isinstance(value, str) else value  # an enum's value is a text like any other


def _in_period(sessions: ibis.Table, where: Mapping[str, object]) -> list[ibis.ir.BooleanValue]:
    wanted = []
    if where.get("since") is not None:
        wanted.append(sessions.day >= _day(where["since"]))
    if where.get("until") is not None:
        wanted.append(sessions.day <= _day(where["until"]))
    return wanted


def _day(value: object) -> date:
    try:
        # As one text only: 01-07-2026 is one day in Denmark and another elsewhere.
        return date.fromisoformat(value) if isinstance(value, str) else pd.Timestamp(value).date()
    except (TypeError, ValueError):
        raise ValueError(text("dataset.no_day", value=value)) from None


def _of_turns(turns: ibis.Table, by: list[str], of: set[str]) -> ibis.Table:
    ended = {
        outcome.column: (turns.is_last & (turns.outcome == outcome.value)).sum()
        for outcome in outcomes.COUNTED
    }
    measures = {**ended, "drawn": turns.is_last.sum(), "minutes": turns.in_hand.sum()}
    return turns.aggregate(by=by, **{name: measures[name] for name in of})


def _of_notes(notes: ibis.Table, by: list[str], of: set[str]) -> ibis.Table:
    measures = {"notes": notes.count(), "words": notes.words.sum()}
    return notes.aggregate(by=by, **{name: measures[name] for name in of})


def _counted(parts: Iterable[ibis.Table], by: list[str], of: list[str]) -> ibis.Table:
    """The parts side by side: a sum over all, in which a part gives 0 to what it does not tell."""
    aligned = [
        part.select(
            *by,
            **{
                name: (part[name].fill_null(0) if name in part.columns else ibis.literal(0)).cast("int64")
                for name in of
            },
        )
        for part in parts
    ]
    if len(aligned) > 1:
        both = ibis.union(*aligned)
        total = both.aggregate(by=by, **{name: both[name].sum().cast("int64") for name in of})
    else:
        total = aligned[0]
    return total.mutate(minutes=total.minutes.cast("float64") / _MS) if "minutes" in of else total


# --- what may be asked for --------------------------------------------------------------------------------


def _names(by: str | Iterable[str]) -> list[str]:
    return list(dict.fromkeys([by] if isinstance(by, str) else by))


def _columns(where: Mapping[str, object], *others: str) -> list[str]:
    return [name for name in where if name not in ("since", "until", *others)]


def _check_columns(names: Iterable[str], known: Iterable[str]) -> None:
    known = list(dict.fromkeys(known))
    for name in names:
        if name not in known:
            raise ValueError(text("dataset.unknown_column", name=name, columns=", ".join(known)))
