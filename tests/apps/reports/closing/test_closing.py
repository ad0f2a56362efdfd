"""The close: checklist, second person, accruals with their reversal, roll-forward, journal, population."""

from datetime import date
from decimal import Decimal
from threading import Thread, current_thread, main_thread

import pytest
from django.utils import timezone

from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.values.entry import Entry, Leg
from tests.apps.reports.closing.cases import JUNE, MAY, books
from tests.apps.shared.ledger.cases import services as ledger

pytestmark = pytest.mark.database_core
APRIL = date(2026, 4, 1)
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


def test_a_month_before_it_that_is_open_is_to_do(inside) -> None:
    books()
    legs = (Leg("asset:bank", Decimal("5.00")), Leg("income:interest", Decimal("-5.00")))
    ledger.post_entries([Entry("interest", "i", APRIL, APRIL, legs)])

    def earlier() -> tuple[bool, str]:
        [one] = [one.result for one in _checklist() if one.name == "earlier"]
        return one.passed, one.words

    assert earlier() == (
        False,
        "1 earlier month with entries not closed, the first is April 2026",
    )
    with pytest.raises(InputError, match="earlier"):
        ask()
    ledger.close_period(APRIL, by=1)
    assert earlier() == (True, "0 earlier months with entries not closed")


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

    with pytest.raises(
        InputError,
        match=r"^1 check of 2026-05 did not pass, .* clearing: Has the money of every remittance come\? awaited",
    ):
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


def test_nobody_posts_between_the_checklist_and_the_close(practice: int, monkeypatch) -> None:
    """While the checks are asked others post in the month, and in one before it: they wait, and would find it closed."""
    from cleanclaim.apps.reports.closing import services
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        books()
        request_id = ask()
    asked, found = services.checklist, {}

    def checklist(month: date):
        answer = asked(month)
        for posted_on in (APRIL, MAY, JUNE):
            thread = Thread(target=_post_meanwhile, args=(practice, posted_on, found))
            thread.start()
            thread.join()
        return answer

    monkeypatch.setattr(services, "checklist", checklist)

    with tenant(practice):
        approve(request_id)

    assert found == {APRIL: "waits", MAY: "waits", JUNE: "posted"}
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
        "0 days without an approved daily proof; 1 day changed since, the first is May 22, 2026"
    )
    assert [one.result.href for one in _checklist() if one.name == "days"] == [
        "/daily-proof/?day=2026-05-22"
    ]


def test_a_check_opens_its_figures_as_of_the_month(inside) -> None:
    """Not as of today, where the same page says other amounts."""
    found = {one.name: one.result.href for one in _checklist()}

    assert found["clearing"] == "/ledger/accounts/asset:remit-clearing/?to=2026-05-31"
    assert found["unapplied"] == "/ledger/accounts/liability:unapplied-cash/?to=2026-05-31"
    assert found["roll-forward"] == (
        "/close/roll-forward/?from=2026-05-01&to=2026-05-31&accounts=all"
    )
    assert found["subledger"] == found["cut-off"] == "/aging/?beside=2026-05-31"
    [running] = [one for one in _checklist(date(2999, 1, 1)) if one.name == "subledger"]
    assert running.result.href == "/aging/"


def test_days_approved_with_money_out_not_explained_are_named_to_the_lead(inside) -> None:
    from cleanclaim.apps.billing.deposits.daily import prove_day
    from cleanclaim.apps.billing.deposits.models import DaySignature
    from cleanclaim.apps.reports.closing.population import approvals

    books()
    days = [date(2026, 5, 20), date(2026, 5, 22)]
    for place, by, amount, reason in (
        ("prepared", 1, "45.00", "bank called"),
        ("approved", 2, "45.00", "seen"),
    ):
        for day in days:
            DaySignature.objects.create(
                day=day, place=place, by=by, by_name="Ada", figures={}, pdf=b"", digest=prove_day(day).digest,
                not_explained=Decimal(amount) if day == days[1] else 0,
                reason=reason if day == days[1] else "",
            )  # fmt: skip

    [found] = [one.result for one in _checklist() if one.name == "days"]
    today = timezone.localdate()
    listed = [one for one in approvals(today, today) if one.kind == "Daily proof"]

    assert found.passed
    assert found.words.endswith(
        "; 1 day approved with money out not explained, the first is May 22, 2026 (45.00: seen)"
    )
    assert [(one.subject, one.prepared_by, one.approved_by, one.amount) for one in listed] == [
        ("proof of 2026-05-20", 1, 2, None),
        ("proof of 2026-05-22, not explained: seen", 1, 2, Decimal("45.00")),
    ]


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
