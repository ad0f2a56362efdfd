"""Blocks of packed legs: the same answers as from the legs, kept up by halves, proved by the ledger's proof."""

from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.utils.functional import SimpleLazyObject

from cleanclaim.values.entry import Entry, Leg
from tests.apps.shared.ledger.cases import PAYER, charged_item, new_item, payment_entry, services

pytestmark = pytest.mark.database_core


def _lazy(name: str) -> Any:
    return SimpleLazyObject(lambda: import_module(f"cleanclaim.apps.reports.aging.{name}"))


questions, packing, plain, marks = (
    _lazy(name) for name in ("questions", "services", "plain", "marks")
)
DAY = date(2026, 3, 31)
APP = "cleanclaim.apps.reports.aging"


@pytest.fixture
def tenant(practice):
    """Inside one transaction of the practice."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    def again() -> Any:
        return tenant(practice)

    return again


def views() -> list[Any]:
    """Every measure, some groups, as known now and before all."""
    now, before = None, datetime(2020, 1, 1, tzinfo=UTC)
    return [
        questions.View(DAY, known, by, measure, who=who)
        for known in (now, before)
        for by in (("bucket",), ("entity", "bucket"), ("payer", "collector", "facility"))
        for measure in questions.Measure
        for who in questions.Who
    ]


def same_everywhere() -> list[Any]:
    """The views whose answers differ from the legs'."""
    return [
        view for view in views() if questions.aging(view) != questions.rows_of(plain.groups(view))
    ]


def two_entities(item: int, claim: int) -> Entry:
    """100.00 charged in one entity and 30.00 paid too much in another."""
    where = {"item_id": item, "claim_id": claim, "line_number": 1, "patient_id": 3}
    legs = [
        Leg(PAYER, Decimal("100.00"), entity="North", **where),
        Leg("revenue:patient-services", Decimal("-100.00"), entity="North", **where),
        Leg("asset:remit-clearing", Decimal("30.00"), entity="South"),
        Leg(PAYER, Decimal("-30.00"), entity="South", **where),
    ]
    return Entry("charge", f"two:{item}", date(2026, 1, 5), date(2026, 2, 5), tuple(legs))


def test_blocks_answer_as_the_legs_do(tenant, monkeypatch):
    monkeypatch.setattr(f"{APP}.services.ITEMS_A_BLOCK", 2)
    with tenant():
        items = [charged_item("80.00", claim_id=n, on=date(2026, 1, n)) for n in range(1, 8)]
        services.post_entries([two_entities(new_item("100.00", claim_id=9), 9)])
        services.transfer(
            items[2], to_bucket="patient", key="t", effective_on=date(2026, 3, 1),
            accounting_on=date(2026, 3, 1),
        )  # fmt: skip
    with tenant():
        made = packing.refresh_blocks()
    with tenant():
        assert (made.blocks, same_everywhere()) == (4, [])
        assert questions.aging(questions.View(DAY, by=("entity",)))[1].credit == 0
        by_entity = questions.aging(questions.View(DAY, by=("entity",)))
        assert [(r.group, r.open, r.credit) for r in by_entity] == [
            (("",), Decimal("560.00"), Decimal("0.00")),
            (("North",), Decimal("100.00"), Decimal("0.00")),
            (("South",), Decimal("0.00"), Decimal("-30.00")),
        ]


def test_only_blocks_that_were_posted_to_are_written_again(tenant, monkeypatch):
    monkeypatch.setattr(f"{APP}.services.ITEMS_A_BLOCK", 2)
    with tenant():
        items = [charged_item("80.00", claim_id=n, on=date(2026, 1, n)) for n in range(1, 7)]
    with tenant():
        packing.refresh_blocks()
    with tenant():
        services.post_entries([payment_entry(items[2], "80.00", claim_id=3, on=date(2026, 2, 1))])
    with tenant():
        assert marks.items_since(marks.current_mark()) == [items[2]]
        assert same_everywhere() == []
        assert packing.refresh_blocks() == packing.Refreshed(blocks=1, items=1)
    with tenant():
        assert marks.items_since(marks.current_mark()) == []
        assert same_everywhere() == []


def test_without_looking_at_what_was_posted_since_aging_is_wrong(tenant, monkeypatch):
    with tenant():
        item = charged_item("80.00", claim_id=1, on=date(2026, 1, 1))
    with tenant():
        packing.refresh_blocks()
    with tenant():
        services.post_entries([payment_entry(item, "80.00", claim_id=1, on=date(2026, 2, 1))])
    with tenant():
        assert same_everywhere() == []
        monkeypatch.setattr(f"{APP}.questions.items_since", lambda mark: [])
        assert same_everywhere() != []


def test_blocks_of_another_server_are_not_believed(tenant):
    from cleanclaim.apps.reports.aging.models import AgingMark

    with tenant():
        charged_item("80.00", claim_id=1, on=date(2026, 1, 1))
        packing.refresh_blocks()
        AgingMark.objects.update(server=1)

        assert marks.current_mark() is None
        assert same_everywhere() == []


def test_an_entry_of_a_transaction_that_is_not_finished_is_read_from_the_legs(tenant):
    with (
        tenant()
    ):  # the charge and the blocks in one transaction: it is not finished when they are made
        item = charged_item("80.00", claim_id=1, on=date(2026, 1, 1))
        packing.refresh_blocks()

        assert marks.items_since(marks.current_mark()) == [item]
        assert same_everywhere() == []


@pytest.mark.parametrize(
    "broken",
    ["cents", "effective", "recorded", "item", "moves", "bucket", "claim", "service", "posted"],
)
def test_the_proof_sees_a_block_that_is_not_what_the_legs_say(tenant, broken):
    from cleanclaim.apps.reports.aging.models import AgingBlock
    from cleanclaim.apps.shared.ledger.selectors import prove

    with tenant():
        item = charged_item("80.00", claim_id=1, on=date(2026, 1, 1))
        services.transfer(
            item, to_bucket="patient", key="t", effective_on=date(2026, 3, 1),
            accounting_on=date(2026, 3, 1),
        )  # fmt: skip
    with tenant():
        packing.refresh_blocks()
    with tenant():
        assert not prove().differences
        block = AgingBlock.objects.get()
        column = bytearray(getattr(block, broken))
        column[0] ^= 1
        AgingBlock.objects.filter(pk=block.pk).update(**{broken: bytes(column)})

        assert [one.check for one in prove().differences] == ["aging block is what the legs say"]


def test_a_cell_opens_the_same_items_from_blocks(tenant):
    with tenant():
        for n in range(1, 8):
            charged_item("80.00", claim_id=n, on=date(2026, 1, n))
        cell = questions.Cell({"bucket": "payer:1"}, band=2)
        expected = questions.open_items(questions.View(DAY), cell)
        packing.refresh_blocks()
    with tenant():
        found = questions.open_items(questions.View(DAY), cell)
        first = questions.open_items(questions.View(DAY), cell, limit=3)
        rest = questions.open_items(questions.View(DAY), cell, after=first[-1].item_id)

    assert found == expected == first + rest
    assert len(found) == 7


def test_few_items_are_not_packed(tenant, monkeypatch):
    with tenant():
        charged_item("80.00", claim_id=1, on=date(2026, 1, 1))
        assert packing.keep_blocks() == packing.Refreshed(0, 0)
        monkeypatch.setattr(f"{APP}.services.WORTH_ITEMS", 0)
        assert packing.keep_blocks().blocks == 1
