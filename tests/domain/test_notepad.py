"""The pad shows every note as it reads now, in the order they were begun."""

import unicodedata
from random import Random

import pytest

from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import Erased, Noted, NoteKind, NoteRemoved, Turned, Undone
from dialogkort.domain.notepad import Note, read, word_count

SESSION = new_id(1_000)
FIRST, SECOND = new_id(2_000), new_id(3_000)


def noted(at, note, content, **fields):
    return Noted(id=new_id(at), session=SESSION, note=note, text=content, **({"card": "a"} | fields))


def removed(at, note):
    return NoteRemoved(id=new_id(at), session=SESSION, note=note)


def undone(at, *events):
    return Undone(id=new_id(at), session=SESSION, events=tuple(event.id for event in events))


def test_a_note_says_all_that_was_written_of_it():
    events = [noted(5, FIRST, "Ring", kind=NoteKind.NEXT_STEP, owner="Ida", due="2026-03-01")]
    (note,) = read(events)
    begun = events[0].id
    assert note == Note(
        FIRST, "Ring", NoteKind.NEXT_STEP, "a", None, "Ida", "2026-03-01", 5, 5, version=begun, begun=begun
    )


def test_a_note_of_the_opening_round_belongs_to_a_question_and_to_no_card():
    (note,) = read([noted(5, FIRST, "Alt med strøm", card=None, opening_question=1)])
    assert (note.card, note.opening_question) == (None, 1)


def test_the_newest_version_is_what_the_note_says_and_it_is_as_old_as_its_first():
    events = [
        noted(5, FIRST, "Vi"),
        noted(9, FIRST, "Vi øver", kind=NoteKind.EXAMPLE),
        noted(7, FIRST, "Vi ø"),
    ]
    (note,) = read(events)
    assert (note.text, note.kind, note.created_at, note.updated_at) == ("Vi øver", NoteKind.EXAMPLE, 5, 9)


def test_notes_stand_in_the_order_they_were_begun_whichever_was_written_in_last():
    events = [noted(5, FIRST, "en"), noted(6, SECOND, "to"), noted(7, FIRST, "en mere")]
    assert [note.text for note in read(events)] == ["en mere", "to"]


def test_a_removed_note_is_off_the_pad_and_the_others_stay():
    events = [noted(5, FIRST, "en"), noted(6, SECOND, "to"), removed(7, FIRST)]
    assert [note.id for note in read(events)] == [SECOND]


def test_a_removal_that_is_undone_brings_the_note_back_in_its_place():
    events = [noted(5, FIRST, "en"), noted(6, SECOND, "to")]
    gone = removed(7, FIRST)
    assert read([*events, gone, undone(8, gone)]) == read(events)


def test_undoing_the_newest_version_brings_the_one_before_it_back():
    before, after = noted(5, FIRST, "en"), noted(6, FIRST, "en og to")
    assert read([before, after, undone(7, after)]) == read([before])


def test_undoing_every_version_takes_the_note_off_the_pad():
    versions = [noted(5, FIRST, "e"), noted(6, FIRST, "en")]
    assert read([*versions, undone(7, *versions)]) == ()


def test_a_note_that_another_window_goes_on_writing_is_not_lost_to_a_removal_before_it():
    events = [noted(5, FIRST, "en"), removed(6, FIRST), noted(7, FIRST, "en og to")]
    assert [note.text for note in read(events)] == ["en og to"]


@pytest.mark.parametrize("seed", range(5))
def test_the_pad_is_the_same_in_whatever_order_and_however_often_its_events_are_met(seed):
    first = [noted(at, FIRST, f"en {at}") for at in (5, 7, 9)]
    second = [noted(at, SECOND, f"to {at}") for at in (6, 8)]
    gone = removed(10, SECOND)
    events = [*first, *second, gone, undone(11, gone), Turned(id=new_id(12), session=SESSION, card="a")]
    assert read(Random(seed).sample(events * 2, len(events) * 2)) == read(events)
    assert [note.text for note in read(events)] == ["en 9", "to 8"]


def test_no_events_are_an_empty_pad():
    assert read([]) == ()


def test_a_note_that_was_emptied_is_no_note_until_something_is_written_again():
    emptied = [noted(5, FIRST, "Vi"), noted(6, FIRST, "  ")]
    assert read(emptied) == ()
    assert [note.text for note in read([*emptied, noted(7, FIRST, "Vi øver")])] == ["Vi øver"]


def test_a_next_step_with_an_owner_and_no_words_yet_is_kept():
    assert len(read([noted(5, FIRST, "", kind=NoteKind.NEXT_STEP, owner="Ida")])) == 1


def test_a_note_names_the_version_it_reads_by():
    events = [noted(5, FIRST, "en"), noted(6, FIRST, "en og to"), noted(7, FIRST, "en, to og tre")]
    taken_back = undone(8, events[2])
    assert [note.version for note in read([*events, taken_back])] == [events[1].id]


def test_an_erased_note_is_off_the_pad_though_an_old_copy_of_it_is_met_again():
    events = [noted(5, FIRST, "en"), noted(6, SECOND, "to"), noted(7, FIRST, "en igen")]
    erased = Erased(id=new_id(8), session=SESSION, note=FIRST, events=2, characters=9)
    for counts in ([*events, erased], [erased, *events], [*events, erased, *events]):
        assert [note.text for note in read(counts)] == ["to"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("Vi øver os", 3),
        ("it-kurser, 2 gange om året", 4),
        ("borgernes NemID’er – 24/7", 2),
        ("👍 \n", 0),
        (unicodedata.normalize("NFD", "Ældre får øget støtte på gården"), 6),
    ],
)
def test_a_notes_words_are_counted_and_numbers_and_signs_are_none(text, words):
    assert word_count(text) == words
