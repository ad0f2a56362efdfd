"""Targets of KPIs: set by a lead from a day on, by page and command; shown with the KPI of that day."""

import argparse
import json
from contextlib import nullcontext
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError
from cleanclaim.project.cli import kpi as command
from tests.apps.billing.desks import browser, demo

pytestmark = pytest.mark.database_core
DAY = date(2026, 10, 1)


@pytest.fixture
def leads(practice):
    with demo():
        yield browser(practice, "Billing lead", name="Ada"), browser(practice, "Practice biller")


def on(practice: int, day: date) -> dict[str, Decimal]:
    from cleanclaim.apps.reports.kpis.targets import targets
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        return dict(targets(on=day))


def test_a_lead_sets_a_target_from_a_day_on(practice, leads) -> None:
    ada, biller = leads
    form = {"target": "38.5", "from": "2026-10-01", "words": "agreed with the owners"}

    refused = biller.post("/kpis/dso/target/", form)
    page = ada.post("/kpis/dso/target/", form, follow=True).content.decode()

    assert refused.status_code == 403
    assert "38.5" in page and "agreed with the owners" in page and "Ada" in page
    assert on(practice, date(2026, 9, 30))["dso"] == Decimal(40)  # what comes with the program
    assert on(practice, DAY)["dso"] == Decimal("38.5")


def test_an_empty_target_takes_it_away_and_the_later_of_one_day_counts(practice, leads) -> None:
    for typed in ("38", "none", "36"):
        leads[0].post("/kpis/dso/target/", {"target": typed, "from": "2026-10-01"})
        assert on(practice, DAY).get("dso") == (None if typed == "none" else Decimal(typed))


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"target": "soon", "from": "2026-10-01"}, 400),
        ({"target": "NaN", "from": "2026-10-01"}, 400),
        ({"target": "-1", "from": "2026-10-01"}, 400),
        ({"target": "1.005", "from": "2026-10-01"}, 400),
        ({"target": "38", "from": "yesterday"}, 400),
        ({"target": "38", "from": "0001-01-01"}, 400),
    ],
)
def test_what_no_target_can_be_is_refused(practice, leads, form, status) -> None:
    assert leads[0].post("/kpis/dso/target/", form).status_code == status
    assert on(practice, DAY)["dso"] == Decimal(40)


def test_the_command_sets_one_in_a_leads_name(practice, leads, monkeypatch, capsys) -> None:
    from cleanclaim.project import setup

    monkeypatch.setattr(setup, "open_django", lambda home, **_: nullcontext())

    def run(*words: str) -> str:
        parser = argparse.ArgumentParser()
        parser.set_defaults(home=None)
        command.add_arguments(parser)
        command.run(parser.parse_args([*words, "--json"]))
        return capsys.readouterr().out

    lead = f"ada-billing-lead-{practice}@harbor.example"
    said = json.loads(run("cei", "--set-target", "97", "--from", "2026-10-01", "--by", lead))
    assert (said["target"], on(practice, DAY)["cei"]) == ("97", Decimal(97))
    with pytest.raises(InputError, match="expected one of one"):
        run("--set-target", "97", "--by", lead)
    with pytest.raises(InputError, match="nobody of this organization"):
        run("cei", "--set-target", "90", "--by", "stranger@harbor.example")


def test_cash_that_a_trial_balance_brought_was_not_collected(practice) -> None:
    from cleanclaim.apps.reports.kpis.questions import Asked, kpis
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.opening.test_opening import AS_OF, load, post

    with tenant(practice):
        post(load())  # 1,000.00 at the bank, nothing paid since
        [found] = kpis(Asked(AS_OF, days=30), ["net_collection_rate"])

    assert (found.top, found.bottom) == (Decimal("0.00"), Decimal("0.00"))


@pytest.mark.parametrize(
    "path",
    [
        "/kpis/dso/",
        "/aging/",
        "/aging/?beside=0001-01-01",
        "/close/roll-forward/?from=0001-01-01",
        "/close/roll-forward/?to=9999-12-31",
        "/close/population/?from=2026-02-30",
        "/close/9999-12/",
    ],
)
def test_days_that_no_book_has_are_refused_not_an_error(leads, path) -> None:
    session = leads[0].session
    if "?" not in path and "9999" not in path:
        session["as_of"] = ["0001-01-01", ""]
        session.save()

    assert leads[0].get(path).status_code == 400


@pytest.mark.parametrize(("typed", "read"), [("40", "40"), ("100", "100"), ("38.50", "38.5")])
def test_a_target_reads_as_people_write_it(practice, leads, typed, read) -> None:
    leads[0].post("/kpis/dso/target/", {"target": typed, "from": "2026-10-01"})

    assert str(on(practice, DAY)["dso"]) == read
