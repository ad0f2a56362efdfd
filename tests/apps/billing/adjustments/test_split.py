"""What is cut up to stay under a limit counts together: per account and person, for the organization's own days."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, PermissionRefusedError
from tests.apps.billing.adjustments.people import PATIENT, owed, person, visit
from tests.apps.billing.adjustments.test_refunds import DAY, found, paid_twice  # noqa: F401
from tests.apps.billing.world import PAID_ON

pytestmark = pytest.mark.database_core


@pytest.fixture
def item(desk) -> int:
    """An item on which the patient owes 1,000.00."""
    return visit(desk, charge="2000.00", answer=owed("2000.00", "1000.00"))


def limit_of(role_name: str, amount: str) -> None:
    from cleanclaim.apps.shared.users.models import Role

    Role.objects.filter(name=role_name).update(money_limit=Decimal(amount))


def ask(item: int, amount: str, by: int, on=PAID_ON):
    from cleanclaim.apps.billing.adjustments.services import Move, Request, request_adjustment

    moves = (Move(item, PATIENT, Decimal(amount)),)
    return request_adjustment(Request("courtesy", moves, "as agreed"), on=on, by=by)


def approve(row, by: int, on=PAID_ON):
    from cleanclaim.apps.billing.adjustments.services import approve_adjustment

    return approve_adjustment(row.pk, on=on, by=by)


def test_ten_requests_under_an_approvers_limit_are_not_let_through_by_one_approver(inside, item):
    """10 x 99.99 on one claim by one person; the approver's limit is 100.00: one passes."""
    ana, lee = person(inside, "Ana"), person(inside, "Lee", "Billing lead")
    limit_of("Practice biller", "0.00")
    limit_of("Billing lead", "100.00")
    rows = [ask(item, "99.99", ana) for _ in range(10)]

    approve(rows[0], lee)
    for row in rows[1:]:
        with pytest.raises(
            PermissionRefusedError, match=r"99\.99 and 99\.99 that you approved there"
        ):
            approve(row, lee)


def test_the_limit_is_the_approvers_to_the_cent_and_each_approver_has_their_own(inside, item):
    ana, lee, max_ = (person(inside, name, role) for name, role in (("Ana", "Practice biller"), ("Lee", "Billing lead"), ("Max", "Billing lead")))  # fmt: skip
    limit_of("Practice biller", "0.00")
    limit_of("Billing lead", "100.00")
    one, rest, cent = (ask(item, amount, ana) for amount in ("60.00", "40.00", "0.01"))

    approve(one, lee)
    approve(rest, lee)
    with pytest.raises(PermissionRefusedError, match=r"above your limit of 100\.00"):
        approve(cent, lee)
    assert approve(cent, max_).state == "posted"


def test_what_somebody_else_asked_for_or_was_undone_does_not_count(inside, item):
    from cleanclaim.apps.billing.adjustments.services import undo_adjustment

    ana, bea, lee = (person(inside, name, role) for name, role in (("Ana", "Practice biller"), ("Bea", "Practice biller"), ("Lee", "Billing lead")))  # fmt: skip
    limit_of("Practice biller", "0.00")
    limit_of("Billing lead", "100.00")
    first, other, again = (
        ask(item, "100.00", ana),
        ask(item, "100.00", bea),
        ask(item, "100.00", ana),
    )

    approve(first, lee)
    assert approve(other, lee).state == "posted"
    undo_adjustment(first.pk, words="wrong", on=PAID_ON, by=lee)
    assert approve(again, lee).state == "posted"


def test_alone_too_a_day_later_counts_and_a_month_later_does_not(inside, item):
    ana = person(inside, "Ana")  # 250.00

    states = [
        ask(item, "125.01", ana, on=PAID_ON + timedelta(days=n)).state for n in (0, 1, 29, 30)
    ]

    assert states == ["posted", "waiting", "waiting", "posted"]


def test_the_organization_sets_its_own_days(inside, item):
    from cleanclaim.apps.billing.adjustments.services import approve_term, set_term

    ana, lee = person(inside, "Ana"), person(inside, "Lee", "Billing lead")
    given = {"citation": "policy 7", "valid_from": PAID_ON, "on": PAID_ON, "by": lee}
    with pytest.raises(InputError, match="expected limits"):
        set_term("alone_days", "state:CA", length=1, **given)
    term = set_term("alone_days", "limits", length=1, **given)
    approve_term(term.pk, on=PAID_ON, by=person(inside, "Max", "Billing lead"))

    states = [ask(item, "250.00", ana, on=PAID_ON + timedelta(days=n)).state for n in (0, 0, 1)]

    assert states == ["posted", "waiting", "posted"]


def test_a_credit_cut_up_is_not_refunded_by_one_approver_above_their_limit(
    inside,
    desk,
    paid_twice,  # noqa: F811
):
    from cleanclaim.apps.billing.adjustments import services

    ana, lee = person(inside, "Ana"), person(inside, "Lee", "Billing lead")
    limit_of("Billing lead", "100.00")
    rows = []
    for _ in range(3):
        key = found()[0].key
        row = services.identify_credit(key, on=DAY, by=ana, amount=Decimal("99.99"))
        rows.append(services.request_refund(row.pk, on=DAY, by=ana))

    services.approve_refund(rows[0].pk, on=DAY, by=lee)
    for row in rows[1:]:
        with pytest.raises(PermissionRefusedError, match=r"99\.99 and 99\.99 that you approved"):
            services.approve_refund(row.pk, on=DAY, by=lee)
    assert (
        services.approve_refund(rows[1].pk, on=DAY + timedelta(days=30), by=lee).state == "approved"
    )
