"""Somebody who has everything that was published, and a computer: what of it is over few?

`python tests/disclosure_attack.py --cases 2000` attacks generated publications of many shapes and says what
was found; the suite does the same with a few. `--twice` attacks two publications of nearly the same groups.
"""

import argparse
import itertools
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.linalg import null_space
from scipy.optimize import linprog

from dialogkort.analysis.differencing import differences, snapshot
from dialogkort.analysis.disclosure import GROUPS, PEOPLE, protect_linked

KINDS = ("area", "card")
LEVELS = ("organisation", "unit")
MEASURES = ["drawn", "notes"]


def generated(rng):
    """Contributions of an invented round of workshops, and the `by` to publish them by."""
    by = list(LEVELS[: rng.integers(0, 3)])
    areas = {area: int(rng.integers(1, 4)) for area in "ABC"[: rng.integers(1, 4)]}
    deck = [(area, f"{area}{number}") for area, cards in areas.items() for number in range(cards)]
    leaves = [(f"o{o}", f"u{u}") for o in range(rng.integers(1, 5)) for u in range(rng.integers(1, 4))]
    weights = rng.dirichlet(np.full(len(leaves), rng.choice([0.5, 2.0, 20.0])))
    hand = int(rng.integers(1, min(6, len(deck)) + 1))
    odds = rng.dirichlet(np.full(len(deck), rng.choice([1.0, 10.0])))
    rows = []
    for group in range(rng.integers(1, 41)):
        leaf = leaves[rng.choice(len(leaves), p=weights)]
        group_fields = {"session": f"s{group}", "who": f"s{group}", **dict(zip(LEVELS, leaf, strict=True))}
        group_fields["participants"] = [None, 1, 4, 6][rng.integers(0, 4)]
        for card in rng.choice(len(deck), hand, replace=False, p=odds):
            area, name = deck[card]
            rows.append(
                {**group_fields, "area": area, "card": name, "drawn": 1, "notes": int(rng.integers(1, 9))}
            )
    given = pd.DataFrame(rows).astype({"participants": "Int64", "card": "string"})
    return given.astype({"area": pd.CategoricalDtype(list(areas))}), by


class Cell(NamedTuple):
    """A cell of a published table."""

    kind: str
    row: tuple
    column: str | None
    figures: dict | None  # None where it is left out


def cells(published, by):
    """Every cell of tables {column: {level: table}}."""
    for kind, levels in published.items():
        for depth, table in enumerate(levels.values()):
            for row in table.to_dict("records"):
                location = tuple(row[name] for name in by[:depth])
                shown = row if pd.isna(row["withheld"]) else None
                yield Cell(kind, location, None if pd.isna(row[kind]) else str(row[kind]), shown)


