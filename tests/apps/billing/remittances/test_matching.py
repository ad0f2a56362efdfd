"""A payment's claims are found by exact numbers, however many they are."""

from dataclasses import replace
from datetime import date

import pytest

from tests.apps.billing.world import TYPICAL, claim, line, pay

pytestmark = pytest.mark.database_core


def test_a_payment_with_more_claims_than_a_statement_has_parameters_is_matched(desk):
    from cleanclaim.apps.billing.remittances.matching import candidates, match_claims

    one = claim("A1")
    [claim_id] = desk.take(one)
    ours = pay(one, TYPICAL)
    others = [
        replace(ours, control_number=f"B{n}", payer_control_number=f"P{n}") for n in range(66_000)
    ]

    matches = match_claims([ours, *others], candidates([ours, *others]), payer_id=0)

    assert [match.claim and match.claim.pk for match in matches] == [claim_id, *[None] * 66_000]


def test_of_two_fills_of_a_prescription_the_one_of_the_same_day_and_charge_is_meant(desk):
    from cleanclaim.apps.billing.remittances.matching import candidates, match_claims

    first = claim("RX7001", line(service_from=date(2026, 5, 1)))
    second = claim("RX7001", line(service_from=date(2026, 6, 1)))
    _, second_id = desk.take(first, second)
    payment = pay(second, TYPICAL, number="NEW")

    [match] = match_claims([payment], candidates([payment]), payer_id=0)

    assert match.claim and match.claim.pk == second_id


def test_two_claims_alike_in_number_day_and_charge_are_held(desk):
    from cleanclaim.apps.billing.remittances.matching import candidates, match_claims

    desk.take(claim("RX7001"))
    desk.take(claim("RX7001"), source_file_id=8)
    payment = pay(claim("RX7001"), TYPICAL, number="NEW")

    [match] = match_claims([payment], candidates([payment]), payer_id=0)

    assert match.claim is None
    assert "several claims" in match.reason
