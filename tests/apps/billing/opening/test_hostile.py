"""Items that no honest book has, and what is done to items that were taken over."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError
from tests.apps.billing.opening.test_large_and_odd import problems
from tests.apps.billing.opening.test_opening import (
    AS_OF,
    BALANCES,
    ITEMS,
    balances,
    load,
    named,
    post,
    take_back,
)
from tests.apps.billing.world import PAID_ON, PAYER, pay, remittance

pytestmark = pytest.mark.database_core
HEAD = (
    "claim,line,last_name,first_name,born_on,payer,payer_id,member_id,service_from,service_to,procedure,charge,open,"
    "responsible,since,billed_on,kind,reference"
)
CELLS = {
    "claim": "Z-9", "line": "", "last_name": "Quist", "first_name": "Odd", "born_on": "1970-01-02", "payer": "Harborside",
    "payer_id": "HS9", "member_id": "Q9", "service_from": "2026-05-04", "service_to": "", "procedure": "97110",
    "charge": "75.10", "open": "20.00", "responsible": "payer", "since": "2026-05-20", "billed_on": "2026-05-21",
    "kind": "item", "reference": "",
}  # fmt: skip


def row(**cells: str) -> str:
    return ",".join({**CELLS, **cells}.values())


def said(*rows: str) -> list[str]:
    return problems(*rows, head=HEAD)


def test_the_honest_row_is_good(inside):
    assert said(row()) == []


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"open": "75.11"}, "items, line 2, open: 75.11 is more than the line's charge, 75.10"),
        ({"since": "2026-07-01"}, "items, line 2, since: 2026-07-01 is after the day of the take-over, 2026-06-30"),
        ({"since": "2026-05-03"}, "items, line 2, since: 2026-05-03 is before the service, 2026-05-04"),
        ({"billed_on": "2026-07-01"}, "items, line 2, billed_on: 2026-07-01 is after the day of the take-over, 2026-06-30"),
        ({"billed_on": "2026-05-03"}, "items, line 2, billed_on: 2026-05-03 is before the service, 2026-05-04"),
        ({"service_to": "2026-07-01"}, "items, line 2, service_to: 2026-07-01 is after the day of the take-over, 2026-06-30"),
        ({"service_to": "2026-05-03"}, "items, line 2, service_to: 2026-05-03 is before service_from, 2026-05-04"),
        ({"born_on": "2026-05-05"}, "items, line 2, service_from: 2026-05-04 is before the day of birth, 2026-05-05"),
        ({"charge": "-75.10", "open": "-80.00"}, "items, line 2, claim Z-9: line 1: charge -75.10, expected whole cents"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_is_named(inside, cells, message):
    found = said(row(**cells))

    assert len(found) == 1
    assert found[0].startswith(message)


def test_a_row_that_came_twice_is_not_a_second_line(inside):
    """Without line numbers an export's repeated row would be owed twice; with them both may stand."""
    assert said(row(), row()) == [
        "items, line 3: the same as line 2 (two lines of one claim need numbers in `line`)"
    ]
    assert said(row(line="1"), row(line="2")) == []


def test_a_credit_that_came_twice_is_named(inside):
    credit = row(claim="", kind="unapplied", open="80.00", last_name="", reference="CHK 99")

    assert said(row(), credit, credit) == [
        "items, line 4: the same as line 3 (two credits need a `reference` each)"
    ]


def test_a_take_over_of_a_day_to_come_is_refused(inside):
    from django.utils import timezone

    from cleanclaim.apps.billing.opening.services import prepare_load

    tomorrow = timezone.localdate() + timedelta(days=1)

    with pytest.raises(InputError, match=f"day of the take-over: {tomorrow} is to come"):
        prepare_load(
            system="Old Desk", as_of=tomorrow, items=ITEMS.encode(), items_name="items.csv",
            balances=BALANCES.encode(), by=1,
        )  # fmt: skip


