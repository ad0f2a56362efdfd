"""`cleanclaim aging`: figures, the tie, and words for what it cannot do."""

import argparse
import json
from contextlib import nullcontext
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from cleanclaim.kernel.errors import InputError
from cleanclaim.project.cli import aging
from tests.apps.shared.ledger.cases import charged_item


@pytest.fixture
def run(practice, monkeypatch, capsys):
    """Run the command on a practice that is owed 100.00 for 61 days; answers (exit status, output)."""
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project import setup

    monkeypatch.setattr(setup, "open_django", lambda home, **_: nullcontext())
    with tenant(practice):
        charged_item("100.00", on=date(2025, 12, 1))

    def command(*words: str) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        parser.set_defaults(home=None)
        aging.add_arguments(parser)
        return aging.run(parser.parse_args(words)), capsys.readouterr().out

    return command


def test_figures_as_json(run):
    status, out = run("--as-of", "2026-01-31", "--by", "payer,bucket", "--json")

    report = json.loads(out)
    (one,) = report["organizations"]
    assert status == 0
    assert (report["as_of"], report["known_on"], report["by"]) == (
        "2026-01-31",
        None,
        ["payer", "bucket"],
    )
    assert one["rows"] == [
        {
            "payer": "", "bucket": "payer:1", "open": "100.00", "credit": "0.00", "items": 1,
            "bands": ["0.00", "0.00", "100.00", "0.00", "0.00"],
        }
    ]  # fmt: skip
    assert (one["aging"], one["books"], one["difference"]) == ("100.00", "100.00", "0.00")


def test_an_empty_day_of_which_something_was_known_owes_nothing(run):
    status, out = run("--as-of", "2025-11-01")

    assert (status, "nobody owes anything" in out, "Nothing was recorded" in out) == (
        0,
        True,
        False,
    )


def test_json_names_the_first_entry_where_nothing_was_known_yet(run):
    asked = ("--as-of", "2026-01-31", "--json")

    early, now = (json.loads(run(*asked, *more)[1]) for more in (("--known-on", "2026-02-01"), ()))

    [first] = [one["nothing_recorded_before"] for one in early["organizations"]]
    assert first.startswith(f"{datetime.now(UTC):%Y-}")
    assert [one["nothing_recorded_before"] for one in now["organizations"]] == [None]


def test_what_was_not_known_yet_is_named(run):
    status, out = run("--as-of", "2026-01-31", "--known-on", "2026-02-01")

    assert status == 0
    assert "nobody owes anything" not in out
    assert "Nothing was recorded here by the end of 2026-02-01: the first entry was recorded" in out
    assert f"{timezone.localdate():%Y-%m-%d}" in out
    assert "aging 0.00 = books 100.00 + booked elsewhere -100.00 (1 entry); difference 0.00" in out
    assert "charge: counts from 2025-12-01" in out


def test_figures_in_words(run):
    _, out = run("--as-of", "2026-01-31")

    assert "First payer" in out and "61-90 days" in out


def test_another_day_beside_it_shows_what_changed(run):
    status, out = run("--as-of", "2026-01-31", "--beside", "2025-11-30", "--json")

    report = json.loads(out)
    (change,) = report["changes"]
    assert status == 0
    assert report["beside"]["organizations"][0]["aging"] == "0.00"
    assert (change["from"], change["to"], change["bucket"]) == (
        "2025-11-30",
        "2026-01-31",
        "payer:1",
    )
    assert (change["open_before"], change["open_after"], change["open_change"]) == (
        "0.00", "100.00", "100.00",
    )  # fmt: skip


def test_another_day_beside_it_in_words(run):
    _, out = run("--as-of", "2025-11-30", "--beside", "2026-01-31")

    assert "open items on 2025-11-30" in out and "open items on 2026-01-31" in out
    assert "0.00 to 100.00, 100.00 more open" in out


@pytest.mark.parametrize(
    "words", [("--by", "weather"), ("--measure", "moon"), ("--organization", "nobody")]
)
def test_what_is_unknown_is_refused(run, words):
    with pytest.raises(InputError, match=words[1]):
        run(*words)


def test_a_day_that_is_none_is_refused(run, capsys):
    with pytest.raises(SystemExit):
        run("--as-of", "31.1.2026")
    assert "expected a day like 2026-11-30" in capsys.readouterr().err
