"""A session's history that grows event by event is the one that is folded at once, whatever comes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dialogkort.domain import notepad, table
from dialogkort.domain.erasures import without_erased
from dialogkort.domain.events import (
    Agreement,
    AgreementChosen,
    ClockDiffered,
    Dealt,
    Described,
    Discussed,
    Ended,
    Erased,
    FollowUpMarked,
    HandsCounted,
    MinutesTold,
    Noted,
    NoteRemoved,
    PutBack,
    Rated,
    RatingsShown,
    Reopened,
    RetentionSet,
    SilenceBegun,
    SilenceEnded,
    SilentlyNoted,
    Skipped,
    SkipReason,
    StepStatus,
    StepStatusSet,
    TimerExtended,
    TimerSet,
    TimerStart,
    TimerStarted,
    TimerStopped,
    Turned,
    TurnsOrdered,
    TypedIn,
    Undone,
    UnknownEvent,
    VotesShown,
    WentBack,
    newest_description,
)
from dialogkort.domain.history import History
from dialogkort.domain.undo import effective_events, last_step, next_redo


def an_id(number):
    return f"00000000-{number:04x}-7000-8000-000000000000"


SESSION = an_id(1)
CARDS = ("k-01", "k-02", "k-03")
ids = st.integers(2, 40).map(an_id)
cards = st.sampled_from(CARDS)
notes = st.integers(50, 52).map(an_id)


def happening(kind, **fields):
    return st.builds(kind, id=ids, session=st.just(SESSION), **fields)


def noted(id, note, text, owner, after, is_a_new_note):
    return Noted(
        id=id,
        session=SESSION,
        note=id if is_a_new_note else note,
        text=text,
        owner=owner,
        after=after,
        card="k-01",
    )


any_event = st.one_of(
    happening(Described, workshop=st.sampled_from("AB"), group=st.just("1")),
    happening(
        Dealt, deck=st.just("d"), seed=st.just(1), order=st.sampled_from([CARDS, tuple(reversed(CARDS))])
    ),
    happening(Turned, card=cards),
    happening(Turned, card=cards),
    happening(AgreementChosen, card=cards, agreement=st.none() | st.sampled_from(Agreement)),
    happening(Discussed, card=cards, agreement=st.none() | st.sampled_from(Agreement)),
    happening(Skipped, card=cards, reason=st.none() | st.sampled_from(SkipReason)),
    happening(PutBack, card=cards),
    happening(WentBack, card=cards),
    happening(TypedIn),
    happening(MinutesTold, card=cards, minutes=st.none() | st.integers(0, 9)),
    happening(TurnsOrdered, order=st.permutations(CARDS).map(tuple)),
    happening(UnknownEvent, what=st.just("voted"), unknown_fields=st.just('{"votes": 3}')),
    st.builds(
        noted,
        ids,
        notes,
        st.sampled_from(["Vi øver", "mere", " "]),
        st.sampled_from(["", "Karin"]),
        st.none() | ids | notes,
        st.booleans(),
    ),
    happening(NoteRemoved, note=notes),
    happening(TimerSet, seconds=st.just(60), starts=st.sampled_from(TimerStart)),
    happening(TimerStarted, seconds=st.just(30)),
    happening(TimerExtended, seconds=st.just(60)),
    happening(TimerStopped),
    happening(SilenceBegun, card=cards),
    happening(SilentlyNoted, note=notes, card=cards, text=st.just("alene")),
    happening(SilenceEnded, card=cards),
    happening(Rated, rating=st.integers(1, 5), word=st.sampled_from(["", "Ærligt"])),
    happening(RatingsShown),
    happening(StepStatusSet, note=notes, noted_in=st.just(SESSION), status=st.sampled_from(StepStatus)),
    happening(FollowUpMarked, follows=st.lists(ids, max_size=2).map(tuple)),
    happening(RetentionSet, until=st.sampled_from(["", "2027-01-31"])),
    happening(HandsCounted, note=notes, hands=st.none() | st.integers(0, 9)),
    happening(VotesShown, is_shown=st.booleans()),
    happening(Ended),
    happening(Reopened),
    happening(ClockDiffered, clock=st.just(5)),
    happening(Undone, events=st.lists(ids, min_size=1, max_size=3).map(tuple)),
    happening(Erased, events=st.just(1), characters=st.just(1), note=notes | ids),
)
# Nearly always in order, as it is in a session; and in any order, with an erasure of everything among it.
in_order = st.lists(any_event, max_size=25).map(lambda events: sorted(events, key=lambda event: event.id))
anyhow = st.lists(
    any_event | happening(Erased, events=st.just(9), characters=st.just(9)) | any_event, max_size=25
)
opened = st.booleans().map(
    lambda begun: (
        [
            Described(id=SESSION, session=SESSION, workshop="W", group="1"),
            Dealt(id=an_id(2), session=SESSION, deck="d", seed=1, order=CARDS),
        ]
        if begun
        else []
    )
)


def folds_of(history):
    """All that a history tells."""
    try:
        details = history.details
    except ValueError:
        details = None
    return {
        "events": history.events,
        "effective": list(history.effective),
        "timer": history.timer,
        "silence": history.silence,
        "table": history.table,
        "closing": history.closing,
        "notes": history.notes,
        "removed": history.removed_notes,
        "each note": {note.id: history.notepad.get(note.id) for note in history.notes},
        "number of notes": len(history.notepad),
        "details": details,
        "dealt": history.dealt,
        "newest": history.newest,
        "erased": history.is_erased,
        "cards": history.card_facts,
        "replaced": history.replaced,
        "clock": history.clock_differed,
        "typed in": history.is_typed_in,
        "ended": history.ended_at,
        "undo": history.next_undo,
        "last of it": history.newest_undoable(),
        "redo": history.next_redo,
        "holds": {id for id in map(an_id, range(60)) if id in history},
    }


@settings(max_examples=250)
@given(begun=opened, events=in_order | anyhow, portions=st.lists(st.integers(1, 4), min_size=25, max_size=25))
def test_grown_in_any_portions_it_is_what_it_would_be_at_once(begun, events, portions):
    events = begun + events
    grown, left = History(), list(events)
    for portion in [1] * len(begun) + portions:
        grown.add(left[:portion])
        del left[:portion]
    grown.add(left)
    assert folds_of(grown) == folds_of(History(events))


@settings(max_examples=250)
@given(begun=opened, events=in_order | anyhow)
def test_it_tells_what_the_plain_folds_tell(begun, events):
    events = begun + events
    history = History()
    for event in events:
        history.add([event])
        history.add([])
    seen = folds_of(history)
    described = [event for event in without_erased(events) if isinstance(event, Described)]
    assert seen["events"] == without_erased(events)
    assert seen["effective"] == list(effective_events(events))
    assert seen["table"] == table.play(events)
    assert seen["notes"] == notepad.read(events)
    assert seen["undo"] == last_step(events)
    assert seen["last of it"] == (seen["undo"][-1] if seen["undo"] else None)
    assert seen["redo"] == next_redo(events)
    assert seen["details"] == (newest_description(described) if described else None)
    assert seen["newest"] == max((event.id for event in events), default="")
    if seen["undo"]:
        assert history.step_until(seen["undo"][-1].id) == seen["undo"]


def test_what_was_taken_back_and_taken_back_again_counts_again():
    turned = Turned(id=an_id(3), session=SESSION, card="k-01")
    undone = Undone(id=an_id(4), session=SESSION, events=(turned.id,))
    history = History([Dealt(id=an_id(2), session=SESSION, deck="d", seed=1, order=CARDS), turned])
    history.add([undone])
    assert history.table.current is None
    history.add([Undone(id=an_id(5), session=SESSION, events=(undone.id,))])
    assert history.table.current == "k-01"


def a_note(at, content):
    return noted(an_id(at), an_id(50), content, "", None, False)


def test_a_note_that_is_off_the_pad_is_told_as_it_read_last_with_what_brings_it_back():
    first, last = a_note(3, "Vi"), a_note(4, "Vi øver")
    removals = [NoteRemoved(id=an_id(at), session=SESSION, note=an_id(50)) for at in (5, 6)]
    history = History([first, last, *removals])
    (gone,) = history.removed_notes
    assert (gone.note.text, gone.removals) == ("Vi øver", tuple(event.id for event in removals))
    history.add([Undone(id=an_id(7), session=SESSION, events=gone.removals)])
    assert (history.removed_notes, [note.text for note in history.notes]) == ((), ["Vi øver"])


def test_a_note_that_undo_took_back_is_told_until_it_is_noted_again_and_a_blank_one_is_none():
    first, last = a_note(3, "Vi"), a_note(4, "Vi øver")
    history = History([first, last, Undone(id=an_id(5), session=SESSION, events=(first.id, last.id))])
    (gone,) = history.removed_notes
    assert (gone.note.text, gone.removals) == ("Vi øver", ())
    history.add([a_note(6, "Vi øver")])
    assert (history.removed_notes, [note.text for note in history.notes]) == ((), ["Vi øver"])
    blank = History([a_note(3, "  "), NoteRemoved(id=an_id(4), session=SESSION, note=an_id(50))])
    assert blank.removed_notes == ()


def test_one_who_follows_knows_when_everything_was_folded_anew():
    history = History([Turned(id=an_id(4), session=SESSION, card="k-01")])
    before = history.epoch
    history.add([Turned(id=an_id(5), session=SESSION, card="k-02")])
    assert history.epoch == before, "what comes in its turn is only added"
    history.add([Turned(id=an_id(3), session=SESSION, card="k-03")])
    assert history.epoch != before
    assert History(history.events).epoch != history.epoch, "no two have one in common"
