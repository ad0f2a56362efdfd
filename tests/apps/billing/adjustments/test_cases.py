"""Credits and their cases as of a day before today: what was done later counts on none of it."""

from datetime import date
from decimal import Decimal

import pytest

from tests.apps.billing.adjustments.test_refunds import (  # noqa: F401  # fixtures
    DAY,
    approved,
    found,
    identify,
    issue,
    paid_twice,
    people,
)

pytestmark = pytest.mark.database_core
BEFORE, AFTER = date(2026, 11, 20), date(2026, 11, 25)
OWED = Decimal("312.50")


def stood(on: date, **more) -> list[str]:
    from cleanclaim.apps.billing.adjustments.cases import cases_on

    return [row.state for row in cases_on(on, **more)]


def amounts(on: date) -> list[Decimal]:
    return [row.refund for row in found(on)]


def test_a_credit_that_was_identified_later_was_not_identified_before(desk, people, paid_twice):  # noqa: F811
    identify(people["ana"])

    assert (amounts(BEFORE), stood(BEFORE)) == ([OWED], [])
    assert stood(DAY) == stood(AFTER) == ["identified"]
    assert [row.amount for row in found(DAY)] == [Decimal("87.50")]  # the reduction too many


def test_a_case_stands_as_it_stood_before_it_was_approved_and_issued(desk, people, paid_twice):  # noqa: F811
    from cleanclaim.apps.billing.adjustments.services import (
        approve_refund,
        clear_refund,
        request_refund,
    )

    row = identify(people["ana"], BEFORE)
    request_refund(row.pk, on=BEFORE, by=people["ana"])
    row = approve_refund(row.pk, on=DAY, by=people["lee"])
    issue(row, people["max"], AFTER)
    clear_refund(row.pk, on=date(2026, 11, 30), by=people["max"])

    assert stood(BEFORE) == ["identified"]
    assert stood(DAY) == ["approved"]
    assert stood(AFTER) == ["issued"]
    assert (stood(date(2026, 11, 30)), stood(date(2026, 11, 30), closed=True)) == ([], ["cleared"])
    # The case speaks for the credit as long as the money lies on it: at no day is it told twice, or not at all.
    assert [row.amount for row in found(BEFORE)] == [Decimal("87.50")]
    assert [row.amount for row in found(DAY)] == [Decimal("87.50")]


def test_a_case_that_was_closed_without_a_refund_was_open_before(desk, people, paid_twice):  # noqa: F811
    from cleanclaim.apps.billing.adjustments.services import dismiss_credit

    row = identify(people["ana"])
    dismiss_credit(row.pk, words="applied elsewhere", on=AFTER, by=people["ana"])

    assert (stood(DAY), stood(AFTER)) == (["identified"], [])
    assert amounts(AFTER) == [OWED]


def test_what_came_back_was_out_before(desk, people, paid_twice):  # noqa: F811
    from cleanclaim.apps.billing.adjustments.services import refund_came_back

    row = approved(people)
    issue(row, people["max"])
    refund_came_back(
        row.pk, kind="undeliverable", words="no such street", on=AFTER, by=people["max"]
    )

    assert (stood(DAY), stood(AFTER)) == (["issued"], ["approved"])


def test_nobody_identifies_a_credit_twice_by_a_day_before(desk, people, paid_twice):  # noqa: F811
    """The twin: an earlier day shows the credit, but what is open now speaks for it."""
    from cleanclaim.apps.billing.adjustments.services import identify_credit
    from cleanclaim.kernel.errors import StateError

    identify(people["ana"])
    [earlier] = found(BEFORE)

    with pytest.raises(StateError, match=r"the credit is 87\.50"):
        identify_credit(earlier.key, on=BEFORE, by=people["ana"], amount=OWED)
