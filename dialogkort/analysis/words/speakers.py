"""Who said a word? By session, for those who must know how many are behind it."""

from collections.abc import Iterable, Mapping

import pandas as pd

from dialogkort.analysis.words.prompts import Prompts
from dialogkort.analysis.words.tokens import content, tokens, with_sessions


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
    told = with_sessions(notes, sessions)
    said = content(tokens(notes), stop)
    said = said[~Prompts(told, said, without_prompts).has(said)]
    where = told[[by, "session"]].iloc[said["row"].to_numpy()]
    found = where.assign(stem=said["stem"].astype("string").to_numpy()).dropna(subset=by)
    return found[[by, "stem", "session"]].drop_duplicates(ignore_index=True)
