"""Sheets beside the printed cards: the guide with ground rules and roles, a note sheet, an alignment page."""

from datetime import datetime

from dialogkort.documents.cards import HEIGHT, LEFT, TOP, WIDTH, check_shift
from dialogkort.documents.typesetting import pdf
from dialogkort.domain.deck import Area, Deck
from dialogkort.domain.outcomes import SETTLED
from dialogkort.i18n import language, text
from dialogkort.theme import area_style

_SECTIONS = {
    "steps": ("step_1", "step_2", "step_3", "step_4", "step_5", "step_6"),
    "rules": ("rule_1", "rule_2", "rule_3", "rule_4", "rule_5"),
    "roles": ("role_facilitator", "role_note_taker", "role_time_keeper"),
}


def guide_sheet(deck: Deck, *, created_at: datetime | None = None) -> bytes:
    """A PDF page to lie on the table: how to use the cards, ground rules, roles, and the areas' signs.

    Parameters
    ----------
    deck : Deck
        The deck whose areas it shows.
    created_at : datetime, optional
        What the document says of when it was made.

    Returns
    -------
    bytes
        The PDF, in the user's language, PDF/UA-1 and PDF/A-2a.

    Examples
    --------
    >>> from dialogkort import read_deck
    >>> guide_sheet(read_deck())[:5]
    b'%PDF-'
    """
    sections = [
        [text(f"documents.guide.{name}"), name, [text(f"documents.guide.{line}") for line in lines]]
        for name, lines in _SECTIONS.items()
    ]
    words = {name: text(f"documents.guide.{name}") for name in ("heading", "purpose", "areas")}
    areas = [_area(area, place) for place, area in enumerate(deck.areas)]
    content = {"sections": sections, "areas": areas, "source": deck.attribution}
    return _sheet("guide", words, content, created_at)


def note_sheet(deck: Deck, *, created_at: datetime | None = None) -> bytes:
    """A PDF of two pages that a group writes on: cards as they are turned, next steps, disagreement.

    Its columns are what is typed in afterwards: the card's number, what became of it, the notes.

    Parameters
    ----------
    deck : Deck
        The deck that is played.
    created_at : datetime, optional
        What the document says of when it was made.

    Returns
    -------
    bytes
        The PDF, in the user's language, PDF/UA-1 and PDF/A-2a.

    Examples
    --------
    >>> from dialogkort import read_deck
    >>> note_sheet(read_deck())[:5]
    b'%PDF-'
    """
    words: dict = {name: text(f"documents.notes.{name}") for name in ("heading", "hint", "disagreement")}
    words |= {
        "next_steps": text("page.notes.next_steps"),
        "fields": [text(f"page.start.{field}") for field in ("workshop", "group", "date", "note_taker")],
        "columns": [text(f"documents.notes.{column}") for column in ("card", "outcome", "notes")],
        "step_columns": [text("documents.notes.what"), text("page.pad.owner"), text("page.pad.due")],
        "ticks": [
            *(text(f"outcome.{outcome.column}.heading") for outcome in SETTLED if not outcome.is_face_down),
            *(text(f"page.agreement.{seen}") for seen in ("alike", "differently", "not_settled")),
        ],
    }
    return _sheet("notes", words, {"title": text("documents.notes.title", deck=deck.title)}, created_at)


def alignment_page(*, shift: tuple[float, float] = (0, 0), created_at: datetime | None = None) -> bytes:
    """A PDF of a front and a back that shows by how much a printer's two sides are apart.

    With a `shift` as in `cards.card_sheets` it shows whether that helps.

    Parameters
    ----------
    shift : tuple of float
        Millimetres the back is moved to the right and down.
    created_at : datetime, optional
        What the document says of when it was made.

    Returns
    -------
    bytes
        The PDF, in the user's language, PDF/UA-1 and PDF/A-2a.

    Raises
    ------
    InvalidAction
        The shift is too large.

    Examples
    --------
    >>> alignment_page(shift=(0.5, 0))[:5]
    b'%PDF-'
    """
    check_shift(shift)
    words: dict = {name: text(f"documents.alignment.{name}") for name in ("heading", "front", "back")}
    words["steps"] = [text(f"documents.alignment.step_{step}") for step in (1, 2, 3)]
    words["back_steps"] = [text(f"documents.alignment.back_{step}") for step in (1, 2)]
    card = {"width": WIDTH, "height": HEIGHT, "left": LEFT, "top": TOP}
    return _sheet("alignment", words, {"card": card, "shift": list(shift)}, created_at)


def _sheet(name: str, words: dict, content: dict, created_at: datetime | None) -> bytes:
    frame = {"title": words["heading"], "lang": language(), "sheet": name, "colour": area_style(0).light}
    return pdf("sheets.typ", {**frame, "words": words, **content}, created_at=created_at)


def _area(area: Area, place: int) -> dict:
    shown = area_style(place)
    about = area.descriptions.get(language(), "")
    return {"name": area.name, "about": about, "sign": shown.shape, "colour": shown.light}
