"""`cleanclaim true-ups` and `cleanclaim chances`: list, settle by two persons, take back, and words for what cannot be."""

import argparse
import json
from contextlib import nullcontext
from types import ModuleType

import pytest

from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from cleanclaim.project.cli import chances, true_ups
from tests.project.api import worlds
from tests.project.api.conftest import add_person

ONE, TWO = "one@harbor.example", "two@harbor.example"


@pytest.fixture
def run(practice, monkeypatch, capsys):
    """Run one of the commands where a January waits to be posted; answers (exit status, output)."""
    from cleanclaim.project import setup

    monkeypatch.setattr(setup, "open_django", lambda home, **_: nullcontext())
    ids = worlds.fill_practice(practice)
    for email in (ONE, TWO):
        add_person(practice, "Billing lead", email=email)
    add_person(practice, "Practice biller", email="biller@harbor.example")

    def command(module: ModuleType, *words: str) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        parser.set_defaults(home=None)
        module.add_arguments(parser)
        given = [word.format(**ids) for word in words]
        return module.run(parser.parse_args(given)), capsys.readouterr().out

    return command


def test_a_period_is_settled_and_taken_back_by_two_persons(run):
    prepare = (
        "prepare", "{agreement_id}", "2026-02-01", "--amount=-7.00", "--account", "liability:payer-takeback",
        "--on", "2026-03-20", "--words", "letter", "--json", "--by", ONE,
    )  # fmt: skip
    made, words = run(true_ups, *prepare)
    pk = str(json.loads(words)["settlement"])
    with pytest.raises(StateError, match="entered by you"):
        run(true_ups, "approve", pk, "--by", ONE)
    posted = run(true_ups, "approve", pk, "--by", TWO)
    _, listed = run(true_ups, "--since", "2026-02-01", "--json")
    [february] = [one for one in json.loads(listed)["periods"] if one["from"] == "2026-02-01"]
    run(true_ups, "undo", pk, "--reason", "wrong quarter", "--by", ONE)
    with pytest.raises(StateError, match="asked by you"):
        run(true_ups, "undo-approve", pk, "--by", ONE)
    kept = run(true_ups, "undo-refuse", pk, "--by", TWO)
    run(true_ups, "undo", pk, "--reason", "wrong quarter", "--by", ONE)
    back = run(true_ups, "undo-approve", pk, "--json", "--by", TWO)

    assert (made, february["settled"]) == (0, "-7.00")
    assert (posted[0], f"settlement {pk} is posted, entry" in posted[1]) == (0, True)
    assert kept[1].startswith(f"settlement {pk} is posted")
    assert json.loads(back[1])["state"] == "undone"


def test_the_list_says_what_waits_and_money_where_it_stands(run):
    waits = run(true_ups, "--day", "2026-03-31")
    refused = run(true_ups, "refuse", "{settlement_id}", "--by", TWO)
    nothing = run(true_ups, "--day", "2026-03-31")
    money = run(true_ups, "money", "{agreement_id}", "--json")

    assert (waits[0], "1 to be decided" in waits[1], "prepared" in waits[1]) == (1, True, True)
    assert (refused[0], nothing[0]) == (0, 0)
    rows = json.loads(money[1])["money"]
    assert {one["account"] for one in rows} >= {"liability:payer-takeback", "expense:payer-fees"}


@pytest.mark.parametrize(
    ("words", "error", "match"),
    [
        (("approve", "999999", "--by", TWO), InputError, "settlement 999999: not found"),
        (("money", "999999"), InputError, "agreement 999999: not found"),
        (("withdraw", "{settlement_id}", "--by", TWO), StateError, "somebody else"),
        (
            ("approve", "{settlement_id}", "--by", "biller@harbor.example"),
            PermissionRefusedError,
            r"periods\.close",
        ),
    ],
)
def test_what_cannot_be_is_said(run, words, error, match):
    with pytest.raises(error, match=match):
        run(true_ups, *words)


def test_a_chance_is_set_and_listed(run):
    done = run(chances, "set", "short", "--share", "45 %", "--words", "results", "--by", ONE)
    _, listed = run(chances, "--json")
    told = run(chances)

    assert (done[0], "short, every payer, any age: 0.45  results" in done[1]) == (0, True)
    found = json.loads(listed)
    assert (found["set"][0]["share"], len(found["program"]) > 3) == ("0.45", True)
    assert "program's own: " in told[1]
    with pytest.raises(InputError, match="share 'much'"):
        run(chances, "set", "short", "--share", "much", "--by", ONE)
    with pytest.raises(PermissionRefusedError, match=r"contracts\.change"):
        run(chances, "set", "short", "--by", "biller@harbor.example")
