"""A payment of very many claims is posted in parts: every row is the one that posting it whole writes."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.apps.billing.remittances.written import written
from tests.apps.billing.world import (
    DENIED,
    PAID_ON,
    TAKEN_BACK,
    TYPICAL,
    claim,
    line,
    pay,
    receive_835,
    remittance,
)

pytestmark = pytest.mark.database_core

CORRECTED = ("90.00", (("CO", "45", "30.00"),))


def take_in(desk, *payments, plb=()) -> int:
    from cleanclaim.apps.billing.remittances.services import receive_remittances

    file = receive_835(remittance(*payments, plb=plb, trace=f"T{len(payments)}"))
    [remittance_id] = receive_remittances(file, received_on=PAID_ON).ids
    return remittance_id


def posted_whole_and_in_parts(remittance_id: int, monkeypatch, size: int) -> tuple[dict, dict]:
    from django.db import transaction

    from cleanclaim.apps.billing.remittances import parts
    from cleanclaim.apps.billing.remittances.services import post_remittance

    with transaction.atomic():
        post_remittance(remittance_id, posted_on=PAID_ON, by=3)
        whole = written()
        transaction.set_rollback(True)
    monkeypatch.setattr(parts, "PLACES_AT_ONCE", size)
    post_remittance(remittance_id, posted_on=PAID_ON, by=3)
    return whole, written()


def a_mixed_remittance(desk) -> int:
    """Paid, denied, two lines, taken back and paid anew far apart, in both orders, known only by the payer's number, unknown."""
    a, b, d, e = claim("A1"), claim("B1"), claim("D1"), claim("E1")
    c = claim("C1", line(1), line(2, "99214", "120.00"))
    f = claim("F1")
    desk.take(a, b, c, d, e, f)
    before = (pay(d, TYPICAL, number="ICN-D"), pay(f, TYPICAL, number="ICN-F"))
    desk.post(remittance(*before, trace="T0"))
    return take_in(
        desk,
        pay(a, TYPICAL, number="ICN-A"),
        pay(d, TAKEN_BACK, number="ICN-D", status="22"),
        pay(b, DENIED, number="ICN-B"),
        pay(c, TYPICAL, DENIED, number="ICN-C"),
        pay(replace(e, control_number="CUT"), TYPICAL, number="ICN-NOBODY"),
        pay(replace(d, control_number="CUT2"), TYPICAL, number="ICN-D"),
        pay(e, TYPICAL, number="ICN-E"),
        pay(a, TYPICAL, number="ICN-A"),  # a second time: credit balance
        pay(f, CORRECTED, number="ICN-F2"),
        pay(f, TAKEN_BACK, number="ICN-F", status="22"),
        plb=(("L6", "interest", "-3.50"),),
    )


