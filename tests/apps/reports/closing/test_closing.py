"""The close: checklist, second person, accruals with their reversal, roll-forward, journal, population."""

import csv
import io
from datetime import date
from decimal import Decimal
from threading import Thread, current_thread, main_thread

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import total
from cleanclaim.values.entry import Entry, Leg
from tests.apps.reports.closing.cases import JUNE, MAY, books
from tests.apps.shared.ledger.cases import services as ledger

pytestmark = pytest.mark.database_core


@pytest.fixture
def inside(practice: int):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        yield practice


SIGNED_ELSEWHERE = {"days": "signed on paper"}  # the daily proof has tests of its own


def ask(month: date = MAY, verb: str = "close", *, by: int | None = 1, **waivers: str) -> int:
    from cleanclaim.apps.reports.closing.services import ask

    return ask(month, verb, reason="month-end", by=by, waivers={**SIGNED_ELSEWHERE, **waivers})


def approve(request_id: int, *, by: int | None = 2) -> None:
    from cleanclaim.apps.reports.closing.services import approve

    approve(request_id, by=by)


def close(month: date = MAY) -> None:
    approve(ask(month))


def _checklist(month: date = MAY):
    from cleanclaim.apps.reports.closing.checks import checklist

    return checklist(month)


def checks(month: date = MAY) -> dict[str, tuple[bool, Decimal]]:
    return {one.name: (one.result.passed, one.result.amount) for one in _checklist(month)}


def test_a_clean_month_passes_every_check_and_names_what_came_late(inside) -> None:
    books()

    found = checks()

    assert [name for name, (passed, _) in found.items() if not passed] == ["days"]
    assert found["cut-off"] == (True, Decimal("20.00"))


def test_money_that_is_awaited_is_to_do(inside) -> None:
    books()
    legs = (
        Leg("asset:remit-clearing", Decimal("7.00")),
        Leg("liability:unapplied-cash", Decimal("-7.00")),
    )
    ledger.post_entries([Entry("unapplied", "u", MAY, MAY, legs)])

    found = checks()

    assert {name for name, (passed, _) in found.items() if not passed} == {
        "clearing",
        "days",
        "unapplied",
    }
    assert found["clearing"] == (False, Decimal("7.00"))


def test_two_persons_close_a_month_and_two_open_it_again(inside) -> None:
    from cleanclaim.apps.reports.closing.models import CloseRequest
    from cleanclaim.apps.shared.ledger.selectors import is_closed

    books()
    request_id = ask(by=1)
    with pytest.raises(StateError, match="made by you"):
        approve(request_id, by=1)
    assert not is_closed(MAY)
    approve(request_id, by=2)
    assert is_closed(MAY)
    with pytest.raises(StateError, match="closed already"):
        ask()
    back = ask(verb="reopen", by=2)
    approve(back, by=1)
    assert not is_closed(MAY)
    row = CloseRequest.objects.get(pk=request_id)
    assert (row.requested_by, row.decided_by) == (1, 2)
    assert ["proof", True] in [one[:2] for one in row.checks]


def test_the_database_holds_the_second_person_by_itself(inside) -> None:
    """The twin of the service's own check: without it the constraint refuses."""
    from django.db import IntegrityError

    from cleanclaim.apps.reports.closing.models import CloseRequest

    books()
    request_id = ask(by=1)

    with pytest.raises(IntegrityError, match="close_request_second_person"):
        CloseRequest.objects.filter(pk=request_id).update(state="approved", decided_by=1)


def test_an_unpassed_check_needs_a_reason_and_is_asked_again_at_approval(inside) -> None:
    books()
    legs = (Leg("asset:remit-clearing", Decimal("7.00")), Leg("income:interest", Decimal("-7.00")))
    ledger.post_entries([Entry("interest", "i", MAY, MAY, legs)])

    with pytest.raises(InputError, match=r"1 checks of 2026-05 did not pass: clearing \(awaited"):
        ask()
    waived = ask(clearing="the bank is a day late")
    more = (Leg("asset:bank", Decimal("3.00")), Leg("liability:unapplied-cash", Decimal("-3.00")))
    ledger.post_entries([Entry("unapplied", "u", MAY, MAY, more)])

    with pytest.raises(StateError, match="unapplied does not pass now"):
        approve(waived)


