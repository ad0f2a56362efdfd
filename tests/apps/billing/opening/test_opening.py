"""Balances taken over: read, tied, posted, paid against, aged, taken back."""

from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, StateError
from tests.apps.billing.world import PAID_ON, pay, remittance

AS_OF = date(2026, 6, 30)
ITEMS = """claim,line,last_name,first_name,born_on,sex,payer,payer_id,member_id,service_from,procedure,modifiers,charge,open,responsible,since,billed_on,payer_claim,kind
F-1,1,Okafor,Chidi,1980-04-05,M,Coastal Alliance Health Plan,CAHP1,MBR001,2026-05-04,99213,25,120.00,120.00,payer,,2026-05-06,,
F-1,2,Okafor,Chidi,1980-04-05,M,Coastal Alliance Health Plan,CAHP1,MBR001,2026-05-04,20610,,210.00,150.00,payer,,2026-05-06,,
F-2,1,Rivera,Ana,1971-02-03,F,Coastal Alliance Health Plan,CAHP1,MBR002,2026-01-15,99214,,185.00,66.40,patient,2026-02-20,2026-01-17,CAP-77,
,,Rivera,Ana,1971-02-03,F,,,MBR002,2026-01-15,,,0,25.00,,,,,prepayment
,,,,,,Coastal Alliance Health Plan,CAHP1,,2026-01-15,,,0,80.00,,,,CHK 99,unapplied
"""
BALANCES = """account,ours,amount
1200 A/R insurance,receivable:payer:1,270.00
1210 A/R patients,receivable:patient,66.40
1000 Cash,asset:bank,"1,000.00"
2100 Unapplied,liability:unapplied-cash,(80.00)
2110 Prepaid,liability:patient-prepayment,(25.00)
3000 Equity,equity:opening-balance,"(1,231.40)"
"""


def load(items: str = ITEMS, balances: str = BALANCES, *, by: int = 1) -> int:
    from cleanclaim.apps.billing.opening.services import prepare_load

    return prepare_load(
        system="Old Desk",
        as_of=AS_OF,
        items=items.encode(),
        items_name="items.csv",
        balances=balances.encode(),
        by=by,
    )


def post(load_id: int, *, by: int = 2) -> None:
    from cleanclaim.apps.billing.opening.services import post_load

    post_load(load_id, by=by)


def ask(load_id: int, *, by: int = 2) -> None:
    from cleanclaim.apps.billing.opening.undoing import ask_undo

    ask_undo(load_id, by=by, reason="wrong day")


def approve(load_id: int, *, by: int = 3) -> None:
    from cleanclaim.apps.billing.opening.undoing import undo_load

    undo_load(load_id, by=by, on=PAID_ON)


def take_back(load_id: int) -> None:
    ask(load_id)
    approve(load_id)


def balances() -> dict[str, Decimal]:
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    return {account: amount for account, amount in account_balances().items() if amount}


def theirs() -> dict[str, Decimal]:
    from cleanclaim.apps.billing.opening.reading import read_trial_balance

    return read_trial_balance(BALANCES.encode()).amounts


def test_our_trial_balance_says_what_theirs_said(inside, desk) -> None:
    post(load())

    ours = balances()
    settled = ours.pop("equity:opening-settled")
    ours["equity:opening-balance"] += settled  # charges less what had been settled of them
    assert ours == theirs()
    desk.prove()


def test_items_are_owed_by_whom_and_since_when_the_file_says(inside, desk) -> None:
    from cleanclaim.apps.reports.aging.questions import View, aging

    post(load())

    rows = aging(View(on=date(2026, 6, 30), by=("bucket",)))
    found = {row.group: (row.open, tuple(row.bands)) for row in rows}
    zero = Decimal("0.00")
    assert found == {
        ("payer:1",): (Decimal("270.00"), (zero, Decimal("270.00"), zero, zero, zero)),
        # Since 2026-02-20, not since the service: 130 days.
        ("patient",): (Decimal("66.40"), (zero, zero, zero, zero, Decimal("66.40"))),
    }


def test_a_payment_posts_on_what_was_taken_over(inside, desk) -> None:
    from cleanclaim.apps.billing.claims.convert import current_value

    post(load())
    answered = current_value(named("F-1"))
    paid = pay(answered, ("80.00", (("CO", "45", "40.00"),)), ("150.00", (("CO", "45", "60.00"),)))

    [posted] = desk.post(remittance(paid))

    claim = named("F-1")
    assert posted.held == 0
    assert (claim.charge, claim.prior_paid, claim.paid, claim.contractual) == (
        Decimal("330.00"), Decimal("60.00"), Decimal("230.00"), Decimal("100.00"),
    )  # fmt: skip
    # The former system had taken 60.00 off the second line already: the payer's answer makes it a credit.
    assert claim.open_amount == Decimal("-60.00")
    assert [one.kind for one in desk.work("credit_balance")] == ["credit_balance"]
    desk.prove()


