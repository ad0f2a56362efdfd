"""The chance of a difference: a payer's own before every payer's, the lower age before the higher, a day's rows from that day on."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cleanclaim.rules.variance import Said, chance_of

ON = date(2026, 7, 8)
PAYER = 7


def said(
    share: str | None, *, payer: int = 0, limit: int | None = None, ago: int = 0, kind="short"
):
    share_of = None if share is None else Decimal(share)
    return Said(payer, kind, limit, share_of, ON - timedelta(days=ago))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], "0.65"),  # the program's own, 30 days old
        ([said("0.50")], "0.50"),
        ([said("0.50"), said("0.20", payer=PAYER)], "0.20"),
        ([said("0.20", payer=8)], "0.65"),
        ([said("0.20", kind="over")], "0.65"),
        ([said("0.50"), said("0.80", limit=30)], "0.80"),
        ([said("0.50"), said("0.80", limit=29)], "0.50"),
        ([said("0.80", limit=29)], "0.65"),
        ([said("0.80", limit=60), said("0.90", limit=45)], "0.90"),
        ([said("0.50", ago=-1)], "0.65"),  # starts tomorrow
        ([said("0.50", ago=9), said("0.40", ago=2)], "0.40"),
        ([said("0.40", ago=2), said("0.50", ago=9)], "0.40"),
        ([said("0.40"), said("0.45")], "0.45"),  # of one day the later one
        ([said("0.40", ago=2), said(None)], "0.65"),
        ([said("0.40"), said("0.20", payer=PAYER, ago=1), said(None, payer=PAYER)], "0.40"),
        ([said("0.00")], "0.00"),
        ([said("1.00")], "1.00"),
    ],
)
def test_which_one_counts(rows, expected):
    found = chance_of("short", payer_id=PAYER, payer="X", age_days=30, on=ON, said=rows)

    assert found.share == Decimal(expected)
    assert ("program's own" in found.words) is (expected == "0.65")
