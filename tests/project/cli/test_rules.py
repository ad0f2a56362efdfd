"""`cleanclaim rules`: proposed by one person, in force by another; the list says what waits."""

import argparse
import json
from contextlib import nullcontext

import pytest

from cleanclaim.kernel.errors import InputError, PermissionRefusedError
from cleanclaim.project.cli import rules
from tests.project.api.conftest import add_person

ADA, BEA, CY = (("--by", f"{name}@harbor.example") for name in ("ada", "bea", "cy"))


@pytest.fixture
def run(practice, monkeypatch, capsys):
    from cleanclaim.project import setup

    monkeypatch.setattr(setup, "open_django", lambda home, **_: nullcontext())
    for name, role in (("ada", "Billing lead"), ("bea", "Billing lead"), ("cy", "Practice biller")):
        add_person(practice, role, email=f"{name}@harbor.example")

    def command(*words: str) -> tuple[int, dict]:
        parser = argparse.ArgumentParser()
        parser.set_defaults(home=None)
        rules.add_arguments(parser)
        status = rules.run(parser.parse_args([*words, "--json"]))
        return status, json.loads(capsys.readouterr().out)

    return command


def test_a_posting_rule_goes_through_two_hands(run) -> None:
    given = ("write_off", "--account", "contra:small-balance", "--up-to", "5.00")
    _, made = run("add", "co-45", *given, *CY)
    number = str(made["number"])

    assert (made["state"], run()[0]) == ("proposed", 1)
    with pytest.raises(PermissionRefusedError, match=r"has not rules\.approve"):
        run("approve", "posting", number, *CY)
    _, done = run("approve", "posting", number, *ADA)
    assert (done["in_force"], run()[0]) == (True, 0)

    _, ended = run("end", number, *CY)
    assert ended["said"].startswith("CO-45: write_off contra:small-balance up to 5.00, ended")


def test_what_holds_counts_at_once_and_is_ended_by_two(run) -> None:
    _, made = run("add", "CO-45", "hold", *ADA)
    number = str(made["number"])
    run("approve", "posting", number, *BEA)

    _, asked = run("end", number, *ADA)
    with pytest.raises(PermissionRefusedError, match="was asked for by you"):
        run("approve-end", number, *ADA)
    _, kept = run("keep", number, *BEA)
    run("end", number, *ADA)
    _, ended = run("approve-end", number, *BEA)

    assert (made["state"], asked["end_waits"], kept["end_waits"]) == ("alone", True, False)
    assert (", ended" in ended["said"], run()[0]) == (True, 0)


def test_the_worker_and_the_days_of_limits(run) -> None:
    _, look = run("worker", "look", "--reason", "new biller", *CY)
    _, posts = run("worker", "post", "--reason", "learned", *CY)
    _, days = run("days", "60", "--from", "2026-01-01", "--reason", "policy 7", *ADA)

    with pytest.raises(PermissionRefusedError, match="was asked for by you"):
        run("approve", "days", str(days["number"]), *ADA)
    done = [
        run("approve", "worker", str(look["number"]), *ADA)[1],
        run("refuse", "worker", str(posts["number"]), "--reason", "not yet", *BEA)[1],
        run("approve", "days", str(days["number"]), *BEA)[1],
    ]

    assert [one["state"] for one in (look, posts, days)] == ["alone", "proposed", "proposed"]
    assert [one["state"] for one in done] == ["approved", "refused", "approved"]
    status, listed = run()
    assert (status, {one["kind"] for one in listed["rules"]}) == (0, {"worker", "days"})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "CO-45", "refund"), "expected one of contractual"),
        (("add", "CO-45", "ask", "--up-to", "five"), "--up-to 'five'"),
        (("approve", "posting", "99"), "posting rule 99: not found"),
        (("end", "99"), "posting rule 99: not found"),
    ],
)
def test_what_cannot_be_is_told(run, words, said) -> None:
    with pytest.raises(InputError, match=said):
        run(*words, *ADA)
