"""Aging of any history, on any day, known at any moment: what plain arithmetic says, and tied to the books."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.utils.functional import SimpleLazyObject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.values.entry import Entry, Leg
from tests.apps.shared.ledger.cases import charged_item, payment_entry, services

pytestmark = pytest.mark.database_core
questions: Any = SimpleLazyObject(lambda: import_module("cleanclaim.apps.reports.aging.questions"))
blocks: Any = SimpleLazyObject(lambda: import_module("cleanclaim.apps.reports.aging.services"))
FIRST = date(2026, 1, 1)
LIMITS = (30, 60, 90, 120)
MONTH_ENDS = [date(2025, 12, 31), date(2026, 1, 31), date(2026, 3, 31), date(2026, 6, 30)]
ZERO = Decimal("0.00")

days = st.integers(0, 200).map(lambda number: FIRST + timedelta(days=number))
cents = st.integers(1, 30_000).map(lambda amount: Decimal(amount) / 100)
steps = st.lists(
    st.tuples(
        st.sampled_from(["charge", "pay", "pay", "move", "shift", "reverse"]),
        st.integers(0, 9), cents, days, days,
    ),
    min_size=1,
    max_size=9,
)  # fmt: skip


@dataclass
class Done:
    """One step as the oracle keeps it: what it did to an item's balance in a bucket."""

    at: datetime
    effective_on: date
    accounting_on: date
    effects: list[tuple[int, str, Decimal]]
    moved: tuple[int, str, date] | None = None
    entry: int = 0  # what can be reversed
    charged: int = 0  # the item whose charge it is, or takes back
    entities: tuple[str, ...] = ("",)  # of each effect, or of all


class History:
    """Steps done for real, and remembered for plain arithmetic."""

    def __init__(self, organization: int) -> None:
        self.organization = organization
        self.items: list[tuple[int, date]] = []
        self.submitted: dict[int, date] = {}
        self.bucket: dict[int, str] = {}
        self.done: list[Done] = []

    def clock(self) -> datetime:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            return cursor.fetchone()[0]

    def do(self, kind: str, number: int, amount: Decimal, on: date, booked: date) -> None:
        from cleanclaim.apps.shared.tenancy.context import tenant

        with tenant(self.organization):
            if kind == "charge" or not self.items:
                self._charge(amount, on, booked)
            elif kind == "pay":
                self._pay(self.items[number % len(self.items)][0], amount, on, booked)
            elif kind == "shift":
                self._shift(self.items[number % len(self.items)][0], amount, on, booked)
            elif kind == "reverse":
                self._reverse(number, on, booked)
            else:
                self._move(self.items[number % len(self.items)][0], on, booked)

    def _charge(self, amount: Decimal, on: date, booked: date) -> None:
        claim = len(self.items) + 1
        [item] = services.open_items([services.NewItem(claim, 1, 3, amount, on, "payer:1")])
        self.items.append((item, on))
        self.bucket[item] = "payer:1"
        self._post("charge", item, amount, on, booked, "revenue:patient-services")

    def _pay(self, item: int, amount: Decimal, on: date, booked: date) -> None:
        self._post("payment", item, -amount, on, booked, "asset:remit-clearing")

    def _post(
        self, kind: str, item: int, amount: Decimal, on: date, booked: date, other: str
    ) -> None:
        claim, bucket = [pk for pk, _ in self.items].index(item) + 1, self.bucket[item]
        where = {"item_id": item, "claim_id": claim, "line_number": 1, "patient_id": 3}
        legs = (Leg(f"receivable:{bucket}", amount, **where), Leg(other, -amount, **where))
        key = f"{kind} {len(self.done)}"
        [entry] = services.post_entries([Entry(kind, key, on, booked, legs)])
        charged = item if kind == "charge" else 0
        effects = [(item, bucket, amount)]
        self.done.append(Done(self.clock(), on, booked, effects, entry=entry, charged=charged))

    def _shift(self, item: int, amount: Decimal, on: date, booked: date) -> None:
        """Between two entities: what the receivables of both say changes, their sum does not."""
        claim, bucket = [pk for pk, _ in self.items].index(item) + 1, self.bucket[item]
        where = {"item_id": item, "claim_id": claim, "line_number": 1, "patient_id": 3}
        legs = tuple(
            leg
            for entity, part in (("North", amount), ("South", -amount))
            for leg in (
                Leg(f"receivable:{bucket}", part, entity=entity, **where),
                Leg("asset:remit-clearing", -part, entity=entity),
            )
        )
        key = f"shift {len(self.done)}"
        [entry] = services.post_entries([Entry("shift", key, on, booked, legs)])
        effects = [(item, bucket, amount), (item, bucket, -amount)]
        self.done.append(
            Done(self.clock(), on, booked, effects, entry=entry, entities=("North", "South"))
        )

    def _reverse(self, number: int, on: date, booked: date) -> None:
        """An entry taken back, on days of its own: also after the day that is asked for."""
        undone = [done for done in self.done if done.entry]
        if not undone:
            return
        first = undone[number % len(undone)]
        on = max(on, first.effective_on)  # an entry is never taken back before it counts
        key = f"reverse {len(self.done)}"
        services.reverse_entry(first.entry, key=key, effective_on=on, accounting_on=booked)
        first.entry = 0
        effects = [(item, bucket, -amount) for item, bucket, amount in first.effects]
        self.done.append(
            Done(self.clock(), on, booked, effects, charged=first.charged, entities=first.entities)
        )

    def _move(self, item: int, on: date, booked: date) -> None:
        source, target = (
            self.bucket[item],
            "patient" if self.bucket[item] != "patient" else "agency",
        )
        amount = sum(
            (a for d in self.done for i, b, a in d.effects if (i, b) == (item, source)), ZERO
        )
        try:
            services.transfer(
                item, to_bucket=target, key=f"move {len(self.done)}", effective_on=on,
                accounting_on=booked,
            )  # fmt: skip
        except StateError:  # nothing there to be moved
            return
        effects = [(item, source, -amount), (item, target, amount)]
        self.done.append(Done(self.clock(), on, booked, effects, (item, target, on)))
        self.bucket[item] = self._responsible(item)

    def pack(self) -> None:
        from cleanclaim.apps.shared.tenancy.context import tenant

        with tenant(self.organization):
            blocks.refresh_blocks()

    def _responsible(self, item: int) -> str:
        moves = [
            (d.effective_on, n, d.moved[1])
            for n, d in enumerate(self.done)
            if d.moved and d.moved[0] == item
        ]
        return max(moves)[2] if moves else "payer:1"

    def aging(
        self, on: date, known: datetime | None, by: tuple[str, ...], measure: str
    ) -> dict[tuple[str, ...], tuple[list[Decimal], Decimal, int]]:
        """{group: owed by age, owed back, items}, added up one by one."""
        counted = [
            d for d in self.done if d.effective_on <= on and (known is None or d.at <= known)
        ]
        balances: dict[tuple[int, str, str], Decimal] = defaultdict(Decimal)
        since: dict[tuple[int, str], date] = {}
        for done in sorted(counted, key=lambda d: (d.effective_on, self.done.index(d))):
            for place, (item, bucket, amount) in enumerate(done.effects):
                entity = done.entities[place % len(done.entities)] if "entity" in by else ""
                balances[item, bucket, entity] += amount
            if done.moved:
                since[done.moved[:2]] = done.moved[2]
        found: dict[tuple[str, ...], tuple[list[Decimal], Decimal, int]] = {}
        for (item, bucket, entity), amount in balances.items():
            if not amount:
                continue
            group = tuple({"bucket": bucket, "entity": entity}[name] for name in by)
            bands, credit, items = found.get(group, ([ZERO] * 5, ZERO, 0))
            age = (on - self._since(measure, item, since.get((item, bucket)))).days
            band = sum(age > limit for limit in LIMITS)
            bands[band] += max(amount, ZERO)
            found[group] = bands, credit + min(amount, ZERO), items + 1
        return found

    def _since(self, measure: str, item: int, moved: date | None) -> date:
        if measure == "posted":
            return min(done.accounting_on for done in self.done if done.charged == item)
        if measure == "submitted":
            return self.submitted.get(item) or dict(self.items)[item]
        service = dict(self.items)[item]
        return (moved or service) if measure == "bucket" else service


