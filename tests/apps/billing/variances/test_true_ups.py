"""A contract's guarantee over generics and its fee after the fact: by period, accrued, taken back, settled by two persons."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, StateError
from tests.apps.billing.desks import browser
from tests.apps.billing.variances import summit
from tests.apps.billing.variances.test_pages import opened, posted  # noqa: F401

pytestmark = pytest.mark.database_core
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
END = date(2026, 11, 30)


@pytest.fixture
def inside(posted):  # noqa: F811
    """In the pharmacy, four of its five fills answered: the generics allowed 19.00 and 14.20 of AWP 120.00 and 88.00."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(posted[0]):
        yield posted[0]


def agree(kind: str = "ger", percent: str = "84", fee: str = "1.00", **more):
    from cleanclaim.apps.billing.contracts.models import Contract
    from cleanclaim.apps.billing.variances.true_ups import agree

    given = {"period": "month", "clause": "GER 4.1", "valid_from": NOVEMBER, "by": 1} | more
    return agree(
        Contract.objects.get().pk, kind, percent=Decimal(percent), fee=Decimal(fee), **given
    )


def found(on: date = END, agreement_id: int | None = None):
    from cleanclaim.apps.billing.variances.true_ups import true_ups

    return true_ups(on=on, agreement_id=agreement_id)


def prepare(agreement_id: int, amount: str = "2.08", **more) -> int:
    from cleanclaim.apps.billing.variances.true_ups import prepare_settlement

    given = {
        "period_from": NOVEMBER,
        "account": "liability:unapplied-cash",
        "settled_on": date(2026, 12, 20),
        "words": "letter of December 18",
        "by": 1,
    } | more
    return prepare_settlement(agreement_id, amount=Decimal(amount), **given)


def balances() -> dict[str, Decimal]:
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    return {code: amount for code, amount in account_balances().items() if amount}


def accruals(month: date = NOVEMBER) -> dict[str, Decimal]:
    from cleanclaim.apps.reports.closing.accruals import due_accruals

    return {
        one.name.partition(",")[0]: one.amount
        for one in due_accruals(month)
        if "True-up" in one.name
    }


def test_the_guarantee_of_a_period_with_its_lines(inside):
    from cleanclaim.apps.billing.variances.true_ups import lines_of

    row = agree()

    [one] = found()

    assert (one.first, one.last) == (NOVEMBER, END)
    # 208.00 less 84 % is 33.28, and 2.00 to dispense; 33.20 was allowed
    assert (one.found.amount, one.found.count) == (Decimal("2.08"), 2)
    lines = lines_of(row, since=NOVEMBER, until=END)
    assert [(line.control_number, line.value.allowed) for line in lines] == [
        ("700102", Decimal("19.00")),
        ("700104", Decimal("14.20")),
    ]


def test_a_fee_is_on_all_that_was_paid(inside):
    agree("dir", "3", "0.25")

    [one] = found()

    # 387.15 + 14.00 + 212.55 + 9.20 = 622.90; 3 % is 18.69; 4 x 0.25
    assert (one.found.amount, one.found.count) == (Decimal("-19.69"), 4)


def test_only_services_of_its_days_count(inside):
    from cleanclaim.apps.billing.variances.true_ups import end_agreement

    row = agree(valid_from=summit.FILLED_ON + timedelta(days=1))
    assert [one.found.count for one in found(agreement_id=row.pk)] == [0]

    later = agree("dir", "3")
    end_agreement(later.pk, on=summit.FILLED_ON, by=1)
    assert [one.found.count for one in found(agreement_id=later.pk)] == [0]


def test_the_close_accrues_it_takes_it_back_and_accrues_it_anew_until_it_is_settled(inside):
    from cleanclaim.apps.billing.variances.true_ups import post_settlement
    from cleanclaim.apps.reports.closing.accruals import due_accruals, post_accrual
    from cleanclaim.apps.shared.ledger.selectors import account_balances, prove

    row = agree()
    agree("dir", "3", "0.25")
    assert sorted(accruals().values()) == [Decimal("-2.08"), Decimal("19.69")]
    for one in due_accruals(NOVEMBER):
        if "True-up" in one.name:
            post_accrual(NOVEMBER, one, by=2)
    assert accruals() == {}

    def estimate(on: date) -> Decimal:
        return account_balances(accounting_on=on).get("contra:contractual-estimate", Decimal(0))

    assert estimate(END) == Decimal("17.61")
    assert estimate(DECEMBER) == 0
    assert len(accruals(DECEMBER)) == 2  # November's still, and nothing of December

    post_settlement(prepare(row.pk), by=2)

    assert list(accruals(DECEMBER).values()) == [Decimal("19.69")]
    assert prove().balanced


def test_without_the_look_at_settlements_it_would_be_accrued_twice(inside, monkeypatch):
    """The twin."""
    from cleanclaim.apps.billing.variances.true_ups import PeriodTrueUp, post_settlement

    post_settlement(prepare(agree().pk), by=2)
    assert accruals(DECEMBER) == {}

    monkeypatch.setattr(PeriodTrueUp, "is_settled", False)

    assert accruals(DECEMBER) != {}


