"""Commands that move money while the months are locked: each says which month, and leaves every table as it was."""

import argparse
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from cleanclaim.kernel.errors import CleanclaimError
from cleanclaim.project.cli import (
    key,
    opening,
    payments,
    post,
    receipts,
    reconcile,
    refunds,
    writeoff,
)
from tests.apps.billing.adjustments.people import owed, visit
from tests.apps.billing.adjustments.test_refunds import bank
from tests.apps.billing.conftest import Desk
from tests.apps.billing.deposits.bank import bring, eft, statement
from tests.apps.billing.opening.test_opening import load
from tests.apps.billing.receipts.money import take
from tests.apps.billing.world import (
    CHIDI,
    PAID_ON,
    PAYER,
    TYPICAL,
    bytes_835,
    claim,
    line,
    pay,
    remittance,
)
from tests.project.api.conftest import add_person

pytestmark = pytest.mark.database_core
ANA, LEE, MAX = (f"{name}@harbor.example" for name in ("ana", "lee", "max"))
EOB = "payer,number,check_amount,paid_on,kind,claim,line,paid,adjustments,reason,reference,amount\n"
# What is kept of a file that could not be posted, of a question that was asked, and of what was seen, is no money.
APART = ("audit_", "outbox_", "exchange_", "work_", "procrastinate", "django_", "users_", "tenancy_")  # fmt: skip
COMMANDS: dict[str, tuple[Any, Callable[[dict[str, Any]], list[Any]], str]] = {
    "post": (post, lambda it: [it["folder"] / "new.835"], ""),
    "post into an old month": (post, lambda it: [it["folder"] / "new.835", "--posted-on", "2026-07-09"], ""),
    "key": (key, lambda it: [it["folder"] / "eob.csv"], ""),
    "statement": (reconcile, lambda it: [it["folder"] / "bank.csv", "--post"], ""),
    "undo deposit": (reconcile, lambda it: ["--undo", it["deposit"], "--reason", "w"], ""),
    "settle by receipt": (reconcile, lambda it: ["--settle", it["debit"], "--receipt", it["receipt"], "--kind", "nsf"], ANA),
    "settle as fee": (reconcile, lambda it: ["--settle", it["fee"], "--bank-fee"], ANA),
    "settle by refund": (reconcile, lambda it: ["--settle", it["check"], "--refund", it["issued"]], MAX),
    "take receipt": (receipts, lambda it: ["take", it["patient"], "--amount", "5.00", "--method", "cash"], ANA),
    "apply receipt": (receipts, lambda it: ["apply", it["prepaid"]], ANA),
    "receipt came back": (receipts, lambda it: ["return", it["receipt"], "--as", "nsf", "--fee", "2.00"], ANA),
    "void receipt": (receipts, lambda it: ["void", it["prepaid"], "--reason", "w"], ANA),
    "approve refund": (refunds, lambda it: ["approve", it["waiting"]], LEE),
    "issue refund": (refunds, lambda it: ["issue", it["approved"], "--method", "check", "--routing", "011000015",
                                          "--account", "778120", "--company-id", "1310000001", "--company", "H"], MAX),
    "refund cleared": (refunds, lambda it: ["clear", it["issued"]], MAX),
    "stop refund": (refunds, lambda it: ["stop", it["issued"], "--reason", "lost"], MAX),
    "refund came back": (refunds, lambda it: ["came-back", it["issued"], "--as", "undeliverable", "--reason", "w"], MAX),
    "card": (payments, lambda it: ["card", it["awaited"], "--fee", "2.40"], LEE),
    "take back": (payments, lambda it: ["take-back", it["awaited"], "--reason", "w"], LEE),
    "take one claim back": (payments, lambda it: ["take-back", it["awaited"], "--claim", "1", "--reason", "w"], LEE),
    "small balances": (writeoff, lambda it: ["post", "--up-to", "9.00", "--older-than", "1", "--quiet-for", "1"], LEE),
    "opening": (opening, lambda it: ["approve", it["load"]], LEE),
    "opening undone": (opening, lambda it: ["approve-undo", it["posted_load"]], MAX),
}  # fmt: skip


@pytest.fixture
def it(practice, monkeypatch, tmp_path) -> dict[str, Any]:
    """A practice where each command has something to do; its numbers by name."""
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project import setup

    monkeypatch.setattr(setup, "open_django", lambda home, **_: nullcontext())
    ana, lee, _ = (add_person(practice, "Billing lead", email=one).pk for one in (ANA, LEE, MAX))
    with tenant(practice):
        return {"folder": tmp_path, **filled(tmp_path, ana, lee)}


