"""Which words do the cards themselves say? Who answers a question repeats them, and means nothing by it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from dialogkort.analysis.words import danish
from dialogkort.analysis.words.tokens import nfc
from dialogkort.domain.notepad import WORD


class Prompts:
    """Which words the cards themselves say; of no card when prompts are not to be left out."""

    def __init__(self, notes: pd.DataFrame, said: pd.DataFrame, asked: bool | Mapping[str, str]):
        by_card = isinstance(asked, Mapping)
        texts = notes["card"].map(asked) if by_card else notes["question"] if asked else None
        self.of_note, texts = (
            pd.factorize(texts) if texts is not None else (np.full(len(notes), -1), np.empty(0, object))
        )
        stems = said["stem"].cat.categories
        self.says = np.zeros((len(texts) + 1, len(stems)), dtype=bool)  # the last row: no card, no words
        for number, text in enumerate(texts):
            asked_stems = {danish.stem(word.lower()) for word in WORD.findall(nfc(text))}
            self.says[number, stems.isin(asked_stems)] = True

    def has(self, said: pd.DataFrame) -> np.ndarray:
        """By word said, whether its note's card says it too."""
        return self.says[self.of_note[said["row"].to_numpy()], said["stem"].cat.codes.to_numpy()]