def test_a_settlement_moves_the_money_as_a_second_person_posts_it(inside):
    from cleanclaim.apps.billing.variances.true_ups import post_settlement

    before = balances()
    pk = prepare(agree().pk)
    with pytest.raises(StateError, match="entered by you"):
        post_settlement(pk, by=1)
    assert balances() == before

    post_settlement(pk, by=2)

    moved = {code: one - before.get(code, 0) for code, one in balances().items()}
    assert {code: one for code, one in moved.items() if one} == {
        "liability:unapplied-cash": Decimal("2.08"),
        "contra:contractual": Decimal("-2.08"),
    }
    with pytest.raises(StateError, match="posted"):
        post_settlement(pk, by=3)
    assert [one.is_settled for one in found()] == [True]


def test_without_the_look_at_who_entered_it_the_database_refuses(inside, monkeypatch):
    """The twin: the service takes nobody for the one who entered it."""
    from django.db import IntegrityError, transaction

    from cleanclaim.apps.billing.variances import true_ups

    class Anybody(int):
        def __eq__(self, other):
            return False

        __hash__ = int.__hash__

    prepared = true_ups._prepared

    def blind(settlement_id):
        row = prepared(settlement_id)
        row.prepared_by = Anybody(row.prepared_by)
        return row

    monkeypatch.setattr(true_ups, "_prepared", blind)
    before = balances()
    pk = prepare(agree().pk)

    with (
        pytest.raises(IntegrityError, match="true_up_settlement_second_person"),
        transaction.atomic(),
    ):
        true_ups.post_settlement(pk, by=1)
    assert balances() == before


def test_withdrawn_it_can_be_entered_anew_and_once_only(inside):
    from cleanclaim.apps.billing.variances.true_ups import withdraw_settlement

    row = agree()
    first = prepare(row.pk)
    with pytest.raises(StateError, match="has a settlement"):
        prepare(row.pk)
    withdraw_settlement(first, by=1)

    assert prepare(row.pk, "-3.00") > first


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"kind": "gor"}, "kind 'gor'"),
        ({"percent": "100.1"}, "percent 100.1"),
        ({"percent": "-1"}, "percent -1"),
        ({"fee": "-0.01"}, "fee -0.01"),
        ({"fee": "0.001"}, "fee 0.001"),
        ({"period": "week"}, "period 'week'"),
        ({"valid_from": date(1, 1, 1)}, "from 0001-01-01"),
    ],
)
def test_terms_that_cannot_be_are_refused(inside, more, words):
    with pytest.raises(InputError, match=words):
        agree(**more)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"period_from": DECEMBER + timedelta(days=1)}, "none that begins so"),
        ({"account": "asset:bank"}, "where the money of it stands"),
        ({"amount": "0.00"}, "amount 0.00"),
        ({"words": " "}, "words are empty"),
    ],
)
def test_settlements_that_cannot_be_are_refused(inside, more, words):
    row = agree()

    with pytest.raises(InputError, match=words):
        prepare(row.pk, **more)


def test_two_of_a_kind_never_hold_at_once(inside):
    from cleanclaim.apps.billing.variances.true_ups import end_agreement

    first = agree()
    with pytest.raises(StateError, match="is in force then"):
        agree(valid_from=DECEMBER)
    end_agreement(first.pk, on=DECEMBER, by=1)
    with pytest.raises(StateError, match="is in force then"):
        agree(valid_from=END)

    assert agree(valid_from=DECEMBER, percent="86").pk > first.pk


def test_an_answer_taken_back_leaves_the_period(inside, posted):  # noqa: F811
    from cleanclaim.apps.billing.remittances.services import reverse_posting
    from cleanclaim.apps.shared.outbox.services import dispatch_events

    agree()
    reverse_posting(posted[1], on=summit.TODAY, reason="wrong", by=None)
    while dispatch_events():
        pass

    assert [(one.found.count, one.found.amount) for one in found()] == [(0, Decimal("0.00"))]


def test_by_the_pages(posted):  # noqa: F811
    organization_id, _ = posted
    dana = browser(organization_id, "Pharmacy biller")
    lead = browser(organization_id, "Billing lead")
    from cleanclaim.apps.billing.contracts.models import Contract
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(organization_id):
        contract = Contract.objects.get().pk
    body = {
        "contract": f"{contract}",
        "kind": "ger",
        "percent": "84",
        "fee": "1",
        "period": "month",
        "from": "2026-11-01",
    }

    assert b"No period" in dana.get("/variances/true-ups/").content
    assert dana.post("/variances/true-ups/agree/", body | {"percent": "much"}).status_code == 400
    dana.post("/variances/true-ups/agree/", body)
    listed = dana.get(f"/variances/true-ups/?as_of={END}").content.decode()
    assert "2.08" in listed
    [page] = set(re.findall(r"/variances/true-ups/\d+/2026/11/", listed))
    shown = dana.get(f"{page}?as_of={END}").content.decode()
    assert "700102" in shown
    assert "guaranteed, less 84 %" in shown
    dana.post(
        f"{page}settle/",
        {
            "who": "payer",
            "amount": "2.08",
            "account": "liability:unapplied-cash",
            "on": f"{END}",
            "words": "letter",
        },
    )
    assert "to be posted" in dana.get(f"/variances/true-ups/?as_of={END}").content.decode()
    [decide] = set(
        re.findall(r'action="([^"]+/decide/)"', lead.get(f"{page}?as_of={END}").content.decode())
    )
    assert dana.post(decide, {"verb": "post"}).status_code == 403
    lead.post(decide, {"verb": "post"})
    assert "posted by Billing lead" in lead.get(f"{page}?as_of={END}").content.decode()
    assert lead.get(f"{page}?as_of={END}&xlsx=1").content[:2] == b"PK"
    assert lead.get(page.replace("/11/", "/13/")).status_code == 404
