"""Aging of whatever a desk did, on any day, known at any moment, against plain sums over the rows, and tied by name.

The oracle reads every leg and move once and adds them up in Python: it shares no SQL with the aging.
`CLEANCLAIM_MACHINE_RUNS` raises the number of runs.
"""

import os
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.utils.functional import SimpleLazyObject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.apps.reports.aging.desk_acts import ACTS, FIRST, Acts
from tests.apps.reports.aging.test_packing import refreshed_is_all_anew

pytestmark = pytest.mark.database_core
questions: Any = SimpleLazyObject(lambda: import_module("cleanclaim.apps.reports.aging.questions"))
RUNS = int(os.environ.get("CLEANCLAIM_MACHINE_RUNS", "8"))
LIMITS = (30, 60, 90, 120)
ZERO = Decimal("0.00")
FAR = date(2031, 1, 1)  # everything counts
days = st.integers(0, 150).map(lambda number: FIRST + timedelta(days=number))
OFTEN = (
    "visit",
    "visit",
    "answer",
    "answer",
    "second payment",
    "receipt",
    "refund asked",
    "refund step",
    "refund step",
)
acts = st.lists(
    st.tuples(st.sampled_from([*OFTEN, *ACTS]), st.integers(0, 11), days),
    min_size=6,
    max_size=36,
)  # fmt: skip


@dataclass
class Book:
    """Every receivable leg and every move, as the tables hold them."""

    legs: list[tuple[int, str, str, date, date, datetime, int, str, Decimal]]
    moves: list[tuple[int, str, date, datetime, date]]
    service: dict[int, date]

    @classmethod
    def read(cls) -> "Book":
        from cleanclaim.apps.shared.ledger.models import Item, ItemBucket, Leg

        legs = Leg.objects.filter(account__startswith="receivable:").order_by("id").values_list(
            "item_id", "account", "entity", "entry__effective_on", "entry__accounting_on",
            "entry__recorded_at", "entry_id", "entry__kind", "amount",
        )  # fmt: skip
        moves = ItemBucket.objects.order_by("effective_on", "id")
        return cls(
            list(legs),
            list(moves.values_list("item_id", "bucket", "effective_on", "recorded_at", "since")),
            dict(Item.objects.values_list("id", "service_on")),
        )

    def aging(self, on: date, known: datetime | None) -> dict[str, tuple[list[Decimal], Decimal]]:
        """{bucket: owed by age since it has the item, owed back}."""
        open_: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
        for item, account, _, effective, _, recorded, _, _, amount in self.legs:
            if effective <= on and (known is None or recorded <= known):
                open_[item, account.removeprefix("receivable:")] += amount
        since = {
            (item, bucket): day
            for item, bucket, effective, recorded, day in self.moves
            if effective <= on and (known is None or recorded <= known)
        }
        found: dict[str, tuple[list[Decimal], Decimal]] = {}
        for (item, bucket), amount in open_.items():
            if not amount:
                continue
            age = (on - since.get((item, bucket), self.service[item])).days
            bands, credit = found.get(bucket, ([ZERO] * 5, ZERO))
            bands[sum(age > limit for limit in LIMITS)] += max(amount, ZERO)
            found[bucket] = bands, credit + min(amount, ZERO)
        return found

    def books(self, on: date) -> Decimal:
        return sum((leg[-1] for leg in self.legs if leg[4] <= on), ZERO)

    def apart(self, on: date, known: datetime | None) -> dict[int, Decimal]:
        """{entry: what aging has more than the books by it}."""
        found: dict[int, Decimal] = defaultdict(Decimal)
        for *_, effective, accounting, recorded, entry, _, amount in self.legs:
            in_aging = effective <= on and (known is None or recorded <= known)
            found[entry] += amount * (in_aging - (accounting <= on))
        return {entry: amount for entry, amount in found.items() if amount}


@pytest.fixture
def practices(database):
    """Makes a new practice for each example."""
    from cleanclaim.apps.shared.tenancy.models import Organization

    def make() -> int:
        number = Organization.objects.count()
        return Organization.objects.create(
            kind="practice", name=f"P{number}", slug=f"p{number}", npi="1234567893", tin=str(number)
        ).pk

    return make


def latest() -> datetime:
    from cleanclaim.apps.shared.ledger.models import Entry

    newest = Entry.objects.order_by("-id").values_list("recorded_at", flat=True).first()
    return newest or datetime(2026, 1, 1, tzinfo=UTC)


