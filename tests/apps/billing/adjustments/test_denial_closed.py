"""A denial of which nothing is left with anybody is closed, is still told as denied, and comes back with an undo."""

from decimal import Decimal

import pytest

from tests.apps.billing.adjustments.people import PAYER, person, visit
from tests.apps.billing.adjustments.test_requesting import ask
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import DENIED, PAID_ON, claim, line, pay, remittance

pytestmark = pytest.mark.database_core
ZERO = Decimal("0.00")


@pytest.fixture
def ana(inside):
    return person(inside, "Ana")


def claim_of(desk, item_id: int):
    from cleanclaim.apps.shared.ledger.models import Item

    return desk.row(Item.objects.get(pk=item_id).claim_id)


def undo(row, by: int) -> None:
    from cleanclaim.apps.billing.adjustments.services import undo_adjustment

    undo_adjustment(row.pk, words="appeal after all", on=PAID_ON, by=by)


def counted(claim_row) -> tuple[bool, bool]:
    """Whether the rail counts it as to be acted on, and whether the filter for denied claims shows it."""
    from cleanclaim.apps.billing.claims import questions, selectors

    denied = selectors.claims(selectors.Filters(states=("denied",)))
    return (
        questions.open_claims().filter(pk=claim_row.pk).exists(),
        denied.filter(pk=claim_row.pk).exists(),
    )


def test_written_off_it_is_closed_and_an_undo_brings_the_denial_back(desk, ana):
    item = visit(desk, answer=DENIED)
    before = claim_of(desk, item)
    row = ask("denial", item, "120.00", PAYER, by=ana)
    closed = claim_of(desk, item)
    was_counted = counted(closed)
    undo(row, ana)
    after = claim_of(desk, item)

    assert (before.state, before.denied) == ("denied", Decimal("120.00"))
    assert (closed.state, closed.denied, closed.open_amount) == ("closed", ZERO, ZERO)
    assert was_counted == (False, False)
    assert (after.state, after.denied) == ("denied", Decimal("120.00"))
    assert counted(after) == (True, True)
    desk.prove()


def test_what_is_left_of_it_keeps_it_denied(desk, ana):
    item = visit(desk, answer=DENIED)
    row = ask("denial", item, "100.00", PAYER, by=ana)
    part = claim_of(desk, item)
    undo(row, ana)

    assert (part.state, part.denied) == ("denied", Decimal("20.00"))
    assert claim_of(desk, item).denied == Decimal("120.00")


def test_a_part_that_was_denied_is_closed_and_comes_back_as_a_part(desk, ana):
    from cleanclaim.apps.shared.ledger.models import Item

    one = claim("A1", line(1), line(2, charge="50.00"))
    [claim_id] = desk.take(one)
    desk.post(remittance(pay(one, ("120.00", ()), ("0.00", (("CO", "197", "50.00"),)))))
    item = Item.objects.get(claim_id=claim_id, line_number=2).pk
    row = ask("denial", item, "50.00", PAYER, by=ana)
    closed = desk.row(claim_id).state
    undo(row, ana)

    assert (closed, desk.row(claim_id).state) == ("closed", "partial")


def test_a_correction_that_puts_it_on_again_brings_the_denial_back(desk, ana):
    item = visit(desk, answer=DENIED)
    ask("denial", item, "120.00", PAYER, by=ana)
    ask("denial_wrong", item, "-120.00", PAYER, by=ana)

    found = claim_of(desk, item)
    assert (found.state, found.denied) == ("denied", Decimal("120.00"))


def test_the_denial_rate_does_not_change(desk, ana):
    from cleanclaim.apps.reports.kpis.questions import Asked, kpis
    from cleanclaim.apps.shared.ledger.models import Item

    def rate():
        [found] = kpis(Asked(PAID_ON, days=30), ["denial_rate"])
        return found.top, found.bottom, found.value

    one = claim("A1")
    [claim_id] = desk.take(one)
    desk.post(remittance(pay(one, DENIED, status="4")))
    visit(desk, "A2")
    before = rate()
    ask("denial", Item.objects.get(claim_id=claim_id).pk, "120.00", PAYER, by=ana)

    assert desk.row(claim_id).state == "closed"
    assert before[:2] == (1, 2)
    assert rate() == before


def test_the_loops_summary_counts_it_as_denied(desk, ana):
    from cleanclaim.project.loop.summary import summarize

    item = visit(desk, answer=DENIED)
    visit(desk, "A2")
    before = summarize()
    ask("denial", item, "120.00", PAYER, by=ana)
    after = summarize()

    assert (before.counts.denied, after.counts.denied) == (1, 1)
    assert after.counts.paid == before.counts.paid
    assert after.broken == ()


def test_its_page_says_that_it_was_denied_and_that_nobody_owes_anything(practice):
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    with tenant(practice):
        desk, by = Desk(), person(practice, "Ana")
        item = visit(desk, answer=DENIED)
        ask("denial", item, "120.00", PAYER, by=by)
        claim_id = claim_of(desk, item).pk
    with demo():
        page = browser(practice, "Practice biller").get(f"/claims/{claim_id}/").content.decode()

    assert "denied, and nobody owes anything" in page
    assert "120.00 denied (trace TA1)" in page
