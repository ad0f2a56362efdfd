"""Credits: their cause, owner and clock; the way back is paid once, or taken back once, never both."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from cleanclaim.values.party import Address, Payer
from tests.apps.billing.adjustments.people import PAYER, balance, person
from tests.apps.billing.world import PAID_ON, claim, line, pay, remittance

pytestmark = pytest.mark.database_core
DAY = date(2026, 11, 23)
SECONDARY = Payer(
    "State Medicaid", "SMC01", address=Address("2 State Way", city="Fairview", state="CA", zip_code="94555")
)  # fmt: skip
ANSWER = ("312.50", (("CO", "45", "87.50"),))  # of 400.00


@pytest.fixture
def people(inside):
    return {
        "ana": person(inside, "Ana"),
        "lee": person(inside, "Lee", "Billing lead"),
        "max": person(inside, "Max", "Billing lead"),
    }


@pytest.fixture
def paid_twice(desk) -> int:
    """Two payers paid 312.50 each as first payer; the second one's reduction was corrected. The item's id."""
    from cleanclaim.apps.shared.ledger.models import Item

    one = claim("A1", line(charge="400.00"))
    [claim_id] = desk.take(one)
    desk.post(remittance(pay(one, ANSWER), trace="T1"))
    second = remittance(pay(one, ANSWER, number="ICN2"), trace="T2")
    desk.post(replace(second, payer=SECONDARY, payer_trace_id="1440000003"))
    return Item.objects.get(claim_id=claim_id).pk


def found(on: date = DAY):
    from cleanclaim.apps.billing.adjustments.credits import credits

    return credits(on=on)


def identify(by, on: date = DAY, **more):
    from cleanclaim.apps.billing.adjustments.services import identify_credit

    [row] = found(on)
    return identify_credit(row.key, on=on, by=by, **more)


def approved(people, on: date = DAY, **more):
    from cleanclaim.apps.billing.adjustments.services import approve_refund, request_refund

    row = identify(people["ana"], on)
    request_refund(row.pk, on=on, by=people["ana"], **more)
    return approve_refund(row.pk, on=on, by=people["lee"])


def bank():
    from cleanclaim.apps.billing.adjustments.payment_files import Bank

    return Bank("011000015", "778120", "1310000001", "Harbor Family", "First Harbor")


def issue(row, by, on: date = DAY, method: str = "check", accounts=None):
    from cleanclaim.apps.billing.adjustments.services import issue_refunds

    return issue_refunds([row.pk], method=method, bank=bank(), on=on, by=by, accounts=accounts)


def account_sums() -> dict:
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    names = ("refund-payable", "refund-checks-outstanding", "payer-takeback", "unclaimed-property")
    sums = account_balances()
    return {name: -sums[f"liability:{name}"] for name in names if f"liability:{name}" in sums}


def take_back(desk, amount: str = "312.50", trace: str = "T9") -> None:
    """The secondary takes the money out of its next payment, under the claim's number."""
    other = claim("B1", line(charge="900.00"))
    desk.take(other, source_file_id=99)
    paid = pay(other, ("900.00", ()), number="ICN9")
    value = remittance(paid, trace=trace, plb=(("WO", "ICN2 A1", amount),))
    desk.post(replace(value, payer=SECONDARY, payer_trace_id="1440000003"))


def test_two_first_payers_the_later_one_is_owed_within_sixty_days(desk, people, paid_twice):
    """S3-A step 7: 312.50, identified Nov 23, 2026, due Jan 22, 2027, to the secondary."""
    [credit] = found()
    row = identify(people["ana"])

    assert (credit.verdict.cause, credit.owner_name, credit.refund) == (
        "both_primary", "State Medicaid", Decimal("312.50"),
    )  # fmt: skip
    assert len(credit.verdict.proof) == 2
    assert (row.amount, row.due_on, row.payee["name"]) == (
        Decimal("312.50"), date(2027, 1, 22), "State Medicaid",
    )  # fmt: skip
    [work] = desk.work("refund")
    assert (work.due_on, work.amount) == (row.due_on, row.amount)


def test_what_is_identified_is_spoken_for_and_cannot_be_identified_twice(desk, people, paid_twice):
    from cleanclaim.apps.billing.adjustments.services import identify_credit

    [credit] = found()
    identify(people["ana"])

    with pytest.raises(StateError, match=r"the credit is 87\.50"):
        identify_credit(credit.key, on=DAY, by=people["ana"], amount=Decimal("312.50"))


def test_from_approval_to_the_bank_every_step_has_its_account(desk, people, paid_twice):
    from cleanclaim.apps.billing.adjustments.services import clear_refund

    row = approved(people)
    after_approval = account_sums()
    issue(row, people["max"])
    after_issue = account_sums()
    clear_refund(row.pk, on=DAY, by=people["max"])

    assert after_approval == {"refund-payable": Decimal("312.50")}
    assert after_issue == {"refund-checks-outstanding": Decimal("312.50")}
    assert account_sums() == {}
    assert balance(paid_twice, PAYER) == Decimal("-87.50")
    now = desk.row(1)
    assert (now.paid, now.patient_paid) == (Decimal("312.50"), Decimal("0.00"))
    desk.prove()


