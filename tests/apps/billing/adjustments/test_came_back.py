"""Refunds that came back: owed again by their old day, with the bank's money where it is, and the state's years running on."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from tests.apps.billing.adjustments.people import PAYER, balance
from tests.apps.billing.adjustments.test_refund_accounts import account
from tests.apps.billing.adjustments.test_refund_once import case  # noqa: F401
from tests.apps.billing.adjustments.test_refunds import (  # noqa: F401
    DAY,
    account_sums,
    approved,
    bank,
    issue,
    paid_twice,
    people,
    take_back,
)
from tests.apps.billing.deposits.bank import balances, bring, lines_of
from tests.apps.billing.desks import browser, demo

pytestmark = pytest.mark.database_core
EFT = {"method": "eft"}
BACK_ON = DAY + timedelta(days=5)
SUM = Decimal("312.50")


@pytest.fixture
def out(desk, people, paid_twice):  # noqa: F811
    """312.50 that went out by transfer, and its id."""
    row = approved(people, bank=account())
    issue(row, people["max"], method="eft")
    row.refresh_from_db()
    return row


def cleared(row, by: int, on: date = DAY) -> None:
    from cleanclaim.apps.billing.adjustments.services import clear_refund

    clear_refund(row.pk, on=on, by=by)


def came_back(row, by: int, on: date = BACK_ON, kind: str = "returned", words: str = "R03", **more):
    from cleanclaim.apps.billing.adjustments.services import refund_came_back

    return refund_came_back(row.pk, kind=kind, words=words, on=on, by=by, **more)


def brought(amount: str = "312.50", on: date = BACK_ON):
    """The bank's line that brings an amount."""
    return lines_of(bring((on, amount, "RETURN R03"), name=f"{on}.csv", on=on).line_ids)[0]


def bank_had() -> Decimal:
    return Decimal(balances().get("asset:bank", "0.00"))


def test_a_transfer_that_cleared_and_was_returned_is_owed_again_by_its_old_day(desk, people, out):  # noqa: F811
    before = bank_had()
    cleared(out, people["max"])
    row = came_back(out, people["max"])

    assert (row.state, row.came_back, row.came_back_on) == ("approved", "returned", BACK_ON)
    assert (row.due_on, row.issue_entry_id, row.reference) == (out.due_on, 0, "")
    assert account_sums() == {"refund-payable": SUM}
    assert bank_had() == before
    [work] = desk.work("refund")
    assert (work.subject_id, work.due_on, work.amount) == (row.pk, out.due_on, SUM)
    desk.prove()


def test_before_the_bank_paid_it_only_the_issue_is_reversed(desk, people, out):  # noqa: F811
    before = bank_had()
    came_back(out, people["max"])

    assert (account_sums(), bank_had()) == ({"refund-payable": SUM}, before)
    desk.prove()


@pytest.mark.parametrize("is_cleared", [True, False])
def test_the_banks_line_that_brought_it_is_placed_on_it(desk, people, out, is_cleared):  # noqa: F811
    before = bank_had()
    if is_cleared:
        cleared(out, people["max"])
    line = brought("400.00")
    came_back(out, people["max"], bank_line_id=line.pk)

    line.refresh_from_db()
    assert (line.left, line.state) == (Decimal("87.50"), "open")
    assert bank_had() == before - SUM + Decimal(
        "400.00"
    )  # it left, and came with 87.50 of somebody
    assert balances()["liability:unidentified-cash"] == "-87.50"
    assert account_sums() == {"refund-payable": SUM}
    desk.prove()


def test_what_the_bank_paid_is_back_only_with_the_banks_line(desk, people, out):  # noqa: F811
    cleared(out, people["max"])
    other = brought("10.00")

    with pytest.raises(InputError, match=r"no bank line, expected the one of 312\.50"):
        came_back(out, people["max"])
    with pytest.raises(InputError, match=r"10\.00 of .*, expected an open line in of 312\.50"):
        came_back(out, people["max"], bank_line_id=other.pk)
    assert account_sums() == {}


