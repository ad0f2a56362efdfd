"""Blocks brought up to date item by item are, to the row, what packing everything anew makes of the same entries.

`CLEANCLAIM_MACHINE_RUNS` raises the number of runs.
"""

import os
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from django.utils.functional import SimpleLazyObject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanclaim.kernel.errors import StateError
from cleanclaim.values.entry import Entry, Leg
from tests.apps.reports.kpis.test_kpis import practices  # noqa: F401
from tests.apps.shared.ledger.cases import PATIENT, PAYER, charge_entry, charged_item, services

pytestmark = pytest.mark.database_core
APP = "cleanclaim.apps.reports.aging"
packing: Any = SimpleLazyObject(lambda: import_module(f"{APP}.services"))
plain: Any = SimpleLazyObject(lambda: import_module(f"{APP}.plain"))
questions: Any = SimpleLazyObject(lambda: import_module(f"{APP}.questions"))
RUNS = int(os.environ.get("CLEANCLAIM_MACHINE_RUNS", "20"))
FIRST = date(2026, 1, 1)
CLAIMS = 3  # few, so that their items lie in several blocks

acts = st.lists(
    st.tuples(
        st.sampled_from(
            ["open", "charge", "charge", "pay", "pay", "move", "move alone", "back", "pack", "pack"]
        ),
        st.integers(0, 11),  # of which item, claim or entry
        st.integers(1, 90_000),  # cents
        st.integers(0, 200),  # on which day
        st.sampled_from(["", "", "North", "South"]),
    ),
    min_size=4,
    max_size=30,
)  # fmt: skip


class Books:
    """Items of a few claims, and what is posted on them."""

    def __init__(self, organization: int) -> None:
        self.organization = organization
        self.items: list[tuple[int, int]] = []  # id, claim
        self.charged: set[int] = set()
        self.entries: list[int] = []
        self.number = 0

    def do(self, act: str, which: int, cents: int, day: int, entity: str) -> None:
        """One act, in a database transaction of its own."""
        from cleanclaim.apps.shared.tenancy.context import tenant

        self.number += 1
        on, amount = FIRST + timedelta(days=day), Decimal(cents).scaleb(-2)
        with tenant(self.organization):
            if act == "pack":
                packing.refresh_blocks()
            elif act == "open" or not self.items:
                self.open(1 + which % CLAIMS, amount, on)
            else:
                item, claim = self.items[which % len(self.items)]
                getattr(self, act.replace(" ", "_"))(item, claim, amount, on, entity)

    def open(self, claim: int, amount: Decimal, on: date) -> None:
        row = services.NewItem(claim, 1, 3, amount, on, "payer:1", "G0001")
        self.items += [(one, claim) for one in services.open_items([row])]

    def charge(self, item: int, claim: int, amount: Decimal, on: date, entity: str) -> None:
        """Also of a new item, as long as there is one that is not charged yet."""
        new = [one for one in self.items if one[0] not in self.charged]
        item, claim = new[0] if new else (item, claim)
        if item in self.charged:
            self.open(claim, amount, on)
            item = self.items[-1][0]
        self.charged.add(item)
        self.post("charge", item, claim, PAYER, "revenue:patient-services", amount, on, entity)

    def pay(self, item: int, claim: int, amount: Decimal, on: date, entity: str) -> None:
        account = PATIENT if amount > 450 else PAYER
        self.post("payment", item, claim, account, "asset:bank", -amount, on, entity)

    def move(self, item: int, claim: int, amount: Decimal, on: date, entity: str) -> None:
        try:
            entry = services.transfer(
                item, to_bucket="patient", key=f"t{self.number}", effective_on=on,
                accounting_on=on + timedelta(days=3),
            )  # fmt: skip
            self.entries.append(entry)
        except StateError:
            pass

    def move_alone(self, item: int, claim: int, amount: Decimal, on: date, entity: str) -> None:
        """Into a bucket where it may have no leg; now and then without an entry."""
        self.pay(item, claim, amount, on, entity)
        entry = self.entries[-1] if amount > 200 else None
        services.move_items([services.BucketMove(item, "agency", on, on, entry)])

    def back(self, item: int, claim: int, amount: Decimal, on: date, entity: str) -> None:
        if self.entries:
            entry = self.entries.pop(item % len(self.entries))
            late = FIRST + timedelta(days=300)
            services.reverse_entry(
                entry, key=f"r{self.number}", effective_on=late, accounting_on=late
            )

    def post(
        self, kind: str, item: int, claim: int, account: str, other: str, amount: Decimal, on: date, entity: str
    ) -> None:  # fmt: skip
        where = {"item_id": item, "claim_id": claim, "line_number": 1, "patient_id": 3}
        other_leg = where if other.startswith("revenue") else {"claim_id": claim}
        legs = (
            Leg(account, amount, entity=entity, **where),
            Leg(other, -amount, entity=entity, **other_leg),
        )
        key = f"{kind} {self.number}"
        self.entries += services.post_entries([Entry(kind, key, on, on + timedelta(days=3), legs)])


