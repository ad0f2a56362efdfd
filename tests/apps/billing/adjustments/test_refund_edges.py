"""Refunds where somebody tries: shared check numbers, part taken back, the clock's edges, cards, the state, many credits."""

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from tests.apps.billing.adjustments.people import person
from tests.apps.billing.adjustments.test_refund_once import by_each, case  # noqa: F401
from tests.apps.billing.adjustments.test_refunds import (  # noqa: F401
    ANSWER,
    DAY,
    SECONDARY,
    account_sums,
    approved,
    bank,
    found,
    identify,
    issue,
    paid_twice,
    people,
    take_back,
)
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import claim, line, pay, remittance

pytestmark = pytest.mark.database_core


@pytest.fixture
def pages():
    """Sign-in without a second factor, as in the demo."""
    with demo():
        yield


def test_two_checks_made_at_the_same_moment_have_two_numbers(practice, case, monkeypatch):  # noqa: F811
    """Both have read the highest number before either has written: they meet at the lock, or at this barrier."""
    from cleanclaim.apps.billing.adjustments import services
    from cleanclaim.apps.billing.adjustments.models import Refund, RefundFile
    from cleanclaim.apps.billing.adjustments.services import approve_refund, issuing
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        first = Refund.objects.get(pk=case["refund"])
        approve_refund(first.pk, on=DAY, by=case["lee"])
        from tests.apps.billing.conftest import Desk

        two, desk = claim("A2", line(charge="400.00")), Desk()
        desk.take(two, source_file_id=98)
        desk.post(remittance(pay(two, ANSWER, number="ICN3"), trace="T3"))
        second = remittance(pay(two, ANSWER, number="ICN4"), trace="T4")
        desk.post(replace(second, payer=SECONDARY, payer_trace_id="1440000003"))
        key = next(row.key for row in found() if row.amount == Decimal("400.00"))
        other = services.identify_credit(key, on=DAY, by=case["ana"])
        services.request_refund(other.pk, on=DAY, by=case["ana"])
        approve_refund(other.pk, on=DAY, by=case["lee"])
    ids = iter([first.pk, other.pk])
    both_have_looked = threading.Barrier(2)
    look = issuing._next_check

    def look_together():
        number = look()
        with suppress(threading.BrokenBarrierError):  # where the other one waits for the lock
            both_have_looked.wait(2)
        return number

    monkeypatch.setattr(issuing, "_next_check", look_together)

    def send():
        return issuing.issue_refunds([next(ids)], method="check", bank=bank(), on=DAY, by=case["lee"])  # fmt: skip

    answers = by_each(practice, send, 2)

    assert not [one for one in answers if isinstance(one, Exception)], answers
    with tenant(practice):
        lines = [bytes(one.content).splitlines()[1] for one in RefundFile.objects.all()]
    assert sorted(one.split(b",")[0] for one in lines) == [b"1001", b"1002"]


def test_a_part_taken_back_settles_as_a_part_and_the_rest_keeps_its_clock(
    desk,
    people,  # noqa: F811
    paid_twice,  # noqa: F811
):
    from cleanclaim.apps.billing.adjustments.models import Refund
    from cleanclaim.apps.billing.adjustments.services import (
        approve_refund,
        request_refund,
        settle_by_takeback,
    )

    row = approved(people)
    take_back(desk, "100.00")
    with pytest.raises(StateError, match=r"taken back 100\.00"):
        issue(row, people["max"])
    later = DAY + timedelta(days=20)
    settled = settle_by_takeback(row.pk, on=later, by=people["ana"])
    rest = Refund.objects.exclude(pk=row.pk).get()

    assert (settled.state, settled.amount) == ("taken_back", Decimal("100.00"))
    assert (rest.state, rest.amount) == ("identified", Decimal("212.50"))
    assert (rest.identified_on, rest.due_on) == (row.identified_on, row.due_on)
    assert [one.subject_id for one in desk.work("refund")] == [rest.pk]
    request_refund(rest.pk, on=later, by=people["ana"])
    approve_refund(rest.pk, on=later, by=people["lee"])
    issue(rest, people["max"], on=later)
    assert account_sums() == {"refund-checks-outstanding": Decimal("212.50")}
    desk.prove()


def test_nothing_taken_settles_nothing(desk, people, paid_twice):  # noqa: F811
    from cleanclaim.apps.billing.adjustments.services import settle_by_takeback

    row = identify(people["ana"])
    with pytest.raises(StateError, match=r"taken 0\.00 of 312\.50"):
        settle_by_takeback(row.pk, on=DAY, by=people["ana"])


