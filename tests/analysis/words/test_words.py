"""A consultant finds what was said, whatever its form, and where."""

import itertools
import re
import time
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from dialogkort.analysis.words import cooccurrences, kwic, matching_forms, search, stem, tokens, vocabulary
from dialogkort.domain import notepad
from dialogkort.frames import sessions as frames


def notes_of(*texts, **columns):
    """Notes as the frames have them, one session each unless `session` says otherwise."""
    rows = [{"session": f"s{n}", "note": f"n{n}", "text": text} for n, text in enumerate(texts)]
    notes = pd.DataFrame(rows, columns=None if rows else list(frames.NOTES)).assign(**columns)
    return notes.reindex(columns=list(frames.NOTES)).astype(frames.NOTES)


def matched(notes, word, **how):
    return dict(zip(search(notes, word, **how)["note"], search(notes, word, **how)["matched"], strict=True))


# Tokens


def test_every_word_is_a_row_with_its_note_its_form_and_its_stem():
    token_rows = tokens(notes_of("Borgerne ringer.", pd.NA, "24/7", "Borger, it-kurser & NemID’er"))
    assert list(token_rows["row"]) == [0, 0, 3, 3, 3]
    assert list(token_rows["word"]) == ["borgerne", "ringer", "borger", "it-kurser", "nemid’er"]
    assert token_rows["stem"].iloc[0] == token_rows["stem"].iloc[2] == stem("borger")


def test_a_letter_and_its_ring_are_one_letter():
    token_rows = tokens(notes_of("GA\u030aRDEN", "gården"))
    assert list(token_rows["word"]) == ["gården", "gården"]


@given(st.lists(st.text(max_size=30), max_size=5))
def test_as_many_words_are_found_as_the_notes_column_words_counts(texts):
    notes = notes_of(*texts)
    counted = [notepad.word_count(composed) for composed in notes["text"].str.normalize("NFC")]
    assert list(np.bincount(tokens(notes)["row"], minlength=len(texts))) == counted


def test_no_python_object_is_kept_for_a_word_said_again():
    few, many = (tokens(notes_of(*["Borgerne ringer til os igen"] * n)) for n in (100, 10_000))
    bytes_each = (many.memory_usage(deep=True).sum() - few.memory_usage(deep=True).sum()) / (9_900 * 5)
    assert bytes_each <= 12


# Vocabulary


def test_the_vocabulary_counts_stems_and_shows_their_commonest_form():
    notes = notes_of("borgerne og borgerne", "Borger", "en øvelse", session=["a", "a", "b"])
    first = vocabulary(notes).iloc[0]
    assert (first["word"], first["forms"], first["count"], first["notes"], first["sessions"]) == (
        "borgerne",
        2,
        3,
        2,
        1,
    )
    assert set(vocabulary(notes)["word"]) == {"borgerne", "øvelse"}
    assert "og" in set(vocabulary(notes, stop=())["word"])


# Search


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("borger", "borger Borgerne borgers borgerkontakt borgernes"),
        ("kursus", "kurser it-kursus it-kurser kursusleder"),
        ("kurser", "kursus it-kursus"),
        ("system", "fagsystem fagsystemerne systemet systemfejl"),
        ("løsning", "selvbetjeningsløsninger"),
        ("selvbetjening", "selvbetjeningsløsninger"),
        ("kort", "kortet kortlægge adgangskort"),
        ("it", "it-kursus"),
        ("barn", "børn plejebørn børnehave"),
        ("arbejde", "arbejdsplads"),
        ("BORGERE", "borgerkontakt"),
    ],
)
def test_a_search_finds_inflections_and_the_longer_words_it_is_a_part_of(word, expected):
    notes = notes_of(*expected.split())
    assert len(search(notes, word)) == len(notes)


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("kort", "kontor akkord"),
        ("bil", "billede billeder billeddeling billetkontor mobil"),
        ("stem", "stemning"),
        ("man", "mandag mange"),
        ("borger", "borgmester"),
        ("ledelse", "leder led billede"),
        ("ret", "direkte"),
    ],
)
def test_a_search_does_not_find_a_word_in_what_only_looks_like_it(word, others):
    assert search(notes_of(*others.split()), word).empty


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("virke", "virkede virker virket"),
        ("anvende", "anvender anvendte"),
        ("kvalitet", "kvaliteten"),
        ("hjælp", "hjælpemidler"),
        ("data", "database"),
        ("billede", "billeddeling billedet"),
        ("bruge", "bruger brugte"),
        ("leder", "ledere lederne"),
    ],
)
def test_all_forms_of_a_word_and_what_is_put_together_with_it_are_found(word, expected):
    assert len(search(notes_of(*expected.split()), word)) == len(expected.split())


