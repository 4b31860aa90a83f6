"""View of a follow-up held against the workshop it follows up: a sentence, and both days by area."""

from base64 import b64encode
from collections.abc import Iterable

from dialogkort.charts import then_and_now
from dialogkort.charts.export import as_svg
from dialogkort.frames.sessions import read_what_can_be
from dialogkort.i18n import text
from dialogkort.narrative import of_comparison
from dialogkort.narrative.both_days import (
    FollowUp,
    areas_of_both_days,
    change,
    follow_up_of,
    sides_in_words,
    why_nothing_to_compare,
)
from dialogkort.store import Store


def then_and_now_view(store: Store, sessions: Iterable[str], *, for_my_eyes: bool, is_dark: bool) -> dict:
    """What follow-ups (sessions of one workshop or of several), and what they follow up, say side by side.

    `sentence` is what `discussion.then_and_now` says and no more: of a single day on each side no change is
    told, and there is no `picture` of one. `areas` tell what happened on each day; unless `for_my_eyes`
    without what few are behind, protected together with every other workshop of the store. Without two days
    to hold against each other there is the sentence alone.
    """
    frames, left_out = read_what_can_be(store, store.sessions())
    follow_up = follow_up_of(frames, set(sessions))
    if follow_up is None:
        return {"sentence": why_nothing_to_compare(frames, set(sessions)), "areas": [], "remarks": []}
    areas = areas_of_both_days(frames, follow_up, for_my_eyes=for_my_eyes)
    protected = [] if for_my_eyes else [text("page.then_and_now.protected")]  # else the choice says it is not
    return {
        **_comparison(follow_up, for_my_eyes=for_my_eyes, is_dark=is_dark),
        "sides": sides_in_words(follow_up),
        "areas": areas,
        "remarks": [*([] if areas else [text("charts.all_suppressed")]), *left_out, *protected],
    }


def _comparison(follow_up: FollowUp, *, for_my_eyes: bool, is_dark: bool) -> dict:
    """What the analysis says of the two sides; a picture where it could have told a change."""
    compared = change(follow_up, for_my_eyes=for_my_eyes)
    sentence = of_comparison(compared, for_my_eyes=for_my_eyes)
    if compared.empty or not compared["could_differ"].any():
        return {"sentence": sentence}
    figure = then_and_now(compared, for_my_eyes=for_my_eyes, dark=is_dark)
    drawn = b64encode(as_svg(figure, heading=False).encode("utf-8")).decode("ascii")
    return {"sentence": sentence, "picture": f"data:image/svg+xml;base64,{drawn}", "alt": figure.alt}
