"""What the tests of the store have in common: events to keep, what is kept, other processes at one place."""

import contextlib
import subprocess
import sys
from pathlib import Path

from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import Noted
from dialogkort.store import open_store

ROOT = Path(__file__).parents[1]
SESSION = new_id(1_000)
MUCH = "Vi øver os. " * 400


def noted(at, content="Vi øver os", session=SESSION, note=None):
    return Noted(id=new_id(at), session=session, note=note or new_id(at), text=content, card="k-01")


def afternoon(length, content="Vi øver os"):
    return [noted(2_000 + index, content) for index in range(length)]


def stored_events(store, session=SESSION):
    return store.events(session)[0]


def everything(store):
    """All that is kept, without the order it came in."""
    return sorted(store.every_event(), key=repr), sorted(deck.fingerprint for deck in store.decks())


def names_all(problem, *words):
    """The message names the things a person needs."""
    return all(str(word) in str(problem.value) for word in words)


@contextlib.contextmanager
def opened(where):
    store = open_store(where)
    try:
        yield store
    finally:
        store.close()


def process(script, *arguments):
    """Another process that runs a script; it says what it has done line by line."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def at_once(script, count, *arguments):
    """What each of several processes says that begin in the same moment; each is told its number last."""
    crowd = [process(script, *arguments, number) for number in range(count)]
    for one in crowd:
        assert one.stdout.readline() == "ready\n"
    for one in crowd:
        one.stdin.write("\n")
        one.stdin.flush()
    outputs = [one.communicate()[0].split() for one in crowd]
    assert [one.returncode for one in crowd] == [0] * count
    return outputs
