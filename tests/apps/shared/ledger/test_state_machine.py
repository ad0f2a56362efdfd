"""T08: charge, pay, split, adjust, write off, transfer, reverse, take back and refund in any order, against plain arithmetic.

The oracle keeps a list of events, each with its day and what it does to (item, account); it knows
nothing of legs, SQL or recorded_at: what was known at a moment is how many events there were.
`CLEANCLAIM_MACHINE_RUNS` raises the number of runs (nightly: 10000).
"""

import os
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.kernel.errors import StateError
from cleanclaim.values.entry import Leg
from tests.apps.shared.ledger.cases import charge_entry, entry, selectors, services

FIRST = date(2026, 1, 1)
BUCKETS = ["payer:1", "payer:2", "patient", "agency"]
ACCOUNT = {bucket: f"receivable:{bucket}" for bucket in BUCKETS}
CASH, CLEARING, CONTRACTUAL = "asset:bank", "asset:remit-clearing", "contra:contractual"
BAD_DEBT, TAKEBACK = "contra:bad-debt", "liability:payer-takeback"
REVENUE, PAYABLE = "revenue:patient-services", "liability:refund-payable"
ZERO = Decimal(0)

cents = st.integers(1, 50_000).map(lambda amount: Decimal(amount) / 100)
days = st.integers(0, 60).map(lambda number: FIRST + timedelta(days=number))


@dataclass
class Event:
    """What one step did, in the oracle's words."""

    entry_id: int
    kind: str
    on: date
    effect: dict[tuple[int, str], Decimal]
    moved: tuple[int, str, date] | None = None  # item, bucket, since
    came_from: tuple[str, date] | None = None
    taken_back: bool = False


@dataclass
class Oracle:
    """The plain model: a list of events."""

    events: list[Event] = field(default_factory=list)
    opened: dict[int, date] = field(default_factory=dict)

    def balances(self, on: date | None = None, known: int | None = None):
        found: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
        for event in self.events[:known]:
            if on is None or event.on <= on:
                for place, amount in event.effect.items():
                    found[place] += amount
        return {place: amount for place, amount in found.items() if amount}

    def responsible(self, item: int, on: date | None = None, known: int | None = None):
        moves = [
            (event.on, number, event.moved)
            for number, event in enumerate(self.events[:known])
            if event.moved and event.moved[0] == item and (on is None or event.on <= on)
        ]
        if not moves:
            return "payer:1", self.opened[item]
        return max(moves)[2][1:]