@pytest.fixture
def practices(database):
    """Makes a new practice for each example."""
    from cleanclaim.apps.shared.tenancy.models import Organization

    def make() -> int:
        number = Organization.objects.count()
        return Organization.objects.create(
            kind="practice", name=f"P{number}", slug=f"p{number}", tin=str(number)
        ).pk

    return make


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=steps,
    on=days,
    known_after=st.integers(0, 9),
    packed_after=st.sets(st.integers(0, 9), max_size=3),
    by=st.sampled_from([("bucket",), ("entity", "bucket"), ("entity",)]),
    measure=st.sampled_from(["bucket", "service", "submitted", "posted"]),
)
def test_any_history_ages_as_plain_arithmetic_says_and_ties_to_the_books(
    practices, steps, on, known_after, packed_after, by, measure
):
    from cleanclaim.apps.shared.tenancy.context import tenant

    history = History(practices())
    for number, step in enumerate(steps):
        history.do(*step)
        if number in packed_after:
            history.pack()
    known = history.done[known_after].at if known_after < len(history.done) else None

    with tenant(history.organization):
        view = questions.View(on, known, by, questions.Measure(measure))
        rows = questions.aging(view)
        found = questions.tie(view, rows)
        year = questions.aging_by_day(view, MONTH_ENDS)

    assert {
        day: {r.group: (list(r.bands), r.credit, r.items) for r in aged}
        for day, aged in year.items()
    } == {day: history.aging(day, known, by, measure) for day in MONTH_ENDS}
    assert {r.group: (list(r.bands), r.credit, r.items) for r in rows} == history.aging(
        on, known, by, measure
    )
    books = sum((a for d in history.done if d.accounting_on <= on for _, _, a in d.effects), ZERO)
    assert (found.books, found.difference) == (books, ZERO)
    assert sum((one.amount for one in found.entries), ZERO) == found.named
    assert all(one.amount for one in found.entries)


