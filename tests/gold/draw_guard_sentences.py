"""Draws the guard's foreign sentences: templates filled with invented people, numbers and addresses.

    pip install faker
    python tests/gold/draw_guard_sentences.py

The templates (`guard_with.txt`, `guard_without.txt`, `guard_owners.txt`) were written, and this script run,
before their author had read a rule of `dialogkort/privacy/detection.py`; they have not been changed since to
please it.
(Only which CPR numbers and mail domains are drawn was changed then, so that none can be a living person's.)
Names and most streets are the lists of the package Faker (MIT); the rest is in `guard_lists.toml`. What is to
be found stands as `[[kind:text]]` in `guard_sentences.csv`. The same seed draws the same file.
"""

import csv
import random
import tomllib
from datetime import date, timedelta
from pathlib import Path
from string import Formatter

from faker import Faker

HERE = Path(__file__).parent
SEED = 2026
LISTS = tomllib.loads((HERE / "guard_lists.toml").read_text(encoding="utf-8"))

MODULUS_11 = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
HARD_NAMES = ["Bo", "Maj", "Sten", "Mark", "Liv"]  # also ordinary words


class Draw:
    """Fills the templates' fields; what is drawn follows from the seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.fake = Faker("da_DK")
        self.fake.seed_instance(seed)
        self.full = [f"{self.fake.first_name()} {self.fake.last_name()}" for _ in range(25)]
        self.firsts = [self.fake.unique.first_name() for _ in range(20)] + HARD_NAMES
        self.lasts = [self.fake.unique.last_name() for _ in range(6)]

    def cpr(self) -> str:
        """A number that nobody living has: of somebody born before 1900, or one that fails modulus 11."""
        while True:
            old = self.random.random() < 0.8
            born = date(1885 if old else 1940, 1, 2) + timedelta(days=self.random.randrange(14 * 365))
            day, serial = born.strftime("%d%m%y"), self.random.choice("5678" if old else "0123")
            serial += f"{self.random.randrange(1000):03}"
            total = sum(int(d) * w for d, w in zip(day + serial, MODULUS_11, strict=True))
            if (total % 11 == 0) == old and (born.day, born.month) != (1, 1):
                break
        shapes = (
            [f"{day}-{serial}"] * 9
            + [day + serial] * 4
            + [f"{day} {serial}"] * 3
            + [f"{day}–{serial}", f"{day} - {serial}"]
        )
        parts = (day[:2], day[2:4], day[4:], serial)
        return self.random.choice([*shapes, "-".join(parts), " ".join(parts)])

    def phone(self) -> str:
        number = self.random.choice(LISTS["prefixes"]) + f"{self.random.randrange(10**6):06}"
        pairs = [number[i : i + 2] for i in range(0, 8, 2)]
        shapes = [" ".join(pairs)] * 8 + [number] * 6 + [f"{number[:4]} {number[4:]}"] * 2
        shapes += [
            f"+45 {' '.join(pairs)}",
            f"+45{number}",
            f"+45 {number}",
            f"(+45) {number}",
            f"0045 {number}",
        ]
        return self.random.choice(
            [*shapes, "-".join(pairs), ".".join(pairs), f"{number[:2]} {number[2:5]} {number[5:]}"]
        )

    def email(self) -> str:
        first, last = self.fake.first_name().lower(), self.fake.last_name().lower()
        plain = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "é": "e", " ": "-"})
        first, last = first.translate(plain), last.translate(plain)
        year = self.random.randrange(60, 99)
        local = [
            f"{first}.{last}",
            f"{first}{year}",
            f"{first[0]}{last[:3]}",
            f"{first}_{last}",
            f"{first}-{last}",
            f"{first[:2]}{last[:2]}".upper(),
        ]
        return f"{self.random.choice(local)}@{self.random.choice(LISTS['domains'])}"

    def town(self) -> str:
        return self.random.choice(LISTS["towns"])

    def address(self) -> str:
        street = (
            self.fake.street_name() if self.random.random() < 0.6 else self.random.choice(LISTS["streets"])
        )
        street = street.lower() if self.random.random() < 0.08 else street
        number = self.random.randrange(1, 180)
        letter = self.random.choice(["", "", "", "", "A", "b", " C"])
        numbers = f"{number}-{number + 2}" if self.random.random() < 0.06 else f"{number}{letter}"
        floor = self.random.choice(["", "", "", ", 2. tv", " st. th.", ", 1. sal", ", 3.tv."])
        town = self.random.choice(["", "", "", f", {self.town()}"])
        return f"{street} {numbers}{floor}{town}"

    def initials(self) -> str:
        letters = "".join(
            self.random.choices("ABCDEFGHJKLMNPRSTVW", k=self.random.choice([2, 2, 3, 3, 3, 4]))
        )
        dotted = ".".join(letters[:2]) + "."
        return self.random.choice([letters] * 5 + [dotted, dotted])

    def name(self) -> str:
        return self.random.choice(self.full)

    def first(self) -> str:
        return self.random.choice(self.firsts)

    def last(self) -> str:
        return self.random.choice(self.lasts)

    def lower(self) -> str:
        return self.random.choice(self.firsts[:20]).lower()

    def filled(self, template: str) -> str:
        return "".join(
            text + (self._field(field) if field else "") for text, field, _, _ in Formatter().parse(template)
        )

    def _field(self, field: str) -> str:
        word = getattr(self, field.removesuffix("gen"))()
        kind = {"town": "address", "first": "name", "last": "name", "lower": "name"}.get(
            field.removesuffix("gen"), field.removesuffix("gen")
        )
        genitive = ("'" if word[-1] in "sxz" else "s") if field.endswith("gen") else ""
        return f"[[{kind}:{word}]]{genitive}"


def lines(name: str) -> list[str]:
    return (HERE / name).read_text(encoding="utf-8").splitlines()


def main() -> None:
    draw = Draw(SEED)
    rows = [("note", draw.filled(line)) for line in lines("guard_with.txt")]
    rows += [("note", line) for line in lines("guard_without.txt")]
    for line in lines("guard_owners.txt"):
        filled = draw.filled(line[1:])
        rows.append(("owner", filled if line[0] == "-" or "[[" in filled else f"[[name:{filled}]]"))
    with (HERE / "guard_sentences.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("field", "text"), *rows])
    names = "".join(f"{name}\n" for name in [*draw.full, *draw.firsts, *draw.lasts])
    (HERE / "guard_names.txt").write_text(names, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
