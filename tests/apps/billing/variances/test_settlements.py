"""The money of a true-up: no more than stands there, taken back by two persons, accrued or settled and never both."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from cleanclaim.kernel.errors import StateError
from tests.apps.billing.variances.test_pages import opened, posted  # noqa: F401
from tests.apps.billing.variances.test_true_ups import inside  # noqa: F401
from tests.apps.billing.variances.true_up_cases import (
    CASH,
    DECEMBER,
    END,
    FEES,
    LATER,
    NOVEMBER,
    OWED,
    accruals,
    agree,
    balances,
    book,
    found,
    payer_id,
    prepare,
)

pytestmark = pytest.mark.database_core
ESTIMATE, ACTUAL = "contra:contractual-estimate", "contra:contractual"


def post(pk: int, *, by: int = 2) -> int:
    from cleanclaim.apps.billing.variances.settlements import post_settlement

    return post_settlement(pk, by=by)


def undo(pk: int, *, on: date = LATER) -> int:
    from cleanclaim.apps.billing.variances.settlements import ask_undo, undo_settlement

    ask_undo(pk, reason="wrong quarter", by=1)
    return undo_settlement(pk, on=on, by=2)


def row(pk: int):
    from cleanclaim.apps.billing.variances.models import TrueUpSettlement

    return TrueUpSettlement.objects.get(pk=pk)


def legs_of(entry_id: int) -> set[tuple]:
    from cleanclaim.apps.shared.ledger.models import Leg

    legs = Leg.objects.filter(entry_id=entry_id)
    return set(legs.values_list("account", "amount", "payer_id", "trace", "entity"))


def test_cash_is_taken_under_its_trace(inside):  # noqa: F811
    pk = prepare(agree().pk)

    entry_id = post(pk)

    own = (ACTUAL, Decimal("-2.08"), payer_id(), f"true-up:{pk}", "")
    assert legs_of(entry_id) == {(CASH, Decimal("2.08"), payer_id(), "T20", ""), own}


def test_cash_of_a_deposited_check_is_nobodys_until_then_and_stays_in_its_entity(inside):  # noqa: F811
    from cleanclaim.apps.shared.ledger.services import post_entries
    from cleanclaim.values.entry import Entry, Leg

    day = date(2026, 12, 18)
    legs = (
        Leg(CASH, Decimal("-5.00"), trace="batch 3/1", entity="north"),
        Leg("asset:bank", Decimal("5.00"), entity="north"),
    )
    post_entries([Entry("receipt", "check", day, day, legs)], by=None)

    entry_id = post(prepare(agree().pk, trace="batch 3/1"))

    assert (CASH, Decimal("2.08"), 0, "batch 3/1", "north") in legs_of(entry_id)
    assert {leg[-1] for leg in legs_of(entry_id)} == {"north"}


@pytest.mark.parametrize(
    ("booked", "more"),
    [
        (None, {"trace": "T99"}),  # nothing under it
        ((CASH, "-2.07", {"trace": "T21"}), {"trace": "T21"}),  # a cent less
        (
            (CASH, "-9.00", {"trace": "T21", "payer_id": 987_654}),
            {"trace": "T21"},
        ),  # another payer's
        (
            (CASH, "-9.00", {"trace": "T21", "on": date(2026, 12, 21)}),
            {"trace": "T21"},
        ),  # came a day later
        ((OWED, "-2.07", {}), {"account": OWED}),
        ((FEES, "2.08", {}), {"account": FEES}),  # kept back: that is none of ours to use
        (None, {"account": FEES, "amount": "-3.36"}),  # the remittance's fee was 3.35
    ],
)
def test_more_than_stands_there_is_refused(inside, booked, more):  # noqa: F811
    if booked:
        account, amount, dimensions = booked
        book(account, amount, **dimensions)
    agreement = agree().pk

    with pytest.raises(StateError, match="stands there on 2026-12-20"):
        prepare(agreement, **more)


def test_what_another_desk_took_meanwhile_is_not_taken_again(inside):  # noqa: F811
    from cleanclaim.apps.shared.ledger.services import Credit, approve_refund

    pk = prepare(agree().pk)
    approve_refund(
        Credit(CASH, payer_id=payer_id(), trace="T20"),
        amount=Decimal("0.01"),
        key="refund",
        effective_on=LATER,
        accounting_on=LATER,
    )
    before = balances()

    with pytest.raises(StateError, match=r"2\.07 stands there"):
        post(pk)
    assert balances() == before


def test_without_the_look_at_what_stands_there_it_would_be_overdrawn(inside, monkeypatch):  # noqa: F811
    """The twin."""
    from cleanclaim.apps.billing.variances import settlements
    from cleanclaim.apps.billing.variances.settlement_money import Money

    def blind(account, trace, amount, *, payer_id, on):
        return Money(account, trace, amount, payer_id)

    monkeypatch.setattr(settlements, "take", blind)

    post(prepare(agree().pk, trace="T99"))

    assert balances()[CASH] == Decimal("2.08")  # a liability above zero: money that never came


def test_it_waits_for_a_refund_of_the_same_cash(inside):  # noqa: F811
    """The lock that refunds and held payments take is taken, by its name."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    pk = prepare(agree().pk)
    with CaptureQueriesContext(
        connection,
    ) as said:
        post(pk)

    wanted = f"credit {CASH}|0|0|{payer_id()}|T20"
    locks = [one["sql"] for one in said if "pg_advisory_xact_lock" in one["sql"]]
    assert any(wanted in sql for sql in locks), locks


