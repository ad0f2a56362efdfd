"""The queue: best next first, page by page, filtered, with totals."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

pytestmark = pytest.mark.database_core
DAY = date(2026, 11, 23)


@pytest.fixture
def inside(practice):
    """The practice's tenant with seven items: 100.00 to 700.00, and two of the same rank."""
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.work.services import NewWork, open_work

    with tenant(practice):
        open_work(
            NewWork(
                kind="denial" if number % 2 else "rejection",
                subject_kind="claim",
                subject_id=number,
                title=f"Item {number}",
                reason="50 % off" if number == 3 else "reason",
                opened_on=DAY,
                amount=Decimal(100 * number),
                due_on=DAY + timedelta(days=number),
                patient_id=number,
                patient_name="Tran, Minh" if number == 5 else "Osei, Grace",
                chance=Decimal("0.50"),
            )
            for number in range(1, 8)
        )
    return lambda: tenant(practice)


def test_pages_follow_each_other_without_gap_or_repeat(inside) -> None:
    from cleanclaim.apps.shared.work.selectors import Filters, queue

    with inside():
        whole = queue(Filters(), on=DAY)
        pages, after = [], None
        while page := queue(Filters(), on=DAY, after=after, limit=2):
            pages += page
            after = (page[-1].rank, page[-1].pk)

    assert len(whole) == 7
    assert [item.pk for item in pages] == [item.pk for item in whole]
    assert [item.rank for item in whole] == sorted((item.rank for item in whole), reverse=True)


def test_filters_narrow_the_queue_and_its_totals(inside) -> None:
    from cleanclaim.apps.shared.work.selectors import Filters, queue, totals
    from cleanclaim.apps.shared.work.services import take

    with inside():
        [tran] = queue(Filters(text="tran"), on=DAY)
        take(tran.pk, by=77)

        assert tran.subject_id == 5
        assert [item.subject_id for item in queue(Filters(mine=77), on=DAY)] == [5]
        assert [item.subject_id for item in queue(Filters(text="50 %"), on=DAY)] == [3]
        assert queue(Filters(text="%_%"), on=DAY) == []
        assert {item.kind for item in queue(Filters(kind="rejection"), on=DAY)} == {"rejection"}
        assert totals(Filters(kind="rejection"), on=DAY).amount == Decimal("1200.00")
        assert totals(Filters(), on=DAY).count == 7
        assert totals(Filters(), on=DAY - timedelta(days=2)).due_soon == 5
        assert totals(Filters(kind="appeal"), on=DAY).amount == Decimal("0.00")


def test_counts_by_kind_leave_out_what_is_done(inside) -> None:
    from cleanclaim.apps.shared.work.selectors import Filters, items_about, totals_by_kind
    from cleanclaim.apps.shared.work.services import finish

    with inside():
        [item] = items_about("claim", 2)
        finish(item.pk, outcome="Sent again", by=1)

        by_kind = totals_by_kind(Filters(), on=DAY)
        counts = {kind: found.count for kind, found in by_kind.items()}
        assert counts == {"denial": 4, "rejection": 2}


def test_the_rail_counts_several_questions_at_once_and_stops_early(inside, monkeypatch) -> None:
    from cleanclaim.apps.shared.pages import counting
    from cleanclaim.apps.shared.work.selectors import open_items

    def due_later():
        return open_items().filter(due_on__gt=DAY + timedelta(days=5))

    with inside():
        assert counting.count_together((open_items, due_later)) == [7, 2]
        assert counting.count_together(()) == []

        monkeypatch.setattr(counting, "MOST_SHOWN", 3)
        counting._statement.cache_clear()
        assert counting.count_together((open_items, due_later)) == [4, 2]
    counting._statement.cache_clear()
