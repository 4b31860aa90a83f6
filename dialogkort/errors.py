"""Every exception of Dialogkort's own, each with a message to be shown to a user.

A message says what happened, the value it happened with and what to do, in the user's language. Whoever calls
the library catches `DialogkortError`; everything else is a fault in the program.

>>> from dialogkort import read_deck
>>> try:
...     read_deck("no-such-deck.xlsx")
... except DialogkortError as error:
...     type(error).__name__
'DeckError'
"""

import re

from dialogkort.i18n import text

_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


def writable(content: str) -> str:
    """The text as any store can keep it: NUL and lone surrogates, which no keyboard writes, show as �."""
    return _NOT_TEXT.sub("\ufffd", content)


class DialogkortError(Exception):
    """Something cannot be done; the message says why and what to do.

    Examples
    --------
    >>> from dialogkort import erase
    >>> try:
    ...     erase("no-such-folder", session="1")
    ... except DialogkortError as error:
    ...     type(error).__name__
    'StoreError'
    """


class InvalidAction(DialogkortError):
    """Something asked for makes no sense here: a name that is missing, a note that is too long."""

    def __init__(self, message: str):
        super().__init__(writable(message))


class IllegalMove(DialogkortError):
    """A move the rules do not allow: `reason` is `not face down`, `not turned` or `already dealt`."""

    def __init__(self, reason: str, card: str = ""):
        super().__init__(f"{reason}: {card}")
        self.reason = reason
        self.card = card


class StoreError(DialogkortError):
    """The store cannot be opened, read or written.

    `kind` is the message's key in the catalogue: full, read_only, busy, damaged, newer, …
    """

    def __init__(self, kind: str, **gaps: object):
        super().__init__(text(f"store.{kind}", **gaps))
        self.kind = kind


class ErasedError(DialogkortError):
    """What an event belongs to was erased for good, and it is not kept again."""


class DeckError(DialogkortError):
    """Why a deck file cannot be used, for the person who made it: every fault, where it is, what to do."""


class SpreadsheetError(DialogkortError):
    """Why no rows can be read from a file, in words for the person who made it."""


class StartupError(DialogkortError):
    """The command cannot do what was asked."""


class TaskError(DialogkortError):
    """Nothing came out of a task in a process of its own."""


class TaskTimeout(TaskError):
    """The task took longer than it may, and was stopped."""


class TaskMemory(TaskError):
    """The task wanted more memory than it may have, and was stopped."""


class TaskDied(TaskError):
    """The process ended in the midst of the task: a crash in a library, or somebody closed or killed it."""


class TaskFailed(TaskError):
    """The task raised an exception that is a fault in the program: its traceback, which may hold data."""


class TaskRefused(TaskError):
    """The task raised one of Dialogkort's own exceptions: its message, and in `kind` the exception's name."""

    def __init__(self, message: str, kind: str):
        super().__init__(message)
        self.kind = kind
