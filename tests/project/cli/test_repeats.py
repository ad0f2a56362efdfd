"""`cleanclaim repeats`: what came again, by 835 and on paper, let in by two persons."""

import argparse
import json
from contextlib import nullcontext

import pytest

from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from cleanclaim.project.cli import repeats
from tests.apps.billing.conftest import Desk
from tests.apps.billing.keying.paper import Paper
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, dollars, pay, receive_835, remittance
from tests.project.api.conftest import add_person

BILLER, LEAD = "biller@harbor.example", "lead@harbor.example"


@pytest.fixture
def run(practice, monkeypatch, capsys):
    """Run the command where T1 came twice and check 10482 is keyed twice; answers (exit status, object)."""
    from cleanclaim.apps.billing.keying.services import Header, open_batch
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project import setup

    monkeypatch.setattr(setup, "open_django", lambda home, **_: nullcontext())
    biller = add_person(practice, "Practice biller", email=BILLER).pk
    add_person(practice, "Billing lead", email=LEAD)
    with tenant(practice):
        desk, paper = Desk(), Paper()
        desk.take(claim("A1"), claim("A2"))
        desk.post(remittance(pay(claim("A1"), TYPICAL)))
        again = receive_835(remittance(pay(claim("A2"), TYPICAL, number="ICN2")))
        receive_remittances(again, received_on=PAID_ON)
        paper.open("80.00", by=biller)
        header = Header(paper.payer_id(), "10482", dollars("80.00"), PAID_ON)
        open_batch(header, by=biller, other_payment="another check")

    def command(*words: str):
        parser = argparse.ArgumentParser()
        parser.set_defaults(home=None)
        repeats.add_arguments(parser)
        status = repeats.run(parser.parse_args([*words, "--json"]))
        return status, json.loads(capsys.readouterr().out)

    return command


def test_two_persons_let_both_in(run):
    before, listed = run()
    of_835, of_paper = listed["payments"]
    run("ask", str(of_835["repeated"]), "--reason", "another check", "--by", BILLER)
    asked = run()[1]["payments"][0]["request"]

    let_in = run("approve", str(asked), "--by", LEAD)
    keyed = run("approve", str(of_paper["request"]), "--keyed", "--by", LEAD)
    after, now = run()

    assert (before, of_835["state"], of_paper["state"]) == (1, "refused", "requested")
    assert "let in as remittance" in let_in[1]["done"]
    assert "may be posted at zero" in keyed[1]["done"]
    assert (after, [one["state"] for one in now["payments"]]) == (0, ["approved", "approved"])


def test_who_asked_and_who_may_not_release_let_nothing_in(run):
    of_paper = run()[1]["payments"][1]["request"]

    with pytest.raises(PermissionRefusedError):
        run("approve", str(of_paper), "--keyed", "--by", BILLER)
    with pytest.raises(StateError, match="not yours"):
        run("withdraw", str(of_paper), "--keyed", "--by", LEAD)
    assert run()[0] == 1


def test_it_is_refused_with_a_reason_and_listed_in_words(run, capsys):
    of_paper = run()[1]["payments"][1]["request"]
    refused = run("refuse", str(of_paper), "--keyed", "--reason", "the same", "--by", LEAD)

    repeats.run(argparse.Namespace(home=None, act=None, organization=None, json=False))
    lines = capsys.readouterr().out.splitlines()

    assert "cannot be posted" in refused[1]["done"]
    assert lines[-1] == "2 payments came again, 0 waiting for a second person"
    assert "10482" in lines[1] and "another check" in lines[1]


@pytest.mark.parametrize(
    "words", [("ask", "999"), ("approve", "999"), ("approve", "999", "--keyed")]
)
def test_what_is_not_there_is_said_in_words(run, words):
    more = ["--reason", "x"] if words[0] == "ask" else []

    with pytest.raises(InputError, match="999: not found"):
        run(*words, *more, "--by", LEAD)
