"""By payer, an item is that payer's in whose bucket it stands: not the one that its claim went on to later."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.apps.billing.claims.payers import DELGADO, MEDICAID, answered, two_payers
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import PAID_ON, PAYER, claim, pay, remittance

pytestmark = pytest.mark.database_core
# Two claims of 395.00, of which 93.60 is left of each, and one of 120.00.
OWED = {PAID_ON - timedelta(days=1): Decimal("910.00"), PAID_ON: Decimal("307.20")}


@pytest.fixture
def desk(practice: int) -> Iterator[Desk]:
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        yield Desk()


@pytest.fixture(params=["legs", "blocks"])
def pack(request):
    """Brings the blocks up to date, where they are asked."""
    from cleanclaim.apps.reports.aging.services import refresh_blocks

    return refresh_blocks if request.param == "blocks" else lambda: None


def by_payer(on: date) -> dict[tuple[str, ...], tuple[Decimal, Decimal]]:
    from cleanclaim.apps.reports.aging.questions import View, aging

    return {row.group: (row.open, row.credit) for row in aging(View(on, by=("payer", "bucket")))}


def open_with(on: date, payer: str, bucket: str) -> list[Decimal]:
    from cleanclaim.apps.reports.aging.questions import Cell, View, open_items

    view = View(on, by=("payer", "bucket"))
    return [one.amount for one in open_items(view, Cell({"payer": payer, "bucket": bucket}))]


def test_before_the_second_payer_had_it_the_first_owed_it(desk: Desk, pack) -> None:
    claim_id, _ = answered(desk)
    desk.take(claim("B1"), source_file_id=9)
    pack()
    assert desk.row(claim_id).payer_name == MEDICAID.name
    before, after = PAID_ON - timedelta(days=1), PAID_ON

    assert by_payer(before) == {(PAYER.name, "payer:1"): (Decimal("515.00"), Decimal(0))}
    assert by_payer(after) == {
        (PAYER.name, "payer:1"): (Decimal("120.00"), Decimal(0)),
        (MEDICAID.name, "payer:2"): (Decimal("93.60"), Decimal(0)),
    }
    assert open_with(before, PAYER.name, "payer:1") == [
        Decimal(x) for x in ("185.00", "210.00", "120.00")
    ]
    assert open_with(before, MEDICAID.name, "payer:1") == []
    assert open_with(after, MEDICAID.name, "payer:2") == [Decimal("66.40"), Decimal("27.20")]


def test_what_the_first_payer_paid_too_much_stays_its_credit(desk: Desk, pack) -> None:
    from cleanclaim.apps.billing.charges.models import Charge
    from cleanclaim.apps.shared.ledger.services import post_entries
    from cleanclaim.values.entry import Entry, Leg

    claim_id, _ = answered(desk)
    item = Charge.objects.filter(claim_id=claim_id, item_id__gt=0).earliest("id").item_id
    where = {"item_id": item, "claim_id": claim_id, "line_number": 1}
    legs = (
        Leg("asset:remit-clearing", Decimal("10.00"), **where),
        Leg("receivable:payer:1", Decimal("-10.00"), **where),
    )
    post_entries([Entry("payment", "too-much", PAID_ON, PAID_ON, legs)])
    pack()

    assert by_payer(PAID_ON) == {
        (PAYER.name, "payer:1"): (Decimal("0.00"), Decimal("-10.00")),
        (MEDICAID.name, "payer:2"): (Decimal("93.60"), Decimal("0.00")),
    }


def test_by_whatever_it_is_grouped_the_same_is_owed_and_each_cell_opens_its_items(
    desk: Desk, pack
) -> None:
    """Also with a claim at its second payer, one taken back there, a credit, and one never answered."""
    from itertools import permutations

    from cleanclaim.apps.billing.claims.services.next_payer import withdraw_next_payer
    from cleanclaim.apps.reports.aging.questions import (
        DIMENSIONS,
        Cell,
        Measure,
        View,
        aging,
        open_items,
        tie,
    )

    answered(desk)
    second = two_payers("A2")
    [back] = desk.take(second, source_file_id=11)
    desk.post(remittance(pay(second, *DELGADO, number="ICN2"), trace="T2"))
    withdraw_next_payer(back, reason="entered twice", on=PAID_ON, by=None)
    desk.take(claim("B1"), source_file_id=9)
    pack()
    for on in (PAID_ON - timedelta(days=1), PAID_ON):
        for by in [(one,) for one in DIMENSIONS] + list(permutations(DIMENSIONS, 2)):
            for measure in Measure:
                view = View(on, by=by, measure=measure)
                rows = aging(view)
                found = tie(view, rows)
                assert (found.difference, found.aging) == (0, OWED[on]), view
            for row in rows:
                items = open_items(view, Cell(dict(zip(by, row.group, strict=True))))
                assert sum(one.amount for one in items) == row.open, (view, row)
