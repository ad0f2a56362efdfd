"""A batch that was posted wrong is keyed anew; earlier days stay as they were signed."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import StateError
from tests.apps.billing.world import PAID_ON, claim


def test_a_batch_posted_wrong_is_unposted_keyed_anew_and_posted_right(desk, paper):
    from cleanclaim.apps.billing.keying.services import correct_batch
    from cleanclaim.apps.billing.remittances.services import post_remittance, reverse_posting

    [claim_id] = desk.take(claim())
    batch = paper.open("80.00")
    paper.line(batch, claim_id, "80", ["CO", "45", "40"])
    paper.post(batch)
    with pytest.raises(StateError, match="stands"):
        correct_batch(batch, by=None)
    first = paper.row(batch).remittance_id
    reverse_posting(first, on=PAID_ON, reason="keyed wrong", by=None)

    new = correct_batch(batch, by=None).pk
    paper.line(new, claim_id, "80", ["CO", "45", "30"], ["PR", "2", "10"], number=1)
    done = paper.post(new)

    assert done.posted == 1
    assert paper.amounts(claim_id)["patient_owes"] == Decimal("10.00")
    assert paper.accounts()["asset:remit-clearing"] == Decimal("80.00")
    assert "keyed anew" in post_remittance(first, posted_on=PAID_ON).hold
    assert paper.accounts()["asset:remit-clearing"] == Decimal("80.00")
    desk.prove()


def test_keying_anew_leaves_the_proofs_of_earlier_days_as_they_were_signed(desk, paper):
    """The old remittance keeps its number, the new one has a trace of its own in the books."""
    from cleanclaim.apps.billing.deposits.daily import prove_day
    from cleanclaim.apps.billing.keying.services import correct_batch
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.remittances.services import reverse_posting

    [claim_id] = desk.take(claim())
    batch = paper.open("80.00")
    paper.line(batch, claim_id, "80", ["CO", "45", "40"])
    paper.post(batch)
    first = prove_day(PAID_ON)
    proofs, traces = {PAID_ON: first.digest}, []

    for later in (PAID_ON + timedelta(days=2), PAID_ON + timedelta(days=4)):
        old = Remittance.objects.get(pk=paper.row(batch).remittance_id)
        reverse_posting(old.pk, on=later, reason="keyed wrong", by=None)
        batch = correct_batch(batch, by=None).pk
        paper.post(batch, on=later)
        proofs[later] = prove_day(later).digest
        new = Remittance.objects.get(pk=paper.row(batch).remittance_id)
        traces.append((old.trace_number, old.repeat, new.trace_number, new.repeat))

    assert first.difference == Decimal("0.00")
    assert {day: prove_day(day).digest for day in proofs} == proofs
    number = paper.row(batch).trace_number
    assert traces == [(number, 0, number, 1), (number, 1, number, 2)]
    assert paper.accounts()["asset:remit-clearing"] == Decimal("80.00")
    desk.prove()


@pytest.mark.parametrize("days_later", [(0, 0), (2, 2), (2, 4)])
@pytest.mark.parametrize("is_dropped", [False, True])
def test_a_check_keyed_anew_is_remitted_once(desk, paper, days_later, is_dropped):
    """It came once. The days' sums are its amount, and each day's differences are explained."""
    from cleanclaim.apps.billing.deposits.daily import prove_day
    from cleanclaim.apps.billing.keying.services import correct_batch, drop_batch
    from cleanclaim.apps.billing.remittances.services import reverse_posting

    [claim_id] = desk.take(claim())
    batch = paper.open("80.00")
    paper.line(batch, claim_id, "80", ["CO", "45", "40"])
    paper.post(batch)
    back_on, anew_on = (PAID_ON + timedelta(days=later) for later in days_later)
    old = paper.row(batch).remittance_id
    reverse_posting(old, on=back_on, reason="keyed wrong", by=None)
    new = correct_batch(batch, by=None).pk
    if is_dropped:
        drop_batch(new, by=None)
        new = paper.open("80.00")
        paper.line(new, claim_id, "80", ["CO", "45", "40"])
    paper.post(new, on=anew_on)

    proofs = [prove_day(day) for day in sorted({PAID_ON, back_on, anew_on})]

    assert sum(one.remitted for one in proofs) == Decimal("80.00")
    assert sum(one.posted for one in proofs) == Decimal("80.00")
    assert [one.difference for one in proofs] == [Decimal("0.00")] * len(proofs)
    kinds = [item.kind for one in proofs for item in one.posted_items]
    told = {(0, 0): [], (2, 2): [], (2, 4): ["posting taken back", "keyed anew"]}
    assert kinds == told[days_later]


def test_a_check_whose_batch_was_keyed_anew_and_dropped_is_keyed_again(desk, paper):
    from cleanclaim.apps.billing.keying.services import correct_batch, drop_batch
    from cleanclaim.apps.billing.remittances.services import reverse_posting

    [claim_id] = desk.take(claim())
    batch = paper.open("80.00")
    paper.line(batch, claim_id, "80", ["CO", "45", "40"])
    paper.post(batch)
    reverse_posting(paper.row(batch).remittance_id, on=PAID_ON, reason="keyed wrong", by=None)
    drop_batch(correct_batch(batch, by=None).pk, by=None)

    again = paper.open("80.00")
    paper.line(again, claim_id, "80", ["CO", "45", "40"])

    assert paper.post(again).posted == 1
    desk.prove()


def test_dropped_and_keyed_again_it_stands_once_on_every_day(desk, paper):
    from datetime import date

    from cleanclaim.apps.billing.keying.services import correct_batch, drop_batch
    from cleanclaim.apps.billing.remittances.services import reverse_posting
    from cleanclaim.apps.shared.ledger.selectors import bucket_balances

    [claim_id] = desk.take(claim())
    batch = paper.open("80.00")
    paper.line(batch, claim_id, "80", ["CO", "45", "40"])
    paper.post(batch)
    back_on = date(2026, 9, 1)
    reverse_posting(paper.row(batch).remittance_id, on=back_on, reason="keyed wrong", by=None)
    drop_batch(correct_batch(batch, by=None).pk, by=None)
    again = paper.open("80.00")
    paper.line(again, claim_id, "80", ["CO", "45", "40"])

    paper.post(again)

    for day in (PAID_ON, date(2026, 8, 1), back_on):
        assert bucket_balances(effective_on=day) == {}, day


@pytest.mark.parametrize("is_dropped", [False, True])
def test_the_list_of_remittances_counts_a_check_that_was_keyed_anew_once(desk, paper, is_dropped):
    from cleanclaim.apps.billing.keying.services import correct_batch, drop_batch
    from cleanclaim.apps.billing.remittances.known import superseded_ids
    from cleanclaim.apps.billing.remittances.questions import list_totals
    from cleanclaim.apps.billing.remittances.selectors import Filters, remittances
    from cleanclaim.apps.billing.remittances.services import reverse_posting
    from cleanclaim.apps.billing.remittances.tables import remittance_table

    def told():
        aside = superseded_ids()
        totals = list_totals(remittances(Filters()), superseded=aside)
        table = remittance_table(list(remittances(Filters()).order_by("id")), superseded=aside)
        paid = next(column for column in table.columns if column.label == "Paid")
        state = next(column for column in table.columns if column.label == "State")
        chips = [state.value(row).words for row in table.rows]
        return totals.count, totals.paid, totals.superseded, table.total(paid), chips

    [claim_id] = desk.take(claim())
    batch = paper.open("80.00")
    paper.line(batch, claim_id, "80", ["CO", "45", "40"])
    paper.post(batch)
    reverse_posting(paper.row(batch).remittance_id, on=PAID_ON, reason="keyed wrong", by=None)
    new = correct_batch(batch, by=None).pk
    if is_dropped:
        drop_batch(new, by=None)
        new = paper.open("80.00")
        paper.line(new, claim_id, "80", ["CO", "45", "40"])
    before = told()
    paper.post(new)

    eighty = Decimal("80.00")
    assert before[:4] == (1, eighty, 0, eighty)  # the check came, and nothing stands for it yet
    assert told() == (2, eighty, 1, eighty, ["keyed anew, 80.00 not counted", "posted"])


def listed(client) -> str:
    """The list of batches as text, its heading and its table."""
    import re

    page = client.get("/paper-eobs/").content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1]))


@pytest.mark.parametrize("is_dropped", [False, True])
def test_the_list_of_batches_counts_a_check_that_was_keyed_anew_once(practice, is_dropped):
    """Its paper is one check; while it is only un-posted it still counts, and its page says that nothing is posted."""
    from cleanclaim.apps.billing.keying.services import correct_batch, drop_batch
    from cleanclaim.apps.billing.remittances.services import reverse_posting
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk
    from tests.apps.billing.desks import browser, demo
    from tests.apps.billing.keying.paper import Paper

    with tenant(practice):
        desk = Desk()
        paper = Paper(desk)
        [claim_id] = desk.take(claim())
        batch = paper.open("80.00")
        paper.line(batch, claim_id, "80", ["CO", "45", "40"])
        paper.post(batch)
        reverse_posting(paper.row(batch).remittance_id, on=PAID_ON, reason="keyed wrong", by=None)
    client = browser(practice, "Practice biller")
    with demo():
        unposted = listed(client)
        page = client.get(f"/paper-eobs/{batch}/").content.decode()
    with tenant(practice):
        new = correct_batch(batch, by=None).pk
        if is_dropped:
            drop_batch(new, by=None)
        else:
            paper.post(new)
    with demo():
        found = listed(client)

    assert "1 batch, 80.00 in all" in unposted and "Taken back" in unposted
    assert "was taken back: nothing of it is posted now" in page and "un-post" not in page
    assert "Keyed anew, 80.00 not counted" in found
    assert ("Dropped, 80.00 not counted" in found) == is_dropped
    left = "0.00 in all (1 keyed anew, 1 dropped" if is_dropped else "80.00 in all (1 keyed anew"
    assert f"2 batches, {left}, not counted)" in found