@pytest.mark.parametrize(
    ("word", "others"), [("bil", "billig biller billet"), ("vej", "vejledning"), ("svar", "ansvar")]
)
def test_a_word_inside_another_by_chance_is_not_found(word, others):
    assert search(notes_of(*others.split()), word).empty


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("bil OR robot", {"n0", "n1", "n2", "n3"}),
        ("robot | tog", {"n1", "n2", "n3"}),
        ('"digitale robotter"', {"n3"}),
        ('"digital robot"', set()),
        ("digital robot OR bil", {"n0", "n3"}),
        ("rob*", {"n1", "n2", "n3"}),
        ("*ter", {"n3"}),
        ("r*b*t", {"n1"}),
        ("digital* robot", {"n3"}),
        ("OR robot OR", {"n1", "n2", "n3"}),
        ("r*t*t", set()),  # no letter counts twice
    ],
)
def test_a_search_takes_or_words_as_they_stand_and_stars(words, expected):
    notes = notes_of("en bil", "en robot", "robotten", "digitale robotter")
    assert set(search(notes, words)["note"]) == expected
    assert len(kwic(notes, words)) == len(expected)


def test_of_several_that_begin_at_one_place_the_longest_is_shown():
    assert list(kwic(notes_of("en digital robot"), "digital OR digital robot")["match"]) == ["digital robot"]


def test_many_stars_take_no_long_time():
    notes = notes_of("a" * 20_000)
    begun = time.process_time()
    assert search(notes, "*a" * 50 + "*b").empty
    assert time.process_time() - begun < 5


def test_a_search_tells_which_word_it_found_and_how_often():
    notes = notes_of("Borgerne har borgerkontakt, borgerne", "intet", "en borger")
    matches = search(notes, "borger")
    assert list(matches["matched"]) == ["borgerne, borgerkontakt", "borger"]
    assert list(matches["hits"]) == [3, 1]
    assert list(matches.columns) == [*notes.columns, "matched", "hits"]
    assert list(matches["note"]) == ["n0", "n2"]


def test_without_compounds_only_inflections_are_found():
    notes = notes_of("borgerne", "borgerkontakt")
    assert matched(notes, "borger", compounds=False) == {"n0": "borgerne"}


def test_words_are_looked_for_one_after_another_each_in_any_form():
    notes = notes_of(
        "de digitale værktøjer", "digitalt værktøj", "værktøjet er digitalt", "digitale – værktøj"
    )
    assert set(search(notes, "digitalt værktøj")["note"]) == {"n0", "n1", "n3"}
    apart = notes_of("vi er digitale", "værktøjer driller")
    assert search(apart, "digitale værktøjer").empty


def test_a_part_may_be_a_word_that_only_these_notes_or_the_cards_know():
    assert search(notes_of("zumbaborgere"), "borger").empty
    assert len(search(notes_of("zumbaborgere", "zumba", "zumba"), "borger")) == 1
    assert len(search(notes_of("zumbaborgere", question="Har I zumba?"), "borger")) == 1


def test_the_forms_that_a_search_counts_can_be_looked_at_first():
    notes = notes_of("borgerne ringer", "borgerne", "borgerkontakten", session=["a", "a", "b"])
    form_counts = matching_forms(notes, "borger")
    assert form_counts[["word", "how", "parts"]].to_numpy().tolist() == [
        ["borgerne", "form", "borgerne"],
        ["borgerkontakten", "compound", "borger+kontakten"],
    ]
    assert form_counts[["count", "notes", "sessions"]].to_numpy().tolist() == [[2, 2, 1], [1, 1, 1]]


@pytest.mark.parametrize("nothing", ["", "  ", "24/7", "OR", "*", '""'])
def test_what_is_no_word_cannot_be_looked_for(nothing):
    with pytest.raises(ValueError, match="not a word"):
        search(notes_of("en borger"), nothing)


def test_forms_of_several_words_cannot_be_listed():
    with pytest.raises(ValueError, match="one word"):
        matching_forms(notes_of("en borger"), "to ord")
    with pytest.raises(ValueError, match="one word"):
        matching_forms(notes_of("en borger"), "borg*")


# Key word in context

POOL = ["borger", "Borgerne", "borgers", "BORGER", "borgmester", "og", "vi", "ringer", "è", "24"]
SIGNS = [" ", ", ", ". ", "\n", " – ", "/"]
PLAIN = re.compile(r"(?<![^\W\d_])(?:borger|borgerne|borgers)(?![^\W\d_])", re.IGNORECASE)


