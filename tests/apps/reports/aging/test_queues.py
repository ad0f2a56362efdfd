"""A cell of the aging becomes a work queue: one item a claim, owned, taken back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.apps.billing.desks import browser, demo
from tests.apps.shared.ledger.cases import charged_item, payment_entry, services

pytestmark = pytest.mark.database_core
DAY = date(2026, 10, 31)
CELL = {"by": "bucket", "is_bucket": "payer:1", "band": "3", "name": "Blue Harbor 91-120"}


@pytest.fixture
def harbor(practice):
    """Five claims of 462.00 that are 100 days old, one that is 20 days old, and one overpaid."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        for claim in range(1, 6):
            charged_item("462.00", claim_id=claim, on=DAY - timedelta(days=100))
        charged_item("50.00", claim_id=6, on=DAY - timedelta(days=20))
        over = charged_item("10.00", claim_id=7, on=DAY - timedelta(days=100))
        services.post_entries([payment_entry(over, "12.00", claim_id=7, on=DAY)])
    with demo():
        yield practice


@pytest.fixture
def lead(harbor):
    client = browser(harbor, "Billing lead")
    client.post("/as-of/", {"effective_on": DAY.isoformat()})
    return client


def work(practice: int) -> list[tuple[int, Decimal, str]]:
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.work.models import WorkItem

    with tenant(practice):
        found = WorkItem.objects.filter(kind="aged").order_by("subject_id")
        return list(found.values_list("subject_id", "amount", "state"))


def test_blue_harbor_91_to_120_becomes_a_queue(harbor, lead):
    answer = lead.post("/aging/items/queue/", CELL, follow=True)

    text = answer.content.decode()
    assert "5 claims, 2,310.00" in text and "Open the queue" in text
    assert work(harbor) == [(claim, Decimal("462.00"), "open") for claim in range(1, 6)]
    queue = lead.get("/my-day/?kind=aged&q=Blue+Harbor+91-120").content.decode()
    assert queue.count("<tr data-row") == 5 and "2,310.00" in queue


def test_the_same_queue_again_adds_nothing(harbor, lead):
    lead.post("/aging/items/queue/", CELL)
    lead.post("/aging/items/queue/", CELL)

    assert len(work(harbor)) == 5


def test_the_queue_has_an_owner_and_aging_says_who_collects(harbor, lead):
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.users.models import User
    from cleanclaim.apps.shared.work.models import WorkItem

    owner = User.objects.get(name="Billing lead").pk
    lead.post("/aging/items/queue/", {**CELL, "owner": owner})

    with tenant(harbor):
        assert set(WorkItem.objects.values_list("owner", flat=True)) == {owner}
    assert "Collector" in lead.get("/aging/?by=collector").content.decode()


def test_taking_back_leaves_what_somebody_works_on(harbor, lead):
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.users.models import User
    from cleanclaim.apps.shared.work.models import WorkItem
    from cleanclaim.apps.shared.work.services import take

    lead.post("/aging/items/queue/", CELL)
    with tenant(harbor):
        first = WorkItem.objects.order_by("subject_id").first()
        take(first.pk, by=User.objects.get(name="Billing lead").pk)

    text = lead.post("/aging/items/queue/undo/", follow=True).content.decode()

    assert "4 items taken back; 1 item that somebody works on stay" in text
    assert [state for _, _, state in work(harbor)] == ["open", "done", "done", "done", "done"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": " "}, "has no name"),
        ({"band": "1"}, "expected 1 to 10,000"),
        ({"band": "9"}, "expected a number from 0 to 4"),
        ({"owner": "999999"}, "nobody of this organization"),
    ],
)
def test_what_makes_no_queue_is_refused_and_changes_nothing(harbor, lead, changed, words):
    answer = lead.post("/aging/items/queue/", {**CELL, **changed})

    assert answer.status_code == 400 and words in answer.content.decode()
    assert work(harbor) == []


def test_a_biller_may_not_hand_out_work(harbor):
    client = browser(harbor, "Practice biller")

    assert client.post("/aging/items/queue/", CELL).status_code == 403
    assert work(harbor) == []


def test_the_queue_stands_above_its_items_with_a_key_and_who_may_not_is_told(harbor, lead):
    address = "/aging/items/?by=bucket&is_bucket=payer:1&band=3"
    biller = browser(harbor, "Practice biller")
    biller.post("/as-of/", {"effective_on": DAY.isoformat()})

    may = lead.get(address).content.decode()
    may_not = biller.get(address).content.decode()

    assert may.index('data-key="q"') < may.index("<h2>Items</h2>")
    assert "may hand out work" not in may
    assert may_not.index("may hand out work") < may_not.index("<h2>Items</h2>")
    assert 'data-key="q"' not in may_not


def test_two_days_stand_side_by_side(harbor, lead):
    text = lead.get("/aging/?beside=2026-09-30").content.decode()

    assert "Side by side" in text and "Open Sep 30" in text and "Open Oct 31" in text
    assert lead.get("/aging/?beside=moon").status_code == 400


def test_a_cell_is_exported_as_csv(harbor, lead):
    answer = lead.get("/aging/items/?by=bucket&is_bucket=payer%3A1&band=3&csv=1")

    lines = answer.content.decode().splitlines()
    assert (answer["Content-Type"], len(lines)) == ("text/csv; charset=utf-8", 6)
    assert lines[1].endswith("2026-07-23,2026-07-23,100,462.00")


def test_insurance_and_patients_stand_apart(harbor, lead):
    patients = lead.get("/aging/?who=patient").content.decode()
    payers = lead.get("/aging/?who=insurance").content.decode()

    assert "2,310.00" not in patients and "2,310.00" in payers
    assert "aging ties to the books" in payers
