"""By payer, an item is that payer's in whose bucket it stands: not the one that its claim went on to later."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.apps.billing.claims.payers import MEDICAID, answered
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import PAID_ON, PAYER, claim

pytestmark = pytest.mark.database_core


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