def named(control_number: str):
    from cleanclaim.apps.billing.claims.models import Claim

    return Claim.objects.get(control_number=control_number)


def test_claims_stand_where_they_stood(inside, desk) -> None:
    post(load())

    first, second = named("F-1"), named("F-2")
    assert (first.state, first.submitted_on) == ("accepted", date(2026, 5, 6))
    assert (second.state, second.payer_control_number, second.patient_owes) == (
        "paid", "CAP-77", Decimal("66.40"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",120.00,120.00,", ",120.00,12O.00,", "items, line 2, open: '12O.00', expected dollars"),
        (",120.00,120.00,", ",120.00,120.005,", "items, line 2, open: '120.005', expected whole"),
        ("2026-05-04,20610", "2026-13-04,20610", "items, line 3, service_from: '2026-13-04': exp"),
        (
            "2026-05-04,20610",
            "2026-07-04,20610",
            "items, line 3, service_from: 2026-07-04 is after",
        ),
        ("patient,2026-02-20", "aunt,2026-02-20", "items, line 4, responsible: 'aunt', expected"),
        (
            "F-1,2,Okafor",
            "F-1,2,Okaford",
            "items, line 3, last_name: 'Okaford' differs from line 2",
        ),
        ("F-1,2,", "F-1,1,", "items, line 2, claim F-1: line number 1 stands twice"),
        ("claim,line,last_name", "claims,line,last_name", "items, line 1: no column claim"),
        (",prepayment", ",gift", "items, line 5, kind: 'gift', expected one of item, unapplied"),
        (",25.00,,", ",-25.00,,", "items, line 5, open: -25.00, expected what is owed back"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(inside, desk, old, new, message) -> None:
    from cleanclaim.apps.billing.opening.models import OpeningLoad

    assert ITEMS.count(old) == 1

    with pytest.raises(InputError) as refused:
        load(ITEMS.replace(old, new))

    assert refused.value.message.startswith(message)
    assert not OpeningLoad.objects.exists()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("270.00", "270.01", "trial balance, all lines: debits less credits are 0.01"),
        (
            "receivable:payer:1",
            "receivable:payers",
            "trial balance, line 2, ours: 'receivable:p",
        ),
        (
            "2100 Unapplied,liability:unapplied-cash,(80.00)\n",
            "2100 Unapplied,liability:levies,(80.00)\n",
            "1 account without a tie: liability:unapplied-cash 0.00 in the trial balance, -80.00 in",
        ),
    ],
)
def test_a_trial_balance_that_does_not_tie_stops_the_load(inside, desk, old, new, message) -> None:
    with pytest.raises(InputError) as refused:
        load(balances=BALANCES.replace(old, new))

    assert refused.value.message.startswith(message)


def test_the_same_files_are_loaded_once(inside, desk) -> None:
    first = load()

    with pytest.raises(StateError, match=f"these files are load {first}"):
        load()


@pytest.mark.parametrize(
    "again",
    [
        BALANCES.replace("\n", "\r\n"),
        BALANCES.replace("1200 A/R insurance", "1200 Receivables").replace("270.00", "270"),
        "\n".join([*BALANCES.splitlines()[:1], *reversed(BALANCES.splitlines()[1:])]),
    ],
    ids=["line ends", "other words", "other order"],
)
def test_the_same_balances_in_other_bytes_are_loaded_once(inside, desk, again) -> None:
    first = load()

    other = ITEMS.replace("F-1", "G-1").replace("F-2", "G-2")
    with pytest.raises(StateError, match=f"trial balance of 2026-06-30 is that of load {first}"):
        load(other, again)

    assert balances() == {}


def test_without_the_look_at_the_balances_they_are_loaded_twice(inside, desk, monkeypatch) -> None:
    """The twin."""
    from cleanclaim.apps.billing.opening import services

    monkeypatch.setattr(services, "_of_same_balances", lambda reading, as_of: None)
    first = load()

    assert load(ITEMS.replace("F-", "G-"), BALANCES + "\n") > first


def test_balances_that_were_taken_back_come_again(inside, desk) -> None:
    from cleanclaim.apps.billing.opening.services import withdraw_load

    withdraw_load(load(), by=1, reason="other file")

    assert load(ITEMS, BALANCES + "\n")


def test_a_number_that_is_here_is_not_taken_over_again(inside, desk) -> None:
    post(load())

    with pytest.raises(
        InputError, match=r"items, line 2, claim: 'F-1' is here already \(and 1 more"
    ):
        load(ITEMS + "\n")


