"""The `deck.toml` beside a file of cards: the deck's name and owner, and its areas described."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

from dialogkort.decks.drafts import About, Fault, fault, repeats
from dialogkort.decks.findings import Finding, short
from dialogkort.decks.headings import folded
from dialogkort.decks.spreadsheet import content_of, decoded
from dialogkort.domain.deck import Area
from dialogkort.i18n import text


def plain_details(name: str) -> About:
    """The details that a name gives a deck."""
    name = unicodedata.normalize("NFC", name)  # macOS may store the å of a file name as two characters
    return About(id=re.sub(r"\W+", "-", name.casefold()).strip("-") or "deck", title=name)


def about(file: Path, name: str) -> tuple[About, list[Finding]]:
    """The details in deck.toml, else made from the file's name, and the faults in it."""
    plain = plain_details(name)
    try:
        fields = tomllib.loads(decoded(content_of(file, 1_000_000))) if file.is_file() else {}
    except (ValueError, RecursionError) as error:
        return plain, [Finding(file.name, "not_toml", text("deck.not_toml"), place=_toml_line(error))]
    if faults := [*_field_faults(fields), *_area_faults(fields)]:
        return plain, [Finding(file.name, one.what, one.message) for one in faults]
    words = {
        key: fields[key].strip() for key in plain._fields if key != "areas" and fields.get(key, "").strip()
    }
    return plain._replace(**words, areas=tuple(map(_area, fields.get("areas", [])))), []


def _area(fields: Mapping[str, str]) -> Area:
    return Area(fields["name"].strip(), {key: fields[key].strip() for key in fields if key != "name"})


def _toml_line(error: Exception) -> str:
    line = re.search(r"line (\d+)", str(error))
    return text("deck.line", line=line[1]) if line else text("deck.last_line")


def _field_faults(fields: Mapping) -> Iterator[Fault]:
    for key in ("id", "title", "subtitle", "attribution"):
        if not isinstance(fields.get(key, ""), str):
            yield fault("not_text", name=key, value=short(fields[key]))


def _area_faults(fields: Mapping) -> Iterator[Fault]:
    areas = fields.get("areas", [])
    if not isinstance(areas, list):
        yield fault("bad_area", value=short(areas))
        return
    sound = [area for area in areas if _is_area(area)]
    yield from (fault("bad_area", value=short(area)) for area in areas if not _is_area(area))
    for area, _ in repeats(sound, key=lambda area: folded(area["name"])):
        yield fault("area_twice", value=short(area["name"]))


def _is_area(fields: object) -> bool:
    """True for a table with a name, and nothing but texts."""
    if not (isinstance(fields, dict) and all(isinstance(value, str) for value in fields.values())):
        return False
    return bool(fields.get("name", "").strip())
