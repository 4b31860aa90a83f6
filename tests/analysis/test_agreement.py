"""Agreement between coders: the published figures, what statsmodels gives, cases with nothing in them."""

from math import isnan, nan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogkort.analysis import agreement
from dialogkort.analysis.agreement import (
    alpha,
    alpha_of,
    code_frequencies,
    disagreements,
    final,
    kappa,
    kappa_of,
    set_distance,
)
from dialogkort.frames.codings import CODINGS

# Krippendorff 2011, example B, and ATLAS.ti's manual ("Krippendorff's alpha", ten segments).
TEN_SEGMENTS = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
# Krippendorff 2011, example C: four observers, twelve units, values that are missing.
TWELVE_UNITS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


def rows(*readings):
    """Codings as `dialogkort.frames.codings` gives them: coder, note, and the codes that apply (none: "")."""
    records = [
        {
            "project": "p",
            "note": note,
            "session": f"s{note[1]}",
            "coder": coder,
            "code": code or None,
            "name": code.upper() if code else None,
            "applies": bool(code),
            "coded_at": None,
        }
        for coder, note, codes in readings
        for code in (codes.split() or [""])
    ]
    return pd.DataFrame(records, columns=list(CODINGS)).astype(CODINGS)


def of_matrix(values, code="a"):
    """The same values as codings of one code: one row for each coder."""
    return rows(
        *(
            (f"coder {coder}", f"n{unit}", code if value else "")
            for coder, unit_values in enumerate(values)
            for unit, value in enumerate(unit_values)
            if value is not None
        )
    )


# --- published figures ------------------------------------------------------------------------------------


def test_the_ten_segments_give_the_published_alpha_and_kappa():
    assert alpha_of(TEN_SEGMENTS).value == pytest.approx(0.095, abs=5e-4)
    assert kappa_of(*TEN_SEGMENTS).value == pytest.approx(0.091, abs=5e-4)
    codings = of_matrix(TEN_SEGMENTS)
    of_code = alpha(codings).iloc[1]
    assert (of_code["coders"], of_code["notes"], of_code["percent"]) == (2, 10, pytest.approx(0.6))
    assert of_code["alpha"] == pytest.approx(2 / 21)
    assert kappa(codings).loc[0, "kappa"] == pytest.approx(1 / 11)


def test_four_observers_with_missing_values_give_the_published_alpha():
    assert alpha_of(TWELVE_UNITS).value == pytest.approx(0.743, abs=5e-4)


def test_two_reviewers_of_fifty_grants_give_the_published_kappa():
    """https://en.wikipedia.org/wiki/Cohen's_kappa: 20 twice yes, 15 twice no, 5 and 10 apart."""
    a = [1] * 25 + [0] * 25
    b = [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15
    actual = kappa_of(a, b)
    assert actual.value == pytest.approx(0.4)
    assert actual.low < 0.4 < actual.high
    assert actual == kappa_of(a, b)


def test_gwets_example_where_kappa_says_nothing():
    """Gwet 2002: 118 twice yes, 0 twice no, 5 and 2 apart; kappa -0.0234, AC1 0.9408."""
    values = [[1] * 123 + [0] * 2, [1] * 118 + [0] * 5 + [1] * 2]
    codings = of_matrix(values)
    assert kappa(codings).loc[0, "kappa"] == pytest.approx(-0.0234, abs=5e-5)
    assert alpha(codings).loc[1, "ac1"] == pytest.approx(0.9408, abs=5e-5)


def test_masi_is_as_in_passonneau():
    a, ab, abc, bc, d = map(frozenset, ("a", "ab", "abc", "bc", "d"))
    assert set_distance(ab, ab) == set_distance(frozenset(), frozenset()) == 0
    assert set_distance(a, ab) == pytest.approx(1 - 1 / 2 * 2 / 3)
    assert set_distance(ab, bc) == pytest.approx(1 - 1 / 3 * 1 / 3)
    assert set_distance(a, d) == set_distance(frozenset(), abc) == 1
    assert set_distance(ab, bc, "jaccard") == pytest.approx(2 / 3)


def test_all_codes_together_by_hand():
    """Two notes: {a} against {a, b} (MASI 2/3 apart), {b} twice. Expected: all pairs of the four readings."""
    codings = rows(("Å", "n1", "a"), ("B", "n1", "a b"), ("Å", "n2", "b"), ("B", "n2", "b"))
    actual = alpha(codings).iloc[0]
    apart_a_ab, apart_a_b, apart_ab_b = 2 / 3, 1, 2 / 3
    observed = 2 * apart_a_ab / 4
    expected = 2 * (apart_a_ab + 2 * apart_a_b + 2 * apart_ab_b) / 12
    assert actual["alpha"] == pytest.approx(1 - observed / expected)
    assert pd.isna(actual["code"])
    assert actual["percent"] == 0.5
    jaccard = alpha(codings, distance="jaccard").iloc[0]["alpha"]
    assert jaccard == pytest.approx(1 - (2 * 0.5 / 4) / (2 * (0.5 + 2 + 2 * 0.5) / 12))


# --- against statsmodels ------------------------------------------------------------------------------------

pairs_of_values = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=30)


