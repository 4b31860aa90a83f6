"""How much the guard finds, and how often it is wrong: `python tests/gold/measure_guard.py [list]`.

`foreign` is what the docs tell: notes and owners by somebody who had not seen a rule
(`draw_guard_sentences.py`), with Wilson's 95 % intervals. A place is found when a finding of its kind
overlaps it, a CPR number, telephone number, e-mail or street address only when one covers it; a finding
that overlaps none of its kind is a false alarm.

`development` and `held out` are the halves of `sentences.csv`, 300 sentences by the guard's own author; the
second half was written before the guard and never used to better it.
"""

import csv
import re
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

if __name__ == "__main__":
    sys.path[:0] = map(str, Path(__file__).resolve().parents[1:3])

from gold.shares import Share

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
    hits: int = 0
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
    from dialogkort.privacy.detection import KINDS, findings

    counts = dict.fromkeys(KINDS, Count())
    for sentence in sentences(half):
        hits = findings(sentence.text, names())
        for kind in KINDS:
            counts[kind] = _added(
                counts[kind],
                [span for span in sentence.places if span[2] == kind],
                [one for one in hits if one.kind == kind],
            )
    return counts


def _added(count, places, hits):
    def hit(location, one):
        return location[0] < one.end and one.start < location[1]

    strangers = [one for one in hits if not any(hit(location, one) for location in places)]
    return Count(
        count.places + len(places),
        count.hits + sum(any(hit(location, one) for one in hits) for location in places),
        count.sure + sum(any(hit(location, one) and one.sure for one in hits) for location in places),
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
            recall = f"{100 * count.hits / count.places:.0f} %"
            cells = (half, kind, count.places, count.hits, recall, count.sure)
            lines.append(f"| {' | '.join(map(str, (*cells, count.false_alarms, count.false_and_sure)))} |")
    return "\n".join(lines)


WHOLE = {"cpr", "phone", "email", "address"}  # a part of one left behind may still tell whose it is


def foreign():
    """For each kind, the share found and the share of what was found that is right; and what went wrong.

    Names as who does a next step count for themselves ("owner"): there they need not be on a list.
    """
    places, results, wrong, errors = Counter(), Counter(), Counter(), []
    for sentence in foreign_sentences():
        reported = _reported(sentence)
        for start, end, kind in sentence.places:
            inside = [one for one in reported if one.kind == kind and one.start < end and start < one.end]
            covered = any(one.start <= start and end <= one.end for one in inside)
            hit = covered if kind in WHOLE else bool(inside)
            places[_row(sentence, kind)] += 1
            results[_row(sentence, kind)] += hit
            errors += [] if hit else [("missed", kind, sentence.text[start:end], sentence.text)]
        for one in _strangers(reported, sentence.places):
            wrong[_row(sentence, one.kind)] += 1
            errors.append(("wrong", one.kind, sentence.text[one.start : one.end], sentence.text))
    shares = {
        row: (Share(results[row], places[row]), Share(results[row], results[row] + wrong[row]))
        for row in places
    }
    return shares, errors


def _row(sentence, kind):
    return "owner" if (sentence.half, kind) == ("owner", "name") else kind


def foreign_sentences():
    """The notes and owners that somebody wrote who had not seen the rules; `half` is the field."""
    with (HERE / "guard_sentences.csv").open(encoding="utf-8", newline="") as file:
        return [_sentence(row["field"], row["text"]) for row in csv.DictReader(file)]


def _reported(sentence):
    from dialogkort.privacy.detection import findings, owner_findings

    names = tuple((HERE / "guard_names.txt").read_text(encoding="utf-8").splitlines())
    return (owner_findings if sentence.half == "owner" else findings)(sentence.text, names)


def _strangers(reported, places):
    return [
        one
        for one in reported
        if not any(one.start < end and start < one.end and one.kind == kind for start, end, kind in places)
    ]


def foreign_table():
    """The figures on the foreign texts as a Markdown table."""
    lines = ["| kind | found | right of what was found |", "|---|---|---|"]
    lines += [f"| {kind} | {recall} | {precision} |" for kind, (recall, precision) in foreign()[0].items()]
    return "\n".join(lines)


def wrong(half):
    """The sentences where something was missed or found that is not there."""
    from dialogkort.privacy.detection import findings

    for sentence in sentences(half):
        results = {(one.start, one.end, one.kind) for one in findings(sentence.text, names())}
        reported = [(kind, sentence.text[start:end]) for start, end, kind in sorted(results)]
        missed = [
            (span[2], sentence.text[span[0] : span[1]])
            for span in sentence.places
            if not any(span[2] == one[2] and span[0] < one[1] and one[0] < span[1] for one in results)
        ]
        extra = [
            one
            for one in results
            if not any(
                span[2] == one[2] and span[0] < one[1] and one[0] < span[1] for span in sentence.places
            )
        ]
        if missed or extra:
            yield sentence.text, missed, reported


if __name__ == "__main__":
    print(foreign_table(), table(), sep="\n\n")
    for which in sys.argv[1:]:
        if which == "foreign":
            print(*(" | ".join(error) for error in foreign()[1]), sep="\n")
        for text, missed, reported in wrong(which):
            print(f"\n{text}\n  missed: {missed}\n  found: {reported}")
