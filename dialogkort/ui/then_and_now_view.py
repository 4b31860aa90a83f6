"""View of a follow-up held against the workshop it follows up: a sentence, and both days by area."""

from base64 import b64encode
from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from dialogkort.analysis import card_outcomes, discussion
from dialogkort.analysis.disclosure import EVERYTHING
from dialogkort.analysis.release import Release
from dialogkort.charts import then_and_now
from dialogkort.charts.export import as_svg
from dialogkort.frames.sessions import Frames, read_what_can_be
from dialogkort.i18n import text
from dialogkort.narrative import day, number, of_comparison
from dialogkort.store import Store
from dialogkort.theme import area_style

_SIDES = ("then", "now")
_MIN_MINUTES = 0.5  # of the area that got most: less is written as 0 and has no bar
_WORKSHOP = ["workshop", "organisation", "date"]


class _FollowUp(NamedTuple):
    """The frames of both workshops, the first day of the later one, and on which side each session is."""

    frames: Frames
    split: pd.Timestamp
    sides: pd.Series


def then_and_now_view(store: Store, sessions: Iterable[str], *, for_my_eyes: bool, is_dark: bool) -> dict:
    """What follow-ups (sessions of one workshop or of several), and what they follow up, say side by side.

    `sentence` is what `discussion.then_and_now` says and no more: of a single day on each side no change is
    told, and there is no `picture` of one. `areas` tell what happened on each day; unless `for_my_eyes`
    without what few are behind, protected together with every other workshop of the store. Without two days
    to hold against each other there is the sentence alone.
    """
    all_sessions, left_out = read_what_can_be(store, store.sessions())
    follow_up = _follow_up(all_sessions, set(sessions))
    if follow_up is None:
        return {"sentence": text("narrative.nothing_to_compare"), "areas": [], "remarks": []}
    totals = _exact_totals(follow_up) if for_my_eyes else _protected_totals(all_sessions, follow_up)
    areas = _areas(totals)
    is_shown = any(area[side] for area in areas for side in _SIDES)
    remark = "charts.for_my_eyes" if for_my_eyes else "page.then_and_now.protected"
    return {
        **_comparison(follow_up, for_my_eyes=for_my_eyes, is_dark=is_dark),
        "sides": _sides_in_words(follow_up),
        "areas": areas if is_shown else [],
        "remarks": [*([] if is_shown else [text("charts.all_suppressed")]), *left_out, text(remark)],
    }


def _follow_up(frames: Frames, later: set[str]) -> _FollowUp | None:
    """The follow-up and what it follows up; None where there are not two days to hold against each other."""
    sessions = frames.sessions
    is_later = sessions["session"].isin(later)
    followed = {id for ids in sessions.loc[is_later, "follows"] for id in ids.split()} - later
    split = sessions.loc[is_later, "date"].min()
    is_earlier = sessions["session"].isin(followed) & (sessions["date"] < split)
    chosen = sessions[(is_later & sessions["date"].notna()) | is_earlier]
    sides = is_later[chosen.index].map({True: "now", False: "then"})
    ids = chosen["session"]
    turns, notes = (frame[frame["session"].isin(ids)] for frame in (frames.turns, frames.notes))
    both = frames._replace(sessions=chosen, turns=turns, notes=notes)
    return _FollowUp(both, split, sides) if sides.nunique() == 2 else None


def _comparison(follow_up: _FollowUp, *, for_my_eyes: bool, is_dark: bool) -> dict:
    """What the analysis says of the two sides; a picture where it could have told a change."""
    organisations = follow_up.frames.sessions["organisation"].nunique()
    by = "organisation" if organisations > 1 else None  # each against itself
    how = {"split": str(follow_up.split.date()), "by": by}
    compared = (
        discussion.then_and_now(*follow_up.frames, for_my_eyes=True, **how)
        if for_my_eyes
        else Release(follow_up.frames).then_and_now(**how)
    )
    sentence = of_comparison(compared, for_my_eyes=for_my_eyes)
    if compared.empty or not compared["could_differ"].any():
        return {"sentence": sentence}
    figure = then_and_now(compared, for_my_eyes=for_my_eyes, dark=is_dark)
    drawn = b64encode(as_svg(figure, heading=False).encode("utf-8")).decode("ascii")
    return {"sentence": sentence, "picture": f"data:image/svg+xml;base64,{drawn}", "alt": figure.alt}


def _sides_in_words(follow_up: _FollowUp) -> dict[str, str]:
    """When each side met, and how many groups."""
    dates, sides = follow_up.frames.sessions["date"], follow_up.sides
    days = {"then": dates[sides == "then"].max(), "now": follow_up.split}
    return {
        side: text(f"page.then_and_now.{side}_was", count=int((sides == side).sum()), day=day(days[side]))
        for side in _SIDES
    }


def _exact_totals(follow_up: _FollowUp) -> pd.DataFrame:
    """What each area got on each side."""
    tables = card_outcomes.cards_on_tables(*follow_up.frames)
    by_session = dict(zip(follow_up.frames.sessions["session"], follow_up.sides, strict=True))
    tables["side"] = pd.Categorical(tables["session"].map(by_session), _SIDES)
    return card_outcomes.outcome_totals(tables, ["side", "area"])


def _protected_totals(frames: Frames, follow_up: _FollowUp) -> pd.DataFrame:
    """The same without what few are behind, as it may stand beside the figures of all workshops together.

    An area of which not even those may be shown is left out: the overview may show them all the same.
    """
    names = frames.sessions[_WORKSHOP].astype("string").fillna("").agg("\n".join, axis=1)
    is_other = ~names.index.isin(follow_up.sides.index)
    named = frames.sessions.assign(workshop=names.where(is_other, follow_up.sides))
    levels = Release(frames._replace(sessions=named), by="workshop").cells["area"]
    in_all = levels[EVERYTHING].dropna(subset=["area", "drawn"])["area"]
    cells = levels["workshop"]
    cells = cells[cells["workshop"].isin(_SIDES)].dropna(subset="area")
    hidden = cells["drawn"].mask(~cells["area"].isin(in_all))
    return cells.assign(drawn=hidden).set_index(["workshop", "area"])


def _areas(totals: pd.DataFrame) -> list[dict]:
    """Each area with its looks, and what it got on each day; None for what is left out."""
    minutes = totals["minutes"].astype("Float64").where(totals["drawn"].notna())
    most = minutes.groupby(level=0).transform("max")
    share = (minutes / most.where(most > _MIN_MINUTES)).fillna(0)
    areas = list(dict.fromkeys(totals.index.get_level_values(1)))
    return [
        {
            "name": area,
            **area_style(place).on_screen,
            **{side: _got(totals, share, (side, area)) for side in _SIDES},
        }
        for place, area in enumerate(areas)
    ]


def _got(totals: pd.DataFrame, share: pd.Series, key: tuple[str, str]) -> dict | None:
    if key not in totals.index or pd.isna(totals.at[key, "drawn"]):
        return None
    got = totals.loc[key]
    counts = {name: int(got[name]) for name in ("drawn", "discussed", "notes")}
    words = [
        text("page.then_and_now.cards", count=counts["drawn"], discussed=number(counts["discussed"])),
        text("page.then_and_now.minutes", minutes=number(got["minutes"], 0)),
        text("page.then_and_now.notes", count=counts["notes"]),
    ]
    return {"share": float(share[key]), "words": " · ".join(words)}
