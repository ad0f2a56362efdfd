"""The evidence of a close: the checklist as it stood is kept, whatever is posted, typed or opened later."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from cleanclaim.values.entry import Entry, Leg
from tests.apps.billing.desks import browser, demo
from tests.apps.reports.closing.cases import JUNE, MAY, books
from tests.apps.reports.closing.test_filing import text_of
from tests.apps.shared.ledger.cases import services as ledger

pytestmark = pytest.mark.database_core
WAIVED = {"days": "signed on paper", "unapplied": "the patient was asked"}


def unapplied(amount: str, key: str, day: date = MAY) -> None:
    legs = (
        Leg("asset:bank", Decimal(amount)),
        Leg("liability:unapplied-cash", -Decimal(amount)),
    )
    ledger.post_entries([Entry("unapplied", key, day, day, legs)])


def close(month: date = MAY, waivers: dict[str, str] | None = None) -> int:
    from cleanclaim.apps.reports.closing.services import approve, ask

    request_id = ask(month, "close", reason="month-end", by=1, waivers=waivers or WAIVED)
    approve(request_id, by=2)
    return request_id


def reopen(month: date = MAY) -> None:
    from cleanclaim.apps.reports.closing.services import approve, ask

    approve(ask(month, "reopen", reason="late money", by=1), by=2)


def kept(month: date = MAY):
    from cleanclaim.apps.reports.closing.evidence import closings

    return [
        {one.name: (one.passed, one.amount, one.waiver) for one in closing.checks}
        for closing in closings(month)
    ]


def test_a_close_keeps_each_check_with_its_figures_and_waivers(inside) -> None:
    from cleanclaim.apps.reports.closing.evidence import closings

    books()
    unapplied("7.00", "u")

    request_id = close()

    [one] = closings(MAY)
    assert (one.request_id, one.asked_by, one.closed_by, one.reason) == (
        request_id,
        1,
        2,
        "month-end",
    )
    assert one.is_whole and one.closed_at is not None
    [found] = kept()
    assert found["unapplied"] == (False, Decimal("7.00"), "the patient was asked")
    assert found["cut-off"] == (True, Decimal("20.00"), "")
    assert (one.passed, one.waived) == (len(found) - 2, 2)


def test_what_a_month_was_closed_on_stands_when_it_is_closed_again(inside) -> None:
    from cleanclaim.apps.reports.closing.evidence import closings, standing

    books()
    unapplied("7.00", "u")
    close()
    reopen()
    unapplied("2.00", "v")
    assert standing(MAY, closings(MAY)) is None
    close()

    last, first = kept()

    assert (last["unapplied"][1], first["unapplied"][1]) == (Decimal("9.00"), Decimal("7.00"))
    found = closings(MAY)
    assert standing(MAY, found) is found[0]


@pytest.mark.parametrize("statement", ["UPDATE closing_keptchecklist SET checks = '[]'", "DELETE FROM closing_keptchecklist"])  # fmt: skip
def test_nothing_changes_what_was_kept(inside, statement) -> None:
    """The database itself refuses, whatever a program asks."""
    books()
    close(waivers={"days": "signed on paper"})

    refused = pytest.raises(DatabaseError, match=r"permission denied|append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert len(kept()[0]) == 16


@pytest.fixture
def desk(practice):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        books()
        unapplied("7.00", "u")
    with demo():
        yield [browser(practice, "Billing lead", name=name) for name in ("Ada", "Bea")]


def close_at_the_desk(practice: int, desk) -> int:
    from cleanclaim.apps.reports.closing.models import CloseRequest
    from cleanclaim.apps.shared.tenancy.context import tenant

    ada, bea = desk
    waived = {f"waive-{name}": words for name, words in WAIVED.items()}
    ada.post("/close/2026-5/ask/", {"verb": "close", "reason": "month-end", **waived})
    with tenant(practice):
        pk = CloseRequest.objects.latest("id").pk
    bea.post(f"/close/requests/{pk}/approve/")
    return int(pk)


def sections(page: str) -> tuple[str, str]:
    """The kept checklist and the live one, as a page shows them."""
    kept, _, now = page.partition("Checklist as of now</h2>")
    return kept, now


def test_a_closed_month_shows_what_it_was_closed_on_beside_the_state_of_now(practice, desk) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    close_at_the_desk(practice, desk)
    with tenant(practice):
        legs = (
            Leg("liability:unapplied-cash", Decimal("7.00")),
            Leg("asset:bank", Decimal("-7.00")),
        )
        ledger.post_entries([Entry("unapplied", "back", MAY, JUNE, legs)])

    page = desk[0].get("/close/2026-5/").content.decode()

    then, now = sections(page)
    assert "Checklist at the closing" in then and "unapplied 7.00" in then
    assert "signed on paper" in then and "the patient was asked" in then
    assert re.search(r"Closed by Bea .* asked by Ada .*: month-end\.", then)
    assert "as it was kept" in then and "asked now" in now
    assert "27.00" in now and "27.00" not in then  # what came late has grown since
    for query in ("pdf=1", "pdf=1&now=1"):
        words = text_of(desk[0].get(f"/close/2026-5/?{query}").content)
        assert "Checklist at the closing" in words and "the patient was asked" in words
        assert words.index("Checklist at the closing") < words.index("Checklist as of now")
    filed, live = (desk[0].get(f"/close/2026-5/?xlsx={which}") for which in ("1", "now"))
    assert 'filename="close-2026-05.xlsx"' in filed["Content-Disposition"]
    assert 'filename="close-2026-05-now.xlsx"' in live["Content-Disposition"]


def test_an_earlier_close_opens_from_its_request(practice, desk) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    first = close_at_the_desk(practice, desk)
    with tenant(practice):
        reopen()

    opened = desk[0].get("/close/2026-5/").content.decode()
    shown = desk[0].get(f"/close/2026-5/?closing={first}").content.decode()

    assert f"?closing={first}" in opened and "at the closing" not in opened
    assert "the patient was asked" in shown
    assert desk[0].get("/close/2026-5/?closing=999999").status_code == 400


def test_a_large_ledger_shows_what_is_kept_at_once(practice, desk, monkeypatch) -> None:
    from cleanclaim.apps.reports.closing import views

    close_at_the_desk(practice, desk)
    monkeypatch.setattr(views, "SHOWN_AT_ONCE", 2)

    page = desk[0].get("/close/2026-5/").content.decode()

    assert "Adding up every leg" in page and "the patient was asked" in page


def test_an_old_close_says_that_its_figures_were_not_kept(practice, desk) -> None:
    """As a close from before checklists were kept: its request has words, or nothing at all."""
    from cleanclaim.apps.reports.closing.models import CloseRequest, State
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        ledger.close_period(MAY, by=1)
        row = CloseRequest.objects.create(
            month=MAY, verb="close", state=State.APPROVED, reason="month-end", requested_by=1, decided_by=2,
            checks=[["unapplied", False, "unapplied 7.00"], ["gone", True, "0 of it"]], waivers={"unapplied": "old words"},
        )  # fmt: skip
    words = desk[0].get("/close/2026-5/").content.decode()
    with tenant(practice):
        CloseRequest.objects.filter(pk=row.pk).update(checks=[])
    bare = desk[0].get("/close/2026-5/").content.decode()

    assert "before checklists were kept whole" in words and "amounts are not" in words
    assert "old words" in words and "Is all cash applied?" in words and "0 of it" in words
    assert "before checklists were kept with the close: there is none" in bare


def test_a_month_closed_by_a_later_one_has_no_checklist_of_its_own(practice, desk) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        ledger.close_period(JUNE, by=1)

    page = desk[0].get("/close/2026-5/").content.decode()

    assert "closed with June 2026; nobody closed it by itself" in page
