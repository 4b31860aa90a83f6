"""Tables by area and by card that are published together: one who has both works out nothing over few."""

import numpy as np
import pandas as pd
import pytest
from disclosure_attack import KINDS, MEASURES, Attacker, attack, generated

from dialogkort.analysis import disclosure
from dialogkort.analysis.disclosure import protect, protect_linked
from dialogkort.exchange.merge import merge
from dialogkort.frames.sessions import read_all
from dialogkort.resources import SAMPLE

SEED = 2026


def apart(given, by, measures):
    """Each table protected by itself, as two publications were made."""
    return {kind: protect(given, by, kind, measures=measures) for kind in KINDS}


@pytest.mark.parametrize("case", range(12))
def test_nothing_over_few_follows_from_all_tables_together(case):
    _, _, breaches = attack(np.random.default_rng([SEED, case]))
    assert breaches == []


def test_the_attacker_finds_what_tables_that_were_protected_apart_give_away():
    rounds = [attack(np.random.default_rng([SEED, case]), apart) for case in range(12)]
    ways = {way for _, _, actual in rounds for way, *_ in actual}
    assert ways == {"combination", "sum", "bounds"}


def test_areas_lose_nothing_to_the_cards_beside_them():
    for case in range(12):
        given, by = generated(np.random.default_rng([SEED, case]))
        alone = protect(given, by, "area", measures=MEASURES)
        for level, table in protect_linked(given, by, measures=MEASURES)["area"].items():
            assert table.equals(alone[level])


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("noter")
    merge(sorted(SAMPLE.glob("*.zip")), folder)
    return read_all(folder)


def given_of(frames, by):
    return disclosure.contributions(*frames, by=by, column=KINDS)


def over_few(given, published):
    """The cells over few groups that follow from all that is published of the sample, to anybody."""
    recovered = Attacker(given, published, ["organisation"]).recovered()
    return [(cell.kind, cell.row, cell.column) for cell in recovered]


def test_two_publications_of_the_sample_give_none_of_the_cells_they_leave_out(sample):
    """By area, and then by card: before they were protected together 13 cells over few could be had."""
    by = "organisation"
    two = {kind: disclosure.tables(*sample, by=by, column=kind) for kind in KINDS}
    given = given_of(sample, by)
    assert over_few(given, two) == []
    naive = {kind: protect(given, by, kind) for kind in KINDS}
    assert len(over_few(given, naive)) > 0
    shown = {kind: two[kind]["everything"]["withheld"].isna() for kind in KINDS}
    assert shown["area"].all() and shown["card"].all()
    assert two["area"]["organisation"]["withheld"].isna().all()


def test_a_card_that_reads_differently_in_two_decks_is_shown_in_no_table(sample):
    again = sample.cards.iloc[:1].assign(deck_fingerprint="another", question="Ganske andet?")
    cards = pd.concat([sample.cards, again], ignore_index=True)
    published = disclosure.tables(*sample._replace(cards=cards), column="card")["everything"]
    (row,) = published[published["card"] == again["card"].iloc[0]].to_dict("records")
    assert row["withheld"] == disclosure.SUPPRESSED
