"""The page that lists the checks is the one the checks make."""

from pathlib import Path

from cleanclaim.edi.checks import RULES
from cleanclaim.edi.checks.listing import page

PAGE = Path(__file__).parents[3] / "docs" / "edi-rules.md"


def test_the_page_lists_every_check_as_it_is():
    text = PAGE.read_text(encoding="utf-8")

    assert text == page()
    assert all(f"`{name}`" in text for name in RULES)
