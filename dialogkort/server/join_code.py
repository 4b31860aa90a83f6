"""Join codes: eight letters and digits to read from a wall and type, and the limits on guessing."""

import hmac
import re
import secrets
import time
import unicodedata
from collections import deque

from dialogkort.server import limits

# Crockford's base 32 (https://www.crockford.com/base32.html): without I, L, O and U.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 8
_LOOKALIKES = str.maketrans("OIL", "011")
_MAX_TYPED = 64  # characters that are looked at: a code with whatever was typed between its letters


def new_code() -> str:
    """A code that nobody can guess in the tries there are: 40 random bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def read_code(typed: str) -> str:
    """A code as somebody may have typed it; empty when it can be none.

    Examples
    --------
    >>> read_code(" k7qf 2m9d"), read_code("o1LI-0000"), read_code("K7QF"), read_code("UUUU-UUUU")
    ('K7QF2M9D', '01110000', '', '')
    """
    plain = unicodedata.normalize("NFKC", typed[:_MAX_TYPED]).upper().translate(_LOOKALIKES)
    code = re.sub(r"[\W_]", "", plain)
    return code if re.fullmatch(f"[{_ALPHABET}]{{{_LENGTH}}}", code) else ""


def is_same(typed: str, code: str) -> bool:
    """True when somebody has typed a code, in whatever way one may."""
    return hmac.compare_digest(read_code(typed), code)


class GuessLimits:
    """Wrong codes, counted: by the address they came from within a minute, and in all.

    Examples
    --------
    >>> guesses = GuessLimits()
    >>> for _ in range(10):
    ...     guesses.count("192.0.2.7", now=0.0)
    >>> [guesses.must_wait("192.0.2.7", 59.0), guesses.must_wait("192.0.2.7", 61.0), guesses.is_reached]
    [True, False, False]
    """

    def __init__(self) -> None:
        self._wrong: dict[str, deque[float]] = {}  # as few as there may be wrong ones in all
        self._count = 0

    @property
    def is_reached(self) -> bool:
        """Whether there have been too many in all."""
        return self._count >= limits.MAX_WRONG_CODES

    def must_wait(self, address: str, now: float | None = None) -> bool:
        """True while so many wrong ones have come from an address that the next is not looked at."""
        recent = self._wrong.get(address, deque())
        end = (time.monotonic() if now is None else now) - 60.0
        while recent and recent[0] < end:
            recent.popleft()
        return len(recent) >= limits.WRONG_CODES_PER_MINUTE

    def count(self, address: str, now: float | None = None) -> None:
        """A wrong one has come."""
        self._count += 1
        self._wrong.setdefault(address, deque()).append(time.monotonic() if now is None else now)
