"""Any sequence of adjusting, approving, undoing, re-applying and refunding keeps the books.

Steps that the rules refuse change nothing. No step of a person's takes an item further below zero, claims'
amounts stay what the legs say, and everything owed is the sum of what the items owe.
`CLEANCLAIM_MACHINE_RUNS` raises the number of runs.
"""

import os
from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from tests.apps.billing.adjustments.people import PATIENT, PAYER, balance, owed, person, visit
from tests.apps.billing.adjustments.test_reapplying import pay_patient, reapply
from tests.apps.billing.world import PAID_ON

pytestmark = pytest.mark.database_core
RUNS = int(os.environ.get("CLEANCLAIM_MACHINE_RUNS", "12"))
_numbers = count(1)
CODES = (
    ("courtesy", PATIENT), ("denial", PAYER), ("to_patient", PAYER), ("to_payer_1", PATIENT),
    ("to_agency", PATIENT), ("contractual_wrong", PAYER),
)  # fmt: skip
cents = st.integers(1, 40_000).map(lambda amount: Decimal(amount) / 100)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.sampled_from(CODES), st.integers(0, 1), cents),
        st.tuples(st.just("pay"), st.integers(0, 1), cents),
        st.tuples(st.just("approve"), st.integers(0, 5)),
        st.tuples(st.just("undo"), st.integers(0, 5)),
        st.tuples(st.just("reapply"), st.integers(0, 3), st.integers(0, 1), cents),
        st.tuples(st.just("refund"), st.integers(0, 2)),
    ),
    min_size=3,
    max_size=14,
)


class World:
    """Two visits, what was asked for, paid and given back on them."""

    def __init__(self, desk, people) -> None:
        number = next(_numbers)
        answer = (
            "500.00",
            (("CO", "45", "100.00"), ("CO", "197", "150.00"), ("PR", "1", "150.00")),
        )
        self.items = [
            visit(desk, f"A{number}", "900.00", answer),
            visit(desk, f"B{number}", "900.00", owed("900.00", "300.00")),
        ]
        self.people = people
        self.payments: list[int] = []

    def ask(self, choice, which, amount) -> None:
        from cleanclaim.apps.billing.adjustments.services import Move, Request, request_adjustment

        code, account = choice
        signed = -amount if code.endswith("_wrong") else amount
        moves = (Move(self.items[which], account, signed),)
        request_adjustment(Request(code, moves, "n"), on=PAID_ON, by=self.people["ana"])

    def pay(self, which, amount) -> None:
        key = f"pay:{next(_numbers)}"
        self.payments.append(pay_patient(self.items[which], str(amount), key))

    def approve(self, which) -> None:
        from cleanclaim.apps.billing.adjustments.services import approve_adjustment

        if row := self.one(which, "waiting"):
            approve_adjustment(row.pk, on=PAID_ON, by=self.people["lee"])

    def undo(self, which) -> None:
        from cleanclaim.apps.billing.adjustments.services import undo_adjustment

        if row := self.one(which, "posted"):
            undo_adjustment(row.pk, words="w", on=PAID_ON, by=self.people["lee"])

    def one(self, which, state):
        from cleanclaim.apps.billing.adjustments.models import Adjustment

        rows = list(Adjustment.objects.filter(state=state).order_by("id"))
        return rows[which % len(rows)] if rows else None

    def reapply(self, which, onto, amount) -> None:
        if not self.payments:
            return
        entry = self.payments[which % len(self.payments)]
        sides = (
            (self.items[1 - onto], PATIENT, str(amount)),
            (self.items[onto], PATIENT, str(amount)),
        )
        reapply(entry, [sides[0]], [sides[1]], by=self.people["lee"])

    def refund(self, how) -> None:
        from cleanclaim.apps.billing.adjustments import services
        from cleanclaim.apps.billing.adjustments.credits import credits

        found = [row for row in credits(on=PAID_ON) if row.item_id in self.items]
        if not found:
            return
        ana, lee, given = self.people["ana"], self.people["lee"], {"on": PAID_ON}
        row = services.identify_credit(found[0].key, by=ana, **given)
        services.request_refund(row.pk, by=ana, **given)
        if how:
            services.approve_refund(row.pk, by=lee, **given)
        if how == 1:
            services.cancel_refund(row.pk, words="w", by=lee, **given)

    def balances(self) -> dict:
        accounts = (PATIENT, PAYER, "receivable:agency")
        return {(item, one): balance(item, one) for item in self.items for one in accounts}


@pytest.fixture
def people(inside):
    return {"ana": person(inside, "Ana"), "lee": person(inside, "Lee", "Billing lead")}


def credits_are_found_among_claims_that_say_so() -> None:
    """The short way to the credits of a day finds what the whole ledger has."""
    from cleanclaim.apps.billing.adjustments.credits import below_zero
    from cleanclaim.apps.shared.ledger.selectors.sums import sum_legs

    for on in (PAID_ON - timedelta(days=1), PAID_ON, PAID_ON + timedelta(days=1)):
        whole = sum_legs(
            ("item_id", "account"), where="leg.account LIKE 'receivable:%%'", effective_on=on
        )
        short = {(item_id, account): amount for item_id, account, amount, _ in below_zero(on)}
        assert short == {(one, account): sum_ for one, account, sum_ in whole if sum_ < 0}


@settings(
    max_examples=RUNS, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=steps)
def test_any_sequence_keeps_the_books(desk, people, steps):
    from django.db import transaction

    world = World(desk, people)
    for name, *words in steps:
        before = world.balances()
        try:
            with transaction.atomic():
                getattr(world, name)(*words)
        except (StateError, InputError, PermissionRefusedError):
            assert world.balances() == before, name
        if name != "pay":
            for key, amount in world.balances().items():
                assert amount >= min(before[key], Decimal(0)), (name, words)
    desk.prove()
    credits_are_found_among_claims_that_say_so()
    sums = desk.buckets()
    from cleanclaim.apps.billing.claims.models import Claim

    rows = Claim.objects.values_list("patient_owes", "open_amount")
    patient, open_ = (sum(column) for column in zip(*rows, strict=True))
    assert sums.get("patient", 0) + sums.get("agency", 0) == patient
    assert sums.get("payer:1", 0) == open_