def test_what_we_owe_stands_under_its_own_trace_until_the_payer_takes_it(inside):  # noqa: F811
    pk = prepare(agree("dir", "3", "0.25").pk, "-19.69", account=OWED)

    entry_id = post(pk)

    assert (OWED, Decimal("-19.69"), payer_id(), f"true-up:{pk}", "") in legs_of(entry_id)
    book(OWED, "19.69", on=LATER)  # the payer's PLB
    assert OWED not in balances()


def test_what_the_payer_kept_back_as_a_fee_becomes_the_true_up(inside):  # noqa: F811
    post(prepare(agree("dir", "3").pk, "-3.35", account=FEES))

    assert FEES not in balances()


def test_posted_it_is_taken_back_by_two_persons_and_can_be_entered_anew(inside):  # noqa: F811
    from cleanclaim.apps.billing.variances.settlements import ask_undo, undo_settlement
    from cleanclaim.apps.shared.ledger.models import Entry
    from cleanclaim.apps.shared.ledger.selectors import prove

    agreement = agree().pk
    pk = prepare(agreement)
    before = balances()
    post(pk)
    with pytest.raises(StateError, match="nobody asked"):
        undo_settlement(pk, on=LATER, by=2)
    ask_undo(pk, reason="wrong quarter", by=1)
    with pytest.raises(StateError, match="asked by you"):
        undo_settlement(pk, on=LATER, by=1)
    with pytest.raises(StateError, match="asked to take it back already"):
        ask_undo(pk, reason="again", by=3)

    reversal_id = undo_settlement(pk, on=LATER, by=2)

    assert balances() == before
    assert Entry.objects.get(pk=reversal_id).idempotency_key == f"true-up:{pk}:undone"
    assert (row(pk).state, row(pk).reversal_id) == ("undone", reversal_id)
    with pytest.raises(StateError, match="taken back"):
        undo_settlement(pk, on=LATER, by=3)
    with pytest.raises(StateError, match="taken back"):
        post(pk)
    post(prepare(agreement, "1.00", trace="T20", account=CASH, settled_on=LATER))
    assert prove().balanced


