"""What do the questions about words cost, and how often do they mark a word wrongly?

    python tests/bench/words.py                 # 10⁵ and 10⁶ notes; some ten minutes
    python tests/bench/words.py --marked 1000   # analyses without any preference; some three minutes

Notes of 5 to 40 words, from a vocabulary of 20,000 forms as common as words are (Zipf), in sessions of 50
notes. Seconds, and the most memory the process has held so far. Words put together by chance: stemming and
taking apart cost what they cost, but nothing is to be found.
"""

import argparse
import resource
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import pandas as pd
from simulated_words import GROUPINGS, wrongly_marked

from dialogkort.analysis import words
from dialogkort.analysis.words import danish

AREAS = np.array(["Anvendelse", "Forståelse", "Formidling", "Udvikling"])


def vocabulary(rng: np.random.Generator) -> np.ndarray:
    """Simple words with endings, and two put together."""
    simple = np.array(sorted(danish._simple()))
    one, other = rng.choice(simple, (2, 20_000))
    ending = rng.choice(["", "en", "er", "erne", "et"], 20_000)
    front = np.where(rng.random(20_000) < 0.5, one, "")
    return np.strings.add(np.strings.add(front, other), ending)


def written(rng: np.random.Generator, many: int) -> pd.DataFrame:
    forms = vocabulary(rng).astype(object)
    common = 1 / np.arange(1, len(forms) + 1)
    length = rng.integers(5, 41, many)
    spoken = forms[rng.choice(len(forms), length.sum(), p=common / common.sum())]
    ends = np.cumsum(length)
    texts = [" ".join(spoken[end - words : end]) for end, words in zip(ends, length, strict=True)]
    card = rng.integers(0, 35, many)
    session = np.arange(many) // 50
    return pd.DataFrame(
        {
            "session": pd.Series(session.astype(str), dtype="string"),
            "note": pd.Series(np.arange(many).astype(str), dtype="string"),
            "card": pd.Series(card.astype(str), dtype="string"),
            "area": pd.Series(AREAS[card % 4], dtype="string"),
            "organisation": pd.Series((session % 98).astype(str), dtype="string"),
            "text": pd.Series(texts, dtype="string"),
        }
    )


def timed(what: str, ask, *arguments, **how):
    begun = time.perf_counter()
    answer = ask(*arguments, **how)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"  {what:28} {time.perf_counter() - begun:7.1f} s   {peak:7.0f} MB   {len(answer):>10,} rows",
        flush=True,
    )
    return answer


def scale(many: int) -> None:
    print(f"{many:,} notes")
    notes = timed("made up", written, np.random.default_rng(1), many)
    tokenized = timed("tokens", words.tokens, notes)
    timed("vocabulary", words.vocabulary, notes, tokenized=tokenized)
    timed("search", words.search, notes, "borger", tokenized=tokenized)
    timed("in_context", words.kwic, notes, "borger", tokenized=tokenized)
    timed("keyness, areas", words.keyness, notes, "area", tokenized=tokenized)
    timed("keyness, organisations", words.keyness, notes, "organisation", tokenized=tokenized)
    timed("together", words.cooccurrences, notes, tokenized=tokenized)
    timed("themes, six", words.themes, notes, 6, tokenized=tokenized)


def marked(analyses: int) -> None:
    sys.modules["dialogkort.analysis.words.keyness"].N_PERMUTATIONS = 99
    for groups in (4, 12, 30):
        marking, by_z = wrongly_marked(np.random.default_rng(groups), analyses, groups)
        for by in GROUPINGS:
            print(
                f"{groups:2} groups, {by:12}  some word marked in {marking[by]} of {analyses} analyses,"
                f" by z alone in {Counter(by_z)[by]}",
                flush=True,
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--marked", type=int, default=0, metavar="ANALYSES")
    parser.add_argument("--notes", type=int, nargs="*", default=[100_000, 1_000_000])
    chosen = parser.parse_args()
    if chosen.marked:
        marked(chosen.marked)
    else:
        for many in chosen.notes:
            scale(many)
