"""The mark of a protected frame, and a guard that keeps charts and sentences from showing one without it.

`disclosure` and `release` mark the frames they give. What draws a chart or says a sentence of a frame is
`guarded`: it refuses one without the mark, unless it is told that it is `for_my_eyes`. The mark is a reminder
against haste and no seal: it stays on what is filtered and sorted afterwards, and also on what somebody adds.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps

import pandas as pd

from dialogkort.i18n import text

_MARK = "protected"
_alone: ContextVar[bool] = ContextVar("for_my_eyes", default=False)


def mark_protected(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame, known to hold nothing over few."""
    frame.attrs[_MARK] = True
    return frame


def is_protected(frame: pd.DataFrame) -> bool:
    """Whether a frame comes from `disclosure` or a `Release`; one without rows shows nothing of anybody."""
    return not len(frame) or bool(frame.attrs.get(_MARK))


@contextmanager
def looking_alone() -> Iterator[None]:
    """What is drawn and said meanwhile is for one's own eyes: nothing is refused."""
    before = _alone.set(True)
    try:
        yield
    finally:
        _alone.reset(before)


def guarded(show: Callable) -> Callable:
    """A function that shows a frame (its first argument), made to refuse one that is not protected.

    It takes `for_my_eyes` besides: True shows the frame as it is, to the one who asks. Raises `ValueError`.
    """

    @wraps(show)
    def shown(frame: pd.DataFrame, *args: object, for_my_eyes: bool = False, **options: object) -> object:
        if not (for_my_eyes or _alone.get() or is_protected(frame)):
            raise ValueError(text("disclosure.not_protected", name=show.__name__))
        with looking_alone():
            return show(frame, *args, **options)

    shown.__signature__ = _with_parameter(inspect.signature(show))
    return shown


def _with_parameter(signature: inspect.Signature) -> inspect.Signature:
    added = inspect.Parameter("for_my_eyes", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=bool)
    return signature.replace(parameters=[*signature.parameters.values(), added])
