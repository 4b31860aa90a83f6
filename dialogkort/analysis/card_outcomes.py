"""Card outcomes: one row per card of every deck in play, with how its last turn ended and all counts."""

from collections.abc import Sequence

import pandas as pd

from dialogkort.analysis.arguments import check_frames
from dialogkort.domain import outcomes
from dialogkort.domain.events import Agreement, SkipReason
from dialogkort.domain.outcomes import Outcome

REASONS = {str(reason): f"reason_{reason.replace(' ', '_')}" for reason in SkipReason}
NO_REASON = "reason_not_told"
AGREEMENT = {str(agreement): agreement.replace(" ", "_") for agreement in Agreement}
COUNTS = (
    "drawn",
    *outcomes.COLUMNS,
    "judgement",
    "notes",
    "words",
    *REASONS.values(),
    NO_REASON,
    *AGREEMENT.values(),
)
_OF_THE_SESSION = ["session", "deck_fingerprint", "draw_plan"]
_OF_THE_DECK = ["deck_fingerprint", "card", "number", "area", "area_confidence", "question", "shown_as"]


def labels_of(cards: pd.DataFrame) -> pd.Series:
    """What each card is called on the screen: its number, or of one's own E1, of a second deck B1."""
    numbers = cards["number"].astype("string")
    return cards["label"].astype("string").fillna(numbers) if "label" in cards else numbers


def cards_on_tables(
    sessions: pd.DataFrame, turns: pd.DataFrame, notes: pd.DataFrame, cards: pd.DataFrame
) -> pd.DataFrame:
    """One row per card of every deck that a session drew from, always in the same order.

    session, deck_fingerprint, draw_plan, the columns of the card, `COUNTS` as 0 or more, `minutes`, `place`
    (0, 1, … in the order the session first turned its cards; the middle for one that has notes and was not
    turned). `area` is a category in the order of the decks. A card put back and drawn again is one row: its
    last outcome, all its minutes. `timed` is False of a card that was drawn and whose minutes nobody knows
    (its session was typed in): they count 0. Raises `ValueError` for a card that is in no deck.
    """
    check_frames(sessions=sessions, turns=turns, notes=notes, cards=cards)
    ended = _outcomes(turns, notes)
    ended = ended[ended.index.isin(sessions["session"], level="session")]
    played = sessions[sessions["session"].isin(ended.index.unique("session"))]
    cards = cards.assign(shown_as=labels_of(cards))
    deck = cards.drop_duplicates(["deck_fingerprint", "card"])[_OF_THE_DECK]
    tables = played[_OF_THE_SESSION].merge(deck, on="deck_fingerprint")
    tables = tables.set_index(["session", "card"]).sort_index()
    _all_in_deck(ended.index.difference(tables.index))
    tables = tables.join(ended).reset_index()
    tables["area"] = pd.Categorical(tables["area"], _in_deck_order(deck, played))
    return _with_values(tables)


def in_hand(tables: pd.DataFrame) -> pd.DataFrame:
    """The cards that were drawn, and those that have notes though they never were."""
    return tables[tables["drawn"] | (tables["notes"] > 0)]


def known_values(drawn_cards: pd.DataFrame, measures: Sequence[str]) -> pd.DataFrame:
    """What the cards in hand got, by measure; NaN where nobody knows it."""
    values = drawn_cards[list(measures)].astype(float)
    if "minutes" in values and "timed" in drawn_cards:
        values["minutes"] = values["minutes"].where(drawn_cards["timed"])
    return values


def outcome_totals(tables: pd.DataFrame, by: str | list[str]) -> pd.DataFrame:
    """The sums of the cards: `sessions`, `in_deck`, `COUNTS` and `minutes`."""
    groups = tables.groupby(by, observed=False)
    totals = groups[[*COUNTS, "minutes"]].sum().astype(dict.fromkeys(COUNTS, int))
    totals.insert(0, "sessions", groups["session"].nunique())
    totals.insert(1, "in_deck", groups.size())
    return totals


def _outcomes(turns: pd.DataFrame, notes: pd.DataFrame) -> pd.DataFrame:
    """By session and card: how its last turn ended, the place of its first, all minutes, notes, words."""
    in_order = turns.sort_values(["session", "turn"])
    last = in_order.drop_duplicates(["session", "card"], keep="last").set_index(["session", "card"])
    minutes = in_order.assign(minutes=in_order["minutes"].astype("Float64")).groupby(["session", "card"])
    on_cards = notes.dropna(subset="card")
    written = on_cards.assign(words=on_cards["words"].astype("Int64")).groupby(["session", "card"])
    first = in_order.drop_duplicates(["session", "card"]).set_index(["session", "card"])
    position = first.groupby("session").cumcount().rename("place")
    drawn = (
        last[["outcome", "skip_reason", "agreement"]].join(position).join(minutes["minutes"].sum(min_count=1))
    )
    return drawn.join(written.agg(notes=("note", "size"), words=("words", "sum")), how="outer")


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
    skipped, discussed = _is(tables, "outcome", Outcome.SKIPPED), _is(tables, "outcome", Outcome.DISCUSSED)
    timed = ~drawn | tables["minutes"].notna()
    values = tables[["minutes", "notes", "words"]].astype("Float64").fillna(0).astype(float)
    ended = {outcome.column: _is(tables, "outcome", outcome) for outcome in Outcome}
    reasons = {column: skipped & _is(tables, "skip_reason", reason) for reason, column in REASONS.items()}
    agreements = {
        column: discussed & _is(tables, "agreement", agreement) for agreement, column in AGREEMENT.items()
    }
    without_reason = {NO_REASON: skipped & tables["skip_reason"].isna()}
    judgement = drawn & _is(tables, "area_confidence", "judgement")
    position = tables["place"].astype("Float64")
    middle = position.groupby(tables["session"]).transform("mean").fillna(0)
    values["place"] = position.fillna(middle).astype(float)
    return tables.assign(
        **values,
        **ended,
        **reasons,
        **without_reason,
        **agreements,
        drawn=drawn,
        judgement=judgement,
        timed=timed,
    )


def _is(tables: pd.DataFrame, column: str, value: str) -> pd.Series:
    return (tables[column].astype(object) == value).fillna(False).astype(bool)


def _in_deck_order(deck: pd.DataFrame, played: pd.DataFrame) -> list[str]:
    """The areas as the decks have them, the deck that most sessions used first."""
    used = deck["deck_fingerprint"].map(played["deck_fingerprint"].value_counts()).fillna(0).astype(int)
    ordered = deck.assign(unused=-used).sort_values(["unused", "deck_fingerprint", "number"])
    return list(ordered["area"].unique())