def test_a_request_is_decided_once(inside) -> None:
    from cleanclaim.apps.reports.closing.services import refuse, withdraw

    books()
    first = ask()
    with pytest.raises(StateError, match="waits for its decision"):
        ask(by=3)
    with pytest.raises(StateError, match="is not yours"):
        withdraw(first, by=2)
    with pytest.raises(InputError, match="the reason is empty"):
        refuse(first, by=2, words=" ")
    refuse(first, by=2, words="wait for the bank")
    with pytest.raises(StateError, match="is refused already"):
        approve(first)
    second = ask()
    withdraw(second, by=1)
    close()


def accrual(amount: str = "12.34", **more: str):
    from cleanclaim.apps.reports.closing.accruals import Accrual

    given = {"name": "expected", "debit": "contra:contractual-estimate", "credit": "allowance:contractual-estimate", **more}  # fmt: skip
    return Accrual(amount=Decimal(amount), **given)


def test_an_accrual_is_taken_back_on_the_first_of_the_next_month(inside) -> None:
    from cleanclaim.apps.reports.closing.accruals import post_accrual
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    post_accrual(MAY, accrual(), by=1)
    post_accrual(MAY, accrual(), by=1)

    def balance(day: date) -> Decimal:
        return account_balances(accounting_on=day).get("allowance:contractual-estimate", Decimal(0))

    assert [balance(d) for d in (date(2026, 5, 30), date(2026, 5, 31), JUNE)] == [
        Decimal(0), Decimal("-12.34"), Decimal(0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "amount", "message"),
    [
        ({"debit": "receivable:patient"}, "1.00", "holds open items"),
        ({"credit": "asset:gold"}, "1.00", "not in the chart"),
        ({"name": " "}, "1.00", "no name"),
        ({}, "0.00", "expected whole cents"),
        ({}, "0.005", "expected whole cents"),
        ({}, "10000000000000.00", "below a trillion dollars"),
        ({"debit": "allowance:contractual-estimate"}, "1.00", "to itself"),
        *(
            ({"credit": code}, "1.00", "is no account of estimates")
            for code in (
                "asset:bank", "asset:remit-clearing", "asset:card-clearing", "asset:deposits-in-transit",
                "asset:due-from-entity", "liability:due-to-entity", "liability:unidentified-cash",
                "liability:unapplied-cash", "liability:patient-prepayment", "liability:refund-payable",
                "liability:refund-checks-outstanding", "equity:opening-balance", "asset:claims-bank",
            )
        ),
    ],
)  # fmt: skip
def test_a_wrong_accrual_is_refused(inside, more, amount, message) -> None:
    from cleanclaim.apps.reports.closing.accruals import post_accrual

    with pytest.raises(InputError, match=message):
        post_accrual(MAY, accrual(amount, **more), by=1)


def test_a_typed_accrual_is_posted_by_a_second_person_only(inside) -> None:
    from cleanclaim.apps.reports.closing import typed_accruals
    from cleanclaim.apps.reports.closing.population import approvals
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    fees = accrual("500.00", name="fees", debit="expense:bank-fees", credit="liability:accrued-expenses")  # fmt: skip
    asked = typed_accruals.ask_for_accrual(MAY, fees, by=1)
    waiting = checks()["approvals"][0]
    with pytest.raises(StateError, match="was made by you"):
        typed_accruals.approve_accrual(asked, by=1)
    with pytest.raises(StateError, match="waits for its decision"):
        typed_accruals.ask_for_accrual(MAY, fees, by=2)
    before = account_balances(accounting_on=date(2026, 5, 31))
    typed_accruals.approve_accrual(asked, by=2)

    after = [account_balances(accounting_on=day) for day in (date(2026, 5, 31), JUNE)]
    found = [books_.get("expense:bank-fees", Decimal(0)) for books_ in (before, *after)]
    assert found == [Decimal(0), Decimal("500.00"), Decimal(0)]
    assert (waiting, checks()["approvals"][0]) == (False, True)
    with pytest.raises(StateError, match="is approved already"):
        typed_accruals.approve_accrual(asked, by=3)
    today = timezone.localdate()
    [listed] = [one for one in approvals(today, today) if one.kind == "Accrual"]
    assert (listed.prepared_by, listed.approved_by, listed.amount) == (1, 2, Decimal("500.00"))


