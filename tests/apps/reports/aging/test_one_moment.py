"""What is posted between two reads of one report never looks like a difference that nobody can explain."""

import argparse
import json
from contextlib import nullcontext
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.apps.billing.desks import browser, demo
from tests.apps.shared.ledger.cases import at_once, charged_item
from tests.project.api.conftest import Api

pytestmark = pytest.mark.database_core
ON = date(2026, 5, 31)


@pytest.fixture
def between(practice, monkeypatch):
    """What was charged by somebody else, on a connection of its own, right after each read of the aging."""
    from cleanclaim.apps.reports.aging import questions
    from cleanclaim.apps.reports.closing import checks
    from cleanclaim.apps.shared.tenancy.context import tenant

    real, posted = questions.aging, []

    def elsewhere() -> int:
        with tenant(practice):
            return charged_item("70.00", on=date(2026, 5, 20))

    def aging(view):
        rows = real(view)
        if len(posted) < 1:
            [item] = at_once([elsewhere])
            assert isinstance(item, int), item
            posted.append(item)
        return rows

    with tenant(practice):
        charged_item("100.00", on=date(2026, 5, 4))
    monkeypatch.setattr(questions, "aging", aging)
    monkeypatch.setattr(checks, "aging", aging)
    return posted


def tied(practice: int, enter) -> tuple[Decimal, Decimal, Decimal]:
    from cleanclaim.apps.reports.aging import questions

    view = questions.View(on=ON)
    with enter(practice):
        found = questions.tie(view, questions.aging(view))
    return found.aging, found.books, found.difference


def test_in_one_snapshot_aging_and_books_are_of_one_moment(practice, between):
    from cleanclaim.apps.shared.tenancy.context import tenant_in_one_snapshot

    assert tied(practice, tenant_in_one_snapshot) == (Decimal("100.00"), Decimal("100.00"), 0)
    assert len(between) == 1
    assert tied(practice, tenant_in_one_snapshot) == (Decimal("170.00"), Decimal("170.00"), 0)


def test_without_the_snapshot_a_difference_shows_that_is_none(practice, between):
    """The twin."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    assert tied(practice, tenant) == (Decimal("100.00"), Decimal("170.00"), Decimal("-70.00"))


def test_the_snapshot_ends_with_its_transaction_and_keeps_the_tenant(practice, plan):
    from django.db import connection

    from cleanclaim.apps.shared.tenancy.context import (
        current_tenant,
        tenant,
        tenant_in_one_snapshot,
    )

    def level() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('transaction_isolation')")
            return cursor.fetchone()[0]

    with tenant_in_one_snapshot(practice), tenant_in_one_snapshot(practice):
        assert (level(), current_tenant()) == ("repeatable read", practice)
    with tenant(plan):
        assert (level(), current_tenant()) == ("read committed", plan)
        with tenant_in_one_snapshot(plan):
            assert level() == "read committed"


def the_api(practice: int) -> Api:
    from cleanclaim.apps.shared.api.tokens import create_token
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.users.permissions import Permission

    with tenant(practice):
        token = create_token(
            name="test",
            scopes=[Permission.ACCOUNTS_READ.value],
            expires_at=timezone.now() + timedelta(days=1),
            user=None,
        )
    return Api(practice, token.secret)


def test_the_page_the_api_and_the_command_ask_in_one_snapshot(
    practice, between, monkeypatch, capsys
):
    from cleanclaim.project import setup
    from cleanclaim.project.cli import aging as command

    with demo():
        lead = browser(practice, "Billing lead")
        session = lead.session
        session["as_of"] = [ON.isoformat(), ""]
        session.save()
        page = lead.get("/aging/").content.decode()
    assert len(between) == 1
    assert "100.00" in page and "170.00" not in page

    between.clear()
    body = the_api(practice).get(f"/aging?effective_on={ON}").json()
    assert len(between) == 1
    assert (body["aging"], body["books"], body["difference"]) == ("170.00", "170.00", "0.00")

    between.clear()
    monkeypatch.setattr(setup, "open_django", lambda home, **_: nullcontext())
    parser = argparse.ArgumentParser()
    parser.set_defaults(home=None)
    command.add_arguments(parser)
    status = command.run(parser.parse_args(["--as-of", ON.isoformat(), "--json"]))
    assert len(between) == 1
    assert (status, json.loads(capsys.readouterr().out)["organizations"][0]["difference"]) == (
        0, "0.00",
    )  # fmt: skip


def found(practice: int, enter) -> tuple[bool, str]:
    from cleanclaim.apps.reports.closing.checks import checklist

    with enter(practice):
        result = next(one.result for one in checklist(date(2026, 5, 1)) if one.name == "subledger")
    return result.passed, result.words


def test_the_check_of_a_close_passes_while_somebody_posts(practice, between):
    """A close is asked for under locks, where a snapshot would hide what they waited for: the check looks again."""
    from cleanclaim.apps.shared.tenancy.context import tenant, tenant_in_one_snapshot

    assert found(practice, tenant) == (
        True,
        "open items 170.00, books 170.00; 0 entries booked elsewhere, each named on Aging as of the day",
    )
    between.clear()
    assert found(practice, tenant_in_one_snapshot) == (
        True, "open items 170.00, books 170.00; 0 entries booked elsewhere, each named on Aging as of the day",
    )  # fmt: skip


def test_without_the_second_look_the_close_fails_for_no_fault(practice, between, monkeypatch):
    """The twin."""
    from cleanclaim.apps.reports.closing import settled
    from cleanclaim.apps.shared.tenancy.context import tenant

    monkeypatch.setattr(settled, "TRIES", 1)

    assert found(practice, tenant)[0] is False


def test_a_true_difference_is_not_looked_away(practice, between, monkeypatch):
    from cleanclaim.apps.reports.closing import checks
    from cleanclaim.apps.shared.tenancy.context import tenant

    looks = []
    monkeypatch.setattr(checks, "aging", lambda view: looks.append(view) or [])

    assert found(practice, tenant)[0] is False
    assert len(looks) == 1
