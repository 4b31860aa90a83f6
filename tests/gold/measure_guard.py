"""How much the guard finds, and how often it is wrong, on 300 labelled sentences: `python measure_guard.py`.

The sentences were made for this. In `sentences.csv` a place is marked [[kind:words]]; the half called
"held out" was written before the guard and never used to better it. A place is found when a finding of
its kind overlaps it; a finding that overlaps none of its kind is a false alarm.
"""

import csv
import re
import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
HALVES = ("development", "held out")
_MARK = re.compile(r"\[\[(\w+):(.*?)\]\]")


class Sentence(NamedTuple):
    """A sentence as somebody wrote it, and the places that are in it: (start, end, kind)."""

    half: str
    text: str
    places: tuple[tuple[int, int, str], ...]


class Count(NamedTuple):
    """Places of a kind: how many there are, were found, found for sure, and what was found beside."""

    places: int = 0
    found: int = 0
    sure: int = 0
    false_alarms: int = 0
    false_and_sure: int = 0


def sentences(half=None):
    """The labelled sentences, of one half or of both."""
    with (HERE / "sentences.csv").open(encoding="utf-8", newline="") as file:
        read = [_sentence(row["half"], row["sentence"]) for row in csv.DictReader(file, delimiter=";")]
    return [one for one in read if half in (None, one.half)]


def names():
    """The list of names the guard is given."""
    return tuple((HERE / "names.txt").read_text(encoding="utf-8").split("\n"))[:-1]


def _sentence(half, marked):
    text, places, end = "", [], 0
    for mark in _MARK.finditer(marked):
        text += marked[end : mark.start()]
        places.append((len(text), len(text) + len(mark[2]), mark[1]))
        text, end = text + mark[2], mark.end()
    return Sentence(half, text + marked[end:], tuple(places))


def measure(half):
    """A count for each kind, over one half of the sentences."""
    from dialogkort.privacy import KINDS, findings

    counts = dict.fromkeys(KINDS, Count())
    for sentence in sentences(half):
        found = findings(sentence.text, names())
        for kind in KINDS:
            counts[kind] = _added(
                counts[kind],
                [place for place in sentence.places if place[2] == kind],
                [one for one in found if one.kind == kind],
            )
    return counts


def _added(count, places, found):
    def hit(place, one):
        return place[0] < one.end and one.start < place[1]

    strangers = [one for one in found if not any(hit(place, one) for place in places)]
    return Count(
        count.places + len(places),
        count.found + sum(any(hit(place, one) for one in found) for place in places),
        count.sure + sum(any(hit(place, one) and one.sure for one in found) for place in places),
        count.false_alarms + len(strangers),
        count.false_and_sure + sum(one.sure for one in strangers),
    )


def total(counts):
    return Count(*map(sum, zip(*counts.values(), strict=True)))


def table():
    """The figures as a Markdown table."""
    lines = [
        "| half | kind | places | found | recall | of them sure | false alarms | of them sure |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for half in HALVES:
        counts = measure(half)
        for kind, count in {**counts, "all": total(counts)}.items():
            recall = f"{100 * count.found / count.places:.0f} %"
            cells = (half, kind, count.places, count.found, recall, count.sure)
            lines.append(f"| {' | '.join(map(str, (*cells, count.false_alarms, count.false_and_sure)))} |")
    return "\n".join(lines)


def wrong(half):
    """The sentences where something was missed or found that is not there."""
    from dialogkort.privacy import findings

    for sentence in sentences(half):
        found = {(one.start, one.end, one.kind) for one in findings(sentence.text, names())}
        told = [(kind, sentence.text[start:end]) for start, end, kind in sorted(found)]
        missed = [
            (place[2], sentence.text[place[0] : place[1]])
            for place in sentence.places
            if not any(place[2] == one[2] and place[0] < one[1] and one[0] < place[1] for one in found)
        ]
        extra = [
            one
            for one in found
            if not any(
                place[2] == one[2] and place[0] < one[1] and one[0] < place[1] for place in sentence.places
            )
        ]
        if missed or extra:
            yield sentence.text, missed, told


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parents[1]))
    print(table())
    for half in sys.argv[1:]:
        for text, missed, told in wrong(half):
            print(f"\n{text}\n  missed: {missed}\n  found: {told}")
