"""`cleanclaim adjustments`, `accruals` and `writeoff`: by persons of the organization, and what a second one decides."""

import argparse
import json
from contextlib import nullcontext
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from cleanclaim.project.cli import accruals, adjustments, writeoff
from tests.apps.billing.adjustments.test_reapplying import pay_patient
from tests.project.api.conftest import add_person
from tests.project.api.test_accruals import fees
from tests.project.api.test_moving import balance, items

ADA, BEA = (("--by", f"{name}@harbor.example") for name in ("ada", "bea"))
MAY = "2026-05"


@pytest.fixture
def run(practice, monkeypatch, capsys):
    from cleanclaim.project import setup

    monkeypatch.setattr(setup, "open_django", lambda home, **_: nullcontext())
    for name in ("ada", "bea"):
        add_person(practice, "Billing lead", email=f"{name}@harbor.example")

    def command(module, *words: str) -> tuple[int, dict]:
        parser = argparse.ArgumentParser()
        parser.set_defaults(home=None)
        module.add_arguments(parser)
        status = module.run(parser.parse_args([*words, "--json"]))
        return status, json.loads(capsys.readouterr().out)

    return command


def test_bad_debt_goes_through_two_hands(run, practice) -> None:
    [item] = items(practice, ("200.00", "80.00"))
    said = ("--letters", "3", "--calls", "2", "--reason", "no answer")

    _, asked = run(adjustments, "bad-debt", f"{item}=80.00", *said, *ADA)
    number = str(asked["adjustment"])
    status, listed = run(adjustments)
    with pytest.raises(PermissionRefusedError, match="was requested by you"):
        run(adjustments, "approve", number, *ADA)
    _, done = run(adjustments, "approve", number, *BEA)
    _, back = run(adjustments, "recover", f"{item}=30.00", "--reason", "agency", *ADA)

    assert (status, [one["adjustment"] for one in listed["waiting"]]) == (1, [asked["adjustment"]])
    assert (asked["state"], done["state"], back["reason"]) == ("waiting", "posted", "recovered")
    assert (run(adjustments)[0], balance(practice, item)) == (0, Decimal("0.00"))


def test_a_payment_is_re_applied_and_undone(run, practice) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    right, wrong = items(practice, ("200.00", "62.35"), ("200.00", "40.00"))
    with tenant(practice):
        entry = str(pay_patient(wrong, "40.00"))
    sides = ("--off", f"{wrong}=40.00", "--onto", f"{right}@receivable:patient=40.00")

    _, done = run(adjustments, "reapply", entry, *sides, "--reason", "wrong item", *ADA)
    _, lies = run(adjustments, "applied", entry)
    after = balance(practice, right)
    _, undone = run(adjustments, "undo", str(done["adjustment"]), "--reason", "it was right", *ADA)

    assert (done["state"], after) == ("posted", Decimal("22.35"))
    assert [(one["item"], one["amount"]) for one in lies["applied"]] == [(right, "40.00")]
    assert (undone["state"], balance(practice, right)) == ("undone", Decimal("62.35"))


def test_a_typed_accrual_goes_through_two_hands(run, practice) -> None:
    given = ("--debit", "expense:bank-fees", "--credit", "liability:accrued-expenses")
    _, asked = run(accruals, "ask", MAY, "fees", *given, "--amount", "500.00", *ADA)
    number = str(asked["number"])

    status, listed = run(accruals, "list", MAY)
    with pytest.raises(StateError, match="was made by you"):
        run(accruals, "approve", number, *ADA)
    run(accruals, "approve", number, *BEA)

    assert (status, [one["state"] for one in listed["accruals"]]) == (1, ["requested"])
    assert fees(practice, date(2026, 5, 31)) == Decimal("500.00")
    assert run(accruals, "list", MAY)[0] == 0


def test_a_typed_accrual_is_refused_or_withdrawn(run) -> None:
    given = ("--debit", "expense:bank-fees", "--credit", "liability:accrued-expenses")
    for verb, by, more in (("refuse", BEA, ("--reason", "no")), ("withdraw", ADA, ())):
        _, asked = run(accruals, "ask", MAY, "fees", *given, "--amount", "500.00", *ADA)
        run(accruals, verb, str(asked["number"]), *more, *by)

    states = [one["state"] for one in run(accruals, "list", MAY)[1]["accruals"]]
    assert states == ["refused", "withdrawn"]


def test_what_is_due_is_posted_by_its_own_amount(run, practice, monkeypatch) -> None:
    from cleanclaim.apps.reports.closing import accruals as source

    due = source.Accrual("rent", "expense:bank-fees", "liability:accrued-expenses", Decimal("7.00"))
    monkeypatch.setitem(source._sources, "rent", lambda end: [due] if end.month == 5 else [])

    before = run(accruals, "list", MAY)[0]
    _, posted = run(accruals, "post", MAY, "rent", *ADA)
    with pytest.raises(InputError, match="'rent': not due in 2026-05"):
        run(accruals, "post", MAY, "rent", *ADA)

    assert (before, run(accruals, "list", MAY)[0]) == (1, 0)
    assert posted["reversal"] > posted["entry"]


@pytest.mark.parametrize(
    ("module", "words", "said"),
    [
        (adjustments, ("approve", "99"), "adjustment 99: not found"),
        (adjustments, ("recover", "x=1.00", "--reason", "r"), "expected ITEM=DOLLARS"),
        (adjustments, ("recover", "1=one", "--reason", "r"), "item 1 'one'"),
        (accruals, ("approve", "99"), "accrual request 99: not found"),
    ],
)
def test_what_cannot_be_is_told(run, module, words, said) -> None:
    with pytest.raises(InputError, match=said):
        run(module, *words, *ADA)


@pytest.mark.parametrize(
    ("email", "error"),
    [("nobody@harbor.example", InputError), ("exam@harbor.example", PermissionRefusedError)],
)
def test_who_posts_small_balances_is_asked_also_where_there_are_none(
    run, practice, email, error
) -> None:
    """Not only once there is something to write off, and of the practice's own people."""
    add_person(practice, "Claims examiner", email="exam@harbor.example")

    with pytest.raises(error, match=email):
        run(writeoff, "post", "--by", email)
