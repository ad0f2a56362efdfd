"""An aging of a past day says who was asked then, and when the claim had been sent by then."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.apps.billing.claims.payers import DELGADO, MEDICAID, two_payers
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import DAY, PAID_ON, PAYER, claim, line, pay, remittance
from tests.apps.shared.ledger.cases import services

pytestmark = pytest.mark.database_core
BEFORE, AFTER = PAID_ON - timedelta(days=1), PAID_ON + timedelta(days=30)
FIRST, SECOND = PAYER.name, MEDICAID.name
Group = dict[tuple[str, ...], Decimal]


@pytest.fixture
def enter(practice):
    """A transaction of the practice."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    return lambda: tenant(practice)


@pytest.fixture
def desk() -> Desk:
    """The desk of the practice."""
    return Desk()


@pytest.fixture(params=["legs", "blocks"])
def pack(request):
    """What is asked next is answered from the legs, or from blocks."""
    from cleanclaim.apps.reports.aging.services import refresh_blocks

    return refresh_blocks if request.param == "blocks" else lambda: None


@pytest.fixture
def moved(enter, desk: Desk):
    """A claim that went from its first payer on to Medicaid; the moment before it did, and its id."""
    from cleanclaim.apps.shared.ledger.models import Entry

    one = two_payers()
    with enter():
        (claim_id,) = desk.take(one)
        desk.accept(claim_id, "ICN1")
        early = Entry.objects.latest("id").recorded_at
    with enter():
        desk.post(remittance(pay(one, *DELGADO), trace="T1"))
    return early, claim_id


def open_by(on: date, *by: str, known=None) -> Group:
    from cleanclaim.apps.reports.aging.questions import View, aging

    return {row.group: row.open for row in aging(View(on, known, by or ("payer",)))}


def test_a_day_before_the_claim_went_on_says_its_first_payer(enter, moved, pack) -> None:
    early, _ = moved
    with enter():
        pack()
    with enter():
        assert open_by(BEFORE) == {(FIRST,): Decimal("395.00")}
        assert open_by(PAID_ON) == {(SECOND,): Decimal("93.60")}
        assert open_by(PAID_ON, known=early) == {(FIRST,): Decimal("395.00")}
        assert open_by(PAID_ON, "bucket", "payer", "provider").keys() == {
            ("payer:2", SECOND, "1234567893")
        }


def test_what_stayed_with_the_first_payer_is_its_own(enter, moved, pack) -> None:
    from cleanclaim.apps.shared.ledger.models import Item

    first, second = Item.objects, None
    with enter():
        first, second = Item.objects.order_by("id").values_list("id", flat=True)
        for item, bucket in ((first, "payer:1"), (second, "patient")):
            services.transfer(
                item, to_bucket=bucket, key=bucket, effective_on=AFTER, accounting_on=AFTER
            )
    with enter():
        pack()
    with enter():
        assert open_by(AFTER, "bucket", "payer") == {
            ("patient", SECOND): Decimal("27.20"), ("payer:1", FIRST): Decimal("66.40"),
        }  # fmt: skip


def test_a_payer_that_the_claim_was_taken_back_from_was_asked_meanwhile(enter, moved, pack) -> None:
    from cleanclaim.apps.billing.claims.services.next_payer import withdraw_next_payer

    _, claim_id = moved
    with enter():
        withdraw_next_payer(claim_id, reason="no cover", on=AFTER, by=None)
    with enter():
        pack()
    with enter():
        assert open_by(AFTER - timedelta(days=1)) == {(SECOND,): Decimal("93.60")}
        assert set(open_by(AFTER)) == {(FIRST,)}


def test_items_and_days_side_by_side_say_the_payer_of_their_day(enter, moved, pack) -> None:
    from cleanclaim.apps.reports.aging.questions import Cell, View, aging_by_day, open_items

    with enter():
        pack()
    with enter():
        found = aging_by_day(View(PAID_ON, by=("payer",)), [BEFORE, PAID_ON])
        assert {day: rows[0].group for day, rows in found.items()} == {
            BEFORE: (FIRST,), PAID_ON: (SECOND,),
        }  # fmt: skip
        for day, payer, other in ((BEFORE, FIRST, SECOND), (PAID_ON, SECOND, FIRST)):
            view = View(day, by=("payer",))
            items = open_items(view, Cell({"payer": payer}))
            assert [one.payer for one in items] == [payer, payer]
            assert open_items(view, Cell({"payer": other})) == []


def test_payers_make_the_dso_of_a_past_day_as_they_stood(enter, moved) -> None:
    from cleanclaim.apps.reports.kpis.questions import Asked
    from cleanclaim.apps.reports.kpis.trends import dso_drivers

    early, _ = moved

    def drivers(asked) -> dict[str, tuple[Decimal, Decimal]]:
        return {one.payer: (one.receivable, one.charges) for one in dso_drivers(asked)}

    with enter():
        then, now = (Decimal("395.00"), Decimal("395.00")), (Decimal("93.60"), Decimal("395.00"))
        assert drivers(Asked(BEFORE)) == {FIRST: then}
        assert drivers(Asked(PAID_ON)) == {SECOND: now}
        assert drivers(Asked(PAID_ON, early)) == {FIRST: then}


def aged(on: date, known=None) -> list[int]:
    """The places of the ages in which something is open, counted from the sending."""
    from cleanclaim.apps.reports.aging.questions import Measure, View, aging

    (row,) = aging(View(on, known, measure=Measure.SUBMITTED))
    return [place for place, amount in enumerate(row.bands) if amount]


def test_an_age_since_the_sending_counts_from_the_last_one_by_then(
    enter, practice, desk: Desk, pack
) -> None:
    """Sent on 1 July, sent again on 5 November: on 20 October it is 111 days, not -16."""
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.claims.services import submit_ready_claims
    from cleanclaim.apps.shared.ledger.models import Entry
    from tests.apps.billing.world import partner

    again = date(2026, 11, 5)
    with enter():
        (claim_id,) = desk.take(claim("A1", line(1, "99214", "185.00")))
        desk.submit()
        early = Entry.objects.latest("id").recorded_at
    with enter():
        Claim.objects.filter(pk=claim_id).update(state="ready")
        submit_ready_claims(partner=partner(), submit_on=again, usage="T")
        assert desk.row(claim_id).submitted_on == again
    with enter():
        pack()
    with enter():
        assert date(2026, 10, 31) > DAY
        assert aged(DAY + timedelta(days=111)) == [3]
        assert aged(again) == [0]
        assert aged(again, early) == [4]  # nobody knew of the second one


def test_a_claim_not_sent_by_then_ages_from_its_service(enter, desk: Desk, pack) -> None:
    from cleanclaim.apps.billing.claims.services import submit_ready_claims
    from tests.apps.billing.world import partner

    with enter():
        desk.take(claim("A1", line(1, "99214", "185.00")))
        submit_ready_claims(partner=partner(), submit_on=date(2026, 11, 5), usage="T")
    with enter():
        pack()
    with enter():
        assert aged(date(2026, 11, 4)) == [4]
        assert aged(date(2026, 11, 5)) == [0]