def test_a_credit_of_an_item_is_taken_over_as_one(inside, desk):
    items = "\n".join((HEAD, row(open="-12.34"), ""))
    sums = "account,amount\nreceivable:payer:1,-12.34\nequity:opening-balance,12.34\n"

    post(load(items, sums))

    assert balances()["receivable:payer:1"] == Decimal("-12.34")
    assert named("Z-9").open_amount == Decimal("-12.34")
    desk.prove()


def an_answer(*, paid: str = "70.00", status: str = "1", number: str = "ICN9"):
    from cleanclaim.apps.billing.claims.convert import current_value

    one = current_value(named("F-1"))
    sign = "-" if status == "22" else ""
    rest = Decimal(sign + "120.00") - Decimal(paid) - Decimal(sign + "10.00")
    lines = (paid, (("CO", "45", str(rest)), ("PR", "3", sign + "10.00"))), (
        sign + "100.00", (("CO", "45", sign + "110.00"),),
    )  # fmt: skip
    return pay(one, *lines, status=status, number=number)


def test_an_opening_item_is_paid_taken_back_by_us_posted_again_reversed_and_corrected_by_the_payer(
    inside, desk
):
    from cleanclaim.apps.billing.remittances.services import post_remittance, reverse_posting

    post(load())
    before = balances()
    [first] = desk.post(remittance(an_answer(), trace="T1"))
    answered = balances()

    reverse_posting(first.remittance_id, on=PAID_ON, reason="wrong", by=None)
    assert balances() == before
    post_remittance(first.remittance_id, posted_on=PAID_ON)
    assert balances() == answered
    desk.post(
        remittance(
            an_answer(paid="-70.00", status="22"),
            an_answer(paid="85.00", number="ICN10"),
            trace="T2",
        )
    )

    claim = named("F-1")
    assert (claim.paid, claim.contractual, claim.patient_owes) == (
        Decimal("185.00"), Decimal("135.00"), Decimal("10.00"),
    )  # fmt: skip
    assert claim.open_amount == Decimal("-60.00")  # of the second line, settled before
    desk.prove()


def test_a_load_whose_payments_were_all_taken_back_is_taken_back(inside, desk):
    from cleanclaim.apps.billing.remittances.services import reverse_posting

    load_id = load()
    post(load_id)
    [first] = desk.post(remittance(an_answer(), trace="T1"))
    reverse_posting(first.remittance_id, on=PAID_ON, reason="wrong", by=None)

    take_back(load_id)

    assert balances() == {}
    desk.prove()
    assert AS_OF < PAID_ON


def findings(*rows: str) -> list[str]:
    from cleanclaim.apps.billing.opening.services import read_load

    data = "\n".join((HEAD, *rows, "")).encode()
    found = read_load(data, b"account,amount\n", as_of=AS_OF).findings
    return [f"{one.place}: {one.message}" for one in found]


def test_payers_that_are_not_known_as_they_are_named_are_told_once_each(inside, desk):
    from tests.apps.billing.world import claim

    desk.take(claim("A1"))  # Coastal Alliance Health Plan has CAHP1

    assert findings(
        row(payer="Coastal  alliance health plan", payer_id="CAHP1"),
        row(claim="Z-1", payer="Coastal Alliance Health Plan", payer_id="CAHP1"),
        row(claim="Z-2", payer="Aetnah", payer_id="CAHP1"),
        row(claim="Z-3"),
        row(claim="Z-4"),
        row(claim="Z-5", payer="Inland Trust", payer_id=""),
        row(claim="Z-6", payer="Harborside North"),
    ) == [
        "items, line 4, payer: 'Aetnah' (CAHP1) is called Coastal Alliance Health Plan here",
        "items, line 5, payer: 'Harborside' (HS9) is not known here and would be added",
        "items, line 7, payer: 'Inland Trust' (without payer_id) is not known here and would be added",
        "items, line 8, payer: 'Harborside North' (HS9) is called Harborside here",
    ]