def test_who_asks_neither_approves_nor_issues(desk, people, paid_twice):
    from cleanclaim.apps.billing.adjustments.services import approve_refund, request_refund

    row = identify(people["lee"])
    request_refund(row.pk, on=DAY, by=people["lee"])
    with pytest.raises(PermissionRefusedError, match="requested by you"):
        approve_refund(row.pk, on=DAY, by=people["lee"])
    with pytest.raises(PermissionRefusedError, match=r"above your limit of 250\.00"):
        approve_refund(row.pk, on=DAY, by=people["ana"])
    approve_refund(row.pk, on=DAY, by=people["max"])
    row.refresh_from_db()
    with pytest.raises(PermissionRefusedError, match="requested by you"):
        issue(row, people["lee"])
    with pytest.raises(PermissionRefusedError, match=r"refunds\.issue"):
        issue(row, people["ana"])


def test_without_the_check_the_database_refuses_to_let_the_maker_approve(
    desk, people, paid_twice, monkeypatch
):
    """The twin."""
    from django.db import IntegrityError

    from cleanclaim.apps.billing.adjustments.services import (
        approve_refund,
        refunding,
        request_refund,
    )

    monkeypatch.setattr(refunding, "require_second_person", lambda *args, **more: None)
    row = identify(people["lee"])
    request_refund(row.pk, on=DAY, by=people["lee"])

    with pytest.raises(IntegrityError, match="refund_second_person"):
        approve_refund(row.pk, on=DAY, by=people["lee"])


def test_a_takeback_settles_the_credit_and_stops_the_refund(desk, people, paid_twice):
    from cleanclaim.apps.billing.adjustments.services import settle_by_takeback

    row = approved(people)
    take_back(desk)
    with pytest.raises(StateError, match=r"taken back 312\.50 by PLB WO of trace T9"):
        issue(row, people["max"])
    settled = settle_by_takeback(row.pk, on=DAY, by=people["ana"])

    assert (settled.state, settled.taken_by) == ("taken_back", "PLB WO of trace T9")
    assert account_sums() == {}
    assert balance(paid_twice, PAYER) == Decimal("-87.50")
    assert desk.work("refund") == []
    with pytest.raises(StateError, match="taken back by the payer"):
        issue(row, people["max"])
    desk.prove()


def test_without_the_check_a_taken_credit_would_be_paid_as_well(
    desk, people, paid_twice, monkeypatch
):
    """The twin: the check taken out, the money leaves twice, and what the payer owes back shows it."""
    from cleanclaim.apps.billing.adjustments.services import issuing

    row = approved(people)
    take_back(desk)
    monkeypatch.setattr(issuing, "refuse_taken", lambda row: None)
    issue(row, people["max"])

    assert account_sums()["payer-takeback"] == Decimal("-312.50")  # the payer owes it to us


def test_an_issued_refund_is_stopped_before_a_takeback_settles_it(desk, people, paid_twice):
    from cleanclaim.apps.billing.adjustments.services import settle_by_takeback, stop_refund

    row = approved(people)
    issue(row, people["max"])
    take_back(desk)
    with pytest.raises(StateError, match="issued"):
        settle_by_takeback(row.pk, on=DAY, by=people["ana"])
    stop_refund(row.pk, words="taken by PLB", on=DAY, by=people["max"])
    settle_by_takeback(row.pk, on=DAY, by=people["ana"])

    assert account_sums() == {}
    desk.prove()


def test_a_payer_that_acknowledges_our_refund_has_taken_nothing(desk, people, paid_twice):
    """A 72 of the same reference offsets the WO: the check came in."""
    from cleanclaim.apps.billing.adjustments.takebacks import taken_for

    row = identify(people["ana"])
    other = claim("B1", line(charge="900.00"))
    desk.take(other, source_file_id=99)
    plb = (("WO", "ICN2 A1", "312.50"), ("72", "ICN2 A1", "-312.50"))
    value = remittance(pay(other, ("900.00", ()), number="ICN9"), trace="T9", plb=plb)
    desk.post(replace(value, payer=SECONDARY, payer_trace_id="1440000003"))

    assert taken_for(row).amount == Decimal("0.00")