def test_a_refund_that_cleared_is_not_stopped(desk, people, paid_twice):  # noqa: F811
    from cleanclaim.apps.billing.adjustments.services import clear_refund, stop_refund

    row = approved(people)
    issue(row, people["max"])
    clear_refund(row.pk, on=DAY, by=people["max"])

    with pytest.raises(StateError, match="1001 cleared the bank on 2026-11-23") as refused:
        stop_refund(row.pk, words="lost", on=DAY, by=people["max"])
    assert "money is gone" in refused.value.hint
    assert account_sums() == {}


@pytest.mark.parametrize(("amount", "is_let_through"), [("250.00", True), ("250.01", False)])
def test_the_approvers_limit_holds_to_the_cent(
    inside, desk, people, paid_twice, amount, is_let_through  # noqa: F811
):  # fmt: skip
    from cleanclaim.apps.billing.adjustments.services import approve_refund, request_refund

    bea = person(inside, "Bea")
    row = identify(people["ana"], amount=Decimal(amount))
    request_refund(row.pk, on=DAY, by=people["ana"])
    if is_let_through:
        assert approve_refund(row.pk, on=DAY, by=bea).state == "approved"
        return
    with pytest.raises(PermissionRefusedError, match=r"above your limit of 250\.00"):
        approve_refund(row.pk, on=DAY, by=bea)


@pytest.mark.parametrize(
    ("began", "ended", "said"),
    [
        (DAY, DAY + timedelta(days=1), "expected no later day"),
        (DAY + timedelta(days=1), None, "expected no later day"),
        (DAY, DAY - timedelta(days=1), "expected .* or later"),
    ],
)
def test_an_investigation_of_the_future_holds_no_clock(
    desk, people, paid_twice, began, ended, said  # noqa: F811
):  # fmt: skip
    from cleanclaim.apps.billing.adjustments.services import investigate_credit

    row = identify(people["ana"])
    with pytest.raises(InputError, match=said):
        investigate_credit(row.pk, began=began, ended=ended, on=DAY, by=people["ana"])


def test_the_day_itself_is_in_time_and_the_next_is_overdue(desk, people, paid_twice):  # noqa: F811
    from cleanclaim.apps.billing.adjustments.credit_tables import refund_chip

    row = identify(people["ana"], on=date(2027, 12, 31))

    assert row.due_on == date(2028, 2, 29)  # 60 days, through a leap year
    assert refund_chip(row, row.due_on).words == "identified"
    assert "overdue" in refund_chip(row, row.due_on + timedelta(days=1)).words


def test_a_card_gets_back_no_more_than_it_paid_and_only_its_own(inside, desk, people):  # noqa: F811
    from cleanclaim.apps.billing.adjustments.services import (
        approve_refund,
        identify_credit,
        issue_refunds,
        request_refund,
    )
    from cleanclaim.apps.billing.patients.models import Patient
    from cleanclaim.apps.billing.receipts.services import take

    desk.take(claim("A1", line(charge="50.00")))
    patient = Patient.objects.get()
    by_card = take(patient.pk, amount=Decimal("30.00"), kind="prepayment", method="card", reference="AUTH77", on=DAY, by=people["ana"])  # fmt: skip
    by_check = take(patient.pk, amount=Decimal("45.00"), kind="prepayment", method="check", reference="8", on=DAY, by=people["ana"])  # fmt: skip
    rows = {}
    for credit in found():
        row = identify_credit(credit.key, on=DAY, by=people["ana"])
        request_refund(row.pk, on=DAY, by=people["ana"])
        rows[row.amount] = approve_refund(row.pk, on=DAY, by=people["lee"])

    def send(row, account):
        return issue_refunds([row.pk], method="card", bank=bank(), on=DAY, by=people["max"], accounts={row.pk: {"account": account}})  # fmt: skip

    large, small = rows[Decimal("45.00")], rows[Decimal("30.00")]
    for number in ("", "AUTH78", str(by_check.pk), "8"):
        with pytest.raises(InputError, match="expected the number or authorization of a card"):
            send(small, number)
    with pytest.raises(InputError, match=r"45\.00 to a card that paid 30\.00"):
        send(large, "AUTH77")
    assert b"AUTH77" in bytes(send(small, "AUTH77").content)
    assert by_card.pk


def test_a_payer_has_no_card(desk, people, paid_twice):  # noqa: F811
    row = approved(people)
    with pytest.raises(InputError, match="card receipt"):
        issue(row, people["max"], method="card", accounts={row.pk: {"account": "1"}})