@settings(max_examples=60)
@given(pairs_of_values)
def test_kappa_is_what_statsmodels_gives(pairs):
    from statsmodels.stats.inter_rater import cohens_kappa

    a, b = zip(*pairs, strict=True)
    table = np.zeros((3, 3))
    for x, y in pairs:
        table[x, y] += 1
    with np.errstate(invalid="ignore", divide="ignore"):
        theirs = cohens_kappa(table, return_results=False)
    ours = kappa_of(a, b).value
    assert ours == pytest.approx(theirs) if not isnan(ours) else not np.isfinite(theirs)


@settings(max_examples=60)
@given(st.lists(st.lists(st.integers(0, 2), min_size=3, max_size=3), min_size=2, max_size=20))
def test_alpha_of_whole_data_is_fleiss_kappa_corrected_for_few_values(units):
    """With nothing missing: 1 - alpha = (1 - Fleiss' kappa) * (n - 1) / n, n being all values."""
    from statsmodels.stats.inter_rater import fleiss_kappa

    counts = np.array([[unit.count(value) for value in range(3)] for unit in units])
    ours = alpha_of(zip(*units, strict=True)).value
    if isnan(ours):
        assert (counts.sum(axis=0) > 0).sum() == 1
        return
    n = counts.sum()
    assert 1 - ours == pytest.approx((1 - fleiss_kappa(counts)) * (n - 1) / n)


# --- intervals --------------------------------------------------------------------------------------------


def agreeing_pairs(chance, units, applied=0.3, error=0.1):
    truth = chance.random(units) < applied
    return [np.where(chance.random(units) < error, ~truth, truth).astype(int).tolist() for _ in range(2)]


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    """Two coders who each err in a tenth of the cases; alpha of a million units is the truth."""
    chance = np.random.default_rng(7)
    truth = alpha_of(agreeing_pairs(chance, 200_000)).value
    estimates = [alpha_of(agreeing_pairs(chance, 150)) for _ in range(200)]
    assert 0.90 <= np.mean([one.low <= truth <= one.high for one in estimates]) <= 0.99


def test_where_nobody_disagrees_few_notes_leave_more_room_than_many():
    few, many = (alpha_of([[0, 1] * count] * 2) for count in (5, 500))
    assert few.value == many.value == few.high == 1
    assert few.low < 0.5 < 0.98 < many.low < 1


def test_whole_sessions_can_be_drawn_again():
    """Ten sessions of ten notes each, alike inside: ten units are less to go by than a hundred."""
    agreed = [0, 1, 0, 1, 1, 0, 1, 0, 0, 1]
    other = [0, 1, 0, 1, 1, 0, 1, 1, 0, 1]
    readings = [
        (coder, f"n{session}{note}", "a" if values[session] else "")
        for coder, values in (("Å", agreed), ("B", other))
        for session in range(10)
        for note in range(10)
    ]
    codings = rows(*readings)
    notes, sessions = (alpha(codings, clusters=one).iloc[1] for one in (None, "session"))
    assert notes["alpha"] == sessions["alpha"]
    assert sessions["high"] - sessions["low"] > 2 * (notes["high"] - notes["low"])
    with pytest.raises(ValueError, match="clusters"):
        alpha(codings, clusters="workshop")


def test_the_same_codings_in_any_order_give_the_same_figures():
    codings = of_matrix(TEN_SEGMENTS)
    shuffled = codings.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(alpha(codings), alpha(shuffled))
    pd.testing.assert_frame_equal(kappa(codings), kappa(shuffled))
    pd.testing.assert_frame_equal(disagreements(codings), disagreements(shuffled))


# --- with little or nothing to go by ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([[1, 0, 1]], "one coder"),
        ([[1, None], [None, 0]], "no note coded by two"),
        ([[1, 1, 1], [1, 1, 1]], "no variation"),
        ([[0, 0, 0], [0, 0, 0]], "no variation"),
    ],
)
def test_what_cannot_be_had_is_nan_and_says_why(values, why):
    actual = alpha_of(values)
    assert isnan(actual.value) and isnan(actual.low) and isnan(actual.high)
    assert actual.why == why
    frame = alpha(of_matrix(values))
    assert frame["alpha"].isna().all()
    assert set(frame["why"]) == {why}


def test_a_code_seen_once_has_no_interval():
    actual = alpha_of([[1, *[0] * 30], [0] * 31])
    assert not isnan(actual.value)
    assert isnan(actual.low) and actual.why == "too rare"


