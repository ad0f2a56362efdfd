"""A month is locked: every door that books into it is told so, and nothing moves; what is undone goes into an open one."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cleanclaim.kernel.errors import StateError
from tests.apps.billing.adjustments.people import PATIENT, balance, owed, person, visit
from tests.apps.billing.adjustments.test_reapplying import pay_patient
from tests.apps.billing.deposits.bank import bring, eft
from tests.apps.billing.keying.paper import Paper
from tests.apps.billing.opening.test_opening import load, post
from tests.apps.billing.receipts.money import take
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, line, pay, remittance

pytestmark = pytest.mark.database_core
AUGUST = date(2026, 8, 3)


def lock(*months: date) -> None:
    from cleanclaim.apps.shared.ledger.services import close_period

    for month in months:
        close_period(month, by=9, reason="closed by the test")


def sums() -> dict[str, Decimal]:
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    return {account: amount for account, amount in account_balances().items() if amount}


class World:
    """A visit answered, a patient's payment on it, and a credit before the month is locked."""

    def __init__(self, practice: int, desk: Any) -> None:
        from cleanclaim.apps.billing.claims.models import Claim

        self.desk = desk
        self.lee = person(practice, "Lee", "Billing lead")
        self.max = person(practice, "Max", "Billing lead")
        self.item = visit(desk, "A1", "900.00", owed("900.00", "300.00"))
        self.other = visit(desk, "A2", "900.00", owed("900.00", "300.00"))
        self.entry = pay_patient(self.item, "40.00")
        self.open_claim = claim("B1", line())
        [answered] = desk.take(self.open_claim, source_file_id=70)
        self.patient = Claim.objects.get(control_number="A1").patient_id
        self.receipt = take(self.patient, "15.00", kind="prepayment")
        self.load = load()
        self.paper = Paper(desk)
        self.batch = self.paper.open("80.00")
        self.paper.line(self.batch, answered, "80", ["CO", "45", "30"], ["PR", "3", "10"])

    def answer(self) -> None:
        self.desk.post(remittance(pay(self.open_claim, TYPICAL, number="ICNB"), trace="TB"))

    def reverse(self) -> None:
        from cleanclaim.apps.billing.remittances.models import Remittance
        from cleanclaim.apps.billing.remittances.services import reverse_posting

        first = Remittance.objects.order_by("id").first()
        reverse_posting(first.pk, reason="wrong file", on=PAID_ON, by=self.lee)

    def adjust(self) -> None:
        from cleanclaim.apps.billing.adjustments.services import Move, Request, request_adjustment

        asked = Request("courtesy", (Move(self.item, PATIENT, Decimal("5.00")),), "as agreed")
        request_adjustment(asked, on=PAID_ON, by=self.lee)

    def reapply(self) -> None:
        from cleanclaim.apps.billing.adjustments.services import Part, reapply_payment

        part = Decimal("40.00")
        reapply_payment(
            self.entry, off=[Part(self.item, PATIENT, part)], onto=[Part(self.other, PATIENT, part)],
            note="wrong item", on=PAID_ON, by=self.lee,
        )  # fmt: skip

    def bounce(self) -> None:
        from cleanclaim.apps.billing.receipts.services import return_receipt

        return_receipt(self.receipt.pk, kind="nsf", on=PAID_ON, by=self.lee)

    def give_back(self) -> None:
        from cleanclaim.apps.billing.adjustments import services
        from cleanclaim.apps.billing.adjustments.credits import credits

        key = next(row.key for row in credits(on=PAID_ON) if row.amount == Decimal("15.00"))
        row = services.identify_credit(key, on=PAID_ON, by=self.lee)
        services.request_refund(row.pk, on=PAID_ON, by=self.lee)
        services.approve_refund(row.pk, on=PAID_ON, by=self.max)


DOORS: dict[str, Callable[[World], object]] = {
    "an 835": World.answer,
    "a payment taken back": World.reverse,
    "a keyed EOB": lambda world: world.paper.post(world.batch),
    "an adjustment": World.adjust,
    "a payment re-applied": World.reapply,
    "a receipt": lambda world: take(world.patient, "7.00", reference="55"),
    "a bounced check": World.bounce,
    "a refund": World.give_back,
    "a bank statement": lambda world: bring(eft("TX9")),
    "opening balances": lambda world: post(world.load, by=world.max),
}


@pytest.mark.parametrize("door", DOORS)
def test_no_door_books_into_a_locked_month(inside, desk, door):
    world = World(inside, desk)
    lock(PAID_ON)  # and June before it
    before = sums()

    with pytest.raises(StateError, match=r"2026-0[67]"):
        DOORS[door](world)

    assert sums() == before
    desk.prove()


@pytest.mark.parametrize("door", DOORS)
def test_each_door_books_where_no_month_is_locked(inside, desk, door):
    """The twin: the same calls do move money."""
    from cleanclaim.apps.shared.ledger.models import Leg

    world = World(inside, desk)
    before = Leg.objects.count()

    DOORS[door](world)

    assert Leg.objects.count() > before
    desk.prove()


def test_an_approved_write_off_is_undone_after_its_month_is_closed(inside, desk):
    """It is booked back in the open month: the closed one keeps its sums, to the cent."""
    from cleanclaim.apps.billing.adjustments import services
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    world = World(inside, desk)
    ana = person(inside, "Ana")
    asked = services.Request("courtesy", (services.Move(world.item, PATIENT, Decimal("250.01")),), "agreed")  # fmt: skip
    row = services.request_adjustment(asked, on=PAID_ON, by=ana)
    services.approve_adjustment(row.pk, on=PAID_ON, by=world.lee)
    lock(PAID_ON)
    closed = account_balances(accounting_on=date(2026, 7, 31))
    with pytest.raises(StateError, match="2026-07"):
        services.undo_adjustment(row.pk, words="wrong", on=PAID_ON, by=world.lee)
    services.undo_adjustment(row.pk, words="wrong", on=AUGUST, by=world.lee)

    assert account_balances(accounting_on=date(2026, 7, 31)) == closed
    assert balance(world.item) == Decimal("260.00")
    desk.prove()


def test_a_payment_is_re_applied_twice_in_part_and_across_a_closed_month(inside, desk):
    from cleanclaim.apps.billing.adjustments.services import Part, reapply_payment, still_applied

    world = World(inside, desk)
    third = visit(desk, "A3", "900.00", owed("900.00", "300.00"))

    def move(source: int, target: int, amount: str, on: date):
        part = Decimal(amount)
        return reapply_payment(
            world.entry, off=[Part(source, PATIENT, part)], onto=[Part(target, PATIENT, part)],
            note="wrong item", on=on, by=world.lee,
        )  # fmt: skip

    move(world.item, world.other, "25.00", PAID_ON)
    lock(PAID_ON)
    move(world.other, third, "10.01", AUGUST)
    with pytest.raises(StateError, match=r"14\.99 there"):
        move(world.other, third, "15.00", AUGUST + timedelta(days=1))

    assert still_applied(world.entry) == {
        (world.item, PATIENT): Decimal("15.00"),
        (world.other, PATIENT): Decimal("14.99"),
        (third, PATIENT): Decimal("10.01"),
    }
    assert [balance(one) for one in (world.item, world.other, third)] == [
        Decimal("285.00"), Decimal("285.01"), Decimal("289.99"),
    ]  # fmt: skip
    desk.prove()
