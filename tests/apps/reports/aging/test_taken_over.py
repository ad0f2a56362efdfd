"""Items taken over from a former system are packed like any other, and packed they age as the legs and moves say.

`CLEANCLAIM_MACHINE_RUNS` raises the number of runs.
"""

import os
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from itertools import count
from typing import Any

import pytest
from django.utils.functional import SimpleLazyObject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.apps.billing.opening.test_opening import AS_OF, load
from tests.apps.reports.aging.desk_acts import FIRST, Acts
from tests.apps.reports.aging.test_desk_histories import latest, practices  # noqa: F401
from tests.apps.reports.aging.test_packing import refreshed_is_all_anew

pytestmark = pytest.mark.database_core
plain: Any = SimpleLazyObject(lambda: import_module("cleanclaim.apps.reports.aging.plain"))
packing: Any = SimpleLazyObject(lambda: import_module("cleanclaim.apps.reports.aging.services"))
questions: Any = SimpleLazyObject(lambda: import_module("cleanclaim.apps.reports.aging.questions"))
RUNS = int(os.environ.get("CLEANCLAIM_MACHINE_RUNS", "8"))
HEAD = "claim,line,last_name,first_name,payer,payer_id,member_id,service_from,procedure,charge,open,responsible,since"
_numbers = count(1)


def take_over(desk: Acts, which: int, on: date) -> None:
    """Two claims: one of 120.00 owed by its payer or patient since some day, one with a line that was free of charge."""
    from cleanclaim.apps.billing.claims.convert import current_value
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.opening.services import post_load

    number = next(_numbers)
    who = ("payer", "patient")[which % 2]
    served = date(2026, 5, 4)
    since = served + timedelta(days=3 * which)
    person = f"Okafor,Chidi,Coastal Alliance Health Plan,CAHP1,M{number},{served}"
    rest = Decimal(1000 + number % 3000).scaleb(
        -2
    )  # no two loads of a practice have the same balances
    rows = (
        f"F-{number},1,{person},99213,120.00,{120 - which}.00,{who},{since}",
        f"Z-{number},1,{person},99214,50.00,{rest},patient,{since}",
        f"Z-{number},2,{person},99215,0.00,0.00,patient,{since}",
    )
    owed = {"payer:1": Decimal(0), "patient": rest}
    owed["patient" if who == "patient" else "payer:1"] += 120 - which
    sums = "".join(f"receivable:{bucket},{amount}\n" for bucket, amount in owed.items())
    balances = f"account,amount\n{sums}equity:opening-balance,-{sum(owed.values())}\n"
    post_load(load("\n".join((HEAD, *rows, "")), balances, by=desk.ana), by=desk.lee)
    row = Claim.objects.get(control_number=f"F-{number}")
    desk.claims.append((row.pk, current_value(row)))


def packed(organization: int) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(organization):
        packing.refresh_blocks()


def read_live(organization: int) -> list[int]:
    """Items that an aging reads from the legs."""
    from cleanclaim.apps.reports.aging.marks import current_mark, items_since
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(organization):
        mark = current_mark()
        assert mark is not None
        return items_since(mark)


def test_what_was_taken_over_is_read_from_the_blocks(practices) -> None:  # noqa: F811
    from cleanclaim.apps.shared.ledger.models import ItemBucket
    from cleanclaim.apps.shared.tenancy.context import tenant

    desk = Acts(practices())
    with tenant(desk.organization):
        take_over(desk, 3, AS_OF)
        assert ItemBucket.objects.count() == 3  # from `since`, each in its bucket

    packed(desk.organization)

    assert read_live(desk.organization) == []
    agree(desk.organization, [AS_OF, date(2026, 8, 1)], [None])


def test_a_move_by_an_entry_without_a_leg_on_the_item_is_packed_too(practices) -> None:  # noqa: F811
    """A line free of charge among those of a load that came after the blocks were made."""
    desk = Acts(practices())
    desk.do("visit", 0, FIRST)
    packed(desk.organization)
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(desk.organization):
        take_over(desk, 3, AS_OF)
    assert len(read_live(desk.organization)) == 3

    assert refreshed_is_all_anew(desk.organization)
    proves(desk.organization)


steps = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "take over", "take over", "pack", "pack", "opening", "opening undone", "visit", "answer", "answer",
                "take posting back", "adjust", "approve", "undo adjustment", "receipt", "small balances",
            ]
        ),
        st.integers(0, 11),
        st.integers(0, 100),
    ),
    min_size=3,
    max_size=20,
)  # fmt: skip
days = st.lists(st.integers(-60, 150), min_size=2, max_size=2)


@settings(
    max_examples=RUNS, deadline=None, derandomize=RUNS == 8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(done=steps, on=days, looked=st.lists(st.integers(0, 20), max_size=2))
def test_packed_is_live_whatever_is_done_to_what_was_taken_over(practices, done, on, looked):  # noqa: F811
    from cleanclaim.apps.shared.tenancy.context import tenant

    desk = Acts(practices())
    moments: list[datetime | None] = [None]
    for name, which, day in done:
        if name == "pack":
            packed(desk.organization)
        elif name == "take over":
            with tenant(desk.organization):
                take_over(desk, which, FIRST)
        else:
            desk.do(name, which, FIRST + timedelta(days=day))
        with tenant(desk.organization):
            moments.append(latest())
    packed(desk.organization)

    assert read_live(desk.organization) == []
    known = [None, *{moments[which % len(moments)] for which in looked}]
    agree(desk.organization, [FIRST + timedelta(days=one) for one in on], known)
    assert refreshed_is_all_anew(desk.organization)
    proves(desk.organization)


def agree(organization: int, on: list[date], moments: list[datetime | None]) -> None:
    """From blocks as from legs, by every measure; and tied to the books by the entries named."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(organization):
        for known in dict.fromkeys(moments):
            for day in on:
                for measure in questions.Measure:
                    view = questions.View(day, known, ("bucket", "payer"), measure)
                    aged = questions.aging(view)
                    assert aged == questions.rows_of(plain.groups(view)), view
                assert questions.tie(view, aged).difference == Decimal("0.00")


def proves(organization: int) -> None:
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(organization):
        assert not prove().differences


def test_moves_that_name_no_entry_are_read_live(practices, monkeypatch) -> None:  # noqa: F811
    """The twin: taken over as it was once, every question reads all of it from the legs, and answers the same."""
    from cleanclaim.apps.billing.charges import services as charges
    from cleanclaim.apps.shared.tenancy.context import tenant

    real = charges.ledger.move_items
    monkeypatch.setattr(
        charges.ledger,
        "move_items",
        lambda moves: real([replace(one, entry_id=None) for one in moves]),
    )
    desk = Acts(practices())
    with tenant(desk.organization):
        take_over(desk, 3, AS_OF)

    packed(desk.organization)

    assert len(read_live(desk.organization)) == 3
    agree(desk.organization, [AS_OF, date(2026, 8, 1)], [None])


def test_a_load_that_is_taken_back_leaves_nothing_open(practices) -> None:  # noqa: F811
    from cleanclaim.apps.shared.tenancy.context import tenant

    desk, later = Acts(practices()), AS_OF + timedelta(days=9)
    assert desk.do("opening", 0, AS_OF)
    packed(desk.organization)
    assert desk.do("opening undone", 0, later)
    packed(desk.organization)

    agree(desk.organization, [AS_OF, later, date(2027, 1, 1)], [None])
    proves(desk.organization)
    with tenant(desk.organization):
        assert questions.aging(questions.View(later)) == []