def test_a_stopped_check_goes_out_again_under_a_new_number_and_a_file_is_made_once(
    desk, people, paid_twice
):
    from cleanclaim.apps.billing.adjustments.services import stop_refund

    row = approved(people)
    first = issue(row, people["max"])
    with pytest.raises(StateError, match="issued"):
        issue(row, people["max"])
    stop_refund(row.pk, words="lost in the mail", on=DAY, by=people["max"])
    second = issue(row, people["max"])

    assert bytes(first.content).splitlines()[-1] == b"TOTAL,1,312.50"
    numbers = [bytes(file.content).splitlines()[1].split(b",")[0] for file in (first, second)]
    assert numbers == [b"1001", b"1002"]
    assert b"778120,1002," in bytes(second.positive_pay)
    assert account_sums() == {"refund-checks-outstanding": Decimal("312.50")}
    desk.prove()


def test_an_uncashed_check_falls_to_the_state_when_its_years_are_over(desk, people, paid_twice):
    from cleanclaim.apps.billing.adjustments.services import hand_to_state, pay_state

    row = approved(people)
    issue(row, people["max"])
    row.refresh_from_db()
    with pytest.raises(StateError, match="2029-11-23"):
        hand_to_state(row.pk, on=date(2029, 11, 22), by=people["max"])
    hand_to_state(row.pk, on=date(2029, 11, 23), by=people["max"])
    assert account_sums() == {"unclaimed-property": Decimal("312.50")}
    pay_state(row.pk, on=date(2030, 4, 1), by=people["max"])

    assert account_sums() == {}
    desk.prove()


def test_the_organizations_own_terms_come_before_the_programs(desk, people, paid_twice):
    from cleanclaim.apps.billing.adjustments.services import set_term

    [credit] = found()
    for subject, length in ((f"payer:{credit.owner_id}", 30), ("program:commercial", 45)):
        set_term(
            "refund_days", subject, length=length, citation="contract, section 9",
            valid_from=date(2026, 1, 1), on=DAY, by=people["lee"],
        )  # fmt: skip

    row = identify(people["ana"])

    assert (row.due_on, row.citation) == (DAY + timedelta(days=30), "contract, section 9")


@pytest.mark.parametrize(
    ("kind", "subject", "length", "said"),
    [
        ("refund_days", "program:medicare", 90, "expected payer:NUMBER"),
        ("escheat_years", "state:Ohio", 3, "expected state:CA"),
        ("refund_days", "program:patient", 0, "expected 1 to 3650"),
        ("refund_days", "payer:9", 30, "no such payer here"),
        ("days", "payer:1", 3, "expected one of"),
    ],
)
def test_the_laws_days_and_nonsense_are_no_terms(desk, people, kind, subject, length, said):
    from cleanclaim.apps.billing.adjustments.services import set_term

    with pytest.raises(InputError, match=said):
        set_term(
            kind, subject, length=length, citation="x", valid_from=DAY, on=DAY, by=people["lee"]
        )


def test_refused_before_it_is_issued_the_credit_is_there_again(desk, people, paid_twice):
    from cleanclaim.apps.billing.adjustments.services import cancel_refund, dismiss_credit

    row = approved(people)
    cancel_refund(row.pk, words="look again", on=DAY, by=people["lee"])
    assert (account_sums(), balance(paid_twice, PAYER)) == ({}, Decimal("-400.00"))
    dismiss_credit(row.pk, words="to be corrected", on=DAY, by=people["ana"])

    assert found()[0].amount == Decimal("400.00")
    desk.prove()


def test_a_payment_nobody_applied_is_a_credit_of_its_own(desk, people):
    one = claim("A1", line(charge="120.00"))
    desk.post(remittance(pay(one, ("120.00", ())), trace="T1"))  # no such claim here

    [credit] = found()

    assert (credit.verdict.cause, credit.amount) == ("unapplied", Decimal("120.00"))
    row = approved(people)
    assert account_sums() == {"refund-payable": Decimal("120.00")}
    assert row.state == "approved"
    desk.prove()


def test_as_of_an_earlier_day_the_credit_was_not_there(desk, people, paid_twice):
    assert found(PAID_ON - timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("indicators", "program"),
    [(["MC"], "medicaid"), (["CI", "MB"], "medicare"), (["CI"], "commercial")],
)
def test_unapplied_cash_of_a_payer_has_that_payers_law(desk, people, indicators, program):
    """Of cash that fits no claim only the payer is known: its coverages say whose law sets the clock."""
    from cleanclaim.apps.billing.adjustments.credits import payer_program
    from cleanclaim.apps.billing.coverage.models import Coverage

    visit_item(desk)
    [first] = Coverage.objects.all()[:1]
    for place, indicator in enumerate(indicators):
        if place == 0:
            Coverage.objects.filter(payer_id=first.payer_id).update(filing_indicator=indicator)
        else:
            first.pk, first.filing_indicator, first.member_id = None, indicator, f"M{place}"
            first.save(force_insert=True)

    assert payer_program(first.payer_id) == program
    assert payer_program(first.payer_id + 1000) == "commercial"


def visit_item(desk) -> None:
    desk.take(claim("C1", line(charge="50.00")), source_file_id=77)
