"""A share and how far it may be trusted."""

from math import sqrt
from typing import NamedTuple


class Share(NamedTuple):
    """So many of so many."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        return self.hits / self.of

    def interval(self, z: float = 1.96) -> tuple[float, float]:
        """Wilson's 95 % interval."""
        middle = (self.value + z * z / (2 * self.of)) / (1 + z * z / self.of)
        half = (
            z
            / (1 + z * z / self.of)
            * sqrt(self.value * (1 - self.value) / self.of + z * z / (4 * self.of**2))
        )
        return middle - half, middle + half

    def __str__(self) -> str:
        low, high = self.interval()
        return f"{self.hits} of {self.of}, {100 * self.value:.0f} % ({100 * low:.0f}–{100 * high:.0f})"
