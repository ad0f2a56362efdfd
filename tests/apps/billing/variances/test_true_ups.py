"""A contract's guarantee over generics and its fee after the fact: by period, accrued, taken back, settled by two persons."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, StateError
from tests.apps.billing.desks import browser
from tests.apps.billing.variances import summit
from tests.apps.billing.variances.test_pages import opened, posted  # noqa: F401
from tests.apps.billing.variances.true_up_cases import (
    CASH,
    DECEMBER,
    END,
    LATER,
    NOVEMBER,
    OWED,
    accruals,
    agree,
    balances,
    book,
    found,
    prepare,
)

pytestmark = pytest.mark.database_core


@pytest.fixture
def inside(posted):  # noqa: F811
    """In the pharmacy, four of its five fills answered: the generics allowed 19.00 and 14.20 of AWP 120.00 and 88.00."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(posted[0]):
        yield posted[0]


def test_the_guarantee_of_a_period_with_its_lines(inside):
    from cleanclaim.apps.billing.variances.true_ups import lines_of

    row = agree()

    [one] = found()

    assert (one.first, one.last) == (NOVEMBER, END)
    # 208.00 less 84 % is 33.28, and 2.00 to dispense; 33.20 was allowed
    assert (one.found.amount, one.found.count) == (Decimal("2.08"), 2)
    lines = lines_of(row, since=NOVEMBER, until=END, on=END)
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
    from cleanclaim.apps.billing.variances.settlements import post_settlement
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
    from cleanclaim.apps.billing.variances.settlements import post_settlement
    from cleanclaim.apps.billing.variances.true_ups import Period

    post_settlement(prepare(agree().pk), by=2)
    assert accruals(DECEMBER) == {}

    monkeypatch.setattr(Period, "is_settled", False)

    assert accruals(DECEMBER) != {}


def test_a_settlement_moves_the_money_as_a_second_person_posts_it(inside):
    from cleanclaim.apps.billing.variances.settlements import post_settlement

    pk = prepare(agree().pk)
    before = balances()
    with pytest.raises(StateError, match="entered by you"):
        post_settlement(pk, by=1)
    assert balances() == before

    post_settlement(pk, by=2)

    after = balances()
    moved = {code: after.get(code, 0) - before.get(code, 0) for code in after | before}
    assert {code: one for code, one in moved.items() if one} == {
        "liability:unapplied-cash": Decimal("2.08"),
        "contra:contractual": Decimal("-2.08"),
    }
    with pytest.raises(StateError, match="posted"):
        post_settlement(pk, by=3)
    assert [one.is_settled for one in found(LATER)[:1]] == [True]


def test_without_the_look_at_who_entered_it_the_database_refuses(inside, monkeypatch):
    """The twin: the service takes nobody for the one who entered it."""
    from django.db import IntegrityError, transaction

    from cleanclaim.apps.billing.variances import settlements

    class Anybody(int):
        def __eq__(self, other):
            return False

        __hash__ = int.__hash__

    locked = settlements._locked

    def blind(settlement_id, state):
        row = locked(settlement_id, state)
        row.prepared_by = Anybody(row.prepared_by)
        return row

    monkeypatch.setattr(settlements, "_locked", blind)
    pk = prepare(agree().pk)
    before = balances()

    with (
        pytest.raises(IntegrityError, match="true_up_settlement_second_person"),
        transaction.atomic(),
    ):
        settlements.post_settlement(pk, by=1)
    assert balances() == before


def test_withdrawn_it_can_be_entered_anew_and_once_only(inside):
    from cleanclaim.apps.billing.variances.settlements import withdraw_settlement

    row = agree()
    first = prepare(row.pk)
    with pytest.raises(StateError, match="has a settlement"):
        prepare(row.pk)
    withdraw_settlement(first, by=1)

    assert prepare(row.pk, "-3.00", account=OWED) > first


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
        ({"trace": " "}, "trace: empty"),
        ({"amount": "-2.08"}, "what we owe the payer does not stand there"),
        ({"account": OWED, "trace": "T20"}, "only unapplied cash"),
        ({"settled_on": END}, "expected a day after 2026-11-30"),
        ({"settled_on": LATER + timedelta(days=1)}, "to 2027-01-31"),
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
    assert "It can be settled when the period is over" in shown


@pytest.fixture
def later(monkeypatch):
    """The pages' today is the last of January."""
    from types import SimpleNamespace

    from cleanclaim.apps.billing.variances import settlement_views, true_up_views

    for module in (settlement_views, true_up_views):
        monkeypatch.setattr(module, "timezone", SimpleNamespace(localdate=lambda: LATER))


def test_a_settlement_by_the_page_is_posted_and_taken_back_by_two_persons(posted, later):  # noqa: F811
    from cleanclaim.apps.shared.tenancy.context import tenant

    organization_id, _ = posted
    dana = browser(organization_id, "Pharmacy biller")
    lead = browser(organization_id, "Billing lead")
    other = browser(organization_id, "Billing lead", name="Olga Other")
    with tenant(organization_id):
        page = f"/variances/true-ups/{agree().pk}/2026/11/"
        book(CASH, "-2.08", trace="T20")
    shown = dana.get(page).content.decode()
    assert "Unapplied cash, T20: 2.08" in shown
    body = {
        "who": "payer",
        "amount": "2.08",
        "money": f"{CASH}|T20",
        "on": "2026-12-20",
        "words": "letter",
    }
    assert dana.post(f"{page}settle/", body | {"amount": "2.09"}).status_code == 409

    dana.post(f"{page}settle/", body)
    assert "to be posted" in dana.get("/variances/true-ups/?from=2026-11-01").content.decode()
    assert "Withdraw" in dana.get(page).content.decode()
    assert "Withdraw" not in lead.get(page).content.decode()
    dana.post(address_in(dana, page, "ask"), {"verb": "withdraw"})
    dana.post(f"{page}settle/", body)

    decide = address_in(lead, page, "decide")
    assert dana.post(decide, {"verb": "post"}).status_code == 403
    lead.post(decide, {"verb": "post"})
    assert "posted by Billing lead" in lead.get(page).content.decode()

    ask = address_in(dana, page, "ask")
    assert dana.post(ask, {"verb": "undo", "reason": ""}).status_code == 400
    dana.post(ask, {"verb": "undo", "reason": "wrong quarter"})
    lead.post(decide, {"verb": "keep"})
    lead.post(ask, {"verb": "undo", "reason": "wrong quarter"})
    assert lead.post(decide, {"verb": "undo"}).status_code == 409  # asked by the same person
    other.post(decide, {"verb": "undo"})
    shown = lead.get(page).content.decode()
    assert "Taken back before" in shown
    assert "wrong quarter" in shown
    assert "Unapplied cash, T20: 2.08" in shown

    assert lead.get(f"{page}?xlsx=1").content[:2] == b"PK"
    assert lead.get(page.replace("/11/", "/13/")).status_code == 404


def address_in(client, page: str, verb: str) -> str:
    """Where the page's form posts this to."""
    [found] = set(re.findall(rf'action="([^"]+/{verb}/)"', client.get(page).content.decode()))
    return found
