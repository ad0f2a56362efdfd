"""Who closes what and when: the month is over, every waiver names a check, two persons are two, on the practice's day."""

from datetime import date

import pytest

from cleanclaim.kernel.errors import InputError
from tests.apps.reports.closing.cases import books
from tests.apps.reports.closing.test_closing import ask, close

pytestmark = pytest.mark.database_core


def test_a_month_that_still_runs_is_not_closed_by_itself(inside) -> None:
    from django.utils import timezone

    running = timezone.localdate().replace(day=1)
    with pytest.raises(InputError, match=r"over: Is the month over\? it runs until"):
        ask(running)


def test_a_waiver_of_no_check_is_refused(inside) -> None:
    books()

    with pytest.raises(InputError, match="'moon': 2026-05 has none of this name"):
        ask(moon="full")


def test_what_nobody_approved_is_not_called_two_persons() -> None:
    from cleanclaim.apps.reports.closing.population import Approval

    persons = [(None, None), (1, None), (1, 1), (None, 2), (1, 2)]
    apart = [Approval("load", "1", None, *pair, None).is_apart for pair in persons]
    assert apart == [False, False, False, True, True]


def test_an_approval_in_the_evening_counts_on_the_practices_day(inside) -> None:
    from datetime import UTC, datetime

    from cleanclaim.apps.reports.closing.models import CloseRequest
    from cleanclaim.apps.reports.closing.population import approvals

    books()
    close()
    # 18:00 of May 31 in Los Angeles is the next day in UTC.
    CloseRequest.objects.update(decided_at=datetime(2026, 6, 1, 1, 0, tzinfo=UTC))

    [one] = approvals(date(2026, 5, 31), date(2026, 5, 31))
    assert (one.kind, one.approved_on, one.is_apart) == ("Month", date(2026, 5, 31), True)


def test_a_cell_of_a_journal_is_no_formula() -> None:
    from cleanclaim.apps.reports.closing.journal import _safe

    assert [_safe(text) for text in ("-1+cmd", "=1", "T1")] == ["'-1+cmd", "'=1", "T1"]