class Attacker:
    """Knows the tree and the deck, all that was published, and the own figures; not who drew what elsewhere.

    What is unknown are the figures of every card in every leaf: `atoms`. Cards shown as 0 have none.
    """

    def __init__(self, given, published, by, knows=(), k=GROUPS, people=PEOPLE):
        self.k, self.people, self.knows = k, people, knows
        location = given[by].astype(str).apply(tuple, axis=1) if by else pd.Series([()] * len(given))
        self.given = given.assign(leaf=list(location), card=given["card"].astype(str))
        self.area = dict(zip(self.given["card"], self.given["area"].astype(str), strict=True))
        self.cells = list(cells(published, by))
        leaves = sorted(set(self.given["leaf"]))
        zero = [cell for cell in self.cells if cell.figures and not cell.figures["groups"]]
        self.atoms = [
            atom
            for atom in itertools.product(leaves, sorted(self.area))
            if not any(self._is_in(atom, c) for c in zero)
        ]
        self.mine = np.array([bool(knows) and leaf[: len(knows)] == knows for leaf, _ in self.atoms])
        self.shown = [cell for cell in self.cells if cell.figures and cell not in zero]
        self.matrix = np.array([self.vector(cell) for cell in self.shown]).reshape(-1, len(self.atoms))
        self._count()

    def _count(self):
        self._who = {atom: set() for atom in self.atoms}
        for leaf, card, who in self.given[["leaf", "card", "who"]].itertuples(index=False):
            self._who[leaf, card].add(who)
        counts = self.given.drop_duplicates("who").set_index("who")["participants"]
        self._crowd = counts.astype("Int64").fillna(2).to_dict()

    def _is_in(self, atom, cell):
        leaf, card = atom
        column = card if cell.kind == "card" else self.area[card]
        return leaf[: len(cell.row)] == cell.row and cell.column in (None, column)

    def vector(self, cell):
        return np.array([self._is_in(atom, cell) for atom in self.atoms], dtype=float)

    def known(self):
        """What the published cells and the own atoms say, as rows over the atoms."""
        return np.vstack([self.matrix, np.eye(len(self.atoms))[self.mine]])

    def is_few(self, inside):
        """Whether few groups or people of others stand behind some atoms."""
        chosen = np.asarray(inside, dtype=bool) & ~self.mine
        who = set().union(*(self._who[atom] for atom, is_in in zip(self.atoms, chosen, strict=True) if is_in))
        return len(who) > 0 and (len(who) < self.k or sum(self._crowd[one] for one in who) < self.people)

    def few(self):
        """The cells left out that are over few of others."""
        results = [cell for cell in self.cells if not cell.figures and self.is_few(self.vector(cell))]
        return list({(cell.kind, cell.row, cell.column): cell for cell in results}.values())

    def blind(self):
        known = self.known()
        return null_space(known) if len(known) else np.eye(len(self.atoms))

    def recovered(self):
        """The few cells that are a linear combination of what is known."""
        blind = self.blind()
        return [cell for cell in self.few() if np.abs(self.vector(cell) @ blind).max(initial=0) < 1e-8]

    def sets_over_few(self):
        """Every total over few, of any groups and cards, that is a linear combination: for some 14 atoms."""
        sets = np.array(list(itertools.product((0, 1), repeat=len(self.atoms))))
        follows = np.abs(sets @ self.blind()).max(axis=1, initial=0) < 1e-8
        return [results for results in sets[follows] if self.is_few(results)]

    def bounds(self, cell, measure):
        """The least and the most that a cell can have, as nothing is below 0 and a card is drawn once."""
        own = self._own(measure)
        values = [float(shown.figures[measure]) for shown in self.shown]
        known = {"A_eq": self.known(), "b_eq": [*values, *own]} if len(self.known()) else {}
        limits = [(0, self._most(atom, measure)) for atom in self.atoms]
        ends = [linprog(sign * self.vector(cell), bounds=limits, **known) for sign in (1, -1)]
        return tuple(
            np.inf if end.status == 3 else sign * end.fun for sign, end in zip((1, -1), ends, strict=True)
        )

    def _most(self, atom, measure):
        """As many draws of a card as there were groups in any published cell that it is in."""
        if measure != "drawn":
            return None
        return min((float(c.figures["groups"]) for c in self.shown if self._is_in(atom, c)), default=None)

    def _own(self, measure):
        totals = self.given.groupby(["leaf", "card"])[measure].sum()
        return [float(totals.get(atom, 0)) for atom, mine in zip(self.atoms, self.mine, strict=True) if mine]


class Differencer(Attacker):
    """Has two publications, of groups that came, went or changed between them, and knows where any did.

    `earlier` and `later` are (given, published, by); a group that changed has another `session` then and now.
    """

    def __init__(self, earlier, later, knows=(), k=GROUPS, people=PEOPLE):
        self.k, self.people, self.knows = k, people, knows
        then, now = (set(given["session"]) for given, *_ in (earlier, later))
        both = pd.concat([earlier[0], later[0]], ignore_index=True).drop_duplicates(["session", "card"])
        time = both["session"].map(lambda id: "both" if id in then & now else "then" if id in then else "now")
        leaf = both[list(LEVELS)].astype(str).apply(tuple, axis=1)
        self.given = both.assign(leaf=list(zip(leaf, time, strict=True)), card=both["card"].astype(str))
        self.area = dict(zip(self.given["card"], self.given["area"].astype(str), strict=True))
        self.cells = [
            (when, cell)
            for when, (_, published, by) in (("then", earlier), ("now", later))
            for cell in cells(published, by)
        ]
        self.atoms = list(itertools.product(sorted(set(self.given["leaf"])), sorted(self.area)))
        self.mine = np.array([bool(knows) and leaf[: len(knows)] == knows for (leaf, _), _ in self.atoms])
        self.shown = [dated for dated in self.cells if dated[1].figures]
        self.matrix = np.array([self.vector(dated) for dated in self.shown]).reshape(-1, len(self.atoms))
        self._count()

    def _is_in(self, atom, dated):
        (leaf, time), card = atom
        when, cell = dated
        return time in ("both", when) and super()._is_in((leaf, card), cell)

    def few(self):
        """Cells of either that are left out, and what of any cell came, went or stayed, where few did."""
        results = [self.vector(cell) for cell in self.cells if not cell[1].figures]
        for time in ("then", "now", "both"):
            at = np.array([leaf[1] == time for leaf, _ in self.atoms], dtype=float)
            results += [self.vector(cell) * at for cell in self.cells]
        return [vector for vector in {tuple(one) for one in results} if self.is_few(vector)]

    def recovered(self):
        blind = self.blind()
        return [one for one in self.few() if np.abs(np.array(one) @ blind).max(initial=0) < 1e-8]