def test_the_database_itself_has_a_typed_accrual_approved_by_another(inside) -> None:
    """The twin: the rule of the service taken away."""
    from django.db import IntegrityError, transaction

    from cleanclaim.apps.reports.closing import typed_accruals
    from cleanclaim.apps.reports.closing.models import AccrualRequest

    asked = typed_accruals.ask_for_accrual(MAY, accrual(), by=1)
    row = AccrualRequest.objects.filter(pk=asked)

    for nobody_else in (1, None):
        with pytest.raises(IntegrityError, match="accrual_request_second_person"), transaction.atomic():  # fmt: skip
            row.update(state="approved", decided_by=nobody_else)


def test_a_typed_accrual_is_refused_or_withdrawn_and_then_asked_for_anew(inside) -> None:
    from cleanclaim.apps.reports.closing import typed_accruals

    refused = typed_accruals.ask_for_accrual(MAY, accrual(), by=1)
    with pytest.raises(InputError, match="the reason is empty"):
        typed_accruals.refuse_accrual(refused, by=2, words=" ")
    typed_accruals.refuse_accrual(refused, by=2, words="too much")
    withdrawn = typed_accruals.ask_for_accrual(MAY, accrual(), by=1)
    with pytest.raises(StateError, match="is not yours"):
        typed_accruals.withdraw_accrual(withdrawn, by=2)
    typed_accruals.withdraw_accrual(withdrawn, by=1)

    assert typed_accruals.ask_for_accrual(MAY, accrual(), by=1) > withdrawn


def test_a_source_makes_its_accrual_due_until_it_is_posted(inside, monkeypatch) -> None:
    from cleanclaim.apps.reports.closing import accruals

    monkeypatch.setitem(accruals._sources, "test", lambda day: [accrual()])

    assert checks()["accruals"] == (False, Decimal("12.34"))
    accruals.post_accrual(MAY, accrual(), by=1)
    assert checks()["accruals"][0]


def roll(since: date, until: date, group: str = "receivable"):
    from cleanclaim.apps.reports.closing.rollforward import roll_forward

    return roll_forward(since, until, group=group)


def test_receivables_roll_forward_by_month_and_by_day(inside) -> None:
    books()

    may, day = roll(MAY, date(2026, 5, 31)), roll(date(2026, 6, 3), date(2026, 6, 3))

    assert (may.opening, may.closing) == ((Decimal("0.00"),), (Decimal("40.00"),))
    assert [(one.kind, one.amounts) for one in may.movements] == [
        ("charge", (Decimal("100.00"),)), ("payment", (Decimal("-60.00"),)),
    ]  # fmt: skip
    assert (day.opening, day.closing) == ((Decimal("40.00"),), (Decimal("20.00"),))
    assert may.difference == day.difference == 0


@pytest.mark.parametrize(
    ("since", "until", "group", "message"),
    [(JUNE, MAY, "all", "on or before the last"), (MAY, JUNE, "gold", "expected one of")],
)
def test_a_roll_forward_that_makes_no_sense_is_refused(
    inside, since, until, group, message
) -> None:
    with pytest.raises(InputError, match=message):
        roll(since, until, group)