def test_whoever_approves_sees_the_findings(practice):
    from tests.apps.billing.desks import browser
    from tests.apps.billing.opening.test_views import demo, form

    with demo():
        ada = browser(practice, "Billing lead", name="Ada")
        page = ada.post("/opening/prepare/", form(), follow=True).content.decode()

    assert "To look at" in page
    assert "(CAHP1) is not known here and would be added" in page


@pytest.mark.parametrize(
    ("order", "responsible", "expected"),
    [
        ("P", "secondary", "payer:1"),
        ("", "payer:2", "payer:1"),
        ("S", "primary", "payer:2"),
        ("A", "secondary", "payer:3"),
    ],
)
def test_a_payer_that_is_asked_is_the_one_of_the_claim(inside, order, responsible, expected):
    """The payer's answer credits the bucket of its order: what is open in another one would stay for ever."""
    head = f"{HEAD},order"

    wrong = problems(f"{row(responsible=responsible)},{order}", head=head)

    assert wrong == [
        f"items, line 2, responsible: '{responsible}', expected `payer`, patient or agency: order {order or 'P'} is owed "
        f"in {expected}; give the claim the order and the payer that is asked now"
    ]
    for good in ("payer", "patient", expected):
        assert problems(f"{row(responsible=good)},{order}", head=head) == []


@pytest.mark.parametrize(("order", "bucket"), [("S", "payer:2"), ("A", "payer:3")])
def test_what_a_payer_owes_stands_where_its_answer_posts(inside, desk, order, bucket):
    """A fourth payer's item stood with the first payer, where its answer never came."""
    from cleanclaim.apps.billing.claims.convert import current_value

    account = f"receivable:{bucket}"
    theirs = f"account,amount\n{account},20.00\nequity:opening-balance,-20.00\n"
    post(load(f"{HEAD},order\n{row()},{order}\n", theirs))
    assert balances()[account] == Decimal("20.00")

    desk.post(remittance(pay(current_value(named("Z-9")), ("20.00", (("CO", "45", "55.10"),)))))

    # 75.10 charged and answered, 55.10 settled before: a later payer's allowance is no more than what it has open.
    assert not {code for code in balances() if code.startswith("receivable")}


def test_an_opening_item_goes_on_to_a_second_payer_and_is_paid_there(inside, desk):
    from cleanclaim.apps.billing.coverage.services import add_coverage
    from cleanclaim.values.claim import Subscriber
    from cleanclaim.values.party import Person
    from tests.apps.billing.claims.payers import MEDICAID, from_payer, next_partner, send_next

    cells = {"claim": "F-1", "payer": PAYER.name, "payer_id": PAYER.payer_id}
    rows = [
        f"{row(**cells, line='1', procedure='99213', charge='120.00', open='120.00')},E119",
        f"{row(**cells, line='2', procedure='20610', charge='210.00', open='210.00')},E119",
    ]
    post(load(
        "\n".join((f"{HEAD},diagnosis", *rows, "")),
        "account,amount\nreceivable:payer:1,330.00\nequity:opening-balance,-330.00\n",
    ))  # fmt: skip
    claim_id = named("F-1").pk
    holder = Person("Quist", "Odd", born_on=date(1970, 1, 2), member_id="MCD9")
    add_coverage(
        named("F-1").patient_id, payer=MEDICAID, subscriber=Subscriber(holder, "S", filing_indicator="CI")
    )  # fmt: skip

    desk.post(remittance(an_answer(), trace="T1"))

    claim = named("F-1")
    assert (claim.payer_name, claim.state) == (MEDICAID.name, "ready")
    next_partner()
    send_next(claim_id)
    from cleanclaim.apps.billing.claims.convert import current_value

    second = pay(
        current_value(named("F-1")),
        ("10.00", (("OA", "23", "110.00"),)),
        ("0.00", (("OA", "23", "210.00"),)),
        number="MCD1", status="2",
    )  # fmt: skip
    desk.post(from_payer(MEDICAID, second, "T2"))

    claim = named("F-1")
    assert (claim.paid, claim.patient_owes) == (Decimal("180.00"), Decimal(0))
    desk.prove()
