"""Tidy DataFrames of workshops' plans: plans, questions.

The columns are a promise, the same where nothing was planned. `string` columns hold "" where nothing was
told. `plan` joins with `prepared` of the sessions' frame, `card` with the cards' of the sessions that began
from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from dialogkort.domain.planning import Plan, card_id, read_plan
from dialogkort.frames.columns import DAY, as_frame
from dialogkort.frames.locations import read_location
from dialogkort.store import Store

_SEPARATOR = " | "  # between the names of groups and areas, the ids of cards, the examples of a question

PLANS = {
    "plan": "string",
    "workshop": "string",
    "organisation": "string",
    "unit": "string",
    "date": DAY,
    "purpose": "string",
    "groups": "string",
    "starts": "string",
    "minutes": "Int64",
    "opening": "Int64",
    "per_card": "Int64",
    "plenum": "Int64",
    "breaks": "Int64",
    "cards": "Int64",
    "draw": "string",
    "areas": "string",
    "chosen": "string",
    "left_out": "string",
    "rules": "string",
    "turner": "string",
    "writer": "string",
    "timekeeper": "string",
    "catalogue": "string",
    "opening_questions": "string",
    "opening_own_only": "boolean",
    "catalogue_file": "string",
    "catalogue_digest": "string",
    "follows": "string",
    "deck_fingerprint": "string",
}
QUESTIONS = {
    "plan": "string",
    "question": "string",
    "card": "string",
    "area": "string",
    "text": "string",
    "examples": "string",
}


class Plans(NamedTuple):
    """The two tables of what was planned.

    plans: one row per plan, as it reads now.
        plan (id), workshop, organisation, unit, date (day), purpose, groups (names), starts (time of day),
        minutes (of the whole workshop), opening, per_card, plenum, breaks (minutes), cards (how many there is
        time for), draw (shuffle / balanced / by area / chosen / own order), areas, chosen, left_out (ids of
        cards), rules, turner, writer, timekeeper, catalogue (an address), opening_questions (one's own for
        the opening round), opening_own_only (True: they are asked alone), catalogue_file (what the
        catalogue's file is called), catalogue_digest (its sha256; the file itself is in no table),
        follows (ids of the sessions it follows up), deck_fingerprint. Several in one column
        stand with " | " between them.
    questions: one row per question of the facilitator's own that is asked.
        plan, question (id), card (its id on the tables), area, text, examples.

    Examples
    --------
    >>> read_plans().plans.columns[:3].tolist()
    ['plan', 'workshop', 'organisation']
    """

    plans: pd.DataFrame
    questions: pd.DataFrame


def read_plans(where: str | Path | None = None) -> Plans:
    """What was planned, of all that is kept in a folder, a file or a server.

    Parameters
    ----------
    where : str or Path, optional
        A folder, a file or a server's address; `~/Dialogkort` when left out.

    Returns
    -------
    Plans
        Plans and questions.

    Raises
    ------
    StoreError
        The place that was named has no notes.

    Examples
    --------
    >>> {name: len(frame) for name, frame in read_plans()._asdict().items()}
    {'plans': 0, 'questions': 0}
    """
    return read_location(where, read, _tables({}))


def read(store: Store) -> Plans:
    """As `read_plans`, of a store that is open.

    Parameters
    ----------
    store : Store
        As `store.open_store` opens it.

    Returns
    -------
    Plans

    Examples
    --------
    >>> import tempfile
    >>> from contextlib import closing
    >>> from dialogkort.store import open_store
    >>> with closing(open_store(tempfile.mkdtemp())) as store:
    ...     len(read(store).plans)
    0
    """
    plans = {id: read_plan(store.events(id)[0]) for id in sorted(store.plans())}
    return _tables({id: plan for id, plan in plans.items() if plan})


def _tables(plans: Mapping[str, Plan]) -> Plans:
    return Plans(
        as_frame((_plan_row(id, plan) for id, plan in plans.items()), PLANS),
        as_frame((row for id, plan in plans.items() for row in _question_rows(id, plan)), QUESTIONS),
    )


def _plan_row(id: str, plan: Plan) -> dict:
    planned = {name: getattr(plan.planned, name) for name in PLANS if hasattr(plan.planned, name)}
    lists = {name: _SEPARATOR.join(value) for name, value in planned.items() if isinstance(value, tuple)}
    ours = {"plan": id, "cards": plan.timing.cards, "deck_fingerprint": plan.planned.deck}
    return planned | lists | ours | {"date": planned["date"] or None, "draw": str(planned["draw"])}


def _question_rows(id: str, plan: Plan) -> Iterable[dict]:
    for one in plan.questions:
        yield {
            "plan": id,
            "question": one.question,
            "card": card_id(one.question),
            "area": one.area,
            "text": one.text,
            "examples": _SEPARATOR.join(one.examples),
        }
