"""How often does the analysis say something that is not so, and how often does it find what is?

    python tests/bench/findings.py                         a thousand analyses of everything: hours
    python tests/bench/findings.py --analyses 200 --groups 6,24 --say area,compare
    python tests/bench/findings.py --say power             what is found, of ×1.5 and ×2

The workshops are those of `tests/workshop_generator.py`, which knows nothing of the analysis. Every rate is
of analyses that say anything of any area and measure, ± two standard errors; intervals are those of minutes
and notes.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from error_rates import SAY, SMALL, TRUE_OF_CARDS, coverage, false_rate, power
from workshop_generator import NULLS

from dialogkort.analysis import distributions

GROUPS = (6, 12, 24, 60, 240)
PLACES = {"cards and workshops alike": {}, "cards .2, workshops .15": {"cards": 0.2, "workshops": 0.15}}
PLACES |= {"cards .4, workshops .3": {"cards": 0.4, "workshops": 0.3}}


def _table(title: str, heads: list[str], rows) -> None:
    print(f"\n**{title}**\n\n| | {' | '.join(heads)} |\n|---|{'---|' * len(heads)}")
    for name, cells in rows:
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def _levels(say: str, sizes: list[int], analyses: int, only: list[str], **seed: int):
    for name in only:
        if say in TRUE_OF_CARDS and NULLS[name].get("cards"):
            continue
        rates = (false_rate(say, groups, analyses, NULLS[name], **seed) for groups in sizes)
        yield name, [f"{rate:.3f} ± {2 * np.sqrt(max(rate, 0.05) * 0.95 / analyses):.3f}" for rate in rates]


def _coverages(sizes: list[int], analyses: int, only: list[str], **seed: int):
    for name in only:
        for times in (1.0, 2.0):
            cells = (coverage(groups, analyses, NULLS[name], times, **seed) for groups in sizes if groups > 1)
            yield f"{name}, ×{times:g}", [_covered(content, given, analyses) for content, given in cells]


def _covered(content: np.ndarray, given: np.ndarray, analyses: int) -> str:
    shares = " / ".join(f"{share:.3f}" for share in content / np.maximum(given, 1))
    return shares if (given == analyses).all() else f"{shares} ({given.min() / analyses:.3f} given)"


def _powers(sizes: list[int], analyses: int, **seed: int):
    for name, location in PLACES.items():
        for area, cards in ((2, 10), (SMALL, 6)):
            for times in (1.5, 2.0):
                cells = (power(groups, analyses, location, area, times, **seed) for groups in sizes)
                yield (
                    f"{name}; {cards} cards ×{times:g}",
                    [f"{named:.2f} ({other:.3f})" for named, other in cells],
                )


def main() -> None:
    """Print the tables asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--analyses", type=int, default=1000)
    parser.add_argument("--groups", default=",".join(map(str, GROUPS)))
    parser.add_argument("--say", default=",".join([*SAY, "intervals", "power"]))
    parser.add_argument("--null", default=";".join(NULLS), help="names of NULLS with ; between")
    parser.add_argument("--seed", type=int, help="other workshops than those of the tests")
    arguments = parser.parse_args()
    seed = {} if arguments.seed is None else {"seed": arguments.seed}
    sizes, only = [int(each) for each in arguments.groups.split(",")], arguments.null.split(";")
    heads = [f"{groups} groups" for groups in sizes]
    print(f"{arguments.analyses} analyses a cell; level {distributions.LEVEL}")
    for say in arguments.say.split(","):
        if say == "intervals":
            rows = _coverages(sizes, arguments.analyses, only, **seed)
            _table(
                "Intervals that hold the true ratio: minutes / notes",
                [h for h in heads if h != "1 groups"],
                rows,
            )
        elif say == "power":
            title = "Power: the planted area is named (another is)"
            _table(title, heads, _powers(sizes, arguments.analyses, **seed))
        else:
            _table(f"False rate: {say}", heads, _levels(say, sizes, arguments.analyses, only, **seed))


if __name__ == "__main__":
    main()