class LedgerMachine(RuleBasedStateMachine):
    """Steps through the real services; every run has an organization of its own."""

    def __init__(self) -> None:
        super().__init__()
        from cleanclaim.apps.shared.tenancy.models import Organization

        number = Organization.objects.count()
        self.practice = Organization.objects.create(
            kind="practice", name=f"P{number}", slug=f"p{number}", tin=str(number)
        ).pk
        self.oracle = Oracle()
        self.moments: list[tuple[datetime, int]] = []
        self.step = 0

    def key(self) -> str:
        self.step += 1
        return f"step {self.step}"

    def happened(self, event: Event) -> None:
        self.oracle.events.append(event)
        self.moments.append((self.clock(), len(self.oracle.events)))

    def clock(self) -> datetime:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            return cursor.fetchone()[0]

    def pick(self, number: int) -> int:
        items = sorted(self.oracle.opened)
        return items[number % len(items)]

    @initialize(amount=cents, on=days)
    def first_charge(self, amount, on):
        self.charge(amount, on)

    @rule(amount=cents, on=days)
    def charge(self, amount, on):
        claim = len(self.oracle.opened) + 1
        row = services.NewItem  # looked up late: Django is set up by now
        with tenant(self.practice):
            [item] = services.open_items([row(claim, 1, 3, amount, on, "payer:1")])
            [posted] = services.post_entries(
                [charge_entry(item, str(amount), claim_id=claim, on=on)]
            )
        self.oracle.opened[item] = on
        effect = {(item, ACCOUNT["payer:1"]): amount, (item, REVENUE): -amount}
        self.happened(Event(posted, "charge", on, effect))

    def credit(self, kind, item, account, amount, on):
        """A payment or an adjustment, on the bucket that is responsible now."""
        claim = sorted(self.oracle.opened).index(item) + 1
        bucket, _ = self.oracle.responsible(item)
        where = {"item_id": item, "claim_id": claim, "line_number": 1, "patient_id": 3}
        legs = (Leg(account, amount, **where), Leg(ACCOUNT[bucket], -amount, **where))
        with tenant(self.practice):
            [posted] = services.post_entries([entry(*legs, kind=kind, key=self.key(), on=on)])
        effect = {(item, account): amount, (item, ACCOUNT[bucket]): -amount}
        self.happened(Event(posted, kind, on, effect))

    @rule(number=st.integers(0, 99), amount=cents, on=days)
    def pay(self, number, amount, on):
        self.credit("payment", self.pick(number), CLEARING, amount, on)

    @rule(number=st.integers(0, 99), amount=cents, on=days)
    def adjust(self, number, amount, on):
        self.credit("adjustment", self.pick(number), CONTRACTUAL, amount, on)

    @rule(number=st.integers(0, 99), amount=cents, on=days)
    def write_off(self, number, amount, on):
        self.credit("write-off", self.pick(number), BAD_DEBT, amount, on)

    @rule(number=st.integers(0, 99), amount=cents, on=days)
    def take_back(self, number, amount, on):
        """A payer's negative payment: its money is owed again, the rest is kept out of its next payment (PLB)."""
        self.credit("takeback", self.pick(number), CLEARING, -amount, on)

    @rule(number=st.integers(0, 99), amounts=st.lists(cents, min_size=2, max_size=4), on=days)
    def split(self, number, amounts, on):
        """One payment over several items, in part kept as a takeback of the payer's: one entry, whole or not at all."""
        items = [self.pick(number + place) for place in range(len(amounts))]
        effect: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
        legs = []
        for item, amount in zip(items, amounts, strict=True):
            claim = sorted(self.oracle.opened).index(item) + 1
            bucket, _ = self.oracle.responsible(item)
            where = {"item_id": item, "claim_id": claim, "line_number": 1, "patient_id": 3}
            legs.append(Leg(ACCOUNT[bucket], -amount, **where))
            effect[item, ACCOUNT[bucket]] -= amount
        kept = amounts[0] / 2
        kept = kept.quantize(Decimal("0.01"))
        paid = sum(amounts, ZERO) - kept
        legs += [
            Leg(account, amount)
            for account, amount in ((CLEARING, paid), (TAKEBACK, kept))
            if amount
        ]
        effect[0, CLEARING] += paid
        effect[0, TAKEBACK] += kept
        with tenant(self.practice):
            [posted] = services.post_entries([entry(*legs, kind="payment", key=self.key(), on=on)])
        self.happened(Event(posted, "payment", on, dict(effect)))

    @rule(number=st.integers(0, 99), bucket=st.sampled_from(BUCKETS), share=st.integers(1, 4))
    def transfer(self, number, bucket, share):
        item = self.pick(number)
        source, since = self.oracle.responsible(item)
        there = self.oracle.balances().get((item, ACCOUNT[source]), ZERO)
        amount = (there / share).quantize(Decimal("0.01")) or there
        # Moves follow each other in effective order, as the desk makes them.
        on = max([event.on for event in self.oracle.events if event.moved] or [FIRST])
        call = {"to_bucket": bucket, "key": self.key(), "effective_on": on, "accounting_on": on}
        with tenant(self.practice):
            if source == bucket or amount <= 0:
                with pytest.raises(StateError):
                    services.transfer(item, **call)
                return
            with pytest.raises(StateError):
                services.transfer(item, amount=there + Decimal("0.01"), **call)
            posted = services.transfer(item, amount=amount, **call)
        effect = {(item, ACCOUNT[bucket]): amount, (item, ACCOUNT[source]): -amount}
        self.happened(
            Event(posted, "transfer", on, effect, (item, bucket, on), came_from=(source, since))
        )

    @rule(number=st.integers(0, 99), later=st.integers(0, 20))
    def reverse(self, number, later):
        event = self.oracle.events[number % len(self.oracle.events)]
        on = event.on + timedelta(days=later)
        call = {"key": self.key(), "effective_on": on, "accounting_on": on}
        refused = event.taken_back or event.kind == "reversal" or self.is_paid(event)
        with tenant(self.practice):
            if refused:
                with pytest.raises(StateError):
                    services.reverse_entry(event.entry_id, **call)
                return
            posted = services.reverse_entry(event.entry_id, **call)
        event.taken_back = True
        back = {place: -amount for place, amount in event.effect.items()}
        moved = None
        if event.moved and self.stands(event):
            moved = (event.moved[0], *event.came_from)
        self.happened(Event(posted, "reversal", on, back, moved))

    def stands(self, event: Event) -> bool:
        """Whether the item sits where this transfer put it: no later move came after."""
        item = event.moved[0]
        moves = [
            (other.on, number)
            for number, other in enumerate(self.oracle.events)
            if other.moved and other.moved[0] == item
        ]
        return max(moves)[1] == self.oracle.events.index(event)

    def is_paid(self, approval: Event) -> bool:
        return approval.kind == "refund-approval" and any(
            event.kind == "refund" and event.came_from == approval.entry_id and not event.taken_back
            for event in self.oracle.events
        )

    @rule(number=st.integers(0, 99), amount=cents, on=days)
    def approve_refund(self, number, amount, on):
        item = self.pick(number)
        claim = sorted(self.oracle.opened).index(item) + 1
        bucket, _ = self.oracle.responsible(item)
        credit = -self.oracle.balances().get((item, ACCOUNT[bucket]), ZERO)
        source = services.Credit(ACCOUNT[bucket], item, claim, 1, 3)
        call = {"key": self.key(), "effective_on": on, "accounting_on": on}
        with tenant(self.practice):
            if credit < amount:
                with pytest.raises(StateError, match="the credit is"):
                    services.approve_refund(source, amount=amount, **call)
                return
            posted = services.approve_refund(source, amount=amount, **call)
        effect = {(item, ACCOUNT[bucket]): amount, (item, PAYABLE): -amount}
        self.happened(Event(posted, "refund-approval", on, effect))

    @precondition(lambda self: any(event.kind == "refund-approval" for event in self.oracle.events))
    @rule(number=st.integers(0, 99), on=days)
    def pay_refund(self, number, on):
        approvals = [event for event in self.oracle.events if event.kind == "refund-approval"]
        approval = approvals[number % len(approvals)]
        with tenant(self.practice):
            if approval.taken_back or self.is_paid(approval):
                with pytest.raises(StateError):
                    services.pay_refund(approval.entry_id, effective_on=on, accounting_on=on)
                return
            posted = services.pay_refund(approval.entry_id, effective_on=on, accounting_on=on)
        [(item, amount)] = [
            (item, -amount)
            for (item, account), amount in approval.effect.items()
            if account == PAYABLE
        ]
        effect = {(item, PAYABLE): amount, (item, CASH): -amount}
        self.happened(Event(posted, "refund", on, effect, came_from=approval.entry_id))

    @rule(on=days, number=st.integers(0, 999))
    def look_back(self, on, number):
        """Any day, as known after any step."""
        moment, known = self.moments[number % len(self.moments)]
        items = sorted(self.oracle.opened)
        with tenant(self.practice):
            pair = {"effective_on": on, "recorded_by": moment}
            balances = selectors.item_balances(items, **pair)
            accounts = selectors.account_balances(**pair)
            responsible = selectors.responsible_buckets(items, **pair)
        expected = self.oracle.balances(on, known)
        assert balances == {place: amount for place, amount in expected.items() if place[0]}
        by_account: dict[str, Decimal] = defaultdict(Decimal)
        for (_, account), amount in expected.items():
            by_account[account] += amount
        assert accounts == {account: amount for account, amount in by_account.items() if amount}
        for item, found in responsible.items():
            assert (found.bucket, found.since) == self.oracle.responsible(item, on, known)

    @invariant()
    def books_agree(self):
        if not self.oracle.events:
            return
        with tenant(self.practice):
            assert selectors.item_balances(sorted(self.oracle.opened)) == self.of_items()
            assert sum(selectors.account_balances().values()) == 0

    def of_items(self) -> dict[tuple[int, str], Decimal]:
        return {place: amount for place, amount in self.oracle.balances().items() if place[0]}

    @invariant()
    def nobody_is_refunded_more_than_was_his(self):
        """What was approved lies on the payable until it is paid: it never falls below nothing owed."""
        for (_, account), amount in self.oracle.balances().items():
            assert account != PAYABLE or amount <= 0

    def teardown(self):
        with tenant(self.practice):
            proof = selectors.prove()
        assert proof.balanced, proof.differences


def test_the_ledger_agrees_with_plain_arithmetic(database):
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=int(os.environ.get("CLEANCLAIM_MACHINE_RUNS", "60")),
            stateful_step_count=50 if os.environ.get("CLEANCLAIM_MACHINE_RUNS") else 30,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_ledger_that_refunds_more_than_the_credit_is_found_out(database, monkeypatch):
    """The twin: any credit is enough; the machine's own step sees that the refund was not refused."""
    from cleanclaim.apps.shared.ledger.services import refunds

    machine = LedgerMachine()
    machine.first_charge(Decimal("10.00"), FIRST)
    machine.approve_refund(0, Decimal("1.00"), FIRST)  # refused: there is no credit
    monkeypatch.setattr(refunds, "_available", lambda credit: Decimal(10**6))

    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        machine.approve_refund(0, Decimal("1.00"), FIRST)