def test_without_the_look_at_who_asked_the_database_refuses(inside, monkeypatch):  # noqa: F811
    """The twin: the service takes nobody for the one who asked."""
    from django.db import IntegrityError, transaction

    from cleanclaim.apps.billing.variances import settlements

    class Anybody(int):
        def __eq__(self, other):
            return False

        __hash__ = int.__hash__

    asked = settlements._asked

    def blind(settlement_id):
        one = asked(settlement_id)
        one.undo_asked_by = Anybody(one.undo_asked_by)
        return one

    monkeypatch.setattr(settlements, "_asked", blind)
    pk = prepare(agree().pk)
    post(pk)
    settlements.ask_undo(pk, reason="wrong", by=1)
    before = balances()

    with pytest.raises(IntegrityError, match="true_up_undo_second_person"), transaction.atomic():
        settlements.undo_settlement(pk, on=LATER, by=1)
    assert balances() == before


def test_only_ones_own_is_withdrawn_and_only_ones_own_wish_given_up(inside):  # noqa: F811
    from cleanclaim.apps.billing.variances.settlements import (
        ask_undo,
        refuse_settlement,
        withdraw_settlement,
        withdraw_undo,
    )

    agreement = agree().pk
    pk = prepare(agreement)
    with pytest.raises(StateError, match="somebody else"):
        withdraw_settlement(pk, by=3)
    refuse_settlement(pk, by=3)
    assert row(pk).state == "withdrawn"

    pk = prepare(agreement, trace="T20", account=CASH)
    post(pk)
    ask_undo(pk, reason="wrong", by=1)
    with pytest.raises(StateError, match="somebody else"):
        withdraw_undo(pk, by=3)
    withdraw_undo(pk, by=1)
    assert not row(pk).undo_is_asked


def test_it_counts_from_the_day_on_which_it_is_settled_until_the_day_on_which_it_is_undone(inside):  # noqa: F811
    pk = prepare(agree().pk)
    post(pk)
    undo(pk, on=date(2027, 1, 10))

    def settled(on: date) -> Decimal | None:
        return found(on)[0].settled

    day = timedelta(days=1)
    assert settled(date(2026, 12, 20) - day) is None
    assert settled(date(2026, 12, 20)) == Decimal("2.08")
    assert settled(date(2027, 1, 10) - day) == Decimal("2.08")
    assert settled(date(2027, 1, 10)) is None
    assert accruals(NOVEMBER) != {}
    assert accruals(DECEMBER) == {}
    assert accruals(date(2027, 1, 1)) != {}


def test_an_answer_of_december_changes_nothing_of_november(inside, posted):  # noqa: F811
    """The payment taken back in December counts at November's end as it stood then."""
    from cleanclaim.apps.billing.remittances.services import reverse_posting

    agree()
    reverse_posting(posted[1], on=date(2026, 12, 5), reason="wrong", by=None)

    assert [(one.found.count, one.found.amount) for one in found(END)] == [(2, Decimal("2.08"))]
    assert found(LATER)[0].found.count == 0
    assert found(date(2026, 11, 22))[0].found.count == 0  # posted on the 23rd


def test_a_contract_takes_no_lines_of_one_whose_code_begins_so(inside):  # noqa: F811
    from cleanclaim.apps.billing.contracts.models import Contract
    from cleanclaim.apps.billing.variances.models import Variance
    from cleanclaim.apps.billing.variances.true_ups import agree as keep

    agree()
    Contract.objects.update(code="SUM 2026")
    Variance.objects.update(contract="SUM 2026 v3")
    short = Contract.objects.create(
        payer_id=payer_id(), payer_name="Summit Rx PBM", code="SUM", name="other"
    )
    other = keep(
        short.pk, "ger", percent=Decimal(84), fee=Decimal(1), period="month", clause="",
        valid_from=NOVEMBER, by=1,
    )  # fmt: skip

    assert [one.found.count for one in found()] == [2, 0]
    assert found(agreement_id=other.pk)[0].found.count == 0


