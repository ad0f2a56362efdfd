"""`cleanclaim kpi`: figures with their parts, and words for people."""

import argparse
import json
from contextlib import nullcontext
from datetime import date

import pytest

from cleanclaim.kernel.errors import InputError
from cleanclaim.project.cli import kpi
from tests.apps.shared.ledger.cases import charged_item, payment_entry, services


@pytest.fixture
def run(practice, monkeypatch, capsys):
    """Run the command on a practice that charged 100.00 and was paid 25.00 in January."""
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project import setup

    monkeypatch.setattr(setup, "open_django", lambda home, **_: nullcontext())
    with tenant(practice):
        item = charged_item("100.00", on=date(2026, 1, 10))
        services.post_entries([payment_entry(item, "25.00", on=date(2026, 1, 20))])

    def command(*words: str) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        parser.set_defaults(home=None)
        kpi.add_arguments(parser)
        return kpi.run(parser.parse_args(words)), capsys.readouterr().out

    return command


def test_figures_as_json(run):
    status, out = run("dso", "--as-of", "2026-01-31", "--days", "30", "--json")

    (one,) = json.loads(out)["organizations"]
    (dso,) = one["kpis"]
    assert status == 0
    assert (dso["value"], dso["numerator"], dso["denominator"], dso["target"]) == (
        "22.5", "75.00", "100.00", "40",
    )  # fmt: skip
    assert dso["numerator_parts"] == [
        {"what": "receivable", "amount": "75.00", "accounts": {"receivable:payer:1": "75.00"}}
    ]


def test_words(run):
    status, out = run("--as-of", "2026-01-31", "--days", "30")

    assert status == 0
    assert "22.5 days" in out and "at most 40" in out
    assert "nothing to divide by" in out  # no remittance was posted


def test_an_unknown_name_is_refused(run):
    with pytest.raises(InputError, match="expected of dso"):
        run("moon")


def test_it_speaks_of_the_practice_and_of_the_plan_only_where_it_is_named(run, plan):
    from cleanclaim.apps.shared.tenancy.models import Organization

    def slugs(*words: str) -> list[str]:
        return [
            one["organization"] for one in json.loads(run(*words, "--json")[1])["organizations"]
        ]

    theirs = Organization.objects.get(pk=plan).slug

    assert theirs not in slugs()
    assert slugs("--organization", theirs) == [theirs]


def test_a_home_with_a_plan_alone_is_told_so(plan, monkeypatch):
    from cleanclaim.project.cli.organizations import billers

    with pytest.raises(InputError, match="no practice or pharmacy in this home"):
        billers(None)
