"""Boot data of a page, sent with its script: which screen it is, and all its texts."""

from dialogkort.i18n import catalogue, language


def boot_view(screen: str) -> dict:
    """What a page is told with its script: which screen it is, and all its texts."""
    texts = catalogue(language())
    more = {section: texts[section] for section in ("session", "outcome", "format")}
    return {"screen": screen, "texts": {**texts["page"], **more, "code": language()}}
