"""Cell suppression in linked tables: which cells are left out, so that nothing over few can be worked out.

Rows form a tree (everything, organisations, their units). Columns are areas, and each area is split into its
cards. The proof that a pattern holds is the same for both.

*Areas.* In each column by itself, what can be had by adding and subtracting published cells of a tree are
unions of *remainders*: a published row less its largest published parts. Rows are left out until every
remainder is empty or not few, to anybody and to each of those in it who takes its own figures off.

*Cards.* An area is the sum of its cards, so a card that is left out could be had from the area. Two rules
keep that from happening, and the tables of areas as they are:

* a card that is few in the whole table is left out in every row, and others of its area with it, until what
  they are together is not few (`merged`: as if they were one column);
* a row shows all the other cards of an area or none of them (`rows`, the same for each), and only where it
  shows the area.

What can be worked out of an area is then w + u: w the same for all its cards, made of the remainders of the
area's rows, u made of those of the cards' rows, which are unions of the former. Where that is a plain total
over some groups and cards, it is the same for every card (then it is a total of the area), or it has a whole
remainder of a card, or of the merged ones, in it. Neither is few. This holds for one who does not know which
organisation drew which hidden card, and knows the own ones.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from itertools import product
from typing import NamedTuple

Row = tuple[str, ...]


class CellSize(NamedTuple):
    """How many groups and people stand behind a figure, and how many cells, each with some, it is made of."""

    groups: int = 0
    people: int = 0
    cells: int = 0

    def plus(self, other: "CellSize") -> "CellSize":
        return CellSize(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    def less(self, other: "CellSize") -> "CellSize":
        return CellSize(*(mine - theirs for mine, theirs in zip(self, other, strict=True)))

    def is_below_threshold(self, k: int, people: int) -> bool:
        """Whether the largest of the cells is known to be few: each of the others has one at least."""
        known = max(self.cells - 1, 0)
        return self.groups > 0 and (self.groups - known < k or self.people - known < people)


IsFew = Callable[[CellSize], bool]


# --- areas --------------------------------------------------------------------------------------------------


def suppressed_cells(
    sizes: Mapping[tuple, CellSize], rows: list[Row], columns: list, is_few: IsFew
) -> set[tuple]:
    """The (row, column) that are left out, None for the total. `rows`: those above come first."""
    small_rows = {row for row in rows if is_few(sizes.get((row, None), CellSize()))}
    suppressed = {(row, column) for row in small_rows for column in [*columns, None]}
    parts = parts_of(rows)
    damaged: set[Row] = set()  # rows with something left out already: one more there costs no total
    for column in columns:
        size = {row: sizes.get((row, column), CellSize()) for row in rows}
        out = _rows_to_leave_out(size, parts, damaged, is_few)
        damaged |= out
        suppressed |= {(row, column) for row in out}
    return suppressed | {(row, None) for row in damaged}


def parts_of(rows: Iterable[Row]) -> dict[Row, list[Row]]:
    """The rows that each row is the sum of."""
    parts: dict[Row, list[Row]] = {row: [] for row in rows}
    for row in rows:
        if row:
            parts[row[:-1]].append(row)
    return parts


def _rows_to_leave_out(
    size: dict[Row, CellSize], parts: dict[Row, list[Row]], damaged: set[Row], is_few: IsFew
) -> set[Row]:
    """The rows to leave out of one column, so that no remainder is few."""
    out = {row for row, cell in size.items() if is_few(cell)}
    before = None
    while before != len(out):  # a row that is left out is then missing in those above it
        before = len(out)
        for row in size:
            while row not in out and discloses(row, leaves_left(row, out, parts, size), size, is_few):
                if discloses(row, leaves_left(row, set(size), parts, size), size, is_few):
                    out.add(row)
                else:
                    below = [part for part in _shown_below(row, out, parts) if size[part].groups]
                    out.add(min(below, key=lambda part: (part not in damaged, size[part], part)))
    return out


def leaves_left(
    row: Row, out: Collection[Row], parts: Mapping[Row, list[Row]], size: Mapping[Row, CellSize]
) -> list[Row]:
    """The leaves below a row with somebody in them that none of its largest published parts has."""
    return [
        leaf
        for part in parts[row]
        if part in out and size[part].groups
        for leaf in (leaves_left(part, out, parts, size) if parts[part] else [part])
    ]


def _shown_below(row: Row, out: Collection[Row], parts: Mapping[Row, list[Row]]) -> list[Row]:
    """The largest published parts of a row."""
    return [
        published
        for part in parts[row]
        for published in (_shown_below(part, out, parts) if part in out else [part])
    ]


def discloses(row: Row, left: list[Row], size: Mapping[Row, CellSize], is_few: IsFew) -> bool:
    """Whether what is left of a row is few, to anybody or to one of those in it who takes its own off."""
    whole, own = _with_own(row, left, size)
    return is_few(whole) or any(is_few(whole.less(mine)) for mine in own.values())


def _with_own(
    row: Row, left: list[Row], size: Mapping[Row, CellSize]
) -> tuple[CellSize, dict[Row, CellSize]]:
    whole = CellSize()
    own: dict[Row, CellSize] = defaultdict(CellSize)
    for leaf in left:
        whole = whole.plus(size[leaf])
        for depth in range(len(row) + 1, len(leaf) + 1):
            own[leaf[:depth]] = own[leaf[:depth]].plus(size[leaf])
    return whole, own


# --- cards --------------------------------------------------------------------------------------------------


class Split(NamedTuple):
    """How an area is shown by card: the rows that show its cards, and the cards that no row shows."""

    rows: frozenset[Row]
    merged: frozenset[str]


class Cards:
    """The cards of one area, who had each, and by that which of them can be shown where.

    Parameters
    ----------
    groups : by leaf of the tree and card, the groups that had it.
    people : how many each group is.
    rows : the tree, those above first.
    """

    def __init__(
        self,
        groups: Mapping[tuple[Row, str], Set[str]],
        people: Mapping[str, int],
        rows: Sequence[Row],
        cards: Iterable[str],
        is_few: IsFew,
    ):
        self.groups, self.people, self.rows, self.is_few = groups, people, list(rows), is_few
        self.cards, self.parts = frozenset(cards), parts_of(rows)
        self._sizes: dict[frozenset[str], dict[Row, CellSize]] = {}

    def split(self, open_rows: Iterable[Row], never: Iterable[str] = ()) -> Split:
        """The rows among `open_rows` (which show the area) and the cards that can be shown."""
        shown = set(open_rows)
        merged = self._merged(set(never)) if () in shown else frozenset(never)
        shown -= {row for row in shown if row and self._is_few_in(row, set(self.rows), merged)}
        before = None
        while before != len(shown):
            before = len(shown)
            for row in [row for row in self.rows if row in shown]:
                while row in shown and self._is_few_in(row, set(self.rows) - shown, merged):
                    shown.discard(self._smallest_below(row, shown))
        return Split(frozenset(shown), merged)

    def _merged(self, merged: set[str]) -> frozenset[str]:
        """The cards that are few in the whole, and as many others as hide what they are together."""
        everywhere = set(self.rows)
        merged |= {card for card in self.cards if self._discloses((), everywhere, frozenset({card}))}
        while merged and merged < self.cards and self._discloses_merged((), everywhere, frozenset(merged)):
            others = self.cards - merged
            merged.add(min(others, key=lambda card: (self._size(frozenset({card}))[()], card)))
        return frozenset(merged)

    def _is_few_in(self, row: Row, out: set[Row], merged: frozenset[str]) -> bool:
        """Whether a row that shows its cards, beside those not in `out`, gives a figure over few away."""
        alone = (frozenset({card}) for card in self.cards - merged)
        return any(self._discloses(row, out, card) for card in alone) or (
            self._discloses_merged(row, out, merged) if merged < self.cards else False
        )

    def _discloses(self, row: Row, out: set[Row], cards: frozenset[str]) -> bool:
        size = self._size(cards)
        return self.is_few(size[row]) or discloses(
            row, leaves_left(row, out, self.parts, size), size, self.is_few
        )

    def _discloses_merged(self, row: Row, out: set[Row], merged: frozenset[str]) -> bool:
        """Also what one of them can have been at most: each has one draw at least."""
        if self._discloses(row, out, merged):
            return True
        left = leaves_left(row, out, self.parts, self._size(merged)) if self.parts[row] else [row]
        readers = {leaf[:depth] for leaf in left for depth in range(len(row) + 1, len(leaf) + 1)}
        without = (
            [leaf for leaf in left if not reader or leaf[: len(reader)] != reader]
            for reader in [(), *readers]
        )
        return any(self.is_few(self._apart(leaves, merged)) for leaves in without)

    def _apart(self, leaves: list[Row], cards: frozenset[str]) -> CellSize:
        """The draws of some cards, as many cells as there are cards with any."""
        sizes_by_card = [[self._size(frozenset({card}))[leaf] for leaf in leaves] for card in cards]
        had = [sizes for sizes in sizes_by_card if any(size.groups for size in sizes)]
        groups, people = (
            sum(getattr(size, x) for sizes in had for size in sizes) for x in CellSize._fields[:2]
        )
        return CellSize(groups, people, len(had))

    def _smallest_below(self, row: Row, shown: set[Row]) -> Row:
        size = self._size(self.cards)
        below = [part for part in _shown_below(row, set(self.rows) - shown, self.parts) if size[part].groups]
        return min(below, key=lambda part: (size[part], part), default=row)

    def _size(self, cards: frozenset[str]) -> dict[Row, CellSize]:
        """Who is behind some cards together, by row."""
        if cards not in self._sizes:
            had: dict[Row, set[str]] = {row: set() for row in self.rows}
            for row, card in product(self.rows, cards):
                for depth in range(len(row) + 1):
                    had[row[:depth]] |= self.groups.get((row, card), frozenset())
            self._sizes[cards] = {
                row: CellSize(len(who), sum(self.people[group] for group in who), 1) if who else CellSize()
                for row, who in had.items()
            }
        return self._sizes[cards]
