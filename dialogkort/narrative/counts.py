"""Sentences on what was counted: coverage, skip reasons, words that mark an area, one session."""

from collections.abc import Iterable

import pandas as pd

from dialogkort.analysis.arguments import check_choice
from dialogkort.analysis.card_outcomes import NO_REASON, REASONS
from dialogkort.analysis.protection import guarded
from dialogkort.i18n import text
from dialogkort.narrative.findings import cards_that_differ, most_skipped
from dialogkort.narrative.numbers import card_number, listed, number, percent

_WORDS_NAMED = 3


@guarded
def of_coverage(groups: pd.DataFrame, measure: str = "discussed") -> str:
    """How many of the cards were discussed (or "drawn") in the groups of `by_group`, and that it is luck."""
    check_choice("measure", measure, ("discussed", "drawn"))
    known = groups[groups[measure].notna() & groups["in_deck"].notna()]
    total, count = known["in_deck"].sum(), known[measure].sum()
    gaps = {"number": number(count), "of": number(total), "share": percent(count / total if total else 0)}
    sentence = text(f"charts.coverage.headline_{measure}", **gaps)
    return " ".join([sentence, *_luck(groups)])


def _luck(groups: pd.DataFrame) -> list[str]:
    """That the differences are the shuffle's; or where they are larger."""
    if "drawn_differs" not in groups or groups["drawn"].isna().any():
        return []
    more = int(groups["drawn_differs"].notna().sum())
    counted = {"number": number(more), "all": number(len(groups))}
    return [text("charts.coverage.more_than_luck", **counted) if more else text("charts.coverage.luck")]


@guarded
def of_skip_reasons(frame: pd.DataFrame) -> str:
    """How many cards of `by_area` or `by_card` were skipped, the commonest reason, the card skipped most."""
    drawn, skipped = frame["drawn"].fillna(0).sum(), frame["skipped"].fillna(0).sum()
    if not drawn:
        return text("narrative.nothing")
    gaps = {"drawn": number(drawn), "skipped": number(skipped), "share": percent(skipped / drawn)}
    if not skipped:
        return text("charts.skip_reasons.none", drawn=number(drawn))
    given = [reason for reason in REASONS.values() if reason != NO_REASON]
    counts = frame[given].astype("Float64").fillna(0).sum()
    if not counts.sum():
        return " ".join([text("charts.skip_reasons.headline_not_told", **gaps), *_of_skipped_cards(frame)])
    reason = text(f"charts.skip_reasons.{counts.astype(float).idxmax()}")
    sentence = text("charts.skip_reasons.headline", reason=reason, count=number(counts.max()), **gaps)
    return " ".join([sentence, *_of_skipped_cards(frame)])


def _of_skipped_cards(frame: pd.DataFrame) -> list[str]:
    """The cards told from chance, when that was asked, and the one skipped most."""
    if "card" not in frame:
        return []
    tested = cards_that_differ(frame, "skipped") if "skipped_differs" in frame else []
    return [*tested, *filter(None, [most_skipped(frame)])]


@guarded
def of_words(words: pd.DataFrame, areas: Iterable[str] = (), most: int = _WORDS_NAMED) -> str:
    """The surest words of `keyness` for each area (or what its first column names), no more than `most`.

    `areas` gives the order; without it they come as in the frame.
    """
    if words.empty:
        return text("charts.marking_words.nothing")
    words = words.rename(columns={words.columns[0]: "area"})
    is_sure = words["marks"].astype("boolean").fillna(False).astype(bool) & (words["z"].astype(float) > 0)
    by_area = (
        words[is_sure]
        .sort_values(["z", "word"], ascending=[False, True])
        .groupby("area", observed=True)["word"]
    )
    surest = {area: list(of_area)[: min(most, _WORDS_NAMED)] for area, of_area in by_area}
    sentences = [
        text("charts.marking_words.headline_area", area=area, words=listed(surest[area]))
        for area in list(areas) or words["area"].drop_duplicates()
        if surest.get(area)
    ]
    if not sentences:
        return text("charts.marking_words.none")
    return text("charts.marking_words.headline", findings="; ".join(sentences))


@guarded
def of_session(course: pd.DataFrame) -> str:
    """What happened in the session of `session_timeline.course`: cards, minutes, the longest card, pauses."""
    cards = course[course["what"] == "card"]
    if cards.empty:
        return text("charts.timeline.no_cards")
    ended = (cards["at"] + cards["minutes"].fillna(0)).max()
    counts = {outcome: number((cards["outcome"] == outcome).sum()) for outcome in ("discussed", "skipped")}
    gaps = {"cards": number(len(cards)), "minutes": number(ended - cards["at"].min()), **counts}
    talked = cards[cards["outcome"] == "discussed"].dropna(subset="minutes")
    if talked.empty:
        sentences = [text("charts.timeline.headline_skipped_only", **gaps)]
    else:
        longest = talked.loc[talked["minutes"].idxmax()]
        most = {"longest": card_number(longest), "longest_minutes": number(longest["minutes"])}
        sentences = [text("charts.timeline.headline", **gaps, **most)]
    pauses = course[course["what"] == "pause"]["minutes"]
    if len(pauses):
        together = {"number": number(len(pauses)), "minutes": number(pauses.sum())}
        sentences.append(text("charts.timeline.pauses", count=len(pauses), **together))
    return " ".join(sentences)
