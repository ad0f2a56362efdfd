"""Entries are found by the beginning of their key through the index."""

import re
from pathlib import Path

import cleanclaim
from cleanclaim.apps.shared.ledger.keys import range_of

SLOW = re.compile(r"idempotency_key__startswith|idempotency_key LIKE %")


def test_the_range_of_a_prefix_holds_what_begins_so_and_nothing_else():
    first, above = range_of("opening:7:")
    held = ("opening:7:", "opening:7:credit:1", "opening:7:\U0010fffe")
    not_held = ("opening:7", "opening:70:1", "opening:8:1", "opening:", "")

    assert [key for key in (*held, *not_held) if first.encode() <= key.encode() < above.encode()] == [*held]  # fmt: skip


def test_no_source_asks_for_a_given_prefix_by_like():
    root = Path(cleanclaim.__file__).parent
    found = [str(path.relative_to(root)) for path in root.rglob("*.py") if SLOW.search(path.read_text("utf-8"))]  # fmt: skip

    assert found == []