def test_kappa_with_nothing_in_common_is_nan_and_says_why():
    assert kappa_of([1, None], [None, 1]).why == "no note coded by two"
    assert kappa_of([1, 1], [1, 1]).why == "no variation"
    assert isnan(kappa_of([], []).value)
    assert isnan(kappa_of([1, nan], [nan, 0]).value)


def test_nothing_coded_gives_tables_with_nothing_in_them():
    nothing = rows()
    assert list(alpha(nothing)["why"]) == ["one coder"]
    notes = pd.DataFrame({"session": [], "note": [], "area": []}, dtype="string")
    for table in (kappa(nothing), disagreements(nothing), final(nothing)):
        assert len(table) == 0
    assert len(code_frequencies(nothing, notes, notes[["session"]], "area")) == 0


def test_codings_of_two_projects_are_not_mixed():
    codings = pd.concat([rows(("Å", "n1", "a")), rows(("B", "n1", "a")).assign(project="q")])
    with pytest.raises(ValueError, match="choose the rows of one"):
        alpha(codings)


# --- what the coders say ----------------------------------------------------------------------------------

THREE = (
    ("Å", "n11", "a b"),
    ("B", "n11", "a"),
    ("Å", "n12", ""),
    ("B", "n12", "a"),
    ("C", "n12", "a"),
    ("Å", "n21", "b"),
)


def test_disagreements_are_told_note_by_note_with_names_and_what_was_settled():
    settled = rows(("", "n11", "b")).assign(applies=False)
    disagreed = disagreements(pd.concat([rows(*THREE), settled]))
    assert disagreed[["note", "code", "found_by", "not_by"]].to_numpy().tolist() == [
        ["n11", "b", ("Å",), ("B",)],
        ["n12", "a", ("B", "C"), ("Å",)],
    ]
    assert disagreed["settled"].to_numpy(object, na_value=None).tolist() == [False, None]


def test_what_counts_in_the_end_is_settled_or_what_most_say():
    settled = rows(("", "n12", "a")).assign(applies=False)
    decided = final(pd.concat([rows(*THREE), settled]))
    by_note = {(one.note, one.code): (one.applies, one.decided) for one in decided.itertuples()}
    assert by_note.pop(("n11", "b"))[1] == "tied"
    assert by_note == {
        ("n11", "a"): (True, "all"),
        ("n12", "a"): (False, "settled"),
        ("n21", "b"): (True, "all"),
    }
    assert final(rows(*THREE)).set_index(["note", "code"]).loc[("n12", "a"), "decided"] == "most"


def test_a_settling_changes_no_agreement():
    settled = rows(("", "n12", "a")).assign(applies=False)
    pd.testing.assert_frame_equal(alpha(rows(*THREE)), alpha(pd.concat([rows(*THREE), settled])))


def test_codes_are_counted_by_area_and_by_unit():
    notes = pd.DataFrame(
        {
            "session": ["s1", "s1", "s2", "s2"],
            "note": ["n11", "n12", "n21", "n22"],
            "area": ["X", "X", "Y", None],
        }
    ).astype("string")
    sessions = pd.DataFrame({"session": ["s1", "s2"], "unit": ["Nord", "Nord"]}).astype("string")
    by_area = code_frequencies(rows(*THREE), notes, sessions, "area").set_index(["area", "code"])
    assert by_area.loc[("X", "a")].to_dict() == {
        "name": "A",
        "notes": 2,
        "sessions": 1,
        "coded_notes": 2,
        "coded_sessions": 1,
        "share": 1.0,
        "undecided": 0,
    }
    assert by_area.loc[("X", "b"), "undecided"] == 1
    assert by_area.loc[("Y", "a"), "notes"] == 0
    by_unit = code_frequencies(rows(*THREE), notes, sessions, "unit").set_index("code")
    assert list(by_unit.loc["b", ["notes", "sessions", "coded_notes", "coded_sessions"]]) == [1, 1, 3, 2]
    with pytest.raises(ValueError, match="'colour'"):
        code_frequencies(rows(*THREE), notes, sessions, "colour")


def test_three_coders_who_code_by_chance_agree_as_chance_does():
    chance = np.random.default_rng(1)
    applied = chance.random((3, 2_000, 6)) < 0.1
    readings = [
        (
            f"coder {coder}",
            f"n{note:05}",
            " ".join(f"k{code:02}" for code in np.flatnonzero(applied[coder, note])),
        )
        for coder in range(3)
        for note in range(2_000)
    ]
    actual = alpha(rows(*readings))
    assert len(actual) == 7
    assert (actual["alpha"].abs() < 0.05).all()
    assert (actual["low"] <= actual["alpha"]).all() and (actual["alpha"] <= actual["high"]).all()
    assert agreement.DRAWS >= 1_000