moves = st.lists(
    st.tuples(
        st.dates(date(2026, 4, 1), date(2026, 7, 31)),
        st.integers(1, 50_000),
        st.sampled_from(["bank>income", "income>bank", "clearing>unapplied"]),
    ),
    max_size=12,
)
PAIRS = {
    "bank>income": ("asset:bank", "income:interest"),
    "income>bank": ("income:interest", "asset:bank"),
    "clearing>unapplied": ("asset:remit-clearing", "liability:unapplied-cash"),
}


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    moves=moves, days=st.tuples(st.dates(date(2026, 4, 1), date(2026, 7, 31)), st.integers(0, 60))
)
def test_any_books_roll_forward_over_any_days(practice, moves, days) -> None:
    from django.db import transaction

    from cleanclaim.apps.shared.tenancy.context import tenant

    since = days[0]
    until = date.fromordinal(since.toordinal() + days[1])
    with tenant(practice):
        savepoint = transaction.savepoint()
        for number, (day, cents, pair) in enumerate(moves):
            debit, credit = PAIRS[pair]
            amount = Decimal(cents) / 100
            legs = (Leg(debit, amount), Leg(credit, -amount))
            ledger.post_entries([Entry("interest", f"p{number}", day, day, legs)])
        found = roll(since, until, "all")
        expected = {
            account: total(
                Decimal(cents) / 100 * (1 if PAIRS[pair][0] == account else -1)
                for day, cents, pair in moves
                if account in PAIRS[pair] and day <= until
            )
            for account in found.accounts
        }
        transaction.savepoint_rollback(savepoint)

    assert found.difference == 0
    assert dict(zip(found.accounts, found.closing, strict=True)) == expected


def export(form: str, month: date = MAY):
    from cleanclaim.apps.reports.closing.journal import export_journal

    return export_journal(month, form, by=1)


def rows_of(journal) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(bytes(journal.content).decode())))


@pytest.mark.parametrize(
    ("form", "debit", "credit", "lines"),
    [
        ("csv", "debit", "credit", 6),
        ("gl", "debit", "credit", 6),
        ("oracle", "ENTERED_DR", "ENTERED_CR", 6),
    ],
)
def test_a_closed_month_is_exported_once_with_the_ledgers_totals(
    inside, form, debit, credit, lines
) -> None:
    books()
    with pytest.raises(StateError, match="2026-05 is open"):
        export(form)
    close()

    journal, again = export(form), export(form)

    rows = rows_of(journal)
    sums = [total(Decimal(row[name]) for row in rows if row[name]) for name in (debit, credit)]
    assert sums == [journal.debit, journal.credit] == [Decimal("220.00"), Decimal("220.00")]
    assert (len(rows), journal.line_count, journal.entry_count) == (lines, lines, 3)
    assert again.pk == journal.pk


def test_what_comes_after_a_reopening_goes_out_in_a_journal_of_its_own(inside) -> None:
    books()
    close()
    first = export("csv")
    approve(ask(verb="reopen"))
    legs = (Leg("asset:bank", Decimal("5.00")), Leg("income:interest", Decimal("-5.00")))
    ledger.post_entries([Entry("interest", "late", MAY, MAY, legs)])
    close()

    second = export("csv")

    assert second.pk != first.pk
    assert (second.entry_count, second.debit) == (1, Decimal("5.00"))


def test_codes_of_the_ledger_outside_go_into_the_journal(inside) -> None:
    from cleanclaim.apps.reports.closing.journal import draft_journal, save_code

    books()
    save_code("asset:bank", "1000-00", by=1)

    rows = list(csv.DictReader(io.StringIO(draft_journal(MAY, "oracle").content.decode())))

    assert "1000-00" in {row["SEGMENT2"] for row in rows}
    assert {row["GROUP_ID"] for row in rows} == {"202605"}
    with pytest.raises(InputError, match="not in the chart"):
        save_code("asset:gold", "1", by=1)
    save_code("asset:bank", " ", by=1)
    assert b"1000-00" not in draft_journal(MAY, "oracle").content


def test_nobody_posts_between_the_checklist_and_the_close(practice: int, monkeypatch) -> None:
    """While the checks are asked another connection posts in the month: it waits, and would find the month closed."""
    from cleanclaim.apps.reports.closing import services
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        books()
        request_id = ask()
    asked, found = services.checklist, {}

    def checklist(month: date):
        answer = asked(month)
        for posted_on in (MAY, JUNE):
            thread = Thread(target=_post_meanwhile, args=(practice, posted_on, found))
            thread.start()
            thread.join()
        return answer

    monkeypatch.setattr(services, "checklist", checklist)

    with tenant(practice):
        approve(request_id)

    assert found == {MAY: "waits", JUNE: "posted"}
    _post_meanwhile(practice, date(2026, 5, 2), found)
    assert "the accounting month 2026-05 is closed" in found[date(2026, 5, 2)]


