"""A payment of which nothing could be kept: refused for the file, the auditor, the day's proof and whoever looks for it."""

from datetime import date
from decimal import Decimal

import pytest

from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import PAID_ON, TYPICAL, bytes_835, claim, partner, pay, remittance

pytestmark = pytest.mark.database_core
BAD, GOOD = (
    remittance(pay(claim(n), TYPICAL), trace=trace) for n, trace in (("A1", "B1"), ("A2", "G1"))
)


def work(practice: int, *remittances, on: date = PAID_ON) -> int:
    """The worker takes a file in whose first payment says 500.00 (BPR02) and its claims less; the file's id."""
    from cleanclaim.apps.shared.exchange.services import receive_file
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project.loop.stages import work_provider_file

    data = bytes_835(*remittances)
    spoilt = data.replace(b"BPR*I*80*", b"BPR*I*500*", 1)
    assert spoilt != data
    with tenant(practice):
        receipt = receive_file(spoilt, partner=partner(), name="bad.835", received_on=on)
    work_provider_file(practice, receipt.file_id, on)
    return receipt.file_id


@pytest.mark.parametrize(("others", "state"), [((), "refused"), ((GOOD,), "processed")])
def test_it_is_refused_in_the_population_and_an_item_of_the_days_proof(
    practice: int, others: tuple, state: str
) -> None:
    from cleanclaim.apps.billing.deposits.daily import prove_day
    from cleanclaim.apps.reports.closing.population import counts, population
    from cleanclaim.apps.shared.exchange.models import FileState
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.work.models import WorkItem

    file_id = work(practice, BAD, *others)

    with tenant(practice):
        listed = [one for one in population(PAID_ON, PAID_ON) if one.file_id == file_id]
        proof = prove_day(PAID_ON)
        assert counts(PAID_ON, PAID_ON)["refused"][1] == Decimal("500.00")
        assert FileState.objects.get(file_id=file_id).state == state
        work_of_file = WorkItem.objects.filter(subject_kind="file", subject_id=file_id)
        assert work_of_file.count() == (
            0 if state == "refused" else 1
        )  # its own comes by the outbox
    [bad, *rest] = listed
    assert (bad.status, bad.paid, bad.trace_number) == ("refused", Decimal("500.00"), "B1")
    assert bad.words and bad.deposit_id == 0
    assert [one.status for one in rest] == ["waiting"] * len(others)
    assert proof.remitted == Decimal("500.00") + sum(one.paid for one in others)
    [item] = [one for one in proof.posted_items if one.kind == "refused"]
    assert (item.amount, item.subject) == (Decimal("-500.00"), ("file", file_id))
    assert proof.is_proved


def test_whoever_looks_for_it_among_the_remittances_finds_it(practice: int) -> None:
    from django.utils import timezone

    today = timezone.localdate()
    file_id = work(practice, BAD, on=today)

    with demo():
        client = browser(practice, "Practice biller", name="Cy")
        page = client.get("/remittances/").content.decode()
        day = client.get(f"/daily-proof/?day={today}").content.decode()

    assert f"/files/{file_id}/" in page and "nothing of them could be kept" in page
    assert "refused" in day and "every difference explained" in day
    assert "posted = remitted = at the bank" not in day
