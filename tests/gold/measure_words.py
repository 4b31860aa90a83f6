"""How well Danish words are known, on words that neither rules nor tests chose: `python measure_words.py`.

The lists are drawn and judged as `draw_word_families.py` says. Each figure has a 95 % interval: Wilson's for
a share, the bootstrap over words for stems.

forms : of the other forms of a word, how many does a search for it find?
words : of the drawn words that are wanted besides (put together with it), how many does a search find?
precision : of all that a search finds among a word's forms and the drawn words like it, how much is wanted?
stems : of two forms of one word, how often is the stem the same (recall), and of two forms with one stem, how
    often are they of one word (precision)?
"""

import csv
import itertools
import random
import sys
from collections import defaultdict
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = map(str, Path(__file__).resolve().parents[1:3])

from gold.shares import Share

HERE = Path(__file__).parent


def families() -> dict[str, list[str]]:
    """The drawn words and their forms, the word itself among them."""
    forms_of = defaultdict(list)
    for row in _rows("word_families.csv"):
        forms_of[row["word"]].append(row["form"])
    return dict(forms_of)


def lookalikes(wanted: str) -> dict[str, list[str]]:
    """By drawn word, the words like it that were judged so: "yes", "no" or "?"."""
    others_of = defaultdict(list)
    for row in _rows("word_lookalikes.csv"):
        if row["wanted"] == wanted:
            others_of[row["word"]].append(row["other"])
    return others_of


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def searched() -> tuple[dict[str, list], dict[str, Share]]:
    """What a search missed and found wrongly, and the shares it got right."""
    wanted, unwanted = lookalikes("yes"), lookalikes("no")
    lists = {
        word: [[form for form in forms if form != word], wanted[word], unwanted[word]]
        for word, forms in families().items()
    }
    matches = matches_of_search(
        sorted(lists), sorted({other for three in lists.values() for part in three for other in part})
    )
    hits = [[[other in matches[word] for other in part] for part in three] for word, three in lists.items()]
    forms, words, wrong = (
        Share(sum(map(sum, part)), sum(map(len, part))) for part in zip(*hits, strict=True)
    )
    right = forms.hits + words.hits
    errors = {
        "missed": [(w, o) for w, three in lists.items() for o in three[0] + three[1] if o not in matches[w]],
        "wrong": [(w, o) for w, three in lists.items() for o in three[2] if o in matches[w]],
    }
    return errors, {"forms": forms, "words": words, "precision": Share(right, right + wrong.hits)}


def matches_of_search(words: list[str], pool: list[str]) -> dict[str, set[str]]:
    """What `forms` finds for each word in notes that have one word of the pool each."""
    import pandas as pd

    from dialogkort.analysis.words import matching_forms, tokens
    from dialogkort.frames import sessions

    spoken = [*dict.fromkeys([*words, *pool])]
    notes = pd.DataFrame([{"session": "s", "note": str(n), "text": word} for n, word in enumerate(spoken)])
    notes = notes.reindex(columns=list(sessions.NOTES)).astype(sessions.NOTES)
    token_rows = tokens(notes)
    return {word: set(matching_forms(notes, word, tokenized=token_rows)["word"]) for word in words}


def stems() -> dict[str, tuple[float, float, float]]:
    """Recall and precision of stems over pairs of forms, each with its 95 % interval."""
    from dialogkort.analysis.words import stem

    own = families()
    pairs = {
        word: [stem(a) == stem(b) for a, b in itertools.combinations(forms, 2)] for word, forms in own.items()
    }
    of_stem = defaultdict(set)
    for word, forms in own.items():
        for form in forms:
            of_stem[stem(form)].add((word, form))
    shared = {
        word: sum(sum(other != word for other, _ in of_stem[stem(form)]) for form in forms) / 2
        for word, forms in own.items()
    }

    def recall(words: list[str]) -> float:
        return sum(sum(pairs[w]) for w in words) / sum(len(pairs[w]) for w in words)

    def precision(words: list[str]) -> float:
        right = sum(sum(pairs[w]) for w in words)
        return right / (right + sum(shared[w] for w in words))

    return {what.__name__: (what([*own]), *_bootstrap(what, [*own])) for what in (recall, precision)}


def _bootstrap(measure, words: list[str], times: int = 999) -> tuple[float, float]:
    dice = random.Random(1)
    values = sorted(measure(dice.choices(words, k=len(words))) for _ in range(times))
    return values[round(0.025 * times)], values[round(0.975 * times)]


if __name__ == "__main__":
    errors, shares = searched()
    for what, share in shares.items():
        print(f"{what}: {share}")
    for what, (value, low, high) in stems().items():
        print(f"stems, {what}: {value:.3f} ({low:.3f}–{high:.3f})")
    for what in sys.argv[1:]:
        print(f"{what}: {errors[what]}")