def readers(given, by):
    """Anybody, and everyone who has a row of their own."""
    return [
        (),
        *sorted({tuple(map(str, row[: n + 1])) for row in given[by].to_numpy() for n in range(len(by))}),
    ]


def attack(rng, protect=protect_linked):
    """One generated publication, attacked in every way: how much was looked at, and what was found."""
    given, by = generated(rng)
    published = protect(given, by, measures=MEASURES)
    results = []
    looked_at = 0
    for reader in readers(given, by):
        attacker = Attacker(given, published, by, reader)
        few = attacker.few()
        looked_at += len(few)
        results += [("combination", reader, cell) for cell in attacker.recovered()]
        if len(attacker.atoms) <= 12:
            results += [("sum", reader, attacker.atoms, one) for one in attacker.sets_over_few()]
        for cell, measure in itertools.product(few if not reader else (), MEASURES):
            least, most = attacker.bounds(cell, measure)
            results += [("bounds", cell, measure, least, most)] if most - least < 0.5 else []
    return given, looked_at, results


def published(given, by):
    tables = protect_linked(given, by, measures=MEASURES)
    sessions = given.drop_duplicates("session").assign(workshop="", group=given["session"])
    return snapshot(given, sessions, tables, by, GROUPS, PEOPLE), (given, tables, by)


def later(given, by, rng):
    """The same groups some time after: some new, some gone, one that wrote more; divided anew."""
    ids = given["session"].unique()
    gone = set(rng.choice(ids, rng.integers(0, 3), replace=False)) if len(ids) > 3 else set()
    stored = given[~given["session"].isin(gone)]
    new = given[given["session"].isin(rng.choice(ids, rng.integers(0, min(len(ids), 6) + 1), replace=False))]
    new = new.assign(session="new " + new["session"], who="new " + new["who"])
    if rng.random() < 0.3:
        changed = stored["session"] == stored["session"].iloc[0]
        notes = stored["notes"] + changed
        stored = stored.assign(
            notes=notes, session=stored["session"].mask(changed, "changed " + stored["session"])
        )
    return pd.concat([stored, new], ignore_index=True), list(LEVELS[: rng.integers(0, 3)])


def two_publications(rng):
    """Two generated publications: what `differencing` warns of, and what both together give over few."""
    given, by = generated(rng)
    again, other = later(given, by, rng)
    (before, then), (after, now) = published(given, by), published(again, other)
    looking = {(), *readers(given, by[:1]), *readers(again, other[:1])} if by and other else {()}
    results = [one for reader in looking for one in Differencer(then, now, reader).recovered()]
    return differences(before, after), results


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--twice", action="store_true", help="two publications after each other")
    options = parser.parse_args()
    random = [np.random.default_rng([options.seed, case]) for case in range(options.cases)]
    if options.twice:
        pairs = [two_publications(rng) for rng in random]
        passed = [breaches for warned, breaches in pairs if not warned]
        right = sum(bool(breaches) for warned, breaches in pairs if warned)
        print(
            f"{options.cases} pairs, {len(passed)} let pass, {sum(map(len, passed))} figures over few in them"
        )
        print(f"{options.cases - len(passed)} warned of; {right} of those give a cell over few")
        raise SystemExit
    few, lost = 0, 0
    for case, rng in enumerate(random):
        _, number, breaches = attack(rng)
        few, lost = few + number, lost + len(breaches)
        for one in breaches:
            print(case, *one)
    print(f"{options.cases} publications, {few} cells over few looked for, {lost} found")
