"""Notes in which groups have favourite words, and no area or organisation need have any."""

from collections import Counter

import numpy as np
import pandas as pd
from scipy.stats import norm

from dialogkort.analysis.words import keyness
from dialogkort.frames import sessions as frames

AREAS = np.repeat(["Anvendelse", "Forståelse", "Formidling", "Udvikling"], [11, 6, 10, 8])
LIKED = "robot"
# Words that are neither stop words nor forms of each other.
WORDS = """
    kaffe robot skærm kantine telefon skema vagtplan mappe printer ferie husleje fagbog gulerod lampe cykel
    bænk sommer tandlæge orkester julegave paraply marmelade sandkasse violin kastanje trompet pingvin tomat
    krokodille gardin ananas sofa elefant kaktus raket dukke kompas salat teltpløk basun
"""
VOCABULARY = WORDS.split()


def frame(rows):
    return pd.DataFrame(rows).astype({name: frames.NOTES[name] for name in rows[0] if name in frames.NOTES})


def afternoons(rng, groups, burst=40, liked=1.0, organisations=4):
    """Each group turns eight cards and writes two notes on each; it has favourite words of its own.

    The smaller `burst`, the stronger its favourites. `liked` is how much sooner a group says robot when the
    card is one of Anvendelse; at 1 nobody prefers anything anywhere.
    """
    common = 1 / np.arange(3, len(VOCABULARY) + 3)
    common /= common.sum()
    rows = []
    for group in range(groups):
        favourites = rng.dirichlet(common * burst)
        for card in rng.permutation(35)[:8]:
            chances = favourites.copy()
            if AREAS[card] == "Anvendelse":
                chances[VOCABULARY.index(LIKED)] *= liked
            for _ in range(2):
                words = rng.choice(VOCABULARY, rng.integers(4, 14), p=chances / chances.sum())
                rows.append(
                    {
                        "session": f"s{group:02}",
                        "note": f"n{len(rows)}",
                        "card": f"c{card:02}",
                        "area": AREAS[card],
                        "text": " og ".join(words),
                        "organisation": f"o{group % organisations}",
                    }
                )
    return frame(rows)


GROUPINGS = ["area", "organisation"]


def wrongly_marked(rng, analyses, groups):
    """In how many analyses without any preference a word is marked, and would be by its z (Holm 1979)."""
    marked, by_z = Counter(), Counter()
    for _ in range(analyses):
        notes = afternoons(rng, groups)
        for by in GROUPINGS:
            rows = keyness(notes, by)
            marked[by] += rows["marks"].any()
            p = np.sort(2 * norm.sf(rows["z"].abs()))
            by_z[by] += bool(len(p)) and (p * np.arange(len(p), 0, -1)).min() <= 0.05
    return marked, by_z
