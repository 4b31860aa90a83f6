"""Sentences and numbers in the reader's language, from the frames that the analysis gives.

What is said may leave the room: a frame that is not protected is refused, unless it is `for_my_eyes=True`.
"""

from dialogkort.narrative.alt import in_short
from dialogkort.narrative.counts import of_coverage, of_session, of_skip_reasons, of_words
from dialogkort.narrative.findings import most_skipped, of_areas, of_cards, of_comparison, of_groups
from dialogkort.narrative.numbers import card_number, day, known, listed, number, percent, times
from dialogkort.narrative.overview import alt_text, overview_sentence

__all__ = [
    "alt_text",
    "card_number",
    "day",
    "in_short",
    "known",
    "listed",
    "most_skipped",
    "number",
    "of_areas",
    "of_cards",
    "of_comparison",
    "of_coverage",
    "of_groups",
    "of_session",
    "of_skip_reasons",
    "of_words",
    "overview_sentence",
    "percent",
    "times",
]
