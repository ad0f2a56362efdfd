"""`cleanclaim reconcile`: what matches, what waits, what is booked, and words for a file that cannot be used."""

import argparse
import json
from contextlib import nullcontext
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.project.cli import reconcile
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, pay, remittance

ONE = claim("A1")
PAYMENT = remittance(pay(ONE, TYPICAL))


@pytest.fixture
def run(practice, monkeypatch, capsys):
    """Run the command where 80.00 of one remittance are awaited; answers (exit status, output)."""
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project import setup

    monkeypatch.setattr(setup, "open_django", lambda home, **_: nullcontext())
    with tenant(practice):
        desk = Desk()
        desk.take(ONE)
        desk.post(PAYMENT)

    def command(*words: str) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        parser.set_defaults(home=None)
        reconcile.add_arguments(parser)
        return reconcile.run(
            parser.parse_args([str(word) for word in words])
        ), capsys.readouterr().out

    command.practice = practice  # type: ignore[attr-defined]
    return command


@pytest.fixture
def statement(tmp_path):
    def write(amount: str, text: str) -> str:
        path = tmp_path / "bank.csv"
        path.write_text(f"Date,Amount,Description\n{PAID_ON},{amount},{text}\n")
        return str(path)

    return write


def test_a_match_is_booked_only_when_asked_for(run, statement):
    path = statement("80.00", f"TRN*1*{PAYMENT.trace_number}*{PAYMENT.payer_trace_id}~")

    looked, out = run(path)
    booked, said = run(path, "--post", "--json")
    again, later = run(path)

    assert (looked, booked, again) == (0, 0, 0)
    assert "matched" in out and "nothing booked" in out
    report = json.loads(said)
    assert report["movements"][0]["traces"] == [PAYMENT.trace_number]
    assert (report["awaited"], len(report["entries"])) == ([], 1)
    assert "known    came in an earlier file, placed" in later


def test_the_same_file_is_taken_in_once(run, statement):
    path = statement("80.00", "LOCKBOX")
    run(path, "--post")

    with pytest.raises(StateError, match=r'The same bytes came before in file .* "bank\.csv"'):
        run(path, "--post")
    assert run(path)[0] == 1  # its money is here, and nobody has placed it


def test_a_placement_is_undone_with_a_reason(run, statement):
    path = statement("80.00", f"TRN*1*{PAYMENT.trace_number}*{PAYMENT.payer_trace_id}~")
    run(path, "--post")
    number = _last_deposit(run.practice)

    with pytest.raises(InputError, match="no reason"):
        run("--undo", number)
    status, out = run("--undo", number, "--reason", "the bank took it back")

    assert (status, out.startswith(f"deposit {number} is undone by entry")) == (0, True)
    assert run(path)[0] == 1


def _last_deposit(practice: int) -> int:
    from cleanclaim.apps.billing.deposits.models import Deposit
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        return Deposit.objects.latest("id").pk


def test_what_does_not_match_is_held_with_candidates(run, statement):
    status, out = run(statement("80.00", "COASTAL ALLIANCE HEALTH"), "--post")

    assert status == 1
    assert f"maybe trace {PAYMENT.trace_number}" in out
    assert "80.00 of money in booked, 0 deposits placed" in out  # of unknown origin until then
    assert "money awaited of 1 remittance" in out


def test_a_deposit_that_a_batch_makes_up_is_told_with_it(run, statement):
    from cleanclaim.apps.billing.deposits.models import BatchKind
    from cleanclaim.apps.billing.deposits.services import batches
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(run.practice):
        cover = {"kind": BatchKind.LOCKBOX, "name": "Lockbox", "batch_on": PAID_ON}
        row = batches.open_batch(**cover, count=1, total=Decimal("212.40"), by=1)
        batches.add_items(row.pk, [batches.NewItem(Decimal("212.40"))])
        batches.close_batch(row.pk, on=PAID_ON, by=1)
    path = statement("212.40", "LOCKBOX 7 DEPOSIT")

    _, out = run(path)
    _, told = run(path, "--json")

    assert f"maybe batch {row.pk} (" in out
    [movement] = json.loads(told)["movements"]
    assert [one["batches"] for one in movement["batches"]] == [[row.pk]]


