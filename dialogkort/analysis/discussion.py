"""Which areas were talked about, against what the cards that were dealt would give by themselves?

A workshop has two steps, and so has the comparison: first the deal, then the talk.

*The deal is luck.* The null for `drawn` says: a group that turned n cards could as well have turned any other
n of its deck. It tells how uneven a fair shuffle may look, and nothing of what anybody wanted to talk about.

*The talk is choice.* The null for `discussed`, `minutes` and `notes` says: what a group gave to each card it
drew (a talk or a skip, its minutes, its notes), it would as readily have given to any other of those cards.
So the talk is measured against the cards the group had in hand and not against the whole deck: which cards
came up is known and says nothing of preference, and measuring against it finds a preference sooner.

A difference says that the cards of an area got more or less than others, not why: it may be the area, it may
be one question that is good to talk about.

To explain in a room: if the area made no difference, every bar would end inside its field in 19 of 20
overviews. The method and its sources are in `chance`.
"""

import numpy as np
import pandas as pd

from dialogkort.analysis.chance import against_chance

TALK = ("discussed", "minutes", "notes")
_OUTCOMES = {"discussed": "discussed", "skipped": "skipped", "put back": "put_back", "open": "open"}


def by_area(
    sessions: pd.DataFrame, turns: pd.DataFrame, notes: pd.DataFrame, cards: pd.DataFrame
) -> pd.DataFrame:
    """One row per area, in the order of the deck: what happened, and what chance alone would give.

    The four frames are those of `frames.read`. Turns and notes of sessions that are not in `sessions` are
    left aside, so it is enough to choose sessions. Notes of the opening round have no card and do not count.

    area : its name; every area of the decks has a row, also one that nobody drew.
    sessions : sessions that drew cards from a deck with this area.
    in_deck : cards of the area on those sessions' tables.
    drawn : cards drawn; one that was put back and drawn again in the same session counts once.
    discussed, skipped, put_back, open : what became of them in the end; together they are `drawn`.
    judgement : drawn cards whose area is a judgement (`area_confidence`).
    notes, minutes : notes, and minutes in hand (those not known count 0), on the area's cards.

    And for each of drawn, discussed, minutes and notes, called x:

    x_expected : what chance alone gives on average; its sum over the areas is the sum of x.
    x_low, x_high : where chance alone leaves all the areas in 95 of 100 cases.
    x_p : p value, adjusted for looking at every area and, in the talk, at three measures.
    x_differs : "more" or "less" when x lies outside, else <NA>.
    x_could_differ : False when no result could have been outside: too few cards, or all treated alike.

    For `drawn` chance is a plain shuffle of the whole deck; a session with another `draw_plan` is taken as
    dealt. For the others chance deals among the cards the same group drew. Raises `ValueError` for a card
    that is in no deck.
    """
    tables = _cards_on_tables(sessions, turns, notes, cards)
    # Dealt by a plan: nothing was left to the shuffle, so each area keeps the cards it got.
    shuffled = tables["draw_plan"].eq("shuffle")
    deals = tables["session"].where(shuffled, tables["session"] + "\n" + tables["area"].astype(str))
    in_hand = tables[tables["drawn"] | (tables["notes"] > 0)]
    happened = _what_happened(tables)
    chance = {**_chance(tables, ("drawn",), deals), **_chance(in_hand, TALK, in_hand["session"])}
    return pd.concat([happened, pd.DataFrame(chance, index=happened.index)], axis=1).reset_index()


def _cards_on_tables(sessions, turns, notes, cards) -> pd.DataFrame:
    """One row per card of every deck that a session drew from, always in the same order."""
    met = _cards_met(turns, notes)
    met = met[met.index.isin(sessions["session"], level="session")]
    played = sessions[sessions["session"].isin(met.index.unique("session"))]
    deck = cards.drop_duplicates(["deck_fingerprint", "card"])
    deck = deck[["deck_fingerprint", "card", "number", "area", "area_confidence"]]
    tables = played[["session", "deck_fingerprint", "draw_plan"]].merge(deck, on="deck_fingerprint")
    tables = tables.set_index(["session", "card"]).sort_index()
    _all_in_deck(met.index.difference(tables.index))
    tables = tables.join(met).reset_index()
    tables["area"] = pd.Categorical(tables["area"], _in_deck_order(deck, played))
    return _with_values(tables)


def _cards_met(turns: pd.DataFrame, notes: pd.DataFrame) -> pd.DataFrame:
    """By session and card: the outcome of its last turn, the minutes of all its turns, its notes."""
    drawn = turns.sort_values(["session", "turn"]).groupby(["session", "card"])
    written = notes.dropna(subset="card").groupby(["session", "card"]).size().rename("notes")
    return drawn.agg(outcome=("outcome", "last"), minutes=("minutes", "sum")).join(written, how="outer")


def _all_in_deck(strangers: pd.MultiIndex) -> None:
    if len(strangers):
        session, card = strangers[0]
        raise ValueError(
            f"Card {card!r} of session {session!r} is in no deck of `cards`. "
            "Pass the `cards` that were read together with these `turns` and `notes`."
        )


def _with_values(tables: pd.DataFrame) -> pd.DataFrame:
    """The cards with all that is counted of them, 0 for those nobody drew."""
    drawn = tables["outcome"].notna()
    values = tables[["minutes", "notes"]].astype("Float64").fillna(0).astype(float)
    became = {column: tables["outcome"].eq(outcome) & drawn for outcome, column in _OUTCOMES.items()}
    judgement = drawn & tables["area_confidence"].eq("judgement")
    return tables.assign(**values, **became, drawn=drawn, judgement=judgement)


def _in_deck_order(deck: pd.DataFrame, played: pd.DataFrame) -> list[str]:
    """The areas as the decks have them, the deck that most sessions used first."""
    used = deck["deck_fingerprint"].map(played["deck_fingerprint"].value_counts()).fillna(0)
    ordered = deck.assign(unused=-used).sort_values(["unused", "deck_fingerprint", "number"])
    return list(ordered["area"].unique())


def _what_happened(tables: pd.DataFrame) -> pd.DataFrame:
    areas = tables.groupby("area", observed=False)
    counts = ["drawn", *_OUTCOMES.values(), "judgement", "notes"]
    happened = areas[[*counts, "minutes"]].sum().astype(dict.fromkeys(counts, int))
    happened.insert(0, "sessions", areas["session"].nunique())
    happened.insert(1, "in_deck", areas.size())
    happened.index = happened.index.astype(str)
    return happened


def _chance(tables: pd.DataFrame, measures: tuple[str, ...], dealt_in: pd.Series) -> dict[str, np.ndarray]:
    """The `x_…` columns of `by_area` for the measures."""
    areas = len(tables["area"].cat.categories)
    values = tables[list(measures)].to_numpy(float)
    found = against_chance(values, tables["area"].cat.codes.to_numpy(), dealt_in.to_numpy(str), areas)
    columns = {}
    for place, x in enumerate(measures):
        for field in ("expected", "low", "high", "p"):
            columns[f"{x}_{field}"] = getattr(found, field)[:, place]
        words = np.array([None, "more", "less"], dtype=object)[found.differs[:, place]]
        columns[f"{x}_differs"] = pd.array(words, dtype="string")
        columns[f"{x}_could_differ"] = found.could_differ[:, place]
    return columns
