"""Institutional and dental claims go round the whole cycle as professional ones do, first and second payer's."""

from decimal import Decimal
from pathlib import Path

import pytest

import cleanclaim.edi

pytestmark = pytest.mark.database_core

EDI = Path(cleanclaim.edi.__file__).parent
STAYS = EDI / "hc837i" / "samples"
TEETH = EDI / "hc837d" / "samples"


def run(home, *files: Path):
    from cleanclaim.project.loop.progress import Quiet
    from cleanclaim.project.loop.run import LoopRequest, run_loop

    return run_loop(home, LoopRequest(files=files, enroll=True, processes=1), Quiet())


def answers(home) -> dict[str, object]:
    """{the provider's control number: the plan's answer}, from the 835s that lay in the drop folders."""
    from cleanclaim.edi import read_file

    found = {}
    for path in sorted((home.path / "drop").rglob("*.x12")):
        for message in read_file(path.read_bytes()).messages:
            if message.name == "835":
                assert message.is_accepted
                remittance = message.remittance()
                assert remittance.difference == 0
                found |= {one.control_number: one for one in remittance.claims}
    return found


def states() -> dict[str, str]:
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.tenancy.models import Organization, OrganizationKind

    found: dict[str, str] = {}
    practices = Organization.objects.filter(kind=OrganizationKind.PRACTICE)
    for pk in practices.values_list("id", flat=True):
        with tenant(pk):
            found |= dict(Claim.objects.values_list("control_number", "state"))
    return found


def test_stays_are_paid_line_by_line_and_told_by_revenue_code(home) -> None:
    report = run(home, STAYS / "inpatient.edi")

    assert report.is_clean, report.proof.broken
    stay = answers(home)["LS-2001"]
    assert [(one.procedure.qualifier, one.procedure.code, one.paid) for one in stay.lines] == [
        ("NU", "0120", Decimal("2960.00")),  # 70 % of 6,000, less the deductible of 500 and 20 %
        ("NU", "0250", Decimal("812.42")),
        ("NU", "0300", Decimal("560.00")),
        ("NU", "0360", Decimal("5600.00")),
    ]
    assert (stay.place_of_service, stay.frequency_code) == ("11", "1")
    assert [one.service_from for one in stay.lines][:1] == [None]  # as billed: the stay's own days


def test_a_procedure_keeps_its_revenue_code_beside_it(home) -> None:
    report = run(home, STAYS / "home_health_hospice_snf.edi")

    assert report.is_clean, report.proof.broken
    assert report.proof.counts.paid == report.proof.counts.received == 3
    hospice = answers(home)["MH-3002"]
    assert [(one.procedure.code, one.revenue_code) for one in hospice.lines] == [
        ("Q5004", "0651"),
        ("G0299", "0551"),
    ]


def test_what_the_first_payer_did_with_a_stay_is_restated_and_the_balance_paid(home) -> None:
    report = run(home, STAYS / "medicare_crossover.edi")

    assert report.is_clean, report.proof.broken
    found = answers(home)
    whole, by_line = found["LS-2002"], found["LS-2003"]  # told for the claim; told line by line
    assert (whole.status_code, by_line.status_code) == ("2", "2")
    assert whole.paid + by_line.paid == report.proof.money.paid
    # Of the second, 40.00 that the first payer took off at the claim (PR-1) was not paid after all.
    for one, prior in ((whole, "10364.00"), (by_line, "720.00")):
        restated = [a.amount for a in one.all_adjustments if a.code == "OA-23"]
        assert sum(restated) == Decimal(prior)
        assert one.difference == 0
    # What is left of the second (PR-1) is Medicaid's to its patient: never asked for.
    assert states() == {"LS-2002": "closed", "LS-2003": "closed"}


def test_dental_claims_are_paid_first_and_second(home) -> None:
    report = run(home, TEETH / "orthodontics_and_fillings.edi")

    assert report.is_clean, report.proof.broken
    assert report.proof.counts.paid == 2
    assert report.proof.money.patient > 0


def test_an_estimate_is_refused_in_words_and_the_second_payers_claim_beside_it_is_paid(
    home,
) -> None:
    report = run(home, TEETH / "predetermination_secondary.edi")

    assert (report.proof.counts.rejected, report.proof.counts.paid) == (1, 1)
    assert report.proof.holds
    [one] = report.explained
    assert one.control_number == "BD-1003"
    assert one.reasons[0].startswith(
        "Rejected by the payer (A3:21:PR). This plan gives no estimates"
    )
    second = answers(home)["BD-1004"]
    assert (second.status_code, second.paid) == ("2", Decimal("0.00"))
    assert second.patient_responsibility == Decimal("110.00")


def test_an_estimate_opens_no_receivable(home) -> None:
    from cleanclaim.apps.billing.charges.models import Charge
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.tenancy.models import Organization, OrganizationKind

    run(home, TEETH / "predetermination_secondary.edi")

    [practice] = Organization.objects.filter(kind=OrganizationKind.PRACTICE)
    with tenant(practice.pk):
        estimate = Claim.objects.get(control_number="BD-1003")
        items = Charge.objects.filter(claim_id=estimate.pk).values_list("item_id", flat=True)
        assert estimate.open_amount == 0
        assert list(items) == [0]


def test_a_service_without_a_day_of_its_own_ages_from_the_claims(home) -> None:
    from datetime import date

    from cleanclaim.apps.billing.charges.models import Charge
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.tenancy.models import Organization, OrganizationKind

    run(home, STAYS / "inpatient.edi")

    [practice] = Organization.objects.filter(kind=OrganizationKind.PRACTICE)
    with tenant(practice.pk):
        rows = Charge.objects.order_by("line_number")
        assert [(row.procedure, row.service_from) for row in rows] == [
            ("0120", date(2026, 2, 3)),
            ("0250", date(2026, 2, 3)),
            ("0300", date(2026, 2, 3)),
            ("0360", date(2026, 2, 3)),
        ]