def test_the_line_that_brought_it_is_found_among_many(desk, people, out):  # noqa: F811
    """The page offers twenty lines; by its number any other that fits is taken as well."""
    from cleanclaim.apps.billing.adjustments.services import lines_that_may_bring

    cleared(out, people["max"])
    others = [(BACK_ON, "312.50", f"RETURN {n}") for n in range(25)]
    ids = bring(*others, name="many.csv", on=BACK_ON).line_ids
    last = max(set(ids) - {one.pk for one in lines_that_may_bring(out)})

    row = came_back(out, people["max"], bank_line_id=last)

    assert (row.state, lines_of([last])[0].state) == ("approved", "placed")
    desk.prove()


def test_a_line_that_brought_a_refund_back_is_not_undone_at_the_banks_desk(desk, people, out):  # noqa: F811
    from cleanclaim.apps.billing.deposits.models import Deposit
    from cleanclaim.apps.billing.deposits.services import undo_deposit

    cleared(out, people["max"])
    line = brought()
    came_back(out, people["max"], bank_line_id=line.pk)

    deposit = Deposit.objects.get(line=line)
    with pytest.raises(StateError, match=f"the money of refund {out.pk}"):
        undo_deposit(deposit.pk, reason="wrong", on=BACK_ON, by=people["max"])
    line.refresh_from_db()
    assert line.state == "placed"


def test_it_goes_out_anew_and_clears(desk, people, out):  # noqa: F811
    cleared(out, people["max"])
    row = came_back(out, people["max"])
    issue(row, people["max"], on=BACK_ON)
    cleared(row, people["max"], on=BACK_ON)

    assert account_sums() == {}
    assert balance(out.item_id, PAYER) == Decimal("-87.50")
    desk.prove()


def test_or_it_is_a_credit_again_where_it_lay(desk, people, out):  # noqa: F811
    from cleanclaim.apps.billing.adjustments.services import cancel_refund

    before = balance(out.item_id, PAYER)
    cleared(out, people["max"])
    came_back(out, people["max"])
    row = cancel_refund(
        out.pk, words="the payer says that it is ours", on=BACK_ON, by=people["lee"]
    )

    assert (row.state, account_sums()) == ("identified", {})
    assert balance(out.item_id, PAYER) == before - SUM
    desk.prove()


def test_or_the_payer_takes_it_out_of_a_later_payment(desk, people, out):  # noqa: F811
    from cleanclaim.apps.billing.adjustments.services import settle_by_takeback

    came_back(out, people["max"], kind="refused", words="take it from the next payment")
    take_back(desk)

    assert settle_by_takeback(out.pk, on=BACK_ON, by=people["ana"]).state == "taken_back"
    assert account_sums() == {}
    desk.prove()


@pytest.fixture
def check(desk, people, paid_twice):  # noqa: F811
    """312.50 that went out by check."""
    row = approved(people)
    issue(row, people["max"])
    row.refresh_from_db()
    return row


def test_the_states_years_count_on_from_the_first_check(desk, people, check):  # noqa: F811
    """Undeliverable, sent anew a year later and undeliverable again: California's three years began with the first."""
    from cleanclaim.apps.billing.adjustments.services import hand_to_state
    from cleanclaim.apps.billing.adjustments.terms import uncashed

    came_back(check, people["max"], kind="undeliverable", words="moved")
    later = DAY + timedelta(days=365)
    issue(check, people["max"], on=later)
    came_back(
        check, people["max"], kind="undeliverable", words="moved", on=later + timedelta(days=9)
    )

    [listed] = uncashed()
    assert (listed.row.pk, listed.day) == (check.pk, date(2029, 11, 23))
    with pytest.raises(StateError, match="expected 2029-11-23 or later"):
        hand_to_state(check.pk, on=date(2029, 11, 22), by=people["max"])
    assert hand_to_state(check.pk, on=date(2029, 11, 23), by=people["max"]).state == "unclaimed"
    assert account_sums() == {"unclaimed-property": SUM}
    desk.prove()


