"""What is shown may leave the room: charts and sentences refuse what is not protected; a release protects."""

import inspect

import numpy as np
import pandas as pd
import pytest
from simulated_workshops import workshops

from dialogkort import charts, narrative
from dialogkort.analysis import discussion, words
from dialogkort.analysis.disclosure import GROUPS, SUPPRESSED
from dialogkort.analysis.protection import allowing_unprotected
from dialogkort.analysis.release import Release
from dialogkort.analysis.session_timeline import course

ENOUGH, SMALL, SPLIT = ("Havneby", "Nordby", "Sønderup"), "Lilleø", "2026-06-01"
CHARTS = [name for name in charts.__all__ if name not in ("as_png", "as_svg", "save")]


@pytest.fixture(scope="module")
def frames():
    """Three organisations of five groups in spring and five in autumn, and one of two groups."""
    many = workshops(ENOUGH, 5, keen=["Nordby"], days=("2026-03-02", "2026-10-05"))
    few = workshops((SMALL,), 2, keen=[], days=("2026-03-02",))
    renamed = [
        frame.assign(session="few " + frame["session"]) if "session" in frame else frame for frame in few
    ]
    joined = [pd.concat([one, other], ignore_index=True) for one, other in zip(many, renamed, strict=True)]
    return many._make(joined)._replace(cards=many.cards)


@pytest.fixture(scope="module")
def release(frames):
    return Release(frames)


QUESTIONS = {
    "overview": ("by_area", {}),
    "against_draw": ("by_area", {}),
    "coverage": ("by_group", {}),
    "small_multiples": ("by_group", {}),
    "skip_reasons": ("by_card", {}),
    "then_and_now": ("then_and_now", {"split": SPLIT}),
}


class Raw:
    """The questions of a release, unprotected."""

    def __init__(self, frames):
        self.frames = frames

    def __getattr__(self, name):
        return lambda **fields: getattr(discussion, name)(*self.frames, **fields)


@pytest.fixture(scope="module")
def answers(frames, release):
    """What a release, or the analysis itself, answers for a chart; each question is asked once."""
    known = {}

    def answer(chart, *, protected):
        question, arguments = QUESTIONS[chart]
        if (question, protected) not in known:
            of = release if protected else Raw(frames)
            known[question, protected] = getattr(of, question)(**arguments)
        return known[question, protected]

    return answer


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_chart_is_drawn_of_a_release_and_of_nothing_else_unless_for_ones_own_eyes(answers, name):
    draw = getattr(charts, name)
    assert "Ikke beskyttet" not in draw(answers(name, protected=True)).alt
    bare = answers(name, protected=False)
    with pytest.raises(ValueError, match=r"Release\(frames\).*for_my_eyes=True"):
        draw(bare)
    alone = draw(bare, for_my_eyes=True)
    assert alone.alt.endswith("Ikke beskyttet: kun til jer selv, ikke til deling.")
    assert [text.get_text() for text in alone.texts if text.get_gid() == "for_my_eyes"]


def test_the_course_of_one_group_is_for_its_own_eyes_only(frames):
    one = course(*frames, session=frames.sessions["session"].iloc[0])
    with pytest.raises(ValueError, match="for_my_eyes"):
        charts.timeline(one)
    assert charts.timeline(one, for_my_eyes=True).alt


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_tells_that_it_can_be_drawn_for_ones_own_eyes(name):
    parameter = inspect.signature(getattr(charts, name)).parameters["for_my_eyes"]
    assert parameter.default is False and parameter.kind is parameter.KEYWORD_ONLY


def test_a_sentence_is_said_of_a_release_and_of_nothing_else(answers, release):
    assert narrative.of_areas(answers("overview", protected=True))
    bare = answers("overview", protected=False)
    with pytest.raises(ValueError, match="for_my_eyes"):
        narrative.of_areas(bare)
    assert narrative.of_areas(bare, for_my_eyes=True)
    assert narrative.of_comparison(release.compare(a="Havneby", b="Nordby"))


