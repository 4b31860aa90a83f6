"""Text analysis of Danish notes: tokens, concordance, keyness, co-occurrence, topics.

`tokens` and `vocabulary` count, `matching_forms`, `search` and `kwic` find, `keyness` compares,
`cooccurrences` and `themes` show what goes with what. All take the `notes` of `frames.read` (or of a dataset)
and give frames. Needs `pip install "dialogkort[analysis]"`, and for themes `"dialogkort[themes]"`.
"""

from importlib.util import find_spec

from dialogkort.analysis.words.concordance import kwic, matching_forms, search
from dialogkort.analysis.words.cooccurrence import cooccurrences
from dialogkort.analysis.words.danish import parts, stem, stop_words
from dialogkort.analysis.words.keyness import keyness
from dialogkort.analysis.words.speakers import sessions_by_word
from dialogkort.analysis.words.tokens import tokens, vocabulary
from dialogkort.analysis.words.topics import how_many_themes, themes
from dialogkort.errors import InvalidAction
from dialogkort.i18n import text

__all__ = [
    "cooccurrences",
    "how_many_themes",
    "keyness",
    "kwic",
    "matching_forms",
    "parts",
    "search",
    "sessions_by_word",
    "stem",
    "stop_words",
    "themes",
    "tokens",
    "vocabulary",
]

# They are loaded when a word is asked for; somebody without them should hear it at once.
for _needed in ("simplemma", "snowballstemmer"):
    if find_spec(_needed) is None:
        raise InvalidAction(text("dataset.extra_missing", name=_needed, extra="analysis"))
