"""The pages at the top and the guide: what they point at is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
_LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")


def _anchor(heading):
    """A heading as the address of its section, as Git forges make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_link_of_a_page_leads_somewhere(document):
    for file, section in _LINK.findall(document.read_text(encoding="utf-8")):
        goal = document.parent / file if file else document
        assert goal.exists(), file
        if section:
            headings = re.findall(r"^#+ (.*)$", goal.read_text(encoding="utf-8"), re.MULTILINE)
            assert section in map(_anchor, headings), section


def test_every_module_that_the_map_for_contributors_names_is_there():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:\w+/)+\w+\.(?:py|js|toml))`", text))
    homes = [ROOT, ROOT / "dialogkort", ROOT / "dialogkort" / "ui", ROOT / "dialogkort" / "ui" / "frontend"]
    assert len(named) > 15
    names = {name for name in named if "NAME" not in name and "xx" not in name}
    assert not [name for name in names if not any((home / name).exists() for home in homes)]
