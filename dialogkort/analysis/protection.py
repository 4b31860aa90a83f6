"""The mark of a protected frame, and guards that keep charts, sentences and notebooks from showing another.

`disclosure` and `release` mark the frames they give. What draws a chart or says a sentence of a frame is
`guarded`: it refuses one without the mark, unless it is told that it is `for_my_eyes`. The mark is a reminder
against haste and no seal: it stays on what is filtered and sorted afterwards, and also on what somebody adds.

What the analysis itself answers is `exact`: an `ExactFrame`, a DataFrame in all things but that a notebook
does not print it. Ask with `for_my_eyes=True` for a plain one.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from html import escape
from typing import TypeVar

import pandas as pd

from dialogkort.i18n import text

_MARK = "protected"
_Function = TypeVar("_Function", bound=Callable)
_alone: ContextVar[bool] = ContextVar("for_my_eyes", default=False)


def mark_protected(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame, known to hold nothing over few.

    Parameters
    ----------
    frame : DataFrame
        Any frame.

    Returns
    -------
    DataFrame
        A plain one, with the mark.

    Examples
    --------
    >>> is_protected(mark_protected(pd.DataFrame({"minutes": [12.0]})))
    True
    """
    plain = pd.DataFrame(frame)
    plain.attrs = {**frame.attrs, _MARK: True}
    return plain


def is_protected(frame: pd.DataFrame | pd.Series) -> bool:
    """Whether a frame comes from `disclosure` or a `Release`; one without rows shows nothing of anybody.

    Parameters
    ----------
    frame : DataFrame or Series
        Any.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_protected(pd.DataFrame({"minutes": [12.0]}))
    False
    """
    return not len(frame) or bool(frame.attrs.get(_MARK))


@contextmanager
def allowing_unprotected() -> Iterator[None]:
    """What is drawn and said meanwhile is for one's own eyes: nothing is refused.

    Returns
    -------
    context manager

    Examples
    --------
    >>> with allowing_unprotected():
    ...     print(ExactFrame({"minutes": [12.0]}))
       minutes
    0     12.0
    """
    before = _alone.set(True)
    try:
        yield
    finally:
        _alone.reset(before)


def guarded(show: Callable) -> Callable:
    """A function that shows a frame (its first argument), made to refuse one that is not protected.

    It takes `for_my_eyes` besides: True shows the frame as it is, to the one who asks.

    Parameters
    ----------
    show : callable
        What shows a frame, its first argument.

    Returns
    -------
    callable
        The same with `for_my_eyes`; `ValueError` for a frame that is not protected.

    Examples
    --------
    >>> @guarded
    ... def rows(frame):
    ...     return len(frame)
    >>> rows(pd.DataFrame({"minutes": [12.0]}), for_my_eyes=True)
    1
    """

    @wraps(show)
    def shown(frame: pd.DataFrame, *args: object, for_my_eyes: bool = False, **options: object) -> object:
        if not (for_my_eyes or _alone.get() or is_protected(frame)):
            raise ValueError(text("disclosure.not_protected", name=show.__name__))
        with allowing_unprotected():
            return show(frame, *args, **options)

    return with_signature(shown, _with_parameter(inspect.signature(show)))


class ExactSeries(pd.Series):
    """A column or row of an `ExactFrame`: not displayed either.

    Examples
    --------
    >>> "12" in repr(ExactSeries([12.0]))
    False
    """

    @property
    def _constructor(self) -> type:
        return ExactSeries

    @property
    def _constructor_expanddim(self) -> type:
        return ExactFrame

    def describe(self, *args: object, **options: object) -> "ExactSeries":
        """As of pandas, and no more displayed than the figures themselves.

        Parameters
        ----------
        *args, **options : object
            As of pandas.

        Returns
        -------
        ExactSeries

        Examples
        --------
        >>> ExactSeries([12.0, 14.0]).describe()["mean"].item()
        13.0
        """
        return ExactSeries(super().describe(*args, **options))

    def __repr__(self) -> str:
        return super().__repr__() if _may_be_displayed(self) else _notice(self)


class ExactFrame(pd.DataFrame):
    """A DataFrame of exact figures, which may show what few did: a notebook says so and does not display it.

    It calculates, filters and is written as any other, and so does what comes of it. `pd.DataFrame(table)`
    is a plain one.

    Examples
    --------
    >>> table = ExactFrame({"minutes": [3.0, 4.0]})
    >>> table["minutes"].sum()
    np.float64(7.0)
    >>> "minutes" in repr(table)
    False
    """

    @property
    def _constructor(self) -> type:
        return ExactFrame

    @property
    def _constructor_sliced(self) -> type:
        return ExactSeries

    def describe(self, *args: object, **options: object) -> "ExactFrame":
        """As of pandas, and no more displayed than the figures themselves.

        Parameters
        ----------
        *args, **options : object
            As of pandas.

        Returns
        -------
        ExactFrame

        Examples
        --------
        >>> ExactFrame({"minutes": [12.0, 14.0]}).describe().loc["mean", "minutes"].item()
        13.0
        """
        return ExactFrame(super().describe(*args, **options))

    def __repr__(self) -> str:
        return super().__repr__() if _may_be_displayed(self) else _notice(self)

    def _repr_html_(self) -> str | None:
        return super()._repr_html_() if _may_be_displayed(self) else f"<p>{escape(_notice(self))}</p>"

    def _repr_data_resource_(self) -> dict | None:
        return super()._repr_data_resource_() if _may_be_displayed(self) else None


def _may_be_displayed(data: pd.DataFrame | pd.Series) -> bool:
    return _alone.get() or is_protected(data)


def _notice(data: pd.DataFrame | pd.Series) -> str:
    return text("disclosure.not_displayed", shape=" × ".join(map(str, data.shape)))


def exact(ask: Callable[..., pd.DataFrame]) -> Callable[..., pd.DataFrame]:
    """A function that answers with a frame, made to answer with an `ExactFrame`.

    It takes `for_my_eyes` besides: True gives a plain frame, which is displayed.

    Parameters
    ----------
    ask : callable
        What answers with a frame.

    Returns
    -------
    callable
        The same with `for_my_eyes`.

    Examples
    --------
    >>> @exact
    ... def minutes():
    ...     return pd.DataFrame({"minutes": [12.0]})
    >>> type(minutes()).__name__, type(minutes(for_my_eyes=True)).__name__
    ('ExactFrame', 'DataFrame')
    """

    @wraps(ask)
    def answered(*args: object, for_my_eyes: bool = False, **options: object) -> pd.DataFrame:
        answer = ask(*args, **options)
        return answer if for_my_eyes else ExactFrame(answer)

    return with_signature(answered, _with_parameter(inspect.signature(ask)))


def with_signature(function: _Function, signature: inspect.Signature) -> _Function:
    """The function, which tells those who ask (`help`, an editor, the documentation) of other parameters.

    Parameters
    ----------
    function : callable
        One that takes what it gets and passes it on.
    signature : inspect.Signature
        What it takes.

    Returns
    -------
    callable
        The same.

    Examples
    --------
    >>> def passed_on(*args):
    ...     return len(*args)
    >>> inspect.signature(with_signature(passed_on, inspect.signature(len)))
    <Signature (obj, /)>
    """
    vars(function)["__signature__"] = signature
    return function


def _with_parameter(signature: inspect.Signature) -> inspect.Signature:
    added = inspect.Parameter("for_my_eyes", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=bool)
    return signature.replace(parameters=[*signature.parameters.values(), added])