@given(
    st.lists(st.lists(st.tuples(st.sampled_from(POOL), st.sampled_from(SIGNS)), max_size=12), max_size=4),
    st.integers(0, 30),
)
def test_a_word_in_its_context_is_what_a_plain_regular_expression_finds(notes, width):
    texts = ["".join(word + sign for word, sign in note) for note in notes]
    plain = [
        (
            f"n{n}",
            text[max(0, hit.start() - width) : hit.start()],
            hit[0],
            text[hit.end() : hit.end() + width],
        )
        for n, text in enumerate(text.replace("\n", " ") for text in texts)
        for hit in PLAIN.finditer(text)
    ]
    lines = kwic(notes_of(*texts), "borger", width=width)
    assert list(lines[["note", "left", "match", "right"]].itertuples(index=False, name=None)) == plain


def test_a_line_tells_where_it_was_said():
    notes = notes_of("Tid til borgerkontakt i dag", card="c1", area="Formidling", kind="point")
    sessions = pd.DataFrame({"session": ["s0"], "organisation": ["By"], "unit": ["Borgerservice"]})
    line = kwic(notes, "borger", sessions, width=8).iloc[0]
    assert (line["left"], line["match"], line["right"]) == ("Tid til ", "borgerkontakt", " i dag")
    assert (line["area"], line["organisation"], line["unit"]) == ("Formidling", "By", "Borgerservice")
    assert (line["card"], line["session"], line["note"]) == ("c1", "s0", "n0")


def test_several_words_are_one_match():
    line = kwic(notes_of("nye digitale værktøjer nu"), "digital værktøj").iloc[0]
    assert (line["left"], line["match"], line["right"]) == ("nye ", "digitale værktøjer", " nu")


# Company

WORDS = ["borger", "telefon", "skærm", "kollega", "kursus", "opgave", "papir"]


@pytest.fixture(scope="module")
def company():
    """Borger and telefon seek each other's company; the others do not."""
    rng = np.random.default_rng(3)
    texts = []
    for _ in range(120):
        words = list(rng.choice(WORDS[2:], size=rng.integers(1, 4)))
        words += ["borger", "telefoner"] if rng.random() < 0.3 else ["borgere"] if rng.random() < 0.2 else []
        texts.append(" og ".join(words))
    return notes_of(*texts, session=[f"s{n % 10}" for n in range(120)])


def test_pairs_are_counted_by_note_and_weighed_as_the_sources_say(company):
    per_note = [sorted({stem(word) for word in text.split(" og ")}) for text in company["text"]]
    alone = Counter(itertools.chain.from_iterable(per_note))
    counts = Counter(pair for words in per_note for pair in itertools.combinations(words, 2))
    pairs = cooccurrences(company, min_notes=1, min_sessions=1)
    assert len(pairs)
    for row in pairs.itertuples():
        one, other = sorted((stem(row.word), stem(row.other)))
        both, many = counts[one, other], len(company)
        table = np.array([[both, alone[one] - both], [alone[other] - both, 0]])
        table[1, 1] = many - table.sum()
        assert row.notes == both
        assert row.expected == pytest.approx(alone[one] * alone[other] / many)
        assert row.g2 == pytest.approx(chi2_contingency(table, correction=False, lambda_="log-likelihood")[0])
        pmi = np.log(both * many / (alone[one] * alone[other]))
        assert row.npmi == pytest.approx(pmi / -np.log(both / many))
    more = {pair for pair, both in counts.items() if both * len(company) > alone[pair[0]] * alone[pair[1]]}
    assert len(pairs) == len(more)


def test_the_surest_pair_comes_first_in_its_commonest_form(company):
    first = cooccurrences(company).iloc[0]
    assert {first["word"], first["other"]} == {"borger", "telefoner"}
    assert first["sessions"] == 10


def test_a_word_asked_for_comes_first_in_all_its_pairs(company):
    pairs = cooccurrences(company, "telefonen", min_notes=1, min_sessions=1)
    assert set(pairs["word"]) == {"telefoner"}
    assert cooccurrences(company, "robot").empty


def test_a_pair_of_one_session_is_no_pair(company):
    alone = notes_of(*["borger telefon"] * 9, *["skærm"] * 9, session="s")
    assert cooccurrences(alone).empty
    assert len(cooccurrences(alone, min_sessions=1)) == 1


# What is not there


@pytest.mark.parametrize(
    "notes",
    [notes_of(), notes_of(pd.NA, pd.NA), notes_of("24/7", "")],
    ids=["no notes", "no texts", "no words"],
)
def test_of_nothing_there_is_an_empty_frame_with_the_same_columns(notes):
    some = notes_of("borger telefon", "borger telefon", "borgere", "skærm", session=["a", "b", "b", "b"])
    for ask in (
        tokens,
        vocabulary,
        lambda notes: matching_forms(notes, "borger"),
        lambda notes: search(notes, "borger"),
        lambda notes: kwic(notes, "borger"),
        lambda notes: cooccurrences(notes, min_notes=1),
    ):
        empty, full = ask(notes), ask(some)
        assert len(full) and empty.empty
        assert list(empty.columns) == list(full.columns)
