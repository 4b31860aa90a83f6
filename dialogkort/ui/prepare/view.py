"""View of a workshop's plan as plain data: what it says, how many cards there is time for, the script."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from itertools import islice

from dialogkort.domain.deck import Deck
from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import DrawPlan, WorkshopPlanned
from dialogkort.domain.limits import WORKSHOP_MINUTES
from dialogkort.domain.planning import PICKED, Plan
from dialogkort.domain.timing import Step, Timing, clock_time
from dialogkort.i18n import text
from dialogkort.sessions.workshop_plan import PlanFields, WorkshopPlan, is_link, is_time_of_day
from dialogkort.sessions.workshop_plan import plans_to_come as coming_plans
from dialogkort.ui.dates import date_read
from dialogkort.ui.group_names import plain_name

FIELDS = tuple(PlanFields.__annotations__)
_ROLES = ("turner", "writer", "timekeeper")
PLANS_SHOWN = 5  # plans to come that are offered at once


def plan_view(plan: WorkshopPlan) -> dict:
    """A plan: its fields, the questions, what lies on a table, and the time."""
    planned, deck = plan.planned, plan.table_deck
    timing = plan.plan.timing
    return {
        "session": plan.id,
        "newest": max(event.id for event in plan.events),
        "fields": {name: _plain(getattr(planned, name)) for name in (*FIELDS, "deck")},
        "questions": [
            {"question": one.question, "text": one.text, "area": one.area, "examples": list(one.examples)}
            for one in plan.plan.questions
        ],
        "keep_until": plan.plan.keep_until,
        "on_table": len(deck.cards),
        "timing": timing_view(timing, _starts(planned), len(deck.cards)),
    }


def _starts(planned: WorkshopPlanned) -> str:
    return planned.starts if is_time_of_day(planned.starts) else ""  # it may have come in a file


def timing_view(timing: Timing, starts: str, on_table: int) -> dict:
    """How many cards there is time for, the sum that says so, and the script for the room."""
    return {
        "cards": text("page.prepare.cards", count=min(timing.cards, on_table)),
        "fits": timing.fits and on_table > 0,
        "sum": _sum(timing, on_table),
        "script": [_script_row(step, starts) for step in timing.script(on_table)] if timing.fits else [],
    }


def _sum(timing: Timing, on_table: int) -> str:
    """The arithmetic in words; and where it comes out at nothing, what to do about it."""
    if not timing.fits:
        return text("page.prepare.no_time")
    sentence = text(
        "page.prepare.sum", left=timing.for_cards, per_card=timing.per_card, **_minutes_of(timing)
    )
    if on_table < timing.cards:
        return f"{sentence} {text('page.prepare.few_on_table', count=on_table)}"
    return f"{sentence} {text('page.prepare.spare', count=timing.spare)}" if timing.spare else sentence


def _minutes_of(timing: Timing) -> dict[str, int]:
    return {"minutes": timing.minutes, "others": timing.opening + timing.plenum + timing.breaks}


def _script_row(step: Step, starts: str) -> dict:
    when = clock_time(starts, step.begins).replace(":", ".") if starts else ""
    when = when.removeprefix("0")
    what = text(f"page.prepare.steps.{step.what}", number=step.number or 0)
    minutes = text("page.prepare.minute", number=step.begins)
    return {"when": when or minutes, "what": what, "is_card": step.what == "card"}


def listed_plan(id: Id, planned: WorkshopPlanned) -> dict:
    """A plan on a list."""
    timing = Timing(planned.minutes, planned.opening, planned.per_card, planned.plenum, planned.breaks)
    on_table = len(planned.chosen) if planned.draw in PICKED else timing.cards  # else a deck holds more
    cards = min(timing.cards, on_table)
    facts = [
        text("page.prepare.is_follow_up") if planned.follows else "",
        planned.organisation,
        planned.unit,
        date_read(planned.date),
        text("page.prepare.minutes_and_cards", minutes=planned.minutes, cards=cards),
    ]
    return {
        "plan": id,
        "name": planned.workshop or text("page.prepare.unnamed"),
        "facts": " · ".join(filter(None, facts)),
    }


def plans_to_come(plans: Mapping[Id, WorkshopPlanned], rows: Iterable[dict]) -> list[dict]:
    """The plans of today and later (and those without a day), with their groups and who has begun.

    A group has begun that began from the plan, here or on a computer whose file came in, and one of the same
    name in the workshop of that day.
    """
    rows = list(rows)
    begun = {(_workshop(row), plain_name(row["group"])): row["session"] for row in rows}
    begun |= {(row["prepared"], plain_name(row["group"])): row["session"] for row in rows if row["prepared"]}
    coming = islice(coming_plans(plans).items(), PLANS_SHOWN)
    return [
        {
            **listed_plan(id, one),
            "purpose": one.purpose,
            "workshop": one.workshop,
            "groups": [
                {"name": group, "session": _session_of(group, id, one, begun)}
                for group in (one.groups or (text("page.prepare.group", number=1),))
            ],
        }
        for id, one in coming
    ]


def _workshop(row: dict) -> tuple[str, str, str]:
    return plain_name(row["workshop"]), plain_name(row["organisation"]), row["date"]


def _session_of(group: str, id: Id, planned: WorkshopPlanned, begun: Mapping[tuple, str]) -> str | None:
    """The session of a plan's group; None as long as it has not begun."""
    of_day = plain_name(planned.workshop), plain_name(planned.organisation), planned.date
    name = plain_name(group)
    return begun.get((id, name)) or (begun.get((of_day, name)) if planned.date else None)


