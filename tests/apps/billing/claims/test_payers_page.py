"""The page and the command that say who owes what of a claim."""

import argparse
import json
from contextlib import nullcontext
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.apps.billing.claims.payers import (
    AS_SECOND,
    DELGADO,
    HOME_HEALTH,
    MEDICAID,
    answered,
    home_health,
    two_payers,
)
from tests.apps.billing.desks import browser, demo, reads
from tests.apps.billing.world import pay, remittance

pytestmark = pytest.mark.database_core


def test_a_benefit_is_entered_and_the_patients_part_follows(practice, desk):
    from cleanclaim.apps.billing.coverage.models import Coverage
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        claim_id, one = home_health(desk)
        desk.post(remittance(pay(one, HOME_HEALTH)))
        coverage = Coverage.objects.get()

    with demo():
        client = browser(practice, "Practice biller")
        given = {"coverage": coverage.pk, "left": "150.00", "as_of": "2026-06-20", "source": "271"}
        kept = client.post(f"/claims/{claim_id}/payers/benefit/", given)
        page = client.get(f"/claims/{claim_id}/payers/").content.decode()

    assert kept.status_code == 302
    for shown in (
        "150.00",
        "74.00",
        "224.00",
        "Only 150.00 may be the patient",
        "out-of-pocket maximum",
        '<li class="result"><span>The patient owes</span><b>150.00</b></li>',
    ):
        assert shown in page, shown
    with tenant(practice):
        assert desk.row(claim_id).patient_owes == Decimal("150.00")
    assert reads(practice)[-1] == ("read", "who owes", coverage.patient_id)


def test_a_person_sends_a_claim_on_takes_it_back_and_ends_the_order(practice, desk):
    from cleanclaim.apps.shared.tenancy.context import tenant

    one = two_payers()
    with tenant(practice):
        [claim_id] = desk.take(one)
        desk.accept(claim_id, "ICN1")
        refused = ("0.00", (("CO", "197", "210.00"),))
        desk.post(remittance(pay(one, DELGADO[0], refused)))

    with demo():
        client = browser(practice, "Practice biller")
        address = f"/claims/{claim_id}/payers/"
        before = client.get(address).content.decode()
        assert client.post(f"{address}build/").status_code == 302
        with tenant(practice):
            assert desk.row(claim_id).payer_name == MEDICAID.name
        assert client.post(f"{address}withdraw/", {"reason": "denial first"}).status_code == 302
        assert client.post(f"{address}end/", {"reason": "never covered"}).status_code == 302
        after = client.get(address).content.decode()
        assert client.post(f"{address}reopen/", {"reason": "it did"}).status_code == 302
        reopened = client.get(address).content.decode()
        assert client.post(f"{address}nonsense/").status_code == 404

    assert "the denial CO-197 is to be worked" in before
    assert "SVD*CAHP1*65.6*HC:99214**1" in before
    assert "Bill State Medicaid" in before
    assert "Bill State Medicaid" not in after
    assert "Nobody comes after" in after and "never covered" in after
    assert "Nobody comes after" not in reopened and "Bill State Medicaid" in reopened
    with tenant(practice):
        row = desk.row(claim_id)
        assert (row.state, row.denied, row.patient_owes) == (
            "partial",
            Decimal("210.00"),
            Decimal("66.40"),
        )


def test_the_page_says_until_when_a_crossover_is_waited_for(practice, desk):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        claim_id, _ = answered(desk, status="19")

    with demo():
        page = browser(practice, "Practice biller").get(f"/claims/{claim_id}/payers/")

    assert "sent on to it, expected by" in page.content.decode()


def test_a_question_leads_to_the_coverage_and_to_the_order(practice, desk):
    from cleanclaim.apps.billing.coverage.models import Coverage
    from cleanclaim.apps.shared.tenancy.context import tenant

    medicare = replace(AS_SECOND, subscriber=replace(AS_SECOND.subscriber, filing_indicator="MB"))
    with tenant(practice):
        claim_id, _ = answered(desk, replace(two_payers(), other_coverages=(medicare,)))
        patient_id = desk.row(claim_id).patient_id
        coverage_id = Coverage.objects.get(payer_order="S").pk

    with demo():
        client = browser(practice, "Practice biller")
        page = client.get(f"/claims/{claim_id}/payers/").content.decode()
        family = {"coverage": coverage_id, "left": "40.00", "as_of": "2026-06-20", "source": "271", "whose": "family"}  # fmt: skip
        assert client.post(f"/claims/{claim_id}/payers/benefit/", family).status_code == 302

    assert "Say on the coverage why State Medicaid is not the first payer" in page
    assert f'href="/patients/{patient_id}/coverage/{coverage_id}/"' in page
    assert f'href="/patients/{patient_id}/payers/"' in page
    with tenant(practice):
        [figure] = Coverage.objects.get(pk=coverage_id).benefits_left.all()
        assert (figure.is_family, figure.left) == (True, Decimal("40.00"))


def test_the_account_says_what_is_held_from_the_statement(practice, desk):
    from cleanclaim.apps.billing.coverage.models import Coverage
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        claim_id, one = home_health(desk)
        Coverage.objects.update(filing_indicator="MC")
        desk.post(remittance(pay(one, HOME_HEALTH)))
        patient_id = desk.row(claim_id).patient_id

    with demo():
        page = browser(practice, "Practice biller").get(f"/accounts/{patient_id}/").content.decode()

    assert "Held from the statement" in page
    assert "224.00 is held, 0.00 may be billed" in page
    assert "447.15" in page


def test_the_command_prints_the_derivation(practice, desk, monkeypatch, capsys):
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project import setup
    from cleanclaim.project.cli import owes

    monkeypatch.setattr(setup, "open_django", lambda home, **_: nullcontext())
    with tenant(practice):
        _, one = home_health(desk)
        desk.post(remittance(pay(one, HOME_HEALTH)))

    def run(*words: str) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        parser.set_defaults(home=None)
        owes.add_arguments(parser)
        return owes.run(parser.parse_args(list(words))), capsys.readouterr().out

    status, told = run("HH-20388", "--json")
    assert (status, json.loads(told)["patient_owes"]) == (0, "224.00")
    assert "The patient owes 224.00." in run("HH-20388")[1]