def _post_meanwhile(practice: int, day: date, found: dict[date, str]) -> None:
    from django.db import DatabaseError, connection
    from django.db.utils import OperationalError

    from cleanclaim.apps.shared.tenancy.context import tenant

    legs = (Leg("asset:bank", Decimal("1.00")), Leg("income:interest", Decimal("-1.00")))
    try:
        with tenant(practice):
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = 500")
            ledger.post_entries([Entry("interest", f"meanwhile-{day}", day, day, legs)])
        found[day] = "posted"
    except OperationalError:
        found[day] = "waits"
    except (DatabaseError, StateError) as error:
        found[day] = str(error)
    finally:
        if current_thread() is not main_thread():
            connection.close()


def test_a_day_whose_proof_two_persons_signed_is_done_until_it_changes(inside) -> None:
    from cleanclaim.apps.billing.deposits.daily import prove_day
    from cleanclaim.apps.billing.deposits.models import DaySignature
    from tests.apps.billing.deposits.bank import bring

    books()
    days = [date(2026, 5, 20), date(2026, 5, 22)]

    def sign(place: str, digest: str = "") -> None:
        for day in days:
            DaySignature.objects.create(
                day=day, place=place, by=1, by_name="Ada", figures={}, pdf=b"",
                digest=digest or prove_day(day).digest,
            )  # fmt: skip

    sign("prepared")
    prepared = checks()["days"][0]
    sign("approved", digest="0" * 64)  # of other figures
    others = checks()["days"][0]
    sign("approved")
    approved = checks()["days"][0]
    bring((days[1], "5.00", "FOUND LATER"), on=date(2026, 6, 2))
    [words] = [one.result.words for one in _checklist() if one.name == "days"]

    assert (prepared, others, approved) == (False, False, True)
    assert words == (
        "0 days without an approved daily proof; 1 day changed since, the first is 2026-05-22"
    )


def test_contracts_make_their_estimate_due(inside, monkeypatch) -> None:
    from cleanclaim.apps.billing.variances.selectors import Estimate
    from cleanclaim.apps.reports.closing import accruals

    found = [
        Estimate(1, Decimal("100.00"), Decimal("30.00")),
        Estimate(2, Decimal("50.00"), Decimal("5.50")),
    ]
    monkeypatch.setattr(accruals, "expected_contractual", lambda *, as_of: found)

    [due] = accruals.due_accruals(MAY)

    assert (due.debit, due.credit, due.amount) == (
        "contra:contractual-estimate", "allowance:contractual-estimate", Decimal("35.50"),
    )  # fmt: skip


def test_a_refund_waits_at_the_close_and_is_in_the_population(inside) -> None:
    from cleanclaim.apps.billing.adjustments.models import Refund
    from cleanclaim.apps.reports.closing.checks import Month, _approvals
    from cleanclaim.apps.reports.closing.population import approvals

    day = date(2026, 7, 9)
    row = Refund.objects.create(
        account="liability:patient-prepayment", amount=Decimal("15.00"), cause="prepaid", words="Paid in advance",
        owner="patient", owner_id=1, program="patient", identified_by=1, identified_on=day, due_on=day,
        citation="own policy", clock="30 days", state="waiting", requested_by=1,
    )  # fmt: skip
    month = Month(date(2026, 7, 1))

    waiting = _approvals(month)
    Refund.objects.filter(pk=row.pk).update(state="approved", approved_by=2, approved_on=day)

    assert waiting.words == "1 request not decided"
    assert _approvals(month).passed
    [listed] = [one for one in approvals(month.first, day) if one.kind == "Refund"]
    assert (listed.prepared_by, listed.approved_by, listed.is_apart) == (1, 2, True)
