"""Words of the cards' own questions: who answers repeats them, and means nothing by it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from dialogkort.analysis.words import danish
from dialogkort.analysis.words.tokens import nfc
from dialogkort.domain.notepad import WORD


class Prompts:
    """Which words the cards themselves say; of no card when prompts are not to be left out."""

    def __init__(
        self, notes: pd.DataFrame, token_rows: pd.DataFrame, without_prompts: bool | Mapping[str, str]
    ):
        by_card = isinstance(without_prompts, Mapping)
        texts = (
            notes["card"].map(without_prompts) if by_card else notes["question"] if without_prompts else None
        )
        self.of_note, texts = (
            pd.factorize(texts) if texts is not None else (np.full(len(notes), -1), np.empty(0, object))
        )
        stems = token_rows["stem"].cat.categories
        self.says = np.zeros((len(texts) + 1, len(stems)), dtype=bool)  # the last row: no card, no words
        for number, text in enumerate(texts):
            self.says[number, stems.isin(prompt_stems(text))] = True

    def has(self, token_rows: pd.DataFrame) -> np.ndarray:
        """By word said, whether its note's card says it too."""
        return self.says[self.of_note[token_rows["row"].to_numpy()], token_rows["stem"].cat.codes.to_numpy()]


def prompt_stems(text: str) -> set[str]:
    """The stems of the words of a card's text.

    Examples
    --------
    >>> sorted(prompt_stems("Hjælper systemerne?"))
    ['hjælpe', 'system']
    """
    return {danish.stem(word.lower()) for word in WORD.findall(nfc(text))}