def at_the_table(plan: Plan, begun_at: int, on_table: int, catalogue_file: str = "") -> dict:
    """What a table with so many cards is shown of its workshop's plan; `ends_at` is in ms since 1970."""
    planned = plan.planned
    roles = [
        {"what": text(f"page.prepare.roles.{role}"), "who": who}
        for role in _ROLES
        if (who := getattr(planned, role))
    ]
    return {
        "purpose": planned.purpose,
        "rules": planned.rules,
        "roles": roles,
        "catalogue": planned.catalogue if is_link(planned.catalogue) else "",  # it may come in a file
        "catalogue_file": catalogue_file,
        "cards": min(plan.timing.cards, on_table),
        "minutes": planned.minutes,
        "ends_at": _ends_at(planned, begun_at),
    }


def _ends_at(planned: WorkshopPlanned, begun_at: int) -> int:
    """When the workshop ends: by the clock where a time was told, else so long after the group began."""
    begun = datetime.fromtimestamp(begun_at / 1000)
    with suppress(ValueError):  # none was told, or it came in a file and is none
        day = date.fromisoformat(planned.date) if planned.date else begun.date()
        planned_start = datetime.combine(day, time.fromisoformat(planned.starts))
        if abs(planned_start - begun) < timedelta(hours=12):
            begun = planned_start
    minutes = min(planned.minutes, WORKSHOP_MINUTES[-1])
    return round((begun + timedelta(minutes=minutes)).timestamp() * 1000)


def choices_view(deck: Deck, usual: Deck) -> dict:
    """What can be chosen: the ways to draw, the cards by area, and the deck that plans begin with."""
    return {
        "draws": [
            {"draw": str(draw), "name": text(f"page.prepare.draws.{draw.value.replace(' ', '_')}")}
            for draw in (
                DrawPlan.BALANCED,
                DrawPlan.SHUFFLE,
                DrawPlan.BY_AREA,
                DrawPlan.CHOSEN,
                DrawPlan.OWN_ORDER,
            )
        ],
        "areas": [area.name for area in deck.areas],
        "deck": text("page.decks.deck", title=deck.title, count=len(deck.cards)),
        "usual_deck": "" if deck.fingerprint == usual.fingerprint else usual.title,
    }


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
