"""Boot data of a page, sent with its script: which screen it is, and all its texts."""

from dialogkort.i18n import catalogue, language


def boot_view(screen: str) -> dict:
    """What a page is told with its script: which screen it is, and all its texts."""
    texts = catalogue(language())
    return {"screen": screen, "texts": {**texts["page"], "session": texts["session"], "code": language()}}
