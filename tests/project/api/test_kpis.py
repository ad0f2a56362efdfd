"""Measures by API: the arithmetic, the point of view, whose they are, what is refused."""

from datetime import date

import pytest

from tests.apps.shared.ledger.cases import charged_item, payment_entry, services
from tests.project.api.conftest import Api, MakeApi

ASKED = {"effective_on": "2026-09-30", "days": 30, "names": "dso,gross_collection_rate"}


@pytest.fixture
def owed(practice: int) -> None:
    """300.00 charged in September, 120.00 of it paid."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        item = charged_item("300.00", on=date(2026, 9, 1))
        services.post_entries([payment_entry(item, "120.00", on=date(2026, 9, 20))])


def test_a_measure_comes_with_its_arithmetic(practice_api: Api, owed: None) -> None:
    answer = practice_api.get("/kpis", **ASKED).json()

    dso, collected = answer["rows"]
    # 180.00 / 300.00 × 30 days = 18.0; 120.00 / 300.00 = 40 %
    assert (answer["on"], answer["days"]) == ("2026-09-30", 30)
    assert (dso["value"], dso["unit"], dso["numerator"], dso["denominator"]) == (
        "18.0", "days", "180.00", "300.00",
    )  # fmt: skip
    assert (collected["value"], collected["unit"]) == ("40.0", "%")
    assert dso["numerator_parts"] == [
        {
            "what": "receivable",
            "amount": "180.00",
            "accounts": [{"account": "receivable:payer:1", "amount": "180.00"}],
        }
    ]
    assert (dso["target"], dso["is_missed"], dso["is_counted"]) == ("40", False, False)


def test_a_measure_is_as_known_at_a_moment(practice_api: Api, owed: None) -> None:
    answer = practice_api.get("/kpis", recorded_by="2020-01-01T00:00:00Z", **ASKED).json()

    assert [row["value"] for row in answer["rows"]] == [None, None]


def test_nobody_sees_anothers_measures(plan_api: Api, owed: None) -> None:
    answer = plan_api.get("/kpis", **ASKED).json()

    assert [row["numerator"] for row in answer["rows"]] == ["0.00", "0.00"]


def test_the_scope_is_wanted(make_api: MakeApi, practice: int) -> None:
    assert make_api(practice, scopes=["claims.read"]).get("/kpis").status_code == 403


@pytest.mark.parametrize(
    ("query", "status"),
    [({"names": "moon"}, 400), ({"days": "0"}, 422), ({"days": "3661"}, 422), ({"moon": "1"}, 422)],
)
def test_what_is_unknown_is_refused(practice_api: Api, query: dict[str, str], status: int) -> None:
    assert practice_api.get("/kpis", **query).status_code == status