def test_a_file_with_problems_is_not_compared(run, statement):
    with pytest.raises(InputError, match="1 problem, nothing of it was taken in"):
        run(statement("eighty", "x"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--organization", "nobody"), "not a practice"),
        (("--columns", "when=Date"), "'when'"),
        (("--columns", "amount=Amount"), "no day"),
    ],
)
def test_what_is_unknown_is_refused(run, statement, words, said):
    with pytest.raises(InputError, match=said):
        run(statement("80.00", "x"), *words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--undo", "1", "--settle", "2"), "--undo and --settle: expected one of them at a time"),
        (("FILE", "--post", "--undo", "1"), "FILE and --undo: expected one of them"),
        (("FILE", "--post", "--out"), "FILE and --out: expected one of them"),
        (("--settle", "1", "--reopen", "2"), "--settle and --reopen: expected one of them"),
        (("--post",), "--post: expected a FILE"),
        (("FILE", "--columns", "day=Date,amount=Amount,day=Other"), "--columns: day stands twice"),
        (("--out", "--most", "99999999999999999999"), "expected 1 to 100,000"),
    ],
)
def test_two_acts_at_once_are_refused_and_none_is_done(run, statement, words, said):
    path = statement("80.00", "x")

    with pytest.raises(InputError, match=said):
        run(*(path if word == "FILE" else word for word in words))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--fee", "12.00"), "--kind and --fee: expected the act they go with"),
        (("--kind", "nsf"), "--kind and --fee: expected the act they go with"),
        (("--receipt", "0"), "receipt 0"),
    ],
)
def test_a_line_is_not_settled_by_something_else_than_was_said(run, tmp_path, words, said):
    from cleanclaim.apps.billing.deposits.models import BankLine
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.project.api.conftest import add_person

    add_person(run.practice, "Billing lead", email="ana@harbor.example")
    path = tmp_path / "out.csv"
    path.write_text(f"Date,Amount,Description\n{PAID_ON},-52.00,RETURNED ITEM\n")
    run(path, "--post")
    with tenant(run.practice):
        line = BankLine.objects.get().pk

    with pytest.raises(InputError, match=said):
        run("--settle", line, *words, "--by", "ana@harbor.example")


def test_a_file_that_is_not_there(run, tmp_path):
    with pytest.raises(InputError, match="No such file"):
        run(tmp_path / "none.csv")


def test_money_of_another_currency_is_not_compared(run, tmp_path):
    from tests.edi.bank.test_bank import BAI2

    path = tmp_path / "bank.bai"
    path.write_text(BAI2.replace(",,USD,2/", ",,CAD,2/"))

    with pytest.raises(InputError, match="a statement in CAD: expected US dollars"):
        run(path)


def test_money_out_lists_the_newest_and_tells_of_all(run, tmp_path):
    path = tmp_path / "bank.csv"
    rows = "".join(f"{PAID_ON},-{n}.00,RETURNED ITEM {n}\n" for n in (11, 22, 33))
    path.write_text(f"Date,Amount,Description\n{rows}")
    run(str(path), "--post")

    status, out = run("--out", "--most", "2")

    assert status == 1
    assert "RETURNED ITEM 11" not in out
    assert "3 lines of money out not explained, -66.00, the newest 2 told" in out
    found = json.loads(run("--out", "--most", "2", "--json")[1])
    assert (len(found["open"]), found["count"], found["total"]) == (2, 3, "-66.00")
    with pytest.raises(InputError, match="--most 0: expected 1 to"):
        run("--out", "--most", "0")


def test_a_transfer_is_paired_and_opened_again_with_what_was_booked(run):
    from cleanclaim.apps.billing.deposits.models import BankLine
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.adjustments.people import person
    from tests.apps.billing.deposits.test_transfers import OPERATING, PAYROLL, bring

    with tenant(run.practice):
        person(run.practice, "Ana", "Billing lead")
        out, into = bring(OPERATING, "-500.00"), bring(PAYROLL, "500.00")
    by = ("--by", "ana@harbor.example")

    listed = run("--out")[1]
    paired = run("--settle", out.pk, "--transfer", into.pk, *by)
    opened = run("--reopen", out.pk, "--with-act", "--reason", "a loan", *by)

    assert f"not booked: transfer {into.pk}" in listed
    assert paired[0] == 0 and "into another account of ours" in paired[1]
    assert opened == (
        0,
        f"bank line {out.pk} is open again, and what was booked for it is taken back\n",
    )
    with tenant(run.practice):
        assert set(BankLine.objects.values_list("state", flat=True)) == {"open"}
