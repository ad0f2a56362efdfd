"""What one person moves alone counts together, whichever way it is cut up."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.apps.billing.adjustments.people import PATIENT, owed, person
from tests.apps.billing.world import CHIDI, PAID_ON, claim, line, pay, remittance

pytestmark = pytest.mark.database_core


@pytest.fixture
def items(desk) -> dict[str, int]:
    """300.00 that each of two patients owes; the items by patient."""
    from cleanclaim.apps.shared.ledger.models import Item

    found = {}
    for number, who in (("A1", CHIDI), ("B1", replace(CHIDI, last_name="Rivera", member_id="M99"))):
        one = claim(number, line(charge="900.00"), person=who)
        [claim_id] = desk.take(one, source_file_id=50 + len(found))
        desk.post(remittance(pay(one, owed("900.00", "300.00"), number=f"I{number}"), trace=f"T{number}"))  # fmt: skip
        found[number] = Item.objects.get(claim_id=claim_id).pk
    return found


def ask(by: int, *parts: tuple[int, str]):
    from cleanclaim.apps.billing.adjustments.services import Move, Request, request_adjustment

    moves = tuple(Move(item, PATIENT, Decimal(amount)) for item, amount in parts)
    return request_adjustment(Request("courtesy", moves, "as agreed"), on=PAID_ON, by=by)


def test_a_request_of_two_accounts_counts_on_each_of_them(inside, desk, items):
    """249.99 and 0.01 of two accounts, then 250.00 of the first one: 499.99 of it moved alone, were it let through."""
    ana = person(inside, "Ana")

    first = ask(ana, (items["A1"], "249.99"), (items["B1"], "0.01"))
    of_the_first = ask(ana, (items["A1"], "0.02"))
    of_the_other = ask(ana, (items["B1"], "249.99"))

    assert [one.state for one in (first, of_the_first, of_the_other)] == ["posted", "waiting", "posted"]  # fmt: skip


def test_what_was_moved_on_one_account_counts_in_a_request_of_two(inside, desk, items):
    ana = person(inside, "Ana")

    first = ask(ana, (items["A1"], "200.00"))
    both = ask(ana, (items["A1"], "50.00"), (items["B1"], "0.01"))
    within = ask(ana, (items["A1"], "49.99"), (items["B1"], "0.01"))

    assert [one.state for one in (first, both, within)] == ["posted", "waiting", "posted"]


def test_requests_of_several_accounts_count_together(inside, desk, items):
    ana = person(inside, "Ana")

    states = [
        ask(ana, (items["A1"], "62.50"), (items["B1"], amount)).state
        for amount in ("62.50", "62.51", "62.50")
    ]

    assert states == ["posted", "waiting", "posted"]


def test_what_was_undone_does_not_count(inside, desk, items):
    from cleanclaim.apps.billing.adjustments.services import undo_adjustment

    ana = person(inside, "Ana")
    first = ask(ana, (items["A1"], "250.00"))
    undo_adjustment(first.pk, words="wrong account", on=PAID_ON, by=ana)

    assert ask(ana, (items["A1"], "250.00")).state == "posted"
    desk.prove()
