"""Texts of the screens: one catalogue per language, `da.toml` the source, every other a translation.

A third language is one new file beside these, with the same keys. A text has a dotted key
(`table.turn_next`) and may hold `{named}` gaps; a text that counts has a form for each rule of plurals
that the language has (`format.plural`) and one for `other`, chosen by `count`.
"""

import os
import tomllib
from functools import cache
from pathlib import Path
from typing import SupportsFloat

from dialogkort.i18n.plural import OTHER, form_of

DEFAULT_LANGUAGE = "da"
_HERE = Path(__file__).parent


@cache
def languages() -> tuple[str, ...]:
    """The languages there is a catalogue for, as file names without ending, sorted."""
    return tuple(sorted(path.stem for path in _HERE.glob("*.toml")))


def language() -> str:
    """The language in use: the environment's `DIALOGKORT_LANGUAGE`, else Danish."""
    wanted = os.environ.get("DIALOGKORT_LANGUAGE", DEFAULT_LANGUAGE)
    return wanted if wanted in languages() else DEFAULT_LANGUAGE


@cache
def catalogue(code: str | None = None) -> dict:
    """The nested texts of one language (the one in use unless `code` names another)."""
    return tomllib.loads((_HERE / f"{code or language()}.toml").read_text(encoding="utf-8"))


def text(key: str, **gaps: object) -> str:
    """The text at a dotted key, its gaps filled. A key that is missing raises `KeyError`."""
    return text_in(language(), key, **gaps)


def text_in(code: str, key: str, **gaps: object) -> str:
    """As `text`, of a language that is named and not the one in use."""
    entry = catalogue(code)
    for part in key.split("."):
        entry = entry[part]
    if isinstance(entry, dict):
        count = gaps["count"]
        if not isinstance(count, SupportsFloat):
            raise TypeError(f"count: {count!r}")
        form = form_of(float(count), catalogue(code)["format"]["plural"])
        entry = entry.get(form, entry[OTHER])
    return entry.format(**gaps)
