"""Both days of a follow-up: what each area got on the earlier day and on the later one."""

from typing import NamedTuple

import pandas as pd

from dialogkort.analysis import card_outcomes, discussion
from dialogkort.analysis.disclosure import EVERYTHING
from dialogkort.analysis.release import Release
from dialogkort.frames.sessions import Frames
from dialogkort.i18n import text
from dialogkort.narrative.numbers import day, number
from dialogkort.theme import area_style

_SIDES = ("then", "now")
_MIN_MINUTES = 0.5  # of the area that got most: less is written as 0 and has no bar
_WORKSHOP = ["workshop", "organisation", "date"]


class FollowUp(NamedTuple):
    """The frames of both workshops, the first day of the later one, and on which side each session is."""

    frames: Frames
    split: pd.Timestamp
    sides: pd.Series


def follow_up_of(frames: Frames, later: set[str]) -> FollowUp | None:
    """The follow-up and what it follows up; None where there are not two days to hold against each other."""
    sessions = frames.sessions
    is_later = sessions["session"].isin(later)
    followed = _followed(sessions, later)
    split = sessions.loc[is_later, "date"].min()
    is_earlier = sessions["session"].isin(followed) & (sessions["date"] < split)
    chosen = sessions[(is_later & sessions["date"].notna()) | is_earlier]
    sides = is_later[chosen.index].map({True: "now", False: "then"})
    ids = chosen["session"]
    turns, notes = (frame[frame["session"].isin(ids)] for frame in (frames.turns, frames.notes))
    both = frames._replace(sessions=chosen, turns=turns, notes=notes)
    return FollowUp(both, split, sides) if sides.nunique() == 2 else None


def why_nothing_to_compare(frames: Frames, later: set[str]) -> str:
    """Why there are not two days to hold against each other, and what would give them, in words."""
    sessions, followed = frames.sessions, _followed(frames.sessions, later)
    if not followed:
        return text("narrative.nothing_to_compare")
    days = sessions.loc[sessions["session"].isin(followed), "date"].dropna()
    split = sessions.loc[sessions["session"].isin(later), "date"].min()
    why = "not_here"
    if len(days) and pd.notna(split):
        why = "same_day" if days.min() == split else "not_before"
    gaps = {} if why == "not_here" else {"day": day(split), "earlier": day(days.min())}
    return f"{text('narrative.nothing_to_compare')} {text(f'page.then_and_now.{why}', **gaps)}"


def _followed(sessions: pd.DataFrame, later: set[str]) -> set[str]:
    """The sessions of other workshops that some follow up."""
    follows = sessions.loc[sessions["session"].isin(later), "follows"]
    return {id for ids in follows for id in ids.split()} - later


def change(follow_up: FollowUp, *, for_my_eyes: bool) -> pd.DataFrame:
    """What `discussion.then_and_now` says of the two sides; protected unless `for_my_eyes`.

    Several organisations are each compared with themselves.
    """
    organisations = follow_up.frames.sessions["organisation"].nunique()
    by, split = "organisation" if organisations > 1 else None, str(follow_up.split.date())
    if for_my_eyes:
        return discussion.then_and_now(*follow_up.frames, split=split, by=by, for_my_eyes=True)
    return Release(follow_up.frames).then_and_now(split=split, by=by)


def areas_of_both_days(frames: Frames, follow_up: FollowUp, *, for_my_eyes: bool) -> list[dict]:
    """Each area with its looks, and what it got on each day; None for what is left out.

    `frames` are those of all that is kept in the same place. No areas where all is left out.
    """
    areas = _areas(_exact_totals(follow_up) if for_my_eyes else _protected_totals(frames, follow_up))
    return areas if any(area[side] for area in areas for side in _SIDES) else []


def sides_in_words(follow_up: FollowUp) -> dict[str, str]:
    """When each side met, and how many groups."""
    dates, sides = follow_up.frames.sessions["date"], follow_up.sides
    days = {"then": dates[sides == "then"].max(), "now": follow_up.split}
    return {
        side: text(f"page.then_and_now.{side}_was", count=int((sides == side).sum()), day=day(days[side]))
        for side in _SIDES
    }


def _exact_totals(follow_up: FollowUp) -> pd.DataFrame:
    """What each area got on each side."""
    tables = card_outcomes.cards_on_tables(*follow_up.frames)
    by_session = dict(zip(follow_up.frames.sessions["session"], follow_up.sides, strict=True))
    tables["side"] = pd.Categorical(tables["session"].map(by_session), _SIDES)
    return card_outcomes.outcome_totals(tables, ["side", "area"])


def _protected_totals(frames: Frames, follow_up: FollowUp) -> pd.DataFrame:
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
