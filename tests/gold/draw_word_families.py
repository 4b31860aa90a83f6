"""Draws the foreign word list: common Danish words, their forms, and words that look like them.

    apt-get install hunspell-da && pip install wordfreq
    python tests/gold/draw_word_families.py

Neither our rules nor our tests chose a word. They are drawn by chance from the dictionary of
Stavekontrolden (`hunspell-da`: MPL 1.1, LGPL 2.1 or GPL 2), of those whose forms stand for at least 20
words in a million in `wordfreq` (Apache 2.0, its data CC BY-SA 4.0). Their forms are the dictionary's own
inflections that `wordfreq` has; one that another word has too is left out, unless it is the word itself:
`word_families.csv`.

For `word_lookalikes.csv`, up to five words of `wordfreq` were drawn that have a drawn word in them (without
its last e) and are none of those forms. Whether somebody who looks for the word wants them (`wanted`) was
judged by hand, before any search was run on them: yes when it is a form of the word after all or put
together with it, no when it only looks so, ? (not counted) when it is derived from it, or where two people
may differ. Drawing again leaves the judgements as they are.
"""

import csv
import random
import re
from collections import defaultdict
from pathlib import Path

from wordfreq import top_n_list, word_frequency

HERE = Path(__file__).parent
HUNSPELL = Path("/usr/share/hunspell")
SEED, MANY, LOOKALIKES = 2026, 150, 5
COMMON = 20e-6
INSIDE_COMPOUNDS = {"32", "33", "36"}  # flags of what stands only inside a longer word
SHORTEST = 3
LETTERS = re.compile("[a-zæøåé]+")


def rules() -> dict[str, list[tuple[str, str, re.Pattern, set[str]]]]:
    """By flag, the endings that the dictionary knows: what goes, what comes, when, and the flags it bears."""
    known = defaultdict(list)
    for line in (HUNSPELL / "da_DK.aff").read_text(encoding="utf-8").splitlines():
        fields = line.split()
        if len(fields) >= 5 and fields[0] == "SFX":
            _, flag, goes, comes, when, *_ = fields
            ending, _, flags = comes.partition("/")
            known[flag].append(
                (goes.strip("0"), ending.strip("0"), re.compile(f"(?:{when})$"), set(flags.split(",")))
            )
    return known


def inflected(word: str, flags: list[str], known: dict) -> set[str]:
    """The word and all its forms; an ending may bear endings of its own."""
    forms, waiting = {word}, [(word, flags)]
    while waiting:
        stem, bears = waiting.pop()
        for flag in bears:
            for goes, comes, when, more in known.get(flag, ()):
                if stem.endswith(goes) and when.search(stem) and not more & INSIDE_COMPOUNDS:
                    form = stem[: len(stem) - len(goes)] + comes
                    if form not in forms:
                        forms.add(form)
                        waiting.append((form, sorted(more)))
    return set(filter(LETTERS.fullmatch, forms))


def families() -> list[tuple[str, set[str]]]:
    """Every word of the dictionary in small letters, with its forms."""
    known = rules()
    entries = (HUNSPELL / "da_DK.dic").read_text(encoding="utf-8").splitlines()[1:]
    read = (line.split()[0].partition("/") for line in entries if line.strip())
    return [
        (word, inflected(word, flags.split(","), known)) for word, _, flags in read if LETTERS.fullmatch(word)
    ]


def drawn() -> list[tuple[str, list[str]]]:
    """The words that were drawn, each with its forms that are met and are its own."""
    every = families()
    owners = defaultdict(set)
    for word, forms in every:
        for form in forms:
            owners[form].add(word)
    rows = [
        (word, [f for f in sorted(forms) if f == word or (owners[f] == {word} and word_frequency(f, "da"))])
        for word, forms in every
        if len(word) >= SHORTEST
        and word_frequency(word, "da")
        and sum(word_frequency(f, "da") for f in forms) >= COMMON
    ]
    merged = defaultdict(set)  # a noun and a verb that are written alike are one word here
    for word, forms in rows:
        merged[word] |= set(forms)
    frame = sorted((word, sorted(forms)) for word, forms in merged.items() if len(forms) >= 2)
    print(f"{len(frame)} common words with at least two forms")
    return sorted(random.Random(SEED).sample(frame, MANY))


def lookalikes(words: list[tuple[str, list[str]]]) -> list[tuple[str, str]]:
    dice = random.Random(SEED)
    listed = [word for word in top_n_list("da", 10**6) if re.fullmatch("[a-zæøåé-]+", word)]
    pairs = []
    for word, forms in words:
        stem = word.removesuffix("e")
        alike = sorted(other for other in listed if stem in other and other not in forms)
        pairs += [(word, other) for other in dice.sample(alike, min(LOOKALIKES, len(alike)))]
    return pairs


def write(name: str, header: list[str], rows: list[tuple]) -> None:
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def judged() -> dict[tuple[str, str], str]:
    path = HERE / "word_lookalikes.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["word"], row["other"]): row["wanted"] for row in csv.DictReader(file)}


def main() -> None:
    words = drawn()
    write("word_families.csv", ["word", "form"], [(word, form) for word, forms in words for form in forms])
    known = judged()
    pairs = lookalikes(words)
    write(
        "word_lookalikes.csv", ["word", "other", "wanted"], [(*pair, known.get(pair, "")) for pair in pairs]
    )


if __name__ == "__main__":
    main()
