"""A second publication is held against the first: what came, went or changed between them is not shown."""

import numpy as np
import pandas as pd
import pytest
from disclosure_attack import KINDS, two_publications
from simulated_workshops import workshops

from dialogkort.analysis.release import Release
from dialogkort.exports import ledger
from dialogkort.exports.export import publication

SEED = 77


# --- any two publications ---------------------------------------------------------------------------------


def test_two_publications_that_are_let_pass_give_nothing_over_few_together():
    warned, let_pass = [], []
    for case in range(10):
        areas, breaches = two_publications(np.random.default_rng([SEED, case]))
        (warned if areas else let_pass).append(bool(breaches))
    assert let_pass and not any(let_pass)
    assert sum(warned) > len(warned) / 3, "most that are warned of could be differenced indeed"


# --- the ledger -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def frames():
    return workshops(("Havneby", "Nordby"), 8, days=("2026-03-02",))


def only(frames, sessions):
    return frames._replace(sessions=frames.sessions[frames.sessions["session"].isin(sessions)])


@pytest.fixture
def publish(tmp_path):
    return lambda frames, **how: publication(tmp_path / "ud", frames, ledger_folder=tmp_path, **how)


def test_the_same_may_be_published_again_and_is_remembered_once(publish, frames, tmp_path):
    publish(frames)
    publish(frames)
    publish(frames, columns="card")
    assert len(ledger.read(tmp_path)) == 2


@pytest.mark.parametrize("gone", [1, 2])
def test_few_new_groups_or_few_that_were_erased_are_warned_of_before_anything_is_written(
    publish, frames, tmp_path, gone
):
    ids = list(frames.sessions["session"])
    publish(only(frames, ids[gone:]))
    before = {path.name: path.read_bytes() for path in (tmp_path / "ud").iterdir()}
    with pytest.raises(ValueError, match=r"kan holdes op mod disse tal.*mindst 3 nye grupper"):
        publish(frames)
    assert {path.name: path.read_bytes() for path in (tmp_path / "ud").iterdir()} == before
    assert publish(frames, despite_earlier=True)
    with pytest.raises(ValueError, match="kan holdes op mod"):
        publish(only(frames, ids[gone:][1:]))


def test_a_whole_round_of_new_groups_is_no_reason_to_warn(publish, frames):
    more = workshops(("Vestermarken",), 8, days=("2026-09-01",))
    both = frames._replace(
        **{
            name: pd.concat([getattr(frames, name), getattr(more, name)])
            for name in ("sessions", "turns", "notes")
        }
    )
    publish(frames, columns="area")
    assert publish(both, columns="area")
    with pytest.raises(ValueError, match="kan holdes op mod"):  # of some cards few of the new ones had any
        publish(frames, despite_earlier=True)
        publish(both)


def test_a_note_that_was_changed_in_one_group_is_warned_of(publish, frames):
    publish(frames)
    words = frames.notes["words"].copy()
    words.iloc[0] += 5
    with pytest.raises(ValueError, match="kan holdes op mod"):
        publish(frames._replace(notes=frames.notes.assign(words=words)))


def test_the_ledger_holds_no_name_word_or_figure_and_is_for_this_user(publish, frames, tmp_path):
    publish(frames)
    path = tmp_path / ledger.NAME
    assert path.stat().st_size < 20_000
    content = str(ledger.read(tmp_path))
    assert not any(name in content for name in ("Havneby", "Nordby", "Digital hverdag", "mangler"))
    if path.stat().st_mode & 0o7 == 0:
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_ledger_that_cannot_be_read_stops_the_publication(publish, frames, tmp_path):
    (tmp_path / ledger.NAME).write_bytes(b"\x1f\x8b broken")
    with pytest.raises(ValueError, match="kan ikke læses"):
        publish(frames)
    assert not (tmp_path / "ud").exists()


def test_a_release_is_published_as_it_was_made(publish, frames, tmp_path):
    publish(Release(frames, by=["organisation", "unit"], k=4))
    assert (tmp_path / "ud" / "unit.csv").is_file()
    assert "færre end 4 grupper" in (tmp_path / "ud" / "læs mig.txt").read_text(encoding="utf-8-sig")
    assert {kind for entry in ledger.read(tmp_path) for kind in KINDS if entry.shown.k == 4}