@settings(
    max_examples=RUNS, deadline=None, derandomize=RUNS == 8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    steps=acts,
    packed=st.sets(st.integers(0, 35), max_size=2),
    on=st.lists(days, min_size=2, max_size=3),
)
def test_whatever_the_desk_did_ages_as_plain_sums_say_and_ties_by_name(practices, steps, packed, on):  # fmt: skip
    from cleanclaim.apps.reports.aging.services import refresh_blocks
    from cleanclaim.apps.shared.tenancy.context import tenant

    desk = Acts(practices())
    moments: list[datetime | None] = [None]
    for number, (name, which, day) in enumerate(steps):
        desk.do(name, which, day)
        with tenant(desk.organization):
            moments.append(latest())
            if number in packed:
                refresh_blocks()

    agrees(desk, moments, (*on, FAR))
    assert refreshed_is_all_anew(desk.organization)


def agrees(desk: Acts, moments: list[datetime | None], days_: tuple[date, ...]) -> None:
    """Aging, tie and the claims' own amounts are what plain sums say, on these days as known at these moments."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(desk.organization):
        book = Book.read()
        for moment in dict.fromkeys(moments):
            for day in days_:
                view = questions.View(day, moment)
                aged = questions.aging(view)
                tie = questions.tie(view, aged)
                found = {row.group[0]: (list(row.bands), row.credit) for row in aged}
                assert found == book.aging(day, moment)
                assert (tie.books, tie.difference) == (book.books(day), ZERO)
                assert {one.entry_id: one.amount for one in tie.entries} == book.apart(day, moment)
        claims_say_what_items_say(book)
        desk.desk.prove()


def test_an_aging_that_knows_too_much_is_found_out(practices, monkeypatch) -> None:
    """The twin: the moment is left out of the statements."""
    from cleanclaim.apps.reports.aging import plain
    from cleanclaim.apps.shared.tenancy.context import tenant

    desk = Acts(practices())
    desk.do("visit", 0, FIRST)
    with tenant(desk.organization):
        early = latest()
    desk.do("answer", 0, FIRST)
    agrees(desk, [early], (FAR,))
    monkeypatch.setattr(plain, "known", lambda view, table: "")

    with pytest.raises(AssertionError):
        agrees(desk, [early], (FAR,))


def claims_say_what_items_say(book: Book) -> None:
    """The claims' own amounts are the sums of their items."""
    from cleanclaim.apps.billing.claims.models import Claim

    rows = Claim.objects.values_list("open_amount", "patient_owes")
    payers, patients = (sum(column, ZERO) for column in zip(*rows, strict=True)) if rows else (ZERO, ZERO)  # fmt: skip
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for _, account, *_, amount in book.legs:
        sums["payer" if ":payer:" in account else "patient"] += amount
    assert (sums["payer"], sums["patient"]) == (payers, patients)


VISIT, PAID = ("visit", 0), ("answer", 0)  # 10.00 of 120.00 are the patient's
TO_PATIENT = ("answer", 2)
# What was done before, what is done, how it is undone.
UNDONE = {
    "a payment": ((VISIT,), PAID, ("take posting back", 0)),
    "one claim of a payment": ((VISIT,), PAID, ("take claim back", 0)),
    "a payer's second answer": ((VISIT, PAID), ("payers correction", 1), ("take posting back", 1)),
    "a keyed EOB": ((VISIT,), ("paper", 0), ("take posting back", 0)),
    "a receipt that bounced": ((VISIT, TO_PATIENT), ("receipt", 0), ("receipt returned", 0)),
    "a receipt voided": ((VISIT, TO_PATIENT), ("receipt", 0), ("receipt void", 0)),
    "a card charged back": ((VISIT, TO_PATIENT), ("receipt", 3), ("receipt returned", 0)),
    "a courtesy": ((VISIT, PAID), ("adjust", 7), ("undo adjustment", 0)),
    "a transfer to the second payer": ((VISIT,), ("adjust", 4), ("undo adjustment", 0)),
    "a transfer to the patient": ((VISIT,), ("adjust", 2), ("undo adjustment", 0)),
    "bad debt": ((VISIT, TO_PATIENT), ("bad debt", 1), ("undo adjustment", 0)),
    "small balances": ((VISIT, TO_PATIENT), ("small balances", 0), ("undo adjustment", 0)),
    "opening balances": ((VISIT,), ("opening", 0), ("opening undone", 0)),
}


@pytest.mark.parametrize("undone", UNDONE)
def test_what_is_undone_leaves_every_age_as_it_was(practices, undone) -> None:
    """Owed by the same, as long as before, however its age is counted."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    desk, on, before = Acts(practices()), FIRST + timedelta(days=20), UNDONE[undone][0]
    for number, (name, which) in enumerate(before):
        assert desk.do(name, which, FIRST + timedelta(days=number)), name

    def ages() -> list[Any]:
        with tenant(desk.organization):
            return [
                questions.aging(questions.View(day, measure=measure))
                for measure in questions.Measure
                for day in (FAR, date(2027, 3, 31))
            ]

    was = ages()
    assert desk.do(*UNDONE[undone][1], on)
    changed = ages()
    assert desk.do(*UNDONE[undone][2], on + timedelta(days=5 if "debt" not in undone else 210))

    assert (ages(), changed != was) == (was, True)
