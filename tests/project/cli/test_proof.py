"""`cleanclaim proof`: what it prints and how it leaves, without and with a difference."""

import argparse
import json
from contextlib import nullcontext

import pytest

from cleanclaim.project.cli import proof
from tests.apps.shared.ledger.cases import charge_entry, charged_item, new_item, services


@pytest.fixture
def run(database, monkeypatch, capsys):
    """Run the command on the test's database; answers (exit status, output)."""
    from cleanclaim.project import setup

    monkeypatch.setattr(setup, "open_django", lambda home, **_: nullcontext())

    def command(**options: object) -> tuple[int, str]:
        given = {
            "home": None,
            "organization": None,
            "json": False,
            "day": None,
            "pdf": None,
            "sign": False,
            "by": "",
            "reason": "",
        }
        status = proof.run(argparse.Namespace(**(given | options)))
        return status, capsys.readouterr().out

    return command


@pytest.fixture
def booked(practice):
    """A practice with one charge."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        charged_item("120.50")
    return practice


def test_a_home_without_organizations_has_nothing_to_prove(run):
    status, out = run()

    assert status == 0
    assert "nothing to prove" in out


def test_a_sound_ledger_leaves_with_0(run, booked, plan):
    status, out = run(json=True)

    report = json.loads(out)
    assert status == 0
    assert (report["balanced"], report["difference"]) == (True, "0.00")
    assert [one["debit"] for one in report["organizations"]] == ["0.00", "120.50"]


def test_a_difference_leaves_with_1_and_is_named(run, booked):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(booked):
        item_id = new_item("10.00", claim_id=8)
        services.post_entries([charge_entry(item_id, "9.99", claim_id=8)])

    status, out = run(organization=str(booked))

    assert status == 1
    assert f"item {item_id}: expected 10.00, found 9.99" in out


def test_an_unknown_organization_is_an_input_error(run, booked):
    from cleanclaim.kernel.errors import InputError

    with pytest.raises(InputError, match="'nobody': not found"):
        run(organization="nobody")
