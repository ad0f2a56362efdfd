"""Who looked at what stands out: a mark belongs to one row that a test found, also where its entry has several."""

import re
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.values.entry import Entry, Leg
from tests.apps.billing.desks import browser, demo
from tests.apps.reports.closing.cases import MAY
from tests.apps.reports.closing.test_items_review import DAY, reduced
from tests.apps.shared.ledger.cases import charged_item, services

pytestmark = pytest.mark.database_core
WHERE = "/close/2026-5/items/"


def five_lines(*, reasons: tuple[str, ...] = ("CO-29",) * 5) -> tuple[int, list[int]]:
    """An entry whose five reductions are on the wrong account, the largest first, and their items."""
    items = [charged_item("900.00", claim_id=1, on=DAY) for _ in reasons]
    legs = [
        leg
        for place, (item, reason) in enumerate(zip(items, reasons, strict=True), 1)
        for leg in (
            Leg("contra:contractual", Decimal(60 - place), item, 1, place, reason=reason),
            Leg("receivable:payer:1", Decimal(place - 60), item, 1, place, reason=reason),
        )
    ]
    [entry] = services.post_entries([Entry("payment", "five", DAY, DAY, tuple(legs))])
    return entry, items


def placed(month: date = MAY):
    from cleanclaim.apps.reports.closing.items_review import review_month

    [test] = review_month(month, only=("placed",))
    return test


def mark(leg_id: int, *, entry: int, test: str = "placed", is_reviewed: bool = True) -> None:
    from cleanclaim.apps.reports.closing.items_marks import mark

    mark(entry, test, leg_id=leg_id, is_reviewed=is_reviewed, words="seen", by=1)


def test_of_five_rows_of_an_entry_one_is_looked_at(inside) -> None:
    entry, items = five_lines()
    second = placed().findings[1]
    mark(second.leg_id, entry=entry)
    left = [one.item_id for one in placed().left]
    mark(second.leg_id, entry=entry, is_reviewed=False)

    assert left == [items[0], *items[2:]]
    assert [one.item_id for one in placed().left] == items


def test_two_reductions_of_one_item_are_two_rows(inside) -> None:
    item = charged_item("900.00", claim_id=1, on=DAY)
    legs = [
        leg
        for amount, reason in (("40.00", "CO-29"), ("30.00", "CO-253"))
        for leg in (
            Leg("contra:contractual", Decimal(amount), item, 1, 1, reason=reason),
            Leg("receivable:payer:1", -Decimal(amount), item, 1, 1, reason=reason),
        )
    ]
    [entry] = services.post_entries([Entry("payment", "two", DAY, DAY, tuple(legs))])
    mark(placed().findings[1].leg_id, entry=entry)

    assert [one.amount for one in placed().left] == [Decimal("40.00")]


def test_a_mark_from_before_counts_for_every_row_of_its_entry(inside) -> None:
    from cleanclaim.apps.reports.closing.models import EntryReview

    entry, items = five_lines()
    EntryReview.objects.create(entry_id=entry, test="placed", is_reviewed=True, words="seen", by=1)
    third = placed().findings[2]
    before = placed().left
    with pytest.raises(StateError, match="reviewed already"):
        mark(third.leg_id, entry=entry)
    mark(third.leg_id, entry=entry, is_reviewed=False)

    assert before == []
    assert [one.item_id for one in placed().left] == [items[2]]


def test_a_mark_names_its_row(inside) -> None:
    entry, _ = five_lines()
    other = reduced(charged_item("900.00", claim_id=1, on=DAY), "40.00", reason="CO-29")
    elsewhere = next(one.leg_id for one in placed().findings if one.entry_id == other)

    with pytest.raises(InputError, match="which leg"):
        mark(0, entry=entry)
    with pytest.raises(InputError, match=f"leg {elsewhere}: not of entry {entry}"):
        mark(elsewhere, entry=entry)
    with pytest.raises(InputError, match="of the whole entry"):
        mark(placed().findings[0].leg_id, entry=entry, test="late")


def test_every_test_says_whether_it_finds_legs_or_entries() -> None:
    from cleanclaim.apps.reports.closing.items_marks import OF_ENTRIES, OF_LEGS
    from cleanclaim.apps.reports.closing.items_review import TESTS

    assert set(TESTS) == {*OF_LEGS, *OF_ENTRIES}


def test_the_same_twice_is_looked_at_item_by_item(inside) -> None:
    from cleanclaim.apps.reports.closing.items_review import review_month

    items = [charged_item("900.00", claim_id=1, on=DAY) for _ in range(2)]
    for key in ("a", "b"):
        legs = [
            leg
            for item in items
            for leg in (
                Leg("contra:contractual", Decimal("40.00"), item, 1, 1, reason="CO-45"),
                Leg("receivable:payer:1", Decimal("-40.00"), item, 1, 1, reason="CO-45"),
            )
        ]
        [entry] = services.post_entries([Entry("payment", key, DAY, DAY, tuple(legs))])
    [twice] = review_month(MAY, only=("twice",))
    mark(twice.findings[0].leg_id, entry=entry, test="twice")
    [after] = review_month(MAY, only=("twice",))

    assert len(twice.left) == 2
    assert [one.item_id for one in after.left] == [twice.findings[1].item_id]


def test_the_page_opens_the_row_that_was_entered_and_marks_that_one(practice) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        entry, items = five_lines()
        rows = placed().findings
    with demo():
        ada = browser(practice, "Billing lead", name="Ada")
        page = ada.get(WHERE).content.decode()
        second = f"{WHERE}?test=placed&entry={entry}&leg={rows[1].leg_id}&of=placed"
        opened = ada.get(second).content.decode()
        form = {"entry": str(entry), "leg": str(rows[1].leg_id), "test": "placed", "words": "a letter"}  # fmt: skip
        ada.post(f"{WHERE}mark/", form)
        bare = ada.post(f"{WHERE}mark/", {**form, "leg": ""})
        sheet = ada.get(f"{WHERE}?xlsx=1&seen=1")
        moved = ada.post(f"{WHERE}reclass/", {**form, "leg": str(rows[2].leg_id), "amount": "57.00"})  # fmt: skip

    start = re.findall(r'<tr data-row="([^"]+)"[^>]* data-start>', opened)
    assert second.removeprefix(WHERE).replace("&", "&amp;") in page
    assert start == [f"placed-{entry}-{rows[1].leg_id}"]
    assert "<b>58.00</b>" in opened and "<b>59.00</b>" not in opened
    assert (bare.status_code, moved.status_code) == (400, 302)
    assert sheet.content.startswith(b"PK")
    with tenant(practice):
        assert [one.item_id for one in placed().left] == [items[0], *items[3:]]


def test_the_page_shows_the_largest_of_each_test_and_says_how_many_more(
    practice, monkeypatch
) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    monkeypatch.setattr("cleanclaim.apps.reports.closing.review_views.SHOWN", 2)
    with tenant(practice):
        entry, _ = five_lines()
        last = placed().findings[-1]
    with demo():
        ada = browser(practice, "Billing lead", name="Ada")
        page = ada.get(WHERE).content.decode()
        hidden = ada.get(f"{WHERE}?entry={entry}&leg={last.leg_id}&of=placed").content.decode()

    assert "58.00" in page and "57.00" not in page
    assert "the largest of each test are shown, 3 more are in the export" in page
    assert "<b>55.00</b>" in hidden  # its address opens it all the same