def filled(folder: Path, ana: int, lee: int) -> dict[str, Any]:
    from cleanclaim.apps.billing.adjustments import services
    from cleanclaim.apps.billing.adjustments.credits import credits
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.opening.services import post_load
    from cleanclaim.apps.billing.opening.undoing import ask_undo
    from cleanclaim.apps.billing.remittances.models import Remittance

    desk = Desk()
    visit(desk, "A1", answer=owed("120.00", "90.00"), trace="TA")
    patient = Claim.objects.get().patient_id
    one, two = claim("B1"), claim("C1", line(service_from=date(2026, 6, 22)))
    desk.take(one, source_file_id=70)
    desk.take(two, source_file_id=71)
    small = claim("D1", line(), person=replace(CHIDI, first_name="Ada", member_id="MBR077"))
    desk.take(small, source_file_id=72)
    desk.post(remittance(pay(small, owed("120.00", "8.00"), number="ICND"), trace="TD"))
    desk.post(remittance(pay(one, TYPICAL, number="ICNB"), trace="TB"))
    it = {"patient": patient, "awaited": Remittance.objects.get(trace_number="TB").pk}
    it["receipt"] = take(patient, "25.00", reference="1").pk
    it["prepaid"] = take(patient, "15.00", kind="prepayment", reference="2").pk
    for number, name in enumerate(("waiting", "approved", "issued")):
        take(patient, f"{31 + number}.00", kind="prepayment", reference=f"9{number}")
        credit = next(row for row in credits(on=PAID_ON) if row.amount == Decimal(31 + number))
        row = services.identify_credit(credit.key, on=PAID_ON, by=ana)
        services.request_refund(row.pk, on=PAID_ON, by=ana)
        if name != "waiting":
            services.approve_refund(row.pk, on=PAID_ON, by=lee)
        if name == "issued":
            services.issue_refunds([row.pk], method="check", bank=bank(), on=PAID_ON, by=lee)
        it[name] = row.pk
    brought = bring(
        eft("TA", "30.00"), (PAID_ON, "-25.00", "RETURN"), (PAID_ON, "-3.00", "ODD"), (PAID_ON, "-33.00", "CHECK 1001"),
    )  # fmt: skip
    it["deposit"] = brought.deposit_ids[0]
    it["debit"], it["fee"], it["check"] = brought.line_ids[1:]
    it["posted_load"] = load(by=ana)
    post_load(it["posted_load"], by=lee)
    ask_undo(it["posted_load"], by=lee, reason="w")
    it["load"] = load(*_other_load(), by=ana)
    (folder / "new.835").write_bytes(
        bytes_835(remittance(pay(two, TYPICAL, number="ICNC"), trace="TC"))
    )
    (folder / "eob.csv").write_text(
        EOB + f"{PAYER.payer_id},77,80.00,2026-07-08,,C1,1,80,CO-45 30; PR-2 10,,,\n"
    )
    (folder / "bank.csv").write_bytes(statement(eft("TX9")))
    return it


def _other_load() -> tuple[str, str]:
    from tests.apps.billing.opening.test_opening import BALANCES, ITEMS

    items = [row for row in ITEMS.replace("F-", "G-").splitlines() if not row.startswith(",")]
    balances = [
        row for row in BALANCES.splitlines() if "liability" not in row and "equity" not in row
    ]
    return "\n".join(items) + "\n", "\n".join(
        [*balances, '3000 Equity,equity:opening-balance,"(1,336.40)"']
    ) + "\n"


def called(name: str, it: dict[str, Any]) -> tuple[int | None, str]:
    """(exit status, what was said on refusal) of a command."""
    module, words, by = COMMANDS[name]
    parser = argparse.ArgumentParser()
    parser.set_defaults(home=None)
    module.add_arguments(parser)
    given = [str(word) for word in words(it)]
    try:
        return module.run(parser.parse_args([*given, *(["--by", by] if by else [])])), ""
    except CleanclaimError as error:
        return 2, str(error)


def tables(practice: int) -> dict[str, str]:
    """{table of the practice: what it holds, in short}."""
    from django.apps import apps

    from cleanclaim.apps.shared.tenancy.context import tenant

    names = sorted(model._meta.db_table for model in apps.get_models())
    found = {}
    with tenant(practice), connection.cursor() as cursor:
        for name in names:
            if not name.startswith(APART):
                cursor.execute(
                    f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} AS t"
                )
                found[name] = cursor.fetchone()[0]
    return found


def legs(practice: int) -> int:
    from cleanclaim.apps.shared.ledger.models import Leg
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        return Leg.objects.count()


def test_no_command_books_into_a_locked_month_or_leaves_half_of_it(practice, it, capsys) -> None:
    from cleanclaim.apps.shared.ledger.services import close_period
    from cleanclaim.apps.shared.tenancy.context import tenant

    moves = {}
    for name in COMMANDS:  # the twin: where no month is locked each of them does move money
        with transaction.atomic():
            before, (_, said) = legs(practice), called(name, it)
            moves[name] = said or legs(practice) - before
            transaction.set_rollback(True)
    capsys.readouterr()
    with tenant(practice):
        for month in range(1, 13):
            close_period(date(2026, month, 1), by=9, reason="closed by the test")
    was, found, changed = tables(practice), {}, {}
    for name in COMMANDS:
        status, said = called(name, it)
        printed = capsys.readouterr()
        found[name] = (status, said + printed.out + printed.err)
        now = tables(practice)
        changed |= {(name, table): 1 for table in now if now[table] != was[table]}
        if name.startswith("post"):  # the file is kept, and waits for an open month
            changed = {one: 1 for one in changed if not one[1].startswith("remittances_")}
        was = now

    assert {name: one for name, one in moves.items() if not isinstance(one, int) or not one} == {}
    assert changed == {}
    assert {name: one for name, one in found.items() if not one[0] or "2026-" not in one[1]} == {}
