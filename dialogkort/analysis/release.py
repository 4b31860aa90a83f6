"""A release: the frames of the analysis under disclosure control, all protected together.

A `Release` asks the questions of `discussion` and `words`, and gives the same frames without what may not be
shown. Whatever of them is drawn, said or written as a table, none of it gives another away: all sums are
cells of the same `disclosure.linked_tables`. What is no sum of such cells is treated as follows.

* Averages, ratios, intervals and p values are shown for a row (all areas of a group, say) that lacks nothing.
* Of two sides (`compare`, `then_and_now`) ratios and change are shown where each side has enough groups in
  the area, and no totals: those of two periods cut across those of organisations. Of a side that is a row
  which lacks something, no ratio is shown either.
* Words: see `released_words`.

What this does not hide: ratios and z are worked out from totals that are not shown, so one who guesses those
can test the guess.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property

import pandas as pd

from dialogkort.analysis import discussion
from dialogkort.analysis.arguments import check_choice
from dialogkort.analysis.differencing import Snapshot, snapshot
from dialogkort.analysis.disclosure import (
    COLUMNS,
    EVERYTHING,
    GROUPS,
    PEOPLE,
    SUPPRESSED,
    contributions,
    hide,
    identify_sessions,
    linked_tables,
)
from dialogkort.analysis.protection import mark_protected
from dialogkort.analysis.released_words import Rules, released_keyness
from dialogkort.frames.sessions import Frames

_SIDES = ("a", "b")
# What is shown of a comparison; a column that is not named here is not shown.
_ABOUT_SIDES = ("area", "measure", *_SIDES, "split", "could_differ", "a_sessions", "b_sessions")
_OF_SIDES = (
    *(f"{side}_{ratio}" for side in _SIDES for ratio in ("ratio", "ratio_low", "ratio_high")),
    *("change", "change_low", "change_high", "p", "differs"),
)


class Release:
    """The frames of the analysis without what would show what a few people said, to be shared.

    Parameters
    ----------
    frames : Frames
        What is to be told of, as `frames.read` or a dataset gives it.
    by : str or several
        How it may be divided: "organisation", "unit", "workshop", each within the one before.
    k, people : int
        The least number of groups and of participants behind a figure.

    Raises
    ------
    ValueError
        `by` may not be published by, or `k` is below 3.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge, read_all
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> frames = read_all(folder)
    >>> release = Release(frames, by="unit")
    >>> release.by_area(measures=["minutes"])[["area", "drawn", "minutes"]].round()
                              area  drawn  minutes
    0       Anvendelseskompetencer     62    380.0
    1          Teknologiforståelse     25    135.0
    2  Formidling og kommunikation     47    377.0
    3  Udvikling og implementering     47    219.0
    >>> release.by_group(measures=["minutes"])[["group", "area", "drawn"]].head(3)
               group                         area  drawn
    0  Borgerservice       Anvendelseskompetencer     28
    1  Borgerservice          Teknologiforståelse   <NA>
    2  Borgerservice  Formidling og kommunikation     18
    >>> int(release.by_card(measures=["minutes"])["withheld"].notna().sum())
    30
    >>> release.between_groups(measures=["minutes"])[["area", "groups", "differs"]].head(2)
                         area  groups  differs
    0  Anvendelseskompetencer       3    False
    1     Teknologiforståelse       3    False

    Two sides, and words. Of units some of whose figures are withheld no comparison may tell the rest:

    >>> pair = release.compare(by="unit", a="Borgerservice", b="Plejecenter", measures=["minutes"])
    >>> pair[["a_ratio", "b_ratio"]].notna().any().tolist()
    [False, False]
    >>> changed = release.then_and_now("2026-07-01", measures=["minutes"])
    >>> changed[["area", "a_ratio", "b_ratio", "change"]].round(1).head(2)
                         area  a_ratio  b_ratio  change
    0  Anvendelseskompetencer      1.3      0.8     0.6
    1     Teknologiforståelse      1.1      0.7     0.7
    >>> release.keyness()[["area", "word", "sessions"]].head(2)
                         area   word  sessions
    0  Anvendelseskompetencer   data         7
    1  Anvendelseskompetencer  papir         5

    A table of one's own, what few groups are behind, and what is remembered of a publication:

    >>> skipped = frames.turns[frames.turns["outcome"] == "skipped"].groupby("area").size()
    >>> release.protected(skipped.rename("skipped").reset_index())["skipped"].tolist()
    [8, 7, 4, 9]
    >>> said = frames.notes[["kind", "session"]].astype("string")
    >>> sorted(release.few(said, ["kind"]))
    []
    >>> release.snapshot().k
    3
    """

    def __init__(
        self,
        frames: Frames,
        by: str | Iterable[str] = "organisation",
        k: int = GROUPS,
        people: int = PEOPLE,
    ):
        self.frames, self.k, self.people = frames, k, people
        self.by = [by] if isinstance(by, str) else list(by)
        self.cells = linked_tables(*frames, by=self.by, k=k, people=people)

    def by_area(self, **options: object) -> pd.DataFrame:
        """`discussion.by_area`, protected.

        Parameters
        ----------
        **options : object
            `measures` and `cluster` of `discussion.by_area`.

        Returns
        -------
        DataFrame
            One row per area; <NA> and NaN for what may not be shown, and `withheld` says so.
        """
        return self.protected(discussion.by_area(*self.frames, **options))

    def by_card(self, **options: object) -> pd.DataFrame:
        """`discussion.by_card`, protected.

        Parameters
        ----------
        **options : object
            `measures` and `cluster` of `discussion.by_card`.

        Returns
        -------
        DataFrame
            One row per card; <NA> and NaN for what may not be shown, and `withheld` says so.
        """
        return self.protected(discussion.by_card(*self.frames, **options), column="card")

    def by_group(self, level: str | None = None, **options: object) -> pd.DataFrame:
        """`discussion.by_group`, protected: of a level of `by`, the first when left out.

        Parameters
        ----------
        level : str, optional
            One of `by`.
        **options : object
            `measures` and `cluster` of `discussion.by_group`.

        Returns
        -------
        DataFrame
            One row per group and area; <NA> and NaN for what may not be shown, and `withheld` says so.

        Raises
        ------
        ValueError
            `level` is none of `by`.
        """
        level = level or self.by[0]
        check_choice("level", level, self.by)
        by = self.by[: self.by.index(level) + 1]
        return self.protected(discussion.by_group(*self.frames, by=by, **options), level)

    def between_groups(self, **options: object) -> pd.DataFrame:
        """`discussion.between_groups` of the first level: whether they differ, and no figure of any.

        Parameters
        ----------
        **options : object
            `measures` and `cluster` of `discussion.between_groups`.

        Returns
        -------
        DataFrame
            One row per area and measure.
        """
        return mark_protected(discussion.between_groups(*self.frames, by=self.by[:1], **options))

    def compare(self, by: str = "organisation", a=None, b=None, **options: object) -> pd.DataFrame:
        """`discussion.compare`, protected: ratios and change, no totals.

        Parameters
        ----------
        by : str
            The column of sessions that the two are values of.
        a, b : object, optional
            The two values; they may be left out when there are just two.
        **options : object
            `measures` and `cluster` of `discussion.compare`.

        Returns
        -------
        DataFrame
            One row per area and measure; NaN where few of one side had cards of it, and `withheld` says so.

        Raises
        ------
        ValueError
            A value that no session has.
        """
        compared = discussion.compare(*self.frames, by=by, a=a, b=b, **options)
        sides = self.frames.sessions.set_index("session")[by].astype("string").fillna("")
        return self._of_sides(compared, sides, self._damaged(by))

    def then_and_now(self, split: str, **options: object) -> pd.DataFrame:
        """`discussion.then_and_now`, protected: ratios and change, no totals.

        Parameters
        ----------
        split : str
            The first day of "now", as "2026-07-01".
        **options : object
            `by`, `measures` and `cluster` of `discussion.then_and_now`.

        Returns
        -------
        DataFrame
            One row per area and measure; NaN where few of one side had cards of it, and `withheld` says so.

        Raises
        ------
        ValueError
            `split` is no day.
        """
        compared = discussion.then_and_now(*self.frames, split=split, **options)
        dated = self.frames.sessions.dropna(subset="date").set_index("session")
        late = pd.to_datetime(dated["date"]) >= pd.Timestamp(split)
        sides = late.map({True: "now", False: "then"})
        if (by := options.get("by", "organisation")) is not None:
            units = dated[by].astype("string").fillna("")
            sides = sides[(sides.groupby(units).transform("nunique") == 2) & (units != "")]
        return self._of_sides(compared, sides)

    def keyness(self, by: str = "area", **options: object) -> pd.DataFrame:
        """`words.keyness`, protected: the words that enough groups said, without how often few others did.

        Parameters
        ----------
        by : str
            A column of the notes or of the sessions.
        **options : object
            Those of `words.keyness`.

        Returns
        -------
        DataFrame
            One row per group and word: `by`, word, count, per_1000, other and other_per_1000 (<NA> where few
            others said it), sessions, cards, one_card, z, marks.

        Raises
        ------
        ValueError
            `by` is a column of neither frame.
        """
        rules = Rules(self.by, self.cells, self.few)
        return mark_protected(released_keyness(self.frames, by, rules, **options))

    def snapshot(self, published: Mapping[str, Mapping[str, pd.DataFrame]] | None = None) -> Snapshot:
        """What is to be remembered when some of the `cells` (all, when left out) are published.

        Parameters
        ----------
        published : mapping, optional
            Tables of `cells` by column and level, as {"area": {"everything": …}}.

        Returns
        -------
        Snapshot
            Digests of the groups and of what they gave; no words.
        """
        given = contributions(*self.frames, by=self.by, column=COLUMNS)
        published_cells = self.cells if published is None else published
        return snapshot(given, self.frames.sessions, published_cells, self.by, self.k, self.people)

    def protected(self, table: pd.DataFrame, level: str = EVERYTHING, column: str = "area") -> pd.DataFrame:
        """A table of your own of the same cells, without what this release leaves out.

        `table` has a row for each `column` ("area", "card"), and one below "everything" a column `group` as
        in `by_group`. See `disclosure.hide` for what stays.

        Parameters
        ----------
        table : DataFrame
            One row per area or card, and per group below "everything".
        level : str
            "everything", or one of `by`.
        column : str
            "area" or "card".

        Returns
        -------
        DataFrame
            The table with <NA> and NaN for what may not be shown, and the column `withheld`.

        Raises
        ------
        ValueError
            An unknown level or column.
        """
        check_choice("column", column, COLUMNS)
        check_choice("level", level, [EVERYTHING, *self.by])
        cells = self.cells[column][level]
        if level == EVERYTHING:
            return hide(table, cells, column)
        names = self.by[: self.by.index(level) + 1]
        group = cells[names].agg(lambda row: " · ".join(filter(None, row)), axis=1)
        cells = cells.assign(group=group if len(cells) else "")
        twice = cells.duplicated(["group", column], keep=False)
        return hide(table, cells[~twice], ["group", column])

    def few(self, speakers: pd.DataFrame, keys: list[str]) -> set[tuple]:
        """The cells that few groups are behind, to anybody or to one of those in it.

        `speakers` has the `keys` that name a cell, and `session`: who is behind it. For tables whose figures
        are no sums of areas or cards; of sums it says only which are few, not which could be worked out.

        Parameters
        ----------
        speakers : DataFrame
            One row per cell and session.
        keys : list of str
            The columns that name a cell.

        Returns
        -------
        set of tuple
            The values of `keys` of the cells that are few.
        """
        tree = [f"{name} in the tree" for name in self.by]  # a key may be called the same
        groups = self._groups.rename(columns=dict(zip(self.by, tree, strict=True)))
        behind = speakers[[*keys, "session"]].merge(groups, on="session").drop_duplicates([*keys, "who"])
        whole = behind.groupby(keys, observed=True)["people"].agg(["size", "sum"])
        small = set(whole.index[(whole["size"] < self.k) | (whole["sum"] < self.people)])
        for depth in range(1, len(tree) + 1):
            own = behind.groupby([*keys, *tree[:depth]], observed=True)["people"].agg(["size", "sum"])
            cell = own.index.droplevel(tree[:depth])
            left = whole.reindex(cell).to_numpy() - own.to_numpy()
            is_few = (left[:, 0] > 0) & ((left[:, 0] < self.k) | (left[:, 1] < self.people))
            small |= set(cell[is_few])
        return {key if isinstance(key, tuple) else (key,) for key in small}

    @cached_property
    def _groups(self) -> pd.DataFrame:
        return identify_sessions(self.frames.sessions, self.by)

    def _damaged(self, by: str) -> set[str]:
        """The rows of a level that lack something."""
        if by not in self.by:
            return set()
        cells = self.cells["area"][by]
        return set(cells[cells["withheld"].notna()][by])

    def _of_sides(
        self, compared: pd.DataFrame, sides: pd.Series, damaged: Collection[str] = ()
    ) -> pd.DataFrame:
        """A comparison without totals, without sides that lack something, and areas that few of one had."""
        contributed = contributions(*self.frames, by=self.by, column="area")[["session", "area"]]
        contributed = contributed.assign(side=contributed["session"].map(sides)).dropna(subset="side")
        enough = {
            (side, str(area)) for side, area in zip(contributed["side"], contributed["area"], strict=True)
        }
        enough -= {(side, str(area)) for side, area in self.few(contributed, ["side", "area"])}
        enough = {(side, area) for side, area in enough if side not in damaged}
        whole = (
            set(contributed["side"]) - {side for (side,) in self.few(contributed, ["side"])} - set(damaged)
        )
        is_suppressed = pd.Series(
            [
                any((row[side], str(row["area"])) not in enough for side in _SIDES)
                for row in compared[["area", *_SIDES]].to_dict("records")
            ],
            compared.index,
            dtype=bool,
        )
        released = compared[[name for name in compared if name in (*_ABOUT_SIDES, *_OF_SIDES)]]
        released = released.astype({f"{side}_sessions": "Int64" for side in _SIDES})
        for side in _SIDES:
            released[f"{side}_sessions"] = released[f"{side}_sessions"].mask(~compared[side].isin(whole))
        figures = [name for name in released if name in _OF_SIDES]
        released[figures] = released[figures].mask(is_suppressed)
        reason = pd.Series(SUPPRESSED, released.index, dtype="string").where(is_suppressed)
        return mark_protected(released.assign(withheld=reason))
