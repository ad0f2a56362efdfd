"""What a claim should bring, on its own page from the day its charges are booked."""

import pytest

from tests.apps.billing.contracts.record import put_on_record
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import DAY, claim, line

pytestmark = pytest.mark.database_core

TERMS = [
    {"method": "case_rate", "amount": "1000.00", "codes": ["27447"], "covers": "lines", "clause": "knee"},
    {"method": "flat", "amount": "80.00", "codes": ["99213"], "clause": "visit"},
]  # fmt: skip


@pytest.fixture
def booked(practice: int) -> tuple[int, int]:
    """A knee, a visit and a line that no term prices: (organization, claim)."""
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.shared.tenancy.context import tenant

    stop = [{"threshold": "100000.00", "percent": 60, "pays": "excess", "clause": "outlier"}]
    lines = (line(1, "27447", "1500.00"), line(2, "99213"), line(3, "97110", "30.00"))
    with tenant(practice):
        put_on_record(terms=TERMS, stop_loss=stop)
        [claim_id] = import_claims(
            [claim("A1", *lines)], source_file_id=7, received_on=DAY
        ).claim_ids
    return practice, claim_id


def test_the_claims_page_says_what_each_line_should_bring(booked) -> None:
    with demo():
        page = browser(booked[0], "Practice biller").get(f"/claims/{booked[1]}/").content.decode()

    assert "1,000.00 a case" in page
    assert "COASTAL 2026, knee" in page
    assert "no contract in force prices it" in page
    assert "1,080.00" in page  # 1,000.00 + 80.00


def test_as_of_a_day_before_nothing_was_expected(booked) -> None:
    with demo():
        biller = browser(booked[0], "Practice biller")
        biller.post("/as-of/", {"effective_on": "2026-06-30"})
        page = biller.get(f"/claims/{booked[1]}/").content.decode()

    assert "1,000.00 a case" not in page
    assert "A1" in page


def test_the_contracts_page_shows_its_other_clauses(booked) -> None:
    from cleanclaim.apps.billing.contracts.models import Contract
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(booked[0]):
        contract_id = Contract.objects.get().pk
    with demo():
        page = browser(booked[0], "Billing lead").get(f"/contracts/{contract_id}/").content.decode()

    assert "60 % of the charges above 100,000.00" in page
    assert "claims with 27447, these lines" in page
