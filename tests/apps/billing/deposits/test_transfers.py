"""Money from one of the practice's bank accounts into another: the two lines are proposed to each other, paired, undone."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, StateError
from tests.apps.billing.deposits.bank import balances, lines_of
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import PAID_ON

pytestmark = pytest.mark.database_core
NEXT = PAID_ON + timedelta(days=2)
OPERATING, PAYROLL = "1110001", "1110002"


def bring(account: str, amount: str, text: str = "TRANSFER", on: date = PAID_ON):
    """A statement of one account with one line; the line."""
    from cleanclaim.apps.billing.deposits.services import receive_statement

    data = f"Date,Account,Amount,Description\n{on},{account},{amount},{text}\n".encode()
    received = receive_statement(data, name=f"{account}{on}.csv", received_on=on)
    [row] = lines_of(received.line_ids)
    return row


def acts(row) -> list[tuple[str, int]]:
    from cleanclaim.apps.billing.deposits.debits import view_of

    return [(one.source.name, one.offer.subject_id) for one in view_of(row).acts]


def pair(out, into, on: date = NEXT) -> None:
    from cleanclaim.apps.billing.deposits.debit_sources import Act
    from cleanclaim.apps.billing.deposits.services import settle_by_act

    settle_by_act(out.pk, desk="transfer", act=Act(into.pk), on=on, by=7)


def states(*rows) -> list[tuple[str, Decimal]]:
    return [(one.state, one.left) for one in lines_of([row.pk for row in rows])]


@pytest.fixture
def two(inside):
    """500.00 out of the operating account, and into the payroll account two days later."""
    return bring(OPERATING, "-500.00"), bring(PAYROLL, "500.00", on=NEXT)


def test_each_is_proposed_to_the_other_and_both_are_settled(two, desk):
    from cleanclaim.apps.billing.deposits.transfers import partners_of

    out, into = two
    assert acts(out) == [("transfer", into.pk)]
    assert [one.pk for one in partners_of(into)] == [out.pk]

    pair(out, into)

    assert sorted(states(out, into)) == [("placed", 0), ("settled", 0)]
    assert balances() == {}  # nothing came to the practice, nothing left it
    desk.prove()


@pytest.mark.parametrize(
    ("account", "amount", "days"),
    [(OPERATING, "500.00", 2), ("", "500.00", 2), (PAYROLL, "499.99", 2), (PAYROLL, "500.00", 6)],
)
def test_the_same_account_an_unknown_one_another_sum_or_day_is_not_proposed(
    inside, account, amount, days
):
    from cleanclaim.apps.billing.deposits.transfers import partners_of

    out = bring(OPERATING, "-500.00")
    into = bring(account, amount, on=PAID_ON + timedelta(days=days))

    assert (acts(out), partners_of(into)) == ([], [])


def test_the_proof_of_each_day_holds_and_names_both(two):
    from cleanclaim.apps.billing.deposits.daily import prove_day

    pair(*two)

    found = {day: prove_day(day) for day in (PAID_ON, NEXT)}

    assert [one.difference for one in found.values()] == [0, 0]
    assert [(one.kind, one.amount) for one in found[NEXT].bank_items] == [
        ("between own accounts", Decimal("500.00"))
    ]
    assert [(one.kind, one.amount) for one in found[PAID_ON].bank_items] == [
        ("money out: other", Decimal("-500.00"))  # by that day's end nobody knew where it went
    ]
    assert [one.money_out_open for one in found.values()] == [Decimal("500.00"), 0]


@pytest.mark.parametrize("way", ["line out", "line in"])
def test_it_is_undone_from_either_line(two, desk, way):
    from cleanclaim.apps.billing.deposits.models import Deposit
    from cleanclaim.apps.billing.deposits.services import take_act_back, undo_deposit

    out, into = two
    before = balances()
    pair(out, into)

    if way == "line out":
        take_act_back(out.pk, reason="a loan", on=NEXT, by=8, may=lambda permission: None)
    else:
        undo_deposit(Deposit.objects.get(line=into).pk, reason="a loan", on=NEXT, by=8)

    assert sorted(states(out, into)) == [("open", Decimal("-500.00")), ("open", Decimal("500.00"))]
    assert balances() == before
    desk.prove()
    pair(out, into)
    assert balances() == {}
    desk.prove()


def test_a_line_of_which_a_part_is_placed_or_another_sum_is_refused(two):
    from cleanclaim.apps.billing.deposits.services import place_with_entity

    out, into = two
    other = bring(PAYROLL, "400.00", text="OTHER", on=NEXT)
    with pytest.raises(StateError, match=r"400\.00 of 400\.00 is open, expected 500\.00, whole"):
        pair(out, other)
    with pytest.raises(InputError, match="bank line 999999: not found"):
        from cleanclaim.apps.billing.deposits.services import place_transfer

        place_transfer(999999, amount=Decimal("1.00"), trace="transfer 999999", on=NEXT, by=7)
    place_with_entity(into.pk, entity="B", amount=Decimal("1.00"), on=NEXT, by=7)
    with pytest.raises(StateError, match=r"499\.00 of 500\.00 is open"):
        pair(out, into)


def test_the_page_of_the_line_in_pairs_it_with_one_key(practice):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        out, into = bring(OPERATING, "-500.00"), bring(PAYROLL, "500.00", on=NEXT)
    with demo():
        client = browser(practice, "Billing lead")
        shown = client.get(f"/deposits/lines/{into.pk}/").content.decode()
        offered = client.get(f"/deposits/lines/{out.pk}/").content.decode()
        client.post(f"/deposits/lines/{out.pk}/act/", {"desk": "transfer", "subject": into.pk})
        told = client.get(f"/deposits/lines/{out.pk}/").content.decode()
        client.post(f"/deposits/lines/{out.pk}/reopen/", {"reason": "a loan", "with_act": "1"})

    assert "Pair the two <kbd>t</kbd>" in shown
    assert "Into another account of ours" in offered
    assert "Undo it, and what was booked for it" in told
    assert '<b>500.00</b> <a href="/deposits/lines/' in told and '/">into account …0002 on ' in told
    assert (
        '<b>500.00</b> <a href="/deposits/lines/' in offered
        and '/">into account …0002 on ' in offered
    )
    assert "500.00 into" not in told + offered  # the amount once
    with tenant(practice):
        assert [state for state, _ in states(out, into)] == ["open", "open"]


@pytest.mark.parametrize("account", [OPERATING, f"00{OPERATING}", "XXX0001", ""])
def test_two_lines_of_one_account_are_no_transfer(inside, account):
    out, into = bring(OPERATING, "-500.00"), bring(account, "500.00", on=NEXT)

    with pytest.raises(InputError, match="expected two accounts, both named by the bank's files"):
        pair(out, into)

    assert acts(out) == []
    assert states(out, into) == [("open", Decimal("-500.00")), ("open", Decimal("500.00"))]
