"""Keyness that may be shown: words that enough groups said, without what gives back how often few did.

* Areas and organisations whose total the tables leave out are not compared. The others' rates would give it
  back: a word's count and its rate tell how much was said in all.
* A word is shown where enough groups said it, also to one of those who said it, with how often. How often it
  was said elsewhere is not, where few said it in all the places it is not shown for. As z would tell, such a
  word has the average z of three of its group (microaggregation: Hundepool et al. 2012, ch. 3.4).
* Areas and organisations divide the same notes, and a word's total in one is its total in the other. So by
  anything but area no count is shown of a word that few said somewhere, by that or by area.
* Where the cards' own words are left out, a word is measured without the cards that have it, and its rate
  tells how much was said to those. If any of them is left out of the tables, the word is not shown.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import pandas as pd

from dialogkort.analysis.arguments import check_columns
from dialogkort.analysis.disclosure import EVERYTHING
from dialogkort.frames.sessions import Frames

_TOGETHER = 3
_ELSEWHERE = ("other", "other_per_1000")
_HERE = ("count", "per_1000")
# What is shown of a word; a column that is not named here is not shown.
_ABOUT_WORDS = ("word", *_HERE, *_ELSEWHERE, "sessions", "cards", "one_card", "z", "marks")


class Rules(NamedTuple):
    """The tree of a release, its tables by column and level, and what tells which cells are few."""

    tree: list[str]
    cells: Mapping[str, Mapping[str, pd.DataFrame]]
    few: Callable[[pd.DataFrame, list[str]], set[tuple]]


def released_keyness(frames: Frames, by: str, rules: Rules, **options: object) -> pd.DataFrame:
    """`words.keyness` of a division of the notes, without what may not be shown.

    Parameters
    ----------
    frames : Frames
        What is told of.
    by : str
        A column of the notes or of the sessions.
    rules : Rules
        Those of the release.
    **options : object
        Those of `words.keyness`.

    Returns
    -------
    DataFrame
        One row per group and word that may be shown; <NA> for figures that may not.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import Release, merge, read_all
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> frames = read_all(folder)
    >>> release = Release(frames)
    >>> rules = Rules(release.by, release.cells, release.few)
    >>> list(released_keyness(frames, "area", rules)["word"].head(2))
    ['data', 'opdatering']
    """
    from dialogkort.analysis import words  # its stemmer is an extra

    notes, compared = _divided(frames, by), _compared(frames, by, rules)
    compared_notes = notes[notes[by].isin(compared)].reset_index(drop=True)
    if len(compared_notes) < len(notes):
        options.pop("tokenized", None)
    marked = words.keyness(compared_notes, by, frames.sessions, **options)
    marked["stem"] = marked["word"].map(words.stem)
    speakers = _speakers(compared_notes, by, options)
    enough = set(_cells(speakers, by)) - rules.few(speakers, [by, "stem"])
    without = _stems_of_hidden_cards(notes, by, rules, options)
    is_shown = [cell in enough and cell[1] not in without for cell in _cells(marked, by)]
    released = marked[pd.Series(is_shown, marked.index, dtype=bool)].reset_index(drop=True)
    few_elsewhere = _few_elsewhere(speakers, by, compared, rules)
    uncounted = set() if by == "area" else _uncounted(frames, by, rules, options)
    return _with_gaps(released, by, few_elsewhere, uncounted)[[by, *_ABOUT_WORDS]]


def _divided(frames: Frames, by: str) -> pd.DataFrame:
    """The notes with a column `by`, "" where it is not told."""
    notes, sessions = frames.notes, frames.sessions
    if by not in notes and by not in sessions:
        check_columns("by", [by], **{"notes or sessions": notes.join(sessions, rsuffix=" of session")})
    values = notes[by] if by in notes else notes["session"].map(sessions.set_index("session")[by])
    return notes.assign(**{by: values.astype("string").fillna("")})


def _compared(frames: Frames, by: str, rules: Rules) -> set[str]:
    """The groups whose total may be told."""
    if by == "area":
        cells = rules.cells["area"][EVERYTHING]
        return set(cells[cells["withheld"].isna()]["area"].dropna().astype(str))
    if by in rules.tree:
        cells = rules.cells["area"][by]
        totals = cells[cells["area"].isna()]
        is_open = totals["withheld"].isna() & ~totals[by].duplicated(keep=False)
        return set(totals[is_open][by].astype(str))
    return _not_few(_divided(frames, by)[[by, "session"]].drop_duplicates(), by, rules)


def _not_few(behind: pd.DataFrame, by: str, rules: Rules) -> set[str]:
    """The groups that are not few; where those left out would be few together, not the smallest either."""
    rest = list(behind[by].value_counts(ascending=True).index)
    out = {name for (name,) in rules.few(behind, [by])}
    while out and rest and rules.few(behind[behind[by].isin(out)].assign(**{by: ""}), [by]):
        out.add(rest.pop(0))
    return set(behind[by]) - out


def _speakers(notes: pd.DataFrame, by: str, options: Mapping[str, object]) -> pd.DataFrame:
    from dialogkort.analysis import words

    chosen = {name: options[name] for name in ("stop", "without_prompts") if name in options}
    return words.sessions_by_word(notes, by, **chosen)


def _cells(rows: pd.DataFrame, by: str) -> list[tuple[str, str]]:
    return list(zip(rows[by], rows["stem"], strict=True))


def _few_elsewhere(speakers: pd.DataFrame, by: str, compared: set[str], rules: Rules) -> set[str]:
    """The stems that few said in all the groups where they are not shown."""
    few = rules.few(speakers, [by, "stem"])
    is_hidden = [cell in few or cell[0] not in compared for cell in _cells(speakers, by)]
    hidden = speakers[pd.Series(is_hidden, speakers.index, dtype=bool)]
    return {stem for (stem,) in rules.few(hidden, ["stem"])}


def _uncounted(frames: Frames, by: str, rules: Rules, options: Mapping[str, object]) -> set[str]:
    """The stems whose total is not to be told: few said them somewhere, by area or by this."""
    return {
        stem
        for division in (by, "area")
        for stem in _few_elsewhere(
            _speakers(_divided(frames, division), division, options),
            division,
            _compared(frames, division, rules),
            rules,
        )
    }


def _stems_of_hidden_cards(
    notes: pd.DataFrame, by: str, rules: Rules, options: Mapping[str, object]
) -> set[str]:
    """The stems that are measured without a card whose figures are not shown."""
    from dialogkort.analysis.words.prompts import prompt_stems

    prompts = options.get("without_prompts", False)
    cells = rules.cells["card"][EVERYTHING]
    is_open = notes["card"].isin(cells[cells["withheld"].isna()]["card"]) & (by == "area")
    prompting = notes[~is_open & notes["card"].notna()].drop_duplicates("card")
    texts = prompting["card"].map(prompts) if isinstance(prompts, Mapping) else prompting["question"]
    return {stem for text in texts.dropna() for stem in prompt_stems(text)} if prompts else set()


def _with_gaps(released: pd.DataFrame, by: str, few_elsewhere: set[str], uncounted: set[str]) -> pd.DataFrame:
    """Without the figures of words that are few elsewhere, or of which no count is told."""
    has_no_count = released["stem"].isin(uncounted)
    has_no_other = released["stem"].isin(few_elsewhere) | has_no_count
    released["z"] = _averaged(released["z"], released[by], has_no_other).round(1)
    for names, is_gap in ((_HERE, has_no_count), (_ELSEWHERE, has_no_other)):
        for name in names:
            released[name] = released[name].astype("Float64").mask(is_gap)
    return released if has_no_count.any() else released.astype({"count": int})


def _averaged(values: pd.Series, within: pd.Series, chosen: pd.Series) -> pd.Series:
    """The chosen values, as averages of three or more neighbours; <NA> where there are fewer."""
    averaged = values.astype("Float64").mask(chosen)
    for _, neighbours in values[chosen].groupby(within[chosen]):
        if len(neighbours) >= _TOGETHER:
            bins = (neighbours.rank(method="first").astype(int) - 1) // _TOGETHER
            bins = bins.clip(upper=len(neighbours) // _TOGETHER - 1)
            averaged[neighbours.index] = neighbours.groupby(bins).transform("mean")
    return averaged