def test_a_form_never_cuts_a_number_that_is_too_long(practice, case, pages):  # noqa: F811
    from cleanclaim.apps.billing.adjustments.models import Refund
    from cleanclaim.apps.billing.adjustments.services import approve_refund, cancel_refund
    from cleanclaim.apps.shared.tenancy.context import tenant

    pk = case["refund"]
    with tenant(practice):
        cancel_refund(pk, words="by transfer", on=DAY, by=case["lee"])
    biller = browser(practice, "Practice biller")
    for routing, account in (
        ("0210000219", "654321"),
        ("021000021", "1234567890123456789"),
        ("021000021", ""),
    ):
        answer = biller.post(f"/credits/{pk}/request/", {"routing": routing, "account": account})
        assert answer.status_code == 400, (routing, account)
    with tenant(practice):
        assert Refund.objects.get(pk=pk).state == "identified"
    given = {"routing": "021000021", "account": "654321", "savings": "1"}
    assert biller.post(f"/credits/{pk}/request/", given).status_code == 302
    lead = browser(practice, "Billing lead")
    assert "654321" in lead.get(f"/credits/{pk}/").content.decode()

    with tenant(practice):
        approve_refund(pk, on=DAY, by=case["lee"])
    assert "account 654321 at bank 021000021" in lead.get("/credits/").content.decode()
    ours = {
        "refund": [pk], "method": "eft", "bank_routing": "011000015", "bank_account": "778120",
        "bank_company_id": "1310000001", "bank_name": "Harbor Family",
    }  # fmt: skip
    assert lead.post("/credits/issue/", ours).status_code == 302
    with tenant(practice):
        assert Refund.objects.get(pk=pk).state == "issued"


def test_the_state_gets_what_nobody_cashed_from_the_page(practice, case, pages):  # noqa: F811
    """Issued on a day three years back: the page offers the two steps, one after the other."""
    from cleanclaim.apps.billing.adjustments.models import Refund
    from cleanclaim.apps.billing.adjustments.services import approve_refund, issue_refunds
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        approve_refund(case["refund"], on=DAY, by=case["lee"])
        long_ago = date(2020, 2, 29)
        issue_refunds([case["refund"]], method="check", bank=bank(), on=DAY, by=case["lee"])
        Refund.objects.filter(pk=case["refund"]).update(issued_on=long_ago)
    client = browser(practice, "Billing lead")

    listed = client.get("/credits/").content.decode()
    before = client.get(f"/credits/{case['refund']}/").content.decode()
    client.post(f"/credits/{case['refund']}/unclaimed/")
    between = client.get(f"/credits/{case['refund']}/").content.decode()
    client.post(f"/credits/{case['refund']}/remit/")

    assert "Not cashed, by state" in listed and "Feb 28, 2023" in listed
    assert client.get("/credits/?xlsx=unclaimed").status_code == 200
    assert "Unclaimed property <kbd>u</kbd>" in before
    assert "Paid to the state <kbd>u</kbd>" in between
    with tenant(practice):
        assert Refund.objects.get(pk=case["refund"]).state == "remitted"
        assert account_sums() == {}


@pytest.mark.parametrize("checks", [1, 40])
def test_forty_uncashed_checks_ask_no_more_than_one(desk, people, paid_twice, checks):  # noqa: F811
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from cleanclaim.apps.billing.adjustments.models import Refund
    from cleanclaim.apps.billing.adjustments.terms import uncashed

    row = approved(people)
    issue(row, people["max"])
    row.refresh_from_db()
    for _ in range(checks - 1):
        row.pk, row._state.adding = None, True
        row.save()
    with CaptureQueriesContext(connection) as asked:
        listed = uncashed()

    assert (len(listed), Refund.objects.count()) == (checks, checks)
    assert {one.state for one in listed} == {"CA"}
    assert len(asked) <= 5


def test_a_credit_after_two_thousand_others_is_found(inside, desk):
    from cleanclaim.apps.billing.adjustments.credits import credit_of
    from tests.apps.billing.opening.test_opening import load, post

    head = "claim,last_name,payer,service_from,procedure,charge,open,responsible"
    rows = [f"F-{n},Okafor,Coastal,2026-05-04,99213,120.00,-1.00,payer" for n in range(2_002)]
    post(load("\n".join((head, *rows, "")), "account,amount\nreceivable:payer:1,-2002.00\nequity:opening-balance,2002.00\n"))  # fmt: skip

    found_ = found()

    assert len(found_) == 2_002
    last = max(found_, key=lambda row: row.item_id)
    assert credit_of(last.key, on=DAY) == last
