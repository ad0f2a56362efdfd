"""T03: fail at the n-th statement, for every n: what was begun is undone whole, and then done once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.apps.billing import world as billing
from tests.apps.payer import world as payer

MOST_STATEMENTS = 400
Action = Callable[[], object]


class Cut:
    """An execute wrapper that fails at the n-th statement, before or after it has run."""

    def __init__(self, number: int, *, after: bool) -> None:
        self.number, self.after, self.seen = number, after, 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        from django.db import OperationalError

        self.seen += 1
        if self.seen != self.number:
            return execute(sql, params, many, context)
        if self.after:
            execute(sql, params, many, context)
        raise OperationalError(f"cut at statement {self.number}")


def picture(organization_id: int) -> dict[str, tuple[int, str]]:
    """{table: (rows, digest of all of them)} of one tenant."""
    from django.apps import apps
    from django.db import connection

    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.tenancy.models import TenantModel

    tables = [m._meta.db_table for m in apps.get_models() if issubclass(m, TenantModel)]
    found = {}
    with tenant(organization_id), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{table}\" t"
            )
            found[table] = cursor.fetchone()
    return found


@contextmanager
def no_commit() -> Iterator[None]:
    """The server is gone when it should commit."""
    from django.db import OperationalError, connection

    def refuse() -> None:
        raise OperationalError("cut at commit")

    connection.commit = refuse
    try:
        yield
    finally:
        del connection.commit


def try_every_point(organization_id: int, action: Action, *, after: bool) -> int:
    """Cut the action at each statement and at its commit until it goes through; how many statements."""
    from django.db import OperationalError, connection

    from cleanclaim.apps.shared.tenancy.context import tenant

    before = picture(organization_id)

    def run() -> None:
        with tenant(organization_id):
            action()

    with pytest.raises(OperationalError, match="cut at commit"), no_commit():
        run()
    connection.close()
    assert picture(organization_id) == before, "cut at commit"
    for number in range(1, MOST_STATEMENTS):
        cut = Cut(number, after=after)
        try:
            with connection.execute_wrapper(cut):
                run()
        except OperationalError as error:
            assert str(error) == f"cut at statement {number}"
            assert picture(organization_id) == before, f"half done after statement {number}"
            continue
        assert cut.seen < number, f"statement {number} failed and nobody said so"
        assert picture(organization_id) != before
        return cut.seen
    raise AssertionError(f"more than {MOST_STATEMENTS} statements")


def prove(organization_id: int) -> None:
    from cleanclaim.apps.shared.ledger import selectors
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(organization_id):
        proof = selectors.prove()
    assert (list(proof.differences), proof.balanced) == ([], True)


WHEN = pytest.mark.parametrize("after", [False, True], ids=["before it runs", "after it has run"])


@WHEN
def test_claims_are_booked_whole_or_not_at_all(practice, after):
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.shared.tenancy.context import tenant

    claims = [billing.claim("A1"), billing.claim("A2", frequency_code="7")]

    statements = try_every_point(
        practice,
        lambda: import_claims(claims, source_file_id=7, received_on=billing.DAY),
        after=after,
    )

    assert statements > 8
    with tenant(practice):
        assert sorted(Claim.objects.values_list("state", flat=True)) == ["held", "ready"]
    prove(practice)


@WHEN
def test_claims_are_sent_whole_or_not_at_all(practice, after):
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.claims.services import import_claims, submit_ready_claims
    from cleanclaim.apps.shared.exchange.models import MessageFile
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        import_claims([billing.claim("A1")], source_file_id=7, received_on=billing.DAY)
        partner = billing.partner()

    try_every_point(
        practice,
        lambda: submit_ready_claims(partner=partner, submit_on=billing.DAY, usage="T"),
        after=after,
    )

    with tenant(practice):
        assert (Claim.objects.get().state, MessageFile.objects.count()) == ("sent", 1)


@WHEN
def test_a_remittance_is_posted_whole_or_not_at_all(practice, after):
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.billing.remittances.services import post_remittance, receive_remittances
    from cleanclaim.apps.shared.ledger.selectors import account_balances
    from cleanclaim.apps.shared.tenancy.context import tenant

    paid, denied = billing.claim("A1"), billing.claim("A2")
    with tenant(practice):
        import_claims([paid, denied], source_file_id=7, received_on=billing.DAY)
        file = billing.receive_835(
            billing.remittance(
                billing.pay(paid, billing.TYPICAL), billing.pay(denied, billing.DENIED)
            )
        )
        [remittance_id] = receive_remittances(file, received_on=billing.PAID_ON).ids

    statements = try_every_point(
        practice,
        lambda: post_remittance(remittance_id, posted_on=billing.PAID_ON),
        after=after,
    )

    assert statements > 10
    with tenant(practice):
        assert sorted(Claim.objects.values_list("state", flat=True)) == ["denied", "paid"]
        assert account_balances()["asset:remit-clearing"] == billing.dollars("80.00")
    prove(practice)


@WHEN
def test_a_check_run_pays_whole_or_not_at_all(plan, after):
    from cleanclaim.apps.payer.adjudication.services import adjudicate_cases
    from cleanclaim.apps.payer.disbursements.models import Payment
    from cleanclaim.apps.payer.disbursements.services import (
        prepare_check_run,
        release_check_run,
    )
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(plan):
        payer.set_up_plan()
    with tenant(plan):
        payer.receive(payer.claim("P1"))
        adjudicate_cases(decided_on=payer.DECIDED_ON)
        run = prepare_check_run(pay_on=payer.DECIDED_ON)

    try_every_point(plan, lambda: release_check_run(run.pk), after=after)

    with tenant(plan):
        assert Payment.objects.count() == 1
    prove(plan)


def test_the_check_sees_work_that_stays_behind(practice):
    """Twin: an action that commits on the way is caught as half done."""
    from django.db import connection

    from cleanclaim.apps.billing.claims.services import import_claims

    def leaky() -> None:
        import_claims([billing.claim("A1")], source_file_id=7, received_on=billing.DAY)
        connection.connection.commit()
        connection.cursor().execute("SELECT 1")

    with pytest.raises(AssertionError, match=r"cut at commit|half done"):
        try_every_point(practice, leaky, after=False)
