"""Sessions behind each word, for disclosure control."""

from collections.abc import Iterable, Mapping

import pandas as pd

from dialogkort.analysis.arguments import check_columns
from dialogkort.analysis.protection import exact
from dialogkort.analysis.words.prompts import Prompts
from dialogkort.analysis.words.tokens import content, tokens, with_sessions


@exact
def sessions_by_word(
    notes: pd.DataFrame,
    by: str = "area",
    sessions: pd.DataFrame | None = None,
    *,
    without_prompts: bool | Mapping[str, str] = False,
    stop: Iterable[str] | None = None,
) -> pd.DataFrame:
    """One row per group, word and session that said it there, counted as `keyness` counts.

    area (or what `by` is called) : the group. stem : what the forms of the word share. session : who.

    Parameters
    ----------
    notes : DataFrame
        As of `read_all`.
    by : str
        A column of the notes or of the sessions: the group.
    sessions : DataFrame, optional
        The frame of `read_all`, when `by` is a column of it.
    without_prompts : bool or mapping
        As for `keyness`.
    stop : iterable of str, optional
        Stop words; the kit's own list when left out.
    for_my_eyes : bool
        Whether the frame is a plain one, which a notebook displays: not to be shown to others.

    Returns
    -------
    DataFrame
        One row per group, stem and session; an `ExactFrame` unless `for_my_eyes`.

    Raises
    ------
    ValueError
        `by` is a column of neither frame.

    Examples
    --------
    >>> notes = pd.DataFrame({"text": ["Borgerne", "En borger"], "area": ["A", "B"], "session": ["1", "2"]})
    >>> sessions_by_word(notes).values.tolist()
    [['A', 'borger', '1'], ['B', 'borger', '2']]
    """
    described = with_sessions(notes, sessions)
    check_columns("by", [by], **{"notes or sessions": described})
    token_rows = content(tokens(notes), stop)
    token_rows = token_rows[~Prompts(described, token_rows, without_prompts).has(token_rows)]
    groups = described[[by, "session"]].iloc[token_rows["row"].to_numpy()]
    speakers = groups.assign(stem=token_rows["stem"].astype("string").to_numpy()).dropna(subset=by)
    return speakers[[by, "stem", "session"]].drop_duplicates(ignore_index=True)
