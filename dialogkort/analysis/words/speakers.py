"""Who said a word? By session, for those who must know how many are behind it."""

from collections.abc import Iterable, Mapping

import pandas as pd

from dialogkort.analysis.words import danish
from dialogkort.analysis.words.counting import composed, content, tokens, with_sessions
from dialogkort.notepad import WORD


def who_said(
    notes: pd.DataFrame,
    by: str = "area",
    sessions: pd.DataFrame | None = None,
    *,
    without_prompts: bool | Mapping[str, str] = False,
    stop: Iterable[str] | None = None,
) -> pd.DataFrame:
    """One row per group, word and session that said it there, counted as `keyness` counts.

    area (or what `by` is called) : the group. stem : what the forms of the word share. session : who.
    """
    told = with_sessions(notes, sessions).reset_index(drop=True)
    said = content(tokens(told), stop)[["row", "stem"]].astype({"stem": "string"}).drop_duplicates()
    where = told[[by, "session"]].assign(prompt=_prompts(told, without_prompts))
    said = said.join(where, on="row").dropna(subset=by)
    asked = {prompt: _stems(prompt) for prompt in said["prompt"].dropna().unique()}
    own = [
        pd.isna(prompt) or stem not in asked[prompt]
        for prompt, stem in zip(said["prompt"], said["stem"], strict=True)
    ]
    return (
        said[pd.Series(own, said.index, dtype=bool)][[by, "stem", "session"]]
        .drop_duplicates()
        .reset_index(drop=True)
    )


def _prompts(notes: pd.DataFrame, asked: bool | Mapping[str, str]) -> pd.Series:
    """What each note's card says; missing where that is not to be left out."""
    if isinstance(asked, Mapping):
        return notes["card"].map(asked).astype("string")
    return notes["question"].astype("string") if asked else pd.Series(pd.NA, notes.index, dtype="string")


def _stems(prompt: str) -> frozenset[str]:
    return frozenset(danish.stem(word.lower()) for word in WORD.findall(composed(prompt)))
