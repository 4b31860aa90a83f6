"""How a screen's script and style are put together: one self-contained ES module and one style sheet."""

import base64
from functools import cache
from pathlib import Path

_FRONTEND = Path(__file__).parents[1] / "ui" / "frontend"
_FILES = {
    "dom": "core/dom",
    "memory": "sync/browser_storage",
    "outbox": "sync/outbox",
    "contact": "sync/connection",
    "line": "sync/sync_client",
    "status": "sync/save_status",
    "start": "workshop/start_screen",
    "table": "workshop/card_table",
    "card": "workshop/open_card",
    "guard": "workshop/privacy_hints",
    "pad": "workshop/notepad",
    "chart": "core/chart_view",
    "panels": "core/dialogs",
    "wayout": "workshop/export_erase",
    "workshop": "workshop/app",
    "overview": "overview/app",
    "coding": "coding/app",
}


@cache
def script(*parts: str) -> str:
    """The rooms of a page, one after the other; the last one exports its `render`. Nothing is fetched."""
    return "\n".join((_FRONTEND / f"{_FILES[part]}.js").read_text(encoding="utf-8") for part in parts)


@cache
def style() -> str:
    """The style sheet with its font inside: a page must look the same without a network."""
    font = base64.b64encode((_FRONTEND / "fonts" / "figtree.woff2").read_bytes()).decode("ascii")
    face = (
        "@font-face{font-family:'Dialogkort Figtree';font-weight:300 900;font-display:swap;"
        f"src:url(data:font/woff2;base64,{font}) format('woff2')}}\n"
    )
    return face + (_FRONTEND / "workshop" / "workshop.css").read_text(encoding="utf-8")