@pytest.fixture(params=["from the legs", "from blocks"])
def two_claims(practice, request):
    """100.00 of 2025-12-01 owed by a payer; 12.00 paid on a claim of 10.00, booked a month later."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        old = charged_item("100.00", claim_id=1, on=date(2025, 12, 1))
        over = charged_item("10.00", claim_id=2, on=date(2026, 1, 1))
        late = payment_entry(over, "12.00", claim_id=2, on=date(2026, 1, 5))
        services.post_entries(
            [Entry(late.kind, late.idempotency_key, late.effective_on, date(2026, 2, 1), late.legs)]
        )
        if request.param == "from blocks":
            blocks.refresh_blocks()
        yield old, over


def test_a_late_booking_is_named(two_claims):
    view = questions.View(date(2026, 1, 31))
    found = questions.tie(view, questions.aging(view))

    assert (found.aging, found.books, found.named) == (
        Decimal("98.00"),
        Decimal("110.00"),
        Decimal("-12.00"),
    )
    (one,) = found.entries
    assert (one.kind, one.effective_on, one.accounting_on, one.amount) == (
        "payment", date(2026, 1, 5), date(2026, 2, 1), Decimal("-12.00"),
    )  # fmt: skip


def test_a_cell_opens_its_items(two_claims):
    old, over = two_claims
    view = questions.View(date(2026, 1, 31))

    payer = {"bucket": "payer:1"}
    owed = questions.open_items(view, questions.Cell(payer))
    back = questions.open_items(view, questions.Cell(payer, credits=True))
    young = questions.open_items(view, questions.Cell({}, band=0))
    of_age = questions.open_items(view, questions.Cell({}, band=2))
    after = questions.open_items(view, after=old)

    assert [(row.item_id, row.amount, row.age_days) for row in owed] == [
        (old, Decimal("100.00"), 61)
    ]
    assert [(row.item_id, row.amount) for row in back] == [(over, Decimal("-2.00"))]
    assert ([r.item_id for r in young], [r.item_id for r in of_age], after) == ([], [old], [])


@pytest.mark.parametrize("measure", ["service", "submitted", "posted"])
def test_every_measure_ages_from_its_day(two_claims, measure):
    (row,) = questions.aging(questions.View(date(2026, 1, 31), measure=questions.Measure(measure)))

    assert (row.bands, row.credit) == (
        (ZERO, ZERO, Decimal("100.00"), ZERO, ZERO),
        Decimal("-2.00"),
    )


@pytest.mark.parametrize("by", [(), ("payer", "weather")])
def test_an_unknown_group_is_refused(by):
    with pytest.raises(InputError, match="expected one or more of bucket, payer"):
        questions.View(date(2026, 1, 31), by=by)


def test_items_age_by_bucket_and_credits_are_never_netted(database, practice):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        old = charged_item("100.00", claim_id=1, on=date(2025, 12, 1))
        moved = charged_item("50.00", claim_id=2, on=date(2025, 12, 1))
        over = charged_item("10.00", claim_id=3, on=date(2026, 1, 1))
        services.transfer(
            moved, to_bucket="patient", key="t", effective_on=date(2026, 1, 20),
            accounting_on=date(2026, 1, 20),
        )  # fmt: skip
        services.post_entries([payment_entry(over, "12.00", claim_id=3, on=date(2026, 1, 5))])

        rows = questions.aging(questions.View(date(2026, 1, 31)))
        [credit] = questions.open_items(
            questions.View(date(2026, 1, 31)), questions.Cell({}, credits=True)
        )
        before_transfer = questions.aging(questions.View(date(2026, 1, 19)))

    assert old
    assert [(row.group, row.bands, row.credit, row.items) for row in rows] == [
        (("patient",), (Decimal("50.00"), ZERO, ZERO, ZERO, ZERO), ZERO, 1),
        (("payer:1",), (ZERO, ZERO, Decimal("100.00"), ZERO, ZERO), Decimal("-2.00"), 2),
    ]
    assert (credit.bucket, credit.age_days) == ("payer:1", 30)
    assert [(row.group, row.open, row.credit) for row in before_transfer] == [
        (("payer:1",), Decimal("150.00"), Decimal("-2.00")),
    ]


def test_the_last_day_of_an_age_and_the_next(database, practice):
    from cleanclaim.apps.shared.tenancy.context import tenant

    def first_day_of_age(on: date) -> int:
        (row,) = questions.aging(questions.View(on))
        (band,) = [place for place, amount in enumerate(row.bands) if amount]
        return [0, *(days + 1 for days in LIMITS)][band]

    with tenant(practice):
        charged_item("100.00", on=date(2026, 1, 1))
        ages = {day: first_day_of_age(date(2026, 1, day)) for day in (1, 31)}
        ages[32] = first_day_of_age(date(2026, 2, 1))

    assert ages == {1: 0, 31: 0, 32: 31}