def test_every_sentence_of_a_frame_is_guarded():
    sentences = [name for name in narrative.__all__ if name.startswith("of_")]
    assert len(sentences) == 8
    for name in sentences:
        assert "for_my_eyes" in inspect.signature(getattr(narrative, name)).parameters, name


def test_of_no_notes_at_all_there_is_a_release_and_its_charts_say_so(frames):
    nothing = Release(frames._make(frame.iloc[:0] for frame in frames))
    shown = [
        charts.overview(nothing.by_area()),
        charts.coverage(nothing.by_group()),
        charts.skip_reasons(nothing.by_card()),
        charts.then_and_now(nothing.then_and_now(split=SPLIT)),
        charts.marking_words(nothing.keyness()),
    ]
    assert all(figure.alt for figure in shown)


def test_a_frame_stays_protected_when_rows_are_chosen_and_sorted(release):
    chosen = release.by_group().query("group == 'Nordby'").sort_values("drawn").head(3)
    assert charts.coverage(chosen).alt


def test_two_groups_of_an_organisation_are_in_no_frame_of_a_release(release):
    small = release.by_group().query("group == @SMALL")
    assert set(small["withheld"]) == {SUPPRESSED}
    figures = small.select_dtypes("number")
    assert figures.size and figures.isna().all(axis=None)
    neighbours = release.compare(a="Nordby", b=SMALL)
    assert set(neighbours["withheld"]) == {SUPPRESSED}
    assert neighbours[["a_ratio", "b_ratio", "change", "p", "b_sessions"]].isna().all(axis=None)


def test_two_sides_are_shown_without_totals_which_would_cut_across_those_of_organisations(release):
    compared = release.then_and_now(split=SPLIT)
    assert compared["withheld"].isna().all() and compared["change"].notna().any()
    assert not {f"{side}_{total}" for side in "ab" for total in ("drawn", "total", "each")} & set(compared)


def test_an_area_that_few_had_on_one_side_is_not_compared(frames):
    area = frames.cards["area"].iloc[0]
    autumn = frames.sessions.query("date >= @SPLIT and organisation == 'Nordby'")["session"].iloc[:2]
    late = frames.sessions.query("date >= @SPLIT")["session"]
    gone = frames.turns["session"].isin(late) & ~frames.turns["session"].isin(autumn)
    turns = frames.turns[~(gone & frames.turns["area"].eq(area))]
    notes = frames.notes[~(frames.notes["session"].isin(late) & frames.notes["area"].eq(area))]
    compared = Release(frames._replace(turns=turns, notes=notes)).then_and_now(split=SPLIT)
    assert set(compared[compared["area"] == area]["withheld"]) == {SUPPRESSED}
    assert compared[compared["area"] != area]["withheld"].isna().all()


@pytest.fixture
def spoken(frames):
    """Everybody in two areas says one word, two groups another many times; one organisation has a third."""
    notes = frames.notes.assign(text="det er så")
    areas = notes["area"].dropna().unique()[:2]
    number = notes["session"].astype("category").cat.codes
    here = notes["area"] == areas[0]
    notes.loc[here, "text"] = "fælles " * 3
    notes.loc[here & (number < 2), "text"] = "sjælden sjælden sjælden fælles"
    notes.loc[notes["area"] == areas[1], "text"] = "regneark regneark"
    of_one = notes["session"].isin(frames.sessions.query("organisation == 'Nordby'")["session"])
    notes.loc[here & of_one, "text"] += " flittig"
    return frames._replace(notes=notes)


def test_a_word_that_few_said_is_not_shown(spoken):
    raw = words.keyness(spoken.notes, min_sessions=2)
    shown = Release(spoken).keyness(min_sessions=2)
    assert {"sjælden", "fælles", "flittig"} <= set(raw["word"])
    assert "sjælden" not in set(shown["word"]) and {"fælles", "flittig"} <= set(shown["word"])
    assert not {"log_odds", "p"} & set(shown)
    assert charts.marking_words(shown, spoken.cards["area"].unique()).alt