def test_a_settlement_of_a_month_that_is_accrued_already_takes_the_accrual_back(inside):  # noqa: F811
    from cleanclaim.apps.billing.variances.true_ups import end_agreement
    from cleanclaim.apps.reports.closing.accruals import due_accruals, post_accrual

    one = agree()
    end_agreement(one.pk, on=summit_day(8), by=1)  # so that it can be settled in November
    [accrual] = [one for one in due_accruals(NOVEMBER) if "True-up" in one.name]
    post_accrual(NOVEMBER, accrual, by=2)
    book(CASH, "-2.08", on=summit_day(25), trace="T25")

    pk = prepare(one.pk, trace="T25", settled_on=END)
    post(pk)

    assert at(END) == (Decimal(0), Decimal("-2.08"))
    assert at(DECEMBER) == (Decimal(0), Decimal("-2.08"))
    undo(pk, on=END)
    [again] = [one for one in due_accruals(NOVEMBER) if "True-up" in one.name]
    post_accrual(NOVEMBER, again, by=2)
    assert at(END) == (Decimal("-2.08"), Decimal(0))
    assert at(DECEMBER) == (Decimal(0), Decimal(0))
    assert post_accrual(NOVEMBER, again, by=2) == post_accrual(NOVEMBER, again, by=2)


def summit_day(day: int) -> date:
    return date(2026, 11, day)


def at(day: date) -> tuple[Decimal, Decimal]:
    """(estimated, actual) contractual adjustments by true-ups, as booked by a day."""
    from cleanclaim.apps.shared.ledger.selectors.sums import sum_legs

    sums = dict(
        sum_legs(
            ("reason",),
            where="leg.account = ANY(%s::text[]) AND leg.reason = ANY(%s::text[]) AND leg.accounting_on <= %s::date",
            parameters=[[ESTIMATE, ACTUAL], ["accrual", "true-up"], day],
        )
    )
    return sums.get("accrual", Decimal(0)), sums.get("true-up", Decimal(0))


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_in_whatever_order_each_month_end_holds_it_once(inside, seed):  # noqa: F811
    """Accrue, settle and undo at random: by every month's end it is estimated or booked, and on the next day only booked."""
    from cleanclaim.apps.billing.variances.settlements import ask_undo, undo_settlement
    from cleanclaim.apps.billing.variances.true_ups import end_agreement
    from cleanclaim.apps.reports.closing.accruals import due_accruals, post_accrual
    from cleanclaim.apps.reports.closing.months import last_of
    from cleanclaim.kernel.dates import next_month

    chance = Random(seed)
    agreement = agree()
    end_agreement(agreement.pk, on=summit_day(8), by=1)
    book(CASH, "-100.00", on=summit_day(8), trace="T1")
    months = [NOVEMBER, DECEMBER, date(2027, 1, 1)]
    standing, began = 0, summit_day(8)

    def accrue(month: date) -> None:
        for one in due_accruals(month):
            if "True-up" in one.name:
                post_accrual(month, one, by=2)

    for _ in range(12):
        act = chance.choice(("accrue", "settle", "undo"))
        if act == "accrue":
            accrue(chance.choice(months))
        elif act == "settle" and not standing:
            began += timedelta(days=chance.randrange(min(20, (LATER - began).days + 1)))
            amount = f"{chance.randrange(1, 500) / 100:.2f}"
            standing = prepare(agreement.pk, amount, account=CASH, trace="T1", settled_on=began)
            post(standing)
        elif act == "undo" and standing:
            began += timedelta(days=chance.randrange(min(20, (LATER - began).days + 1)))
            ask_undo(standing, reason="wrong", by=1)
            undo_settlement(standing, on=began, by=2)
            standing = 0
    for month in months:
        accrue(month)

    for month in months:
        [one] = found(last_of(month))
        settled = one.settled
        expected = (-one.found.amount, Decimal(0)) if settled is None else (Decimal(0), -settled)
        assert at(last_of(month)) == expected, (seed, month)
        booked = at(next_month(month))
        assert booked[0] == 0, (seed, month)
    if not standing:
        assert at(LATER + timedelta(days=1)) == (Decimal(0), Decimal(0))
