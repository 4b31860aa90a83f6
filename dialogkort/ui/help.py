"""View of the guide for facilitators and IT departments, with its pictures."""

from base64 import b64encode
from functools import cache

from dialogkort.documents.handbook import handbook, picture
from dialogkort.i18n import language


def help_view() -> dict:
    """The guide's pages in the language in use: headings, lines in pieces, pictures as data."""
    return _view_in(language())


@cache
def _view_in(code: str) -> dict:
    pages = [
        {
            "heading": page.heading,
            "lead": page.lead,
            "parts": [
                {
                    "heading": part.heading,
                    "lines": [[list(piece) for piece in line] for line in part.lines],
                    "picture": _as_data(part.picture) if part.picture else None,
                    "alt": part.alt,
                }
                for part in page.parts
            ],
        }
        for page in handbook(code)
    ]
    return {"pages": pages}


def _as_data(name: str) -> str:
    return f"data:image/webp;base64,{b64encode(picture(name)).decode('ascii')}"