def test_a_word_that_one_organisation_has_nearly_alone_is_kept_from_it(spoken):
    """It would know what the two others said by taking its own off."""
    others = spoken.sessions.query("organisation == 'Havneby'")["session"].iloc[: GROUPS - 1]
    area = spoken.notes["area"].dropna().unique()[0]
    theirs = spoken.notes["session"].isin(others) & spoken.notes["area"].eq(area)
    assert theirs.any()
    texts = spoken.notes["text"].mask(theirs, spoken.notes["text"] + " flittig")
    shown = Release(spoken._replace(notes=spoken.notes.assign(text=texts))).keyness(min_sessions=2)
    assert "flittig" not in set(shown["word"])


def test_how_often_few_said_a_word_elsewhere_does_not_follow_from_its_z(spoken):
    """z tells how often it was said elsewhere: where that was by few, it is an average of three or more."""
    areas = spoken.notes["area"].dropna().unique()[:2]
    here, there = (spoken.notes["area"] == area for area in areas)
    many = {"alfa": 1, "bravo": 2, "delta": 3, "gamma": 4, "sigma": 5}
    texts = spoken.notes["text"].mask(here, spoken.notes["text"] + f" {' '.join(many)}")
    elsewhere = spoken.notes.index[there][0]
    texts[elsewhere] += " ".join(f" {word}" * count for word, count in many.items())
    frames = spoken._replace(notes=spoken.notes.assign(text=texts))
    raw = words.keyness(frames.notes, min_sessions=2).set_index(["area", "word"])["z"]
    marking = Release(frames).keyness(min_sessions=2).set_index(["area", "word"])
    ours, shown = [(areas[0], word) for word in many], marking["z"]
    assert marking.loc[ours, ["other", "other_per_1000"]].isna().all(axis=None)
    assert marking.loc[ours, "count"].notna().all() and marking.loc[(areas[0], "fælles"), "other"] == 0
    assert raw[ours].nunique() == len(many) and shown[ours].nunique() == 1
    assert shown[ours].iloc[0] == pytest.approx(raw[ours].mean(), abs=0.06)


def test_words_are_told_by_organisation_too_and_those_the_tables_leave_out_are_in_no_rate():
    """The others' rates would tell how much an organisation of two groups said in all."""
    many = workshops(("Havneby", "Nordby", "Sønderup", "Vestby", "Østby", SMALL), 5)
    gone = many.sessions.query("organisation == @SMALL")["session"].iloc[2:]
    frames = many._replace(sessions=many.sessions[~many.sessions["session"].isin(gone)])
    number = np.arange(len(many.notes))
    texts = ["fælles papir", "regneark fælles", "papir kollega"]
    notes = many.notes.assign(text=[texts[n % 3] for n in number])
    frames = frames._replace(notes=notes[~notes["session"].isin(gone)])
    release = Release(frames)
    table = release.cells["area"]["organisation"]
    open_totals = set(table[table["area"].isna() & table["withheld"].isna()]["organisation"])
    shown = release.keyness("organisation")
    assert SMALL not in open_totals and set(shown["organisation"]) == open_totals
    theirs = frames.sessions[frames.sessions["organisation"].isin(open_totals)]["session"]
    only_theirs = frames.notes[frames.notes["session"].isin(theirs)]
    raw = words.keyness(only_theirs, "organisation", frames.sessions, for_my_eyes=True)
    both = shown.merge(raw, on=["organisation", "word"], suffixes=("", "_raw"))
    has_rate = both["other_per_1000"].notna()
    assert has_rate.any() and np.allclose(
        *(both.loc[has_rate, f"other_per_1000{x}"].astype(float) for x in ("", "_raw"))
    )


