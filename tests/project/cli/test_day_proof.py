"""`cleanclaim proof --day`: figures as words, JSON and PDF."""

import argparse
import json
from contextlib import nullcontext

import pytest

from cleanclaim.kernel.errors import InputError
from cleanclaim.project.cli import proof
from tests.apps.billing.conftest import Desk
from tests.apps.billing.deposits.bank import bring, eft
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, pay, remittance


@pytest.fixture
def run(practice, monkeypatch, capsys):
    """Run the command where 80.00 were posted and came, and 33.00 are unidentified."""
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project import setup

    monkeypatch.setattr(setup, "open_django", lambda home, **_: nullcontext())
    with tenant(practice):
        desk = Desk()
        one = claim("A1")
        desk.take(one)
        desk.post(remittance(pay(one, TYPICAL), trace="T1"))
        bring(eft("T1"), (PAID_ON, "33.00", "COUNTER"))

    def command(*words: object) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        parser.set_defaults(home=None)
        proof.add_arguments(parser)
        status = proof.run(parser.parse_args([str(word) for word in words]))
        return status, capsys.readouterr().out

    return command


def test_the_day_in_words_as_json_and_as_pdf(run, tmp_path):
    path = tmp_path / "proof.pdf"

    status, out = run("--day", PAID_ON)
    _, said = run("--day", PAID_ON, "--json", "--pdf", path)

    assert status == 0
    assert "remitted 80.00, posted 80.00, at the bank 113.00" in out
    assert "unidentified, COUNTER" in out and "difference 0.00; not signed" in out
    figures = json.loads(said)
    assert (figures["posted"], figures["difference"], figures["signed"]) == ("80.00", "0.00", [])
    assert path.read_bytes().startswith(b"%PDF")


def test_what_cannot_be_done_is_said(run, tmp_path):
    with pytest.raises(InputError, match="--pdf without --day"):
        run("--pdf", tmp_path / "x.pdf")
    with pytest.raises(InputError, match="No such file"):
        run("--day", PAID_ON, "--pdf", tmp_path / "none" / "x.pdf")
    with pytest.raises(SystemExit):
        run("--day", "soon")


def test_a_day_is_signed_by_two_and_says_why_money_out_is_not_explained(run, practice):
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.project.api.conftest import add_person

    for role, email in (
        ("Practice biller", "dana@harbor.example"),
        ("Billing lead", "lee@harbor.example"),
    ):
        add_person(practice, role, email=email)
    with tenant(practice):
        bring((PAID_ON, "-45.00", "DEPOSITED ITEM RETURNED"), name="out.csv")
    dana = ("--day", PAID_ON, "--sign", "--by", "dana@harbor.example")
    lee = ("--day", PAID_ON, "--sign", "--by", "lee@harbor.example")

    with pytest.raises(InputError, match=r"--reason: empty, but 45\.00 left the bank up to"):
        run(*dana)
    with pytest.raises(InputError, match="--by: empty"):
        run("--day", PAID_ON, "--sign")
    with pytest.raises(InputError, match="--sign without --day"):
        run("--sign")
    with pytest.raises(InputError, match="--by or --reason without --sign"):
        run("--day", PAID_ON, "--reason", "bank called")
    status, out = run(*dana, "--reason", "bank called")
    _, said = run(*lee, "--reason", "seen", "--json")

    assert status == 0
    assert "prepared by Person 0, with 45.00 not explained: bank called" in out
    assert [(one["place"], one["reason"]) for one in json.loads(said)["signatures"]] == [
        ("prepared", "bank called"),
        ("approved", "seen"),
    ]


def test_who_may_not_close_months_approves_no_day(run, practice):
    from cleanclaim.kernel.errors import PermissionRefusedError
    from tests.project.api.conftest import add_person

    for name in ("dana", "omar"):
        add_person(practice, "Practice biller", email=f"{name}@harbor.example")
    run("--day", PAID_ON, "--sign", "--by", "dana@harbor.example")

    with pytest.raises(PermissionRefusedError, match=r"periods\.close"):
        run("--day", PAID_ON, "--sign", "--by", "omar@harbor.example")

    assert "approved" not in run("--day", PAID_ON)[1]
