"""Events as plain records and back: what files, servers and pages hold, checked field by field.

The names of kinds and fields are the stored format: new ones are added, old ones never change.
"""

import dataclasses
import json
import re
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from types import UnionType
from typing import Union, get_args, get_origin

from dialogkort.domain.event_ids import Id, is_id
from dialogkort.domain.events import KINDS, Event, UnknownEvent

Record = dict[str, object]
_NAMES = {kind: name for name, kind in KINDS.items()}


def to_record(event: Event) -> Record:
    """The event as a dict that JSON can hold; `what` names its kind. Fields at their default are left out."""
    kind = type(event)
    what = event.what if isinstance(event, UnknownEvent) else _NAMES[kind]
    record: Record = {"id": event.id, "session": event.session, "what": what}
    for name, _, _, default in _FORMS.get(kind, ()):
        if name not in record and (value := getattr(event, name)) != default:
            record[name] = list(value) if isinstance(value, tuple) else value
    return record | _unknown_fields(event, record) if event.unknown_fields else record


def from_record(record: Mapping) -> Event:
    """The event of a record. A record that is not of the form raises `ValueError` naming the field.

    For what comes from a page: what this version does not know is refused. See `from_stored_record`.
    """
    try:
        event = _blank(KINDS[record["what"]])
        _put_unknown_fields(event, "")
        read_count = 1
        for name, put, read, default in _FORMS[type(event)]:
            if name in record:
                put(event, read(record[name]))
                read_count += 1
            elif default is _NEEDED:
                raise ValueError(name)
            else:
                put(event, default)
        if read_count < len(record):
            raise ValueError(record)
        return event
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ValueError(_fault(record)) from None


def from_stored_record(record: Mapping) -> Event:
    """The event of a record out of a file or a server, where a newer version may have kept it.

    What this version does not know stays with the event, so that `to_record` gives the same record again: a
    kind (an `UnknownEvent`), fields, and values of a list of choices. `ValueError` as in `from_record`.
    """
    try:
        return from_record(record)
    except ValueError:
        return _from_newer_version(record)


def _from_newer_version(record: Mapping) -> Event:
    try:
        event = _as_far_as_known(record)
        known = to_record(event)
        unknown = {name: value for name, value in record.items() if name not in known}
        if unknown:
            if not all(isinstance(name, str) for name in unknown):
                raise ValueError
            content = json.dumps(unknown, ensure_ascii=False, sort_keys=True)
            content.encode()  # half a letter can be read and not written
            _put_unknown_fields(event, content)
        return event
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        raise ValueError(_fault(record)) from None


def _as_far_as_known(record: Mapping) -> Event:
    what = record["what"]
    if what not in KINDS:
        if not isinstance(what, str) or not _NAME_OF_A_KIND.fullmatch(what):
            raise ValueError
        return UnknownEvent(id=_id(record["id"]), session=_id(record["session"]), what=what)
    known = {
        name: record[name]
        for name, _, read, _ in _FORMS[KINDS[what]]
        if name in record and not _is_a_new_choice(read, record[name])
    }
    return from_record(known | {"what": what})


def _is_a_new_choice(read: Callable, value: object) -> bool:
    """True for one more way to see a card, say, than this version knows."""
    if read not in _CHOICES or not isinstance(value, str) or not _NAME_OF_A_KIND.fullmatch(value):
        return False
    try:
        read(value)
    except ValueError:
        return True
    return False


def _unknown_fields(event: Event, record: Mapping) -> dict:
    unknown = json.loads(event.unknown_fields)
    return {name: value for name, value in unknown.items() if name not in record}


def texts_of(event: Event) -> Iterator[str]:
    """Every text that an event holds, ids too."""
    waiting: list[object] = [to_record(event)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield str(value)
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _fault(record: object) -> str:
    """What is wrong with a record that is not of the form."""
    fields = dict(record) if isinstance(record, Mapping) else {}
    what = fields.pop("what", None)
    if not isinstance(what, str) or what not in KINDS:
        return f"what: {what!r}"
    form = {name: (read, default) for name, _, read, default in _FORMS[KINDS[what]]}
    for name, value in fields.items():
        if name not in form:
            return f"{what}: unknown field {name!r}"
        try:
            form[name][0](value)
        except (TypeError, ValueError):
            return f"{name}: {value!r}"
    missing = [name for name, (_, default) in form.items() if default is _NEEDED and name not in fields]
    return f"{what}: without {', '.join(missing)}"


def _reader(annotation: object) -> Callable[[object], object]:
    if get_origin(annotation) in (UnionType, Union):
        return _or_none(_reader(get_args(annotation)[0]))
    if get_origin(annotation) is tuple:
        return _tuple_of(_reader(get_args(annotation)[0]))
    if annotation is Id:
        return _id
    if annotation is int:
        return _whole_number
    if not isinstance(annotation, type):
        raise TypeError(annotation)
    return lru_cache(annotation) if issubclass(annotation, StrEnum) else _exactly(annotation)


def _is_a_choice(annotation: object) -> bool:
    return any(
        isinstance(type_, type) and issubclass(type_, StrEnum)
        for type_ in (annotation, *get_args(annotation))
    )


def _or_none(read: Callable) -> Callable:
    return lambda value: None if value is None else read(value)


def _tuple_of(read: Callable) -> Callable:
    def read_all(values: object) -> tuple:
        if not isinstance(values, list | tuple):
            raise ValueError
        return tuple(map(read, values))

    return read_all


def _id(value: object) -> Id:
    if not is_id(value):
        raise ValueError
    return value


# A session's id stands in all its events and a note's in all its versions: looked at once.
_cached_id = lru_cache(maxsize=4_096)(_id)


def _whole_number(value: object) -> int:
    if type(value) is not int or not -(2**63) <= value < 2**63:  # more than a table can hold
        raise ValueError
    return value


def _exactly(annotation: type) -> Callable:
    def read(value: object) -> object:
        if type(value) is not annotation:
            raise ValueError
        return value

    return read


# Every field of every kind: its name, how it is set, how it is read, what it is when not told. To set them so
# takes half the time that a frozen dataclass takes to set them itself, and a session has thousands of events.
_blank = object.__new__
_put_unknown_fields = vars(Event)["unknown_fields"].__set__
_NEEDED = dataclasses.MISSING
_NAME_OF_A_KIND = re.compile(r"[^\W_](?:[\w .:-]{0,62}\w)?")
_FORMS = {
    kind: [
        (
            field.name,
            getattr(kind, field.name).__set__,
            _cached_id if field.type is Id and field.name != "id" else _reader(field.type),
            field.default,
        )
        for field in dataclasses.fields(kind)
        if field.name != "unknown_fields"
    ]
    for kind in KINDS.values()
}
_CHOICES = {
    read
    for kind, form in _FORMS.items()
    for name, _, read, _ in form
    if _is_a_choice(kind.__dataclass_fields__[name].type)
}
