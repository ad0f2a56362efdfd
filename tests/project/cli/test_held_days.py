"""`cleanclaim days` and `cleanclaim entity-cash`: what is asked about, a person's word, and whose the cash is."""

import argparse
import json
from contextlib import nullcontext
from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import timezone

from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from cleanclaim.project.cli import entity_cash, held_days
from tests.apps.billing.deposits.bank import bring
from tests.apps.billing.world import DAY, PAID_ON, TYPICAL, claim, pay, receive_835, remittance
from tests.project.api.conftest import add_person

LEAD = ("--by", "lead@harbor.example")


@pytest.fixture
def run(practice, monkeypatch, capsys):
    """Run a command where one payment has a day of 2099, and 9.00 of 80.00 at the bank are another entity's."""
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.billing.deposits.services import place_with_entity
    from cleanclaim.apps.billing.remittances import services
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project import setup

    monkeypatch.setattr(setup, "open_django", lambda home, **_: nullcontext())
    add_person(practice, "Billing lead", email="lead@harbor.example")
    add_person(practice, "Claims examiner", email="examiner@harbor.example")
    with tenant(practice):
        import_claims([claim("A1")], source_file_id=7, received_on=DAY)
        far = replace(
            remittance(pay(claim("A1"), TYPICAL)), paid_on=timezone.localdate().replace(year=2099)
        )
        [pk] = services.receive_remittances(receive_835(far), received_on=PAID_ON).ids
        [line_id] = bring((PAID_ON, "80.00", "LOCKBOX")).line_ids
        place_with_entity(line_id, entity="Harbor Labs", amount=Decimal("9.00"), on=PAID_ON, by=1)

    def command(module, *words: str) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        parser.set_defaults(home=None)
        module.add_arguments(parser)
        given = parser.parse_args([word.replace("ID", str(pk)) for word in words])
        return module.run(given), capsys.readouterr().out

    return command


def test_a_day_is_listed_confirmed_and_taken_back(run):
    asked, words = run(held_days)
    found = json.loads(run(held_days, "--json")[1])
    done = run(held_days, "confirm", "ID", "--day", str(PAID_ON), "--reason", "called", *LEAD)
    none = run(held_days)
    with pytest.raises(StateError, match="confirmed already"):
        run(held_days, "confirm", "ID", "--reason", "called", *LEAD)
    back = run(held_days, "undo", "ID", *LEAD, "--json")

    assert (asked, "1 payment of a day" in words, "days ahead" in words) == (1, True, True)
    assert found["asked"][0]["day"].startswith("2099")
    assert (done[0], str(PAID_ON) in done[1], none[0]) == (0, True, 0)
    assert json.loads(back[1])["day"].startswith("2099")
    assert run(held_days)[0] == 1


def test_who_may_not_post_confirms_no_day(run):
    with pytest.raises(PermissionRefusedError):
        run(held_days, "confirm", "ID", "--reason", "x", "--by", "examiner@harbor.example")
    with pytest.raises(InputError, match="not found"):
        run(held_days, "confirm", "99", "--reason", "x", *LEAD)


def test_each_entity_adds_up_to_nothing(run):
    status, words = run(entity_cash)
    found = json.loads(run(entity_cash, "--entity", "Harbor Labs", "--json")[1])["lines"]

    assert status == 0
    assert "Harbor Labs" in words and "Bank " in words
    assert {one["entity"] for one in found} == {"Harbor Labs"}
    assert sum(Decimal(one["amount"]) for one in found) == 0
    assert {"liability:unidentified-cash", "asset:due-from-entity"} <= {
        one["account"] for one in found
    }
    with pytest.raises(InputError, match="none of this name"):
        run(entity_cash, "--entity", "Nobody")


def test_before_the_money_came_there_is_none(run):
    assert json.loads(run(entity_cash, "--day", "2020-01-01", "--json")[1])["lines"] == [
        {"entity": "", "account": "", "amount": "0.00"}
    ]