def test_an_owner_who_sends_it_back_is_known_again(desk, people, check):  # noqa: F811
    from cleanclaim.apps.billing.adjustments.terms import unclaimed_on

    row = came_back(check, people["max"], kind="refused", words="not ours")

    assert unclaimed_on(row) == date(2029, 11, 28)


def test_what_was_never_issued_is_not_unclaimed(desk, people, paid_twice):  # noqa: F811
    from cleanclaim.apps.billing.adjustments.services import hand_to_state

    with pytest.raises(StateError, match="was never issued"):
        hand_to_state(approved(people).pk, on=date(2040, 1, 1), by=people["max"])


def test_a_check_is_stale_after_six_months_and_not_on_the_last_day(desk, people, check):  # noqa: F811
    with pytest.raises(StateError, match="1001 of 2026-11-23 is good until 2027-05-23"):
        came_back(check, people["max"], kind="stale", words="not cashed", on=date(2027, 5, 23))

    assert came_back(check, people["max"], kind="stale", words="not cashed", on=date(2027, 5, 24)).state == "approved"  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "words", "said"),
    [
        ("lost", "x", "expected one of returned"),
        ("returned", " ", "the reason is empty"),
        ("undeliverable", "moved", "went out by transfer"),
    ],
)
def test_what_makes_no_sense_is_refused(desk, people, out, kind, words, said):  # noqa: F811
    with pytest.raises(InputError, match=said):
        came_back(out, people["max"], kind=kind, words=words)
    assert account_sums() == {"refund-checks-outstanding": SUM}


def test_the_page_offers_the_ways_of_the_mail_for_checks_alone() -> None:
    from cleanclaim.apps.billing.adjustments.models import Refund
    from cleanclaim.apps.billing.adjustments.views.credits import _ways_back

    offered = {
        how: [kind for kind, _ in _ways_back(Refund(method=how))] for how in ("check", "eft")
    }

    assert offered == {
        "check": ["returned", "undeliverable", "stale", "refused"],
        "eft": ["returned", "refused"],
    }


def test_a_check_that_somebody_cashed_comes_by_no_mail(desk, people, check):  # noqa: F811
    cleared(check, people["max"])
    with pytest.raises(StateError, match="somebody cashed it"):
        came_back(check, people["max"], kind="undeliverable", words="moved")


def test_it_needs_who_may_issue_and_something_that_was_issued(desk, people, out):  # noqa: F811
    with pytest.raises(PermissionRefusedError, match=r"refunds\.issue"):
        came_back(out, people["ana"])
    came_back(out, people["max"])
    with pytest.raises(StateError, match="is approved"):
        came_back(out, people["max"])


def test_the_page_books_it_with_the_banks_line(practice, case):  # noqa: F811
    from cleanclaim.apps.billing.adjustments.models import Refund
    from cleanclaim.apps.billing.adjustments.services import approve_refund, clear_refund
    from cleanclaim.apps.shared.tenancy.context import tenant

    pk = case["refund"]
    with tenant(practice):
        row = approve_refund(pk, on=DAY, by=case["lee"])
        issue(row, case["lee"])
        clear_refund(pk, on=DAY, by=case["lee"])
        line = brought()
    with demo():
        client = browser(practice, "Billing lead")
        offered = client.get(f"/credits/{pk}/").content.decode()
        where = f"/credits/{pk}/came-back/"
        without = client.post(where, {"kind": "returned", "words": "R03"})
        client.post(where, {"kind": "returned", "words": "R03", "line": line.pk})
        after = client.get(f"/credits/{pk}/").content.decode()
        listed = client.get("/credits/").content.decode()
        at_bank = client.get(f"/deposits/lines/{line.pk}/")

    assert "Came back <kbd>b</kbd>" in offered and f'<option value="{line.pk}">' in offered
    assert without.status_code == 400
    assert "1001 came back, returned by the bank: R03" in after and "Unclaimed from" in after
    assert "Not cashed" in listed
    assert (
        at_bank.status_code == 200 and f"refund {pk}, 1001, came back" in at_bank.content.decode()
    )
    with tenant(practice):
        assert Refund.objects.get(pk=pk).state == "approved"