Rows = list[tuple[Any, ...]]


def stored() -> tuple[Rows, Rows]:
    """What is kept, in whatever blocks: of each leg all that its pocket and itself say, and each move."""
    from cleanclaim.apps.reports.aging.blocks import BUCKETS, COLUMNS, legs_of
    from cleanclaim.apps.reports.aging.packed import read_blocks

    legs: Rows = []
    moves: Rows = []
    for block in read_blocks(tuple(COLUMNS)):
        sizes = np.diff(np.append(block["start"], len(block["cents"])))
        for leg, is_first in zip(
            legs_of(block), block["is_first"].repeat(sizes).tolist(), strict=True
        ):
            said = [leg[name].item() for name in leg.dtype.names if name != "entity"]
            legs.append((*said, block.entities[leg["entity"]], is_first))
        for item, pocket, *days in block["moves"].tolist():
            place = () if pocket < 0 else (int(block["item"][pocket]), BUCKETS[block["bucket"][pocket]])  # fmt: skip
            moves.append((item, *days, *place))
    return legs, moves


def firsts() -> list[int]:
    """With which items blocks begin."""
    from cleanclaim.apps.reports.aging.models import AgingBlock

    return list(AgingBlock.objects.order_by("first_item").values_list("first_item", flat=True))


def all_anew() -> tuple[Rows, Rows]:
    """What is kept in the blocks that packing everything up to the same transaction makes."""
    from cleanclaim.apps.reports.aging import marks
    from cleanclaim.apps.reports.aging.models import AgingMark

    mark = marks.current_mark()
    assert mark is not None
    AgingMark.objects.all().delete()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marks, "finished_before", lambda: mark.transaction_number)
        packing.refresh_blocks()
    return stored()


