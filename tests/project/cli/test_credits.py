"""`cleanclaim credits` and `cleanclaim writeoff`: figures, refusals."""

import argparse
import json
from contextlib import nullcontext

import pytest

from cleanclaim.kernel.errors import InputError
from cleanclaim.project.cli import credits, writeoff
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import claim
from tests.apps.shared.ledger.cases import payment_entry, services


@pytest.fixture
def run(practice, monkeypatch, capsys):
    """Run a command on a practice where a payer paid 150.00 on a charge of 120.00."""
    from cleanclaim.apps.billing.claims.amounts import refresh
    from cleanclaim.apps.shared.ledger.models import Item
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project import setup

    monkeypatch.setattr(setup, "open_django", lambda home, **_: nullcontext())
    with tenant(practice):
        [claim_id] = Desk().take(claim("A1"))
        item_id = Item.objects.get(claim_id=claim_id).pk
        services.post_entries([payment_entry(item_id, "150.00", claim_id=claim_id)])
        refresh([claim_id])

    def command(module, *words: str) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        parser.set_defaults(home=None)
        module.add_arguments(parser)
        return module.run(parser.parse_args(words)), capsys.readouterr().out

    return command


def test_credits_as_json_and_in_words(run):
    status, out = run(credits, "--json")
    _, words = run(credits)

    (one,) = json.loads(out)["organizations"]
    assert (status, one["total"], one["cases"]) == (0, "30.00", [])
    assert [row["credit"] for row in one["credits"]] == ["30.00"]
    assert "1 credit not identified, 30.00" in words


def test_before_the_payment_there_was_no_credit(run):
    _, out = run(credits, "--as-of", "2026-01-14", "--json")

    assert json.loads(out)["organizations"][0]["credits"] == []


def test_a_preview_writes_nothing_and_post_needs_a_person(run):
    status, out = run(writeoff, "preview", "--json")

    assert (status, json.loads(out)[0]["total"]) == (0, "0.00")
    with pytest.raises(InputError, match="--by"):
        run(writeoff, "post")
    with pytest.raises(InputError, match="--up-to"):
        run(writeoff, "preview", "--up-to", "many")


@pytest.mark.parametrize("module", [credits, writeoff])
def test_they_speak_of_the_practice_and_not_of_the_plan_beside_it(run, plan, module):
    from cleanclaim.apps.shared.tenancy.models import Organization

    words = ("preview", "--json") if module is writeoff else ("--json",)
    practice = Organization.objects.exclude(pk=plan).get()

    _, out = run(module, *words)
    found = json.loads(out)
    listed = found if module is writeoff else found["organizations"]

    assert [one["organization"] for one in listed] == [practice.slug]