def test_no_ratio_is_told_of_an_organisation_that_lacks_a_figure(frames):
    """Beside the figures that it has, the ratio would give back the one that it lacks."""
    area = frames.cards["area"].iloc[0]
    few = frames.sessions.query("organisation == 'Nordby'")["session"].iloc[:2]
    theirs = frames.sessions.query("organisation == 'Nordby'")["session"]
    gone = frames.turns["session"].isin(set(theirs) - set(few)) & frames.turns["area"].eq(area)
    noted = frames.notes["session"].isin(set(theirs) - set(few)) & frames.notes["area"].eq(area)
    release = Release(frames._replace(turns=frames.turns[~gone], notes=frames.notes[~noted]))
    lacking = release.by_group().query("withheld.notna()")["group"].unique()
    compared = release.compare(a="Havneby", b="Nordby")
    assert "Nordby" in lacking and set(compared["withheld"]) == {SUPPRESSED}
    assert compared[["a_ratio", "b_ratio", "change"]].isna().all(axis=None)


def test_a_word_of_a_hidden_card_is_not_told_where_the_cards_own_words_are_left_out(frames):
    """Its rate is that of all other cards: beside the others' it would tell how much was said to that one."""
    notes = frames.notes.assign(text="fælles regneark fælles")
    card = notes.groupby("card")["session"].nunique().idxmin()
    speakers = notes[notes["card"] == card]["session"].unique()
    drawn = frames.turns["card"].eq(card) & ~frames.turns["session"].isin(speakers[:2])
    hidden = notes["card"].eq(card) & ~notes["session"].isin(speakers[:2])
    notes["question"] = notes["question"].mask(notes["card"].eq(card), "Hvad med regneark?")
    release = Release(frames._replace(turns=frames.turns[~drawn], notes=notes[~hidden]))
    assert release.by_card().query("card == @card")["withheld"].notna().all()
    assert "regneark" in set(release.keyness()["word"])
    assert set(release.keyness(without_prompts=True)["word"]) == {"fælles"}


def test_a_table_of_ones_own_goes_through_the_same_release_by_one_call(frames, release):
    mine = discussion.by_group(*frames)[["group", "area", "notes"]]
    protected = release.protected(mine, "organisation")
    hidden = release.by_group()["withheld"].notna()
    assert protected["withheld"].notna().equals(hidden) and hidden.any()
    assert protected.loc[hidden, "notes"].isna().all() and protected.loc[~hidden, "notes"].notna().all()


def displayed(data):
    """All that a notebook may show of a frame or a column."""
    return repr(data) + str(data) + (data._repr_html_() if data.ndim == 2 else "")


def test_a_notebook_does_not_display_exact_figures_unless_for_ones_own_eyes(frames, release):
    exact = discussion.by_area(*frames)
    areas, figure = list(exact["area"]), f"{int(exact['minutes'].max())}."
    derived = [
        exact[exact["drawn"] > 0],
        exact[["area", "minutes"]],
        exact.head(1),
        exact.set_index("area").T,
    ]
    derived += [exact["minutes"], exact.iloc[0], exact.groupby("area")["minutes"].sum(), exact.describe()]
    for data in (exact, *derived):
        assert "Release(frames)" in displayed(data) and figure not in displayed(data)
        assert not any(area in displayed(data) for area in areas)
    assert all(area in displayed(release.by_area()) for area in areas)
    assert figure in displayed(discussion.by_area(*frames, for_my_eyes=True)[["area", "minutes"]])
    with allowing_unprotected():
        assert figure in displayed(exact[["area", "minutes"]])