@pytest.mark.parametrize("is_apart", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_parts_write_what_the_whole_writes(desk, monkeypatch, size, is_apart):
    """Planned here, or by a copy of this process that may ask no database."""
    from cleanclaim.apps.shared.tenancy import apart

    remittance_id = a_mixed_remittance(desk)
    monkeypatch.setattr(apart, "may_fork", lambda: is_apart)

    whole, in_parts = posted_whole_and_in_parts(remittance_id, monkeypatch, size)

    for name, rows in whole.items():
        assert in_parts[name] == rows, name
    desk.prove()


@pytest.mark.parametrize("is_apart", [False, True])
def test_open_work_of_an_earlier_answer_is_closed_by_parts_too(desk, monkeypatch, is_apart):
    """A1 and B1 were denied and are paid now, C1 has nothing open."""
    from cleanclaim.apps.shared.tenancy import apart
    from cleanclaim.apps.shared.work.models import WorkItem

    a, c = claim("A1"), claim("C1")
    b = claim("B1", line(1), line(2, "99214", "120.00"))
    desk.take(a, b, c)
    desk.post(
        remittance(
            pay(a, DENIED, number="ICN-A"), pay(b, DENIED, DENIED, number="ICN-B"), trace="T0"
        )
    )
    remittance_id = take_in(
        desk,
        pay(c, TYPICAL, number="ICN-C"),
        pay(a, TYPICAL, number="ICN-A2"),
        pay(b, TYPICAL, TYPICAL, number="ICN-B2"),
    )
    monkeypatch.setattr(apart, "may_fork", lambda: is_apart)
    opened = WorkItem.objects.filter(kind__in=["denial", "partial"]).exclude(state="done")
    before = opened.count()

    whole, in_parts = posted_whole_and_in_parts(remittance_id, monkeypatch, 1)

    assert (before, opened.count()) == (2, 0)
    for name, rows in whole.items():
        assert in_parts[name] == rows, name


@pytest.mark.parametrize("are_taken_back", [False, True])
def test_what_is_planned_apart_is_not_planned_here(desk, monkeypatch, are_taken_back):
    """The copy does the work: else the comparison above would compare one way with itself. Mass take-backs too."""
    from cleanclaim.apps.billing.remittances.models import PostingRule
    from cleanclaim.apps.billing.remittances.services import posting
    from cleanclaim.apps.shared.tenancy import apart

    a, b = claim("A1"), claim("B1")
    desk.take(a, b)
    first = [pay(a, TYPICAL, number="N1"), pay(b, TYPICAL, number="N2")]
    if are_taken_back:
        PostingRule.objects.create(pattern="CO-1", action="ask", valid_from=PAID_ON, state="alone")
        desk.post(remittance(*first, trace="T0"))
        both = [
            pay(one, TAKEN_BACK, number=number, status="22")
            for one, number in ((a, "N1"), (b, "N2"))
        ]
        remittance_id = take_in(desk, *both, plb=(("FB", "F1", "-160.00"),))
    else:
        remittance_id = take_in(desk, *first)
    planned_here: list[int] = []
    plan_places = posting.plan_places

    def counted(desk, matched):
        planned_here.append(len(matched))
        return plan_places(desk, matched)

    monkeypatch.setattr(posting, "plan_places", counted)
    monkeypatch.setattr(apart, "may_fork", lambda: True)
    posted_whole_and_in_parts(remittance_id, monkeypatch, 1)

    assert planned_here == []


def test_payments_on_one_claim_are_in_one_part(desk, monkeypatch):
    from cleanclaim.apps.billing.remittances import parts
    from cleanclaim.apps.billing.remittances.models import Remittance

    row = Remittance.objects.get(pk=a_mixed_remittance(desk))
    monkeypatch.setattr(parts, "PLACES_AT_ONCE", 2)

    found = parts.parts_of(row)

    assert [part.positions for part in found] == [(1, 8), (2, 6), (3, 4), (5, 7), (9, 10)]
    claims = [set(part.claim_ids) - {0} for part in found]
    assert sum(map(len, claims)) == len(set().union(*claims))


@pytest.mark.parametrize(
    ("count", "sizes"),
    [
        (2_100, [500, 500, 550, 550]),
        (6_001, [500, 500, 1000, 2000, 1000, 500, 501]),
    ],
)
def test_parts_are_small_at_both_ends(desk, count, sizes):
    from cleanclaim.apps.billing.remittances import parts

    pieces = list(parts._cut(dict.fromkeys(range(1, count + 1), 0)))

    assert [len(piece) for piece in pieces] == sizes
    assert [one for piece in pieces for one in piece] == list(range(1, count + 1))


def test_claims_torn_apart_are_found_out(desk, monkeypatch):
    """The twin: parts that do not keep a claim together write other rows, and the comparison sees it."""
    from cleanclaim.apps.billing.remittances import parts

    remittance_id = a_mixed_remittance(desk)
    monkeypatch.setattr(parts, "_cut", lambda claim_of: [[one] for one in sorted(claim_of)])

    whole, in_parts = posted_whole_and_in_parts(remittance_id, monkeypatch, 2)

    assert whole != in_parts


def test_a_payment_out_of_balance_is_held_whatever_its_size(desk, monkeypatch):
    from cleanclaim.apps.billing.remittances import parts
    from cleanclaim.apps.billing.remittances.models import RemittanceClaim
    from cleanclaim.apps.billing.remittances.services import post_remittance
    from cleanclaim.apps.shared.ledger.models import Entry

    remittance_id = a_mixed_remittance(desk)
    RemittanceClaim.objects.filter(remittance=remittance_id, position=1).update(paid="79.99")
    entries = Entry.objects.count()
    monkeypatch.setattr(parts, "PLACES_AT_ONCE", 2)

    done = post_remittance(remittance_id, posted_on=PAID_ON)

    assert "out of balance by 0.01" in done.hold
    assert Entry.objects.count() == entries


def test_a_rule_that_stops_is_met_before_anything_is_written(desk, monkeypatch):
    from cleanclaim.apps.billing.remittances import parts
    from cleanclaim.apps.billing.remittances.models import PostingRule
    from cleanclaim.apps.billing.remittances.services import post_remittance
    from cleanclaim.apps.shared.ledger.models import Entry

    remittance_id = a_mixed_remittance(desk)
    PostingRule.objects.create(pattern="CO-197", action="hold", valid_from=PAID_ON, state="alone")
    entries = Entry.objects.count()
    monkeypatch.setattr(parts, "PLACES_AT_ONCE", 1)

    done = post_remittance(remittance_id, posted_on=PAID_ON)

    assert done.hold.startswith("claim B1 waits by")
    assert Entry.objects.count() == entries


def test_what_somebody_should_look_at_is_told_of_every_part(desk, monkeypatch):
    """A payment of many claims is posted in parts; what the small one's posting says of a claim, it says too."""
    from cleanclaim.apps.billing.remittances import parts
    from cleanclaim.apps.billing.remittances.services import post_remittance, simulate_posting

    ones = [claim(number) for number in ("A1", "B1", "C1")]
    desk.take(*ones)
    odd = [
        replace(pay(one, TYPICAL, number=one.control_number), patient_responsibility=Decimal(7))
        for one in ones
    ]
    remittance_id = take_in(desk, *odd)
    shown = simulate_posting(remittance_id, posted_on=PAID_ON).findings
    monkeypatch.setattr(parts, "PLACES_AT_ONCE", 1)

    done = post_remittance(remittance_id, posted_on=PAID_ON, by=3)

    assert done.findings == shown
    assert all(f"claim {number}: " in done.findings[0] for number in ("A1", "B1", "C1"))
