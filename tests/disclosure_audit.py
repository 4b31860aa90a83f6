"""What a reader could work out from published tables, however they were made: the judge of `disclosure`."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd

from dialogkort.analysis.disclosure import GROUPS, PEOPLE, CellSize, Row, _crowd, _cube, _several, _who


def audit(
    published: Mapping[str, pd.DataFrame],
    given: pd.DataFrame,
    by: str | Iterable[str],
    column: str,
    k: int = GROUPS,
    people: int = PEOPLE,
) -> pd.DataFrame:
    """The cells over few that somebody could work out from published tables, however they were made.

    It knows nothing of how `protect` chooses: a cell can be worked out when it is a linear combination of the
    published ones (rank), and of a reader's own. Looked at are all cells, and what is left of each published
    cell when those published below it, or beside it, are taken off. One row for each that is over few; none
    is how it should be. For publications of up to some thousand cells.

    row, column : the cell (<NA> for a total). rest : True for what is left of it. groups, people : behind it.
    reader : the row that can, with what it knows of itself; () for anybody.
    """
    by = _several(by)
    behind, _, _, columns = _cube(given, by, column, ())
    leaves = [cell for cell in behind if cell[1] is not None and len(cell[0]) == len(by)]
    vectors = {cell: _as_leaves(cell, leaves) for cell in behind}
    published_cells = [cell for cell in _published(published, by, column) if cell in vectors]
    sizes = _sizes(given, by, column, leaves)
    open_to_all = _basis(_rows(published_cells, vectors, leaves))
    readers = {cell[0] for cell in behind if cell[0] and not _spans(open_to_all, vectors[cell])}
    rows = []
    for reader in [(), *sorted(readers, key=str)]:
        own = [cell for cell in vectors if reader and cell[0][: len(reader)] == reader]
        others = 1 - np.clip(_rows(own, vectors, leaves).sum(axis=0), 0, 1)
        known = list(dict.fromkeys([*published_cells, *own]))
        basis = _basis(_rows(known, vectors, leaves))
        looked_at = [(cell, False, vector * others) for cell, vector in vectors.items()]
        rests = (
            (cell, rest * others)
            for cell in published_cells
            for rest in _rests(cell, known, vectors, columns)
        )
        looked_at += [(cell, True, rest) for cell, rest in rests]
        rows += [
            (*cell, is_rest, size.groups, size.people, reader)
            for cell, is_rest, vector in looked_at
            if (size := sizes(vector, is_rest and cell[1] is not None)).is_below_threshold(k, people)
            and _spans(basis, vector)
        ]
    return pd.DataFrame(rows, columns=["row", "column", "rest", "groups", "people", "reader"])


def _published(published: Mapping[str, pd.DataFrame], by: list[str], column: str) -> list[tuple]:
    cells = []
    for level, table in published.items():
        names = by[: by.index(level) + 1] if level in by else []
        open_cells = table[table["withheld"].isna()]
        for row, label in zip(
            open_cells[names].itertuples(index=False, name=None), open_cells[column], strict=True
        ):
            cells.append((row, None if pd.isna(label) else label))
    return cells


def _as_leaves(cell: tuple, leaves: list[tuple]) -> np.ndarray:
    """A cell as the leaves it is the sum of."""
    row, column = cell
    return np.array(
        [leaf[: len(row)] == row and column in (None, label) for leaf, label in leaves], dtype=float
    )


def _rests(cell: tuple, published: list[tuple], vectors: dict[tuple, np.ndarray], columns: list) -> Iterable:
    """What is left of a published cell: less the largest published below it, and less those beside it."""
    row, column = cell
    known = set(published)

    def below(part: Row) -> Iterable[np.ndarray]:
        for other, label in vectors:
            if label == column and len(other) == len(part) + 1 and other[:-1] == part:
                yield from [vectors[other, label]] if (other, label) in known else below(other)

    yield vectors[cell] - sum(below(row))
    if column is None:
        yield vectors[cell] - sum(vectors[row, label] for label in columns if (row, label) in known)


def _sizes(given: pd.DataFrame, by: list[str], column: str, leaves: list[tuple]) -> Callable:
    """Tells how many different groups, and their people, are behind some leaves."""
    given = given.assign(who=_who(given))
    groups, names = pd.factorize(given["who"])
    index_of = {leaf: index for index, leaf in enumerate(leaves)}
    leaf_of_row = zip(given[by].astype(str).itertuples(index=False, name=None), given[column], strict=True)
    contributes = np.zeros((len(leaves), len(names)), dtype=bool)
    for group, leaf in zip(groups, leaf_of_row, strict=True):
        contributes[index_of[leaf], group] = True
    crowd = given.assign(people=_crowd(given)).drop_duplicates("who")["people"].to_numpy(dtype=int)

    def size(vector: np.ndarray, apart: bool) -> CellSize:
        chosen = vector > 0.5
        ours = contributes[chosen].any(axis=0)
        return CellSize(int(ours.sum()), int(crowd[ours].sum()), int(chosen.sum()) if apart else 1)

    return size


def _rows(cells: list[tuple], vectors: dict[tuple, np.ndarray], leaves: list[tuple]) -> np.ndarray:
    return np.array([vectors[cell] for cell in cells]).reshape(len(cells), len(leaves))


def _basis(matrix: np.ndarray) -> np.ndarray:
    """Orthonormal rows that span the same."""
    if not matrix.size:
        return matrix
    _, weights, rows = np.linalg.svd(matrix, full_matrices=False)
    return rows[weights > 1e-9 * max(weights.max(), 1)]


def _spans(basis: np.ndarray, vector: np.ndarray) -> bool:
    return bool(np.linalg.norm(vector - basis.T @ (basis @ vector)) < 1e-7 * max(1.0, np.linalg.norm(vector)))
