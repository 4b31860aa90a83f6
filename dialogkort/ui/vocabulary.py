"""Vocabulary of the rules for the page, out of their own tables: outcomes, choices, kinds, limits.

`bundle` puts it into `core/vocabulary.js`, so that nothing of it is typed in JavaScript.
"""

from dialogkort.domain import limits
from dialogkort.domain.details import DETAILS, Detail
from dialogkort.domain.events import Agreement, NoteKind, SkipReason
from dialogkort.domain.notepad import KINDS_TO_READ
from dialogkort.domain.outcomes import COUNTED, Outcome
from dialogkort.domain.undo import LINE_PAUSE, WRITING_PAUSE


def vocabulary() -> dict:
    """The page's names and limits, as JSON can hold them; `Vocabulary` in `core/types.js` has the types."""
    return {
        "outcomes": [_outcome(outcome) for outcome in COUNTED],
        "agreements": list(Agreement),
        "skipReasons": list(SkipReason),
        "noteKinds": list(NoteKind),
        "nextStep": NoteKind.NEXT_STEP,
        "kindsToRead": list(KINDS_TO_READ),
        "openingQuestions": list(limits.OPENING_QUESTIONS),
        "details": [_detail(detail) for detail in DETAILS],
        "limits": _limits(),
    }


def _detail(detail: Detail) -> dict:
    return {
        "name": detail.name,
        "kind": detail.kind,
        "isRequired": detail.required or detail.expected,
        "ofWorkshop": detail.of_workshop,
        "autofill": detail.autofill,
        "choices": list(detail.choices),
    }


def _limits() -> dict:
    return {
        "name": limits.MAX_NAME_LENGTH,
        "quoted": limits.QUOTED,
        "years": [limits.YEARS[0], limits.YEARS[-1]],
        "people": [limits.PEOPLE[0], limits.PEOPLE[-1]],
        "writingPause": WRITING_PAUSE,
        "linePause": LINE_PAUSE,
        "minutes": limits.MINUTES[-1],
        "ownOpening": limits.MAX_OWN_OPENING,
        "catalogueBytes": limits.MAX_CATALOGUE_BYTES,
        "openingLength": limits.MAX_OPENING_LENGTH,
        "highestRating": limits.RATINGS[-1],
        "ratingsShownFrom": limits.RATINGS_SHOWN_FROM,
        "fewestVoteItems": limits.VOTE_ITEMS[0],
        "voteItems": limits.VOTE_ITEMS[-1],
        "hands": limits.HANDS[-1],
        "handsAtATable": limits.MAX_HANDS_AT_A_TABLE,
        "word": limits.MAX_WORD_LENGTH,
        "silentNote": limits.MAX_SILENT_LENGTH,
        "timerSeconds": limits.TIMER_SECONDS[-1],
    }


def _outcome(outcome: Outcome) -> dict:
    return {
        "value": outcome.value,
        "key": outcome.column,
        "settles": outcome.event is not None,
        "fields": list(outcome.fields),
        "isFaceDown": outcome.is_face_down,
        "isAside": outcome.is_aside,
        "icon": outcome.icon,
        "pattern": outcome.pattern,
    }