@pytest.mark.parametrize(
    "ask",
    [
        lambda frames, **mine: words.keyness(frames.notes, min_sessions=2, **mine),
        lambda frames, **mine: words.kwic(frames.notes, "sjælden", frames.sessions, **mine),
        lambda frames, **mine: words.search(frames.notes, "sjælden", **mine),
        lambda frames, **mine: words.matching_forms(frames.notes, "sjælden", **mine),
        lambda frames, **mine: words.vocabulary(frames.notes, **mine),
        lambda frames, **mine: words.tokens(frames.notes, **mine).query("word == 'sjælden'"),
        lambda frames, **mine: words.cooccurrences(frames.notes, "sjælden", min_notes=1, **mine),
        lambda frames, **mine: words.sessions_by_word(frames.notes, **mine).query("stem == 'sjælden'"),
        lambda frames, **mine: course(*frames, session=frames.sessions["session"].iloc[0], **mine),
    ],
    ids=[
        *("keyness", "kwic", "search", "matching_forms", "vocabulary", "tokens", "cooccurrences"),
        *("sessions_by_word", "course"),
    ],
)
def test_what_few_said_or_did_is_not_displayed_either_unless_for_ones_own_eyes(spoken, ask):
    rows = ask(spoken)
    assert len(rows) and "Release(frames)" in displayed(rows)
    assert not any(word in displayed(rows) for word in ("sjælden", "discussed"))
    own = ask(spoken, for_my_eyes=True)
    assert len(own) == len(rows) and str(own.iloc[0, 0]) in displayed(own)


def test_exact_figures_are_calculated_with_and_written_as_any_frame(frames, tmp_path):
    exact, plain = (discussion.by_area(*frames, for_my_eyes=mine) for mine in (False, True))
    pd.testing.assert_frame_equal(pd.DataFrame(exact), plain)
    assert exact["minutes"].sum() == plain["minutes"].sum()
    exact.to_csv(tmp_path / "areas.csv", index=False, encoding="utf-8")
    assert len(pd.read_csv(tmp_path / "areas.csv", encoding="utf-8")) == len(plain)


@pytest.mark.parametrize(
    "name", ["by_area", "by_card", "by_group", "compare", "then_and_now", "between_groups"]
)
def test_every_question_of_the_discussion_can_be_asked_for_ones_own_eyes(name):
    parameters = inspect.signature(getattr(discussion, name)).parameters
    assert parameters["for_my_eyes"].default is False and next(iter(parameters)) == "sessions"


def test_every_sum_that_a_release_shows_is_an_open_cell_of_its_tables(frames):
    """So whoever has all the frames has no more sums than the attacker of the tables (test_linked_tables)."""
    few = frames.sessions.query("organisation == 'Havneby'")["session"].iloc[3:]
    some = Release(frames._replace(sessions=frames.sessions[~frames.sessions["session"].isin(few)]))
    tables = {
        ("area", "everything"): some.by_area(),
        ("area", "organisation"): some.by_group().rename(columns={"group": "organisation"}),
        ("card", "everything"): some.by_card(),
    }
    left_out = 0
    for (column, level), frame in tables.items():
        cells = some.cells[column][level].dropna(subset=column)
        keys = [column] if level == "everything" else [level, column]
        both = frame.merge(cells.astype({column: "string"}), on=keys, suffixes=("", "_of_table"))
        is_open = both["withheld_of_table"].isna()
        left_out += (~is_open).sum()
        sums = ("drawn", "discussed", "skipped", "notes", "words", "minutes")
        for name in sums:
            assert both.loc[~is_open, name].isna().all()
            assert np.allclose(*(both.loc[is_open, x].astype(float) for x in (name, f"{name}_of_table")))
        others = set(frame.select_dtypes("number")) - {*sums, "number"}
        assert frame.loc[frame["drawn"].isna(), [*others]].isna().all(axis=None)
    assert left_out


def test_few_counts_different_groups_and_leaves_the_own_one_aside(frames, release):
    ids = {name: list(rows["session"]) for name, rows in frames.sessions.groupby("organisation")}
    sessions_of = {
        "two": ids["Nordby"][:2],
        "three": ids["Nordby"][:3],
        "one beside many": [*ids["Nordby"], ids["Havneby"][0]],
        "three beside many": [*ids["Nordby"], *ids["Havneby"][:3]],
        "three times the same": [ids["Nordby"][0]] * 3,
    }
    rows = pd.DataFrame(
        [(name, one) for name, all_ in sessions_of.items() for one in all_], columns=["cell", "session"]
    )
    assert release.few(rows, ["cell"]) == {("two",), ("one beside many",), ("three times the same",)}
    assert np.isin(rows["session"], frames.sessions["session"]).all()
