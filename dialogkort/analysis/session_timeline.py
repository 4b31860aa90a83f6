"""Timeline of one session: its cards, notes and pauses in order of time."""

import pandas as pd

from dialogkort.analysis.card_outcomes import labels_of
from dialogkort.analysis.protection import exact

# Minutes with no card in hand that are a pause and not just the time it takes to turn the next.
PAUSE = 3.0


@exact
def course(
    sessions: pd.DataFrame,
    turns: pd.DataFrame,
    notes: pd.DataFrame,
    cards: pd.DataFrame,
    session: str | None = None,
) -> pd.DataFrame:
    """The things that happened in one session, in order: one row per card turned, note and pause.

    `session` may be left out when `sessions` has one row.

    what : "card", "note" or "pause".
    at : minutes since the session began; minutes : how long it lasted (a note: 0).
    starts_at : the time of `at` (UTC).
    turn : the card's turn (1, 2, …), for a note that of its card; <NA> for the opening round and pauses.
    card, number, area, area_place, question, label : the card; `label` is its number as the screen shows it
        (E1 for a question of one's own), `area_place` counts the deck's areas from 0.
    outcome, skip_reason, agreement : of a turned card; kind : of a note.
    organisation, unit, workshop, group, date : whose session it is, the same in every row.

    Of a session that was held on paper and typed in afterwards nobody knows when: its cards and notes have no
    `at` and no `starts_at`, and stand in their order.

    A pause is `PAUSE` minutes or more between one card and the next. A note written when its card had been
    put back and turned again belongs to the turn before it.

    Parameters
    ----------
    sessions, turns, notes, cards : DataFrame
        The frames of `read_all` or of a dataset; `*frames` gives all four.
    session : str, optional
        The session's id.
    for_my_eyes : bool
        Whether the frame is a plain one, which a notebook displays: not to be shown to others.

    Returns
    -------
    DataFrame
        One row per card turned, note and pause, with the columns above; an `ExactFrame` unless `for_my_eyes`.

    Raises
    ------
    ValueError
        `session` is none of the sessions, or is left out where there are several.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge, read_all
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> frames = read_all(folder)
    >>> events = course(*frames, session=frames.sessions["session"].iloc[0], for_my_eyes=True)
    >>> events.loc[events["what"] == "card", ["turn", "at", "minutes", "number", "outcome"]].head(3).round(1)
        turn    at  minutes  number    outcome
    6      1  11.0      4.7      26  discussed
    9      2  15.8      5.0      12  discussed
    11     3  21.1      5.4      28  discussed
    """
    session = _the_one(sessions, session)
    row = sessions[sessions["session"] == session].iloc[0]
    deck = cards[cards["deck_fingerprint"] == row["deck_fingerprint"]].drop_duplicates("card")
    deck = deck.sort_values("number").set_index("card")
    area_places = {area: index for index, area in enumerate(deck["area"].unique())}
    turned = _since(turns[turns["session"] == session], "turned_at").assign(what="card")
    turned = turned.sort_values("turn")
    note_rows = _since(notes[notes["session"] == session], "created_at").assign(what="note", minutes=0.0)
    if row.get("typed_in", False) is not pd.NA and row.get("typed_in", False):
        note_rows["starts_at"] = note_rows["starts_at"].mask(note_rows["starts_at"].notna())
    note_rows["turn"] = [_turn_of(note, turned) for note in note_rows.to_dict("records")]
    timeline = pd.concat([turned, _pauses(turned), note_rows], ignore_index=True)
    timeline = timeline.reindex(columns=[*_COLUMNS, "starts_at"])
    timeline["number"] = timeline["card"].map(deck["number"]).astype("Int64")
    timeline["label"] = timeline["card"].map(labels_of(deck)).astype("string")
    timeline["area_place"] = timeline["area"].map(area_places).astype("Int64")
    began = min([row["started_at"], *timeline["starts_at"].dropna()], default=pd.NaT)
    timeline["at"] = (timeline["starts_at"] - began).dt.total_seconds() / 60
    timeline = timeline.astype({"turn": "Int64", "minutes": float})
    session_columns = {
        column: pd.Series(row[column], timeline.index, sessions[column].dtype) for column in _SESSION_DETAILS
    }
    return timeline.assign(**session_columns).sort_values(["at", "turn"], ignore_index=True)


_COLUMNS = (
    *("what", "at", "minutes", "turn", "card", "number", "area", "area_place", "question", "label"),
    *("outcome", "skip_reason", "agreement", "kind"),
)
_SESSION_DETAILS = ("organisation", "unit", "workshop", "group", "date")


def _the_one(sessions: pd.DataFrame, session: str | None) -> str:
    if session is None and len(sessions) == 1:
        return sessions["session"].iloc[0]
    if session is None or session not in set(sessions["session"]):
        raise ValueError(f"session: {session!r} is none of the {len(sessions)} sessions; give the id of one")
    return session


def _since(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    times = pd.to_datetime(rows[column], utc=True)
    return rows.assign(starts_at=times.astype("datetime64[ms, UTC]"))


def _turn_of(note: dict, turned: pd.DataFrame) -> object:
    of_card = turned[turned["card"] == note["card"]] if pd.notna(note["card"]) else turned.iloc[:0]
    before = of_card[of_card["starts_at"] <= note["starts_at"]]
    return (before if len(before) else of_card[:1])["turn"].max()


def _pauses(turned: pd.DataFrame) -> pd.DataFrame:
    minutes = pd.to_timedelta(turned["minutes"].astype("Float64").fillna(0).astype(float), unit="min")
    ends = (turned["starts_at"] + minutes).cummax()
    waited = (turned["starts_at"] - ends.shift()).dt.total_seconds() / 60
    long = waited >= PAUSE
    return pd.DataFrame(
        {"what": "pause", "starts_at": ends.shift()[long], "minutes": waited[long].astype(float)}
    )