def test_whoever_prepared_it_does_not_approve_it(inside, desk) -> None:
    load_id = load(by=1)

    with pytest.raises(StateError, match="was prepared by you"):
        post(load_id, by=1)

    assert not balances()


def test_the_database_holds_the_second_person_by_itself(inside, desk, monkeypatch) -> None:
    """The twin of the service's own check: without it the constraint refuses."""
    from django.db import IntegrityError

    from cleanclaim.apps.billing.opening.models import OpeningLoad

    load_id = load(by=1)

    with pytest.raises(IntegrityError, match="opening_load_second_person"):
        OpeningLoad.objects.filter(pk=load_id).update(approved_by=1)


def test_a_load_is_taken_back_whole_and_can_come_again(inside, desk) -> None:

    load_id = load()
    post(load_id)

    take_back(load_id)

    assert not balances()
    desk.prove()
    again = load()
    post(again)
    assert again != load_id
    assert named("F-1").state == "accepted"
    desk.prove()


def test_a_load_with_later_postings_stays(inside, desk) -> None:
    from cleanclaim.apps.billing.claims.convert import current_value

    load_id = load()
    post(load_id)
    answered = current_value(named("F-1"))
    desk.post(remittance(pay(answered, ("120.00", ()), ("210.00", ()))))

    with pytest.raises(StateError, match=f"1 claim of load {load_id} moved since"):
        ask(load_id)


def test_a_load_whose_credit_was_given_back_stays(inside, desk) -> None:
    from cleanclaim.apps.shared.ledger.models import Leg as LegRow
    from cleanclaim.apps.shared.ledger.services import post_entries
    from cleanclaim.values.entry import Entry, Leg

    load_id = load()
    post(load_id)
    there = LegRow.objects.get(account="liability:patient-prepayment")
    legs = (
        Leg(there.account, Decimal("25.00"), patient_id=there.patient_id, trace=there.trace),
        Leg("liability:refund-payable", Decimal("-25.00"), patient_id=there.patient_id),
    )
    post_entries([Entry("refund-approval", "refund-approval:1:1", PAID_ON, PAID_ON, legs)], by=1)

    with pytest.raises(StateError, match="was used since"):
        ask(load_id)


def read(items: bytes):
    from cleanclaim.apps.billing.opening.reading import read_items
    from tests.apps.billing.world import PRACTICE

    return read_items(items, billing=PRACTICE, as_of=AS_OF)


def test_a_file_of_an_older_windows_program_keeps_its_accents() -> None:
    text = ITEMS.replace("Rivera", "Núñez").replace("\n", "\r\n")

    found = read(text.encode("cp1252"))

    assert not found.problems
    assert [one.claim.subscriber.person.last_name for one in found.claims] == ["Okafor", "Núñez"]


def test_a_comma_before_cents_is_not_read_as_thousands() -> None:
    text = ITEMS.replace(",", ";").replace("66.40", "66,40")

    found = read(text.encode())

    assert [one.message for one in found.problems] == ["'66,40', expected dollars and cents"]


@pytest.mark.parametrize("number", ["²", "9" * 5000])
def test_a_line_number_that_is_none_is_named(number) -> None:
    found = read(ITEMS.replace("F-1,2,", f"F-1,{number},").encode())

    assert "expected 1 to 999" in found.problems[0].message


def test_quotes_late_in_the_file_are_read_as_quotes() -> None:
    rows = "".join(ITEMS.splitlines(keepends=True)[1:2]).replace("F-1", "G-{}")
    many = ITEMS.splitlines(keepends=True)[0] + "".join(rows.format(n) for n in range(200))
    last = rows.format("X").replace("Okafor", '"O""Kafor, Jr"')

    found = read((many + last).encode())

    assert found.claims[-1].claim.subscriber.person.last_name == 'O"Kafor, Jr'


def close(month: date) -> None:
    from cleanclaim.apps.shared.ledger.services import close_period

    close_period(month, by=9, reason="closed by the test")


def test_a_take_over_into_a_closed_month_is_refused_before_anybody_approves(inside) -> None:
    close(date(2026, 8, 1))

    with pytest.raises(
        InputError,
        match="2026-06-30 is in the accounting month 2026-06, and the books are closed through 2026-08",
    ):
        load()


def test_a_take_over_after_the_closed_months_goes_on(inside, desk) -> None:
    """The twin: the month after the closed one takes it."""
    close(date(2026, 5, 1))

    post(load())

    assert balances()["receivable:payer:1"] == Decimal("270.00")


def test_a_month_closed_meanwhile_is_refused_by_the_ledger(inside) -> None:
    kept = load()
    close(AS_OF.replace(day=1))

    with pytest.raises(StateError, match="2026-06 is closed"):
        post(kept)