def refreshed_is_all_anew(organization: int) -> bool:
    """Whether bringing the blocks up to date makes the same rows; both in one transaction."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(organization):
        packing.refresh_blocks()
        return stored() == all_anew()


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(f"{APP}.services.ITEMS_A_BLOCK", 3)


@settings(
    max_examples=RUNS, deadline=None, derandomize=RUNS == 20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=acts)
def test_blocks_kept_up_are_the_blocks_packed_anew(practices, small_blocks, steps):  # noqa: F811
    from cleanclaim.apps.reports.aging.checking import prove_blocks
    from cleanclaim.apps.shared.tenancy.context import tenant

    books = Books(practices())
    for step in steps:
        books.do(*step)

    with tenant(books.organization):
        packing.refresh_blocks()
        assert not list(prove_blocks())
        views = [questions.View(FIRST + timedelta(days=90), None, ("entity", "bucket"), one) for one in questions.Measure]  # fmt: skip
        assert [questions.aging(view) for view in views] == [
            questions.rows_of(plain.groups(view)) for view in views
        ]
    assert refreshed_is_all_anew(books.organization)


HISTORY = [
    ("open", 0, 9_000, 3, ""),
    ("charge", 0, 9_000, 3, "South"),
    ("charge", 0, 8_000, 4, ""),
    ("move", 0, 1, 20, ""),
    ("pack", 0, 1, 0, ""),
    ("pay", 1, 4_000, 30, "North"),
]  # fmt: skip


@pytest.mark.parametrize(
    "broken", ["packing._without", "packing._named_legs", "packing._posted", "packing.moves_of"]
)
def test_a_block_renewed_wrongly_is_not_the_block_packed_anew(practices, monkeypatch, broken):  # noqa: F811
    """The twin: the old rows stay, entities keep their old numbers, charges have no day, moves are lost."""
    from cleanclaim.apps.reports.aging import blocks
    from cleanclaim.apps.shared.tenancy.context import tenant

    books = Books(practices())
    for step in HISTORY:
        books.do(*step)
    wrong = {
        "packing._without": lambda rows, items: rows,
        "packing._named_legs": lambda block, names: blocks.legs_of(block),
        "packing._posted": lambda charges, items: items["service"],
        "packing.moves_of": lambda block: blocks.moves_of(block)[:0],
    }
    with tenant(books.organization):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(f"{APP}.{broken}", wrong[broken])
            packing.refresh_blocks()
        assert stored() != all_anew()
    assert refreshed_is_all_anew(books.organization)


def test_of_a_changed_block_only_the_items_posted_to_are_read(practices, small_blocks, monkeypatch):  # noqa: F811
    books = Books(practices())
    for number in range(8):
        books.do("charge", number, 10_000, 3, "")
    books.do("pack", 0, 1, 0, "")
    item = books.items[4][0]
    read: list[Any] = []
    read_items, read_block = packing.read_items, packing.read_block
    monkeypatch.setattr(
        f"{APP}.services.read_items", lambda items, **more: read.append(items) or read_items(items, **more)
    )  # fmt: skip
    monkeypatch.setattr(f"{APP}.services.read_block", lambda *one, **more: read.append(one) or read_block(*one, **more))  # fmt: skip
    books.do("pay", 4, 10_000, 9, "North")
    books.do("pack", 0, 1, 0, "")

    assert read == [[item]]


def test_a_block_that_has_grown_is_cut(practices, small_blocks):  # noqa: F811
    books = Books(practices())
    for number in range(11):
        books.do("charge", number, 10_000, 3, "")
        if number in (3, 4):
            books.do("pack", 0, 1, 0, "")

    assert refreshed_is_all_anew(books.organization)
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(books.organization):
        items = [one for one, _ in books.items]
        assert firsts() == [1, *items[3::3]]


def test_an_item_without_a_claim_is_packed_too(practices):  # noqa: F811
    from cleanclaim.apps.shared.tenancy.context import tenant

    organization = practices()
    with tenant(organization):
        charged_item("80.00", claim_id=0, on=FIRST)
        charged_item("70.00", claim_id=5, on=FIRST)
    with tenant(organization):
        packing.refresh_blocks()
        view = questions.View(FIRST)
        [row] = questions.aging(view)
        assert (row.open, row.items) == (Decimal("150.00"), 2)


def test_an_item_that_is_charged_after_it_was_packed_is_in_its_block(practices):  # noqa: F811
    from cleanclaim.apps.shared.tenancy.context import tenant

    books = Books(practices())
    books.do("open", 0, 5_000, 3, "")
    books.do("charge", 0, 5_000, 3, "")
    books.do("open", 0, 7_000, 3, "")
    books.do("pack", 0, 1, 0, "")
    item, claim = books.items[1]
    with tenant(books.organization):
        services.post_entries([charge_entry(item, "70.00", claim_id=claim, on=FIRST)])

    assert refreshed_is_all_anew(books.organization)
    with tenant(books.organization):
        assert len(firsts()) == 1
