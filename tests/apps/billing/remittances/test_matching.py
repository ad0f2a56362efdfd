"""A payment's claims are found by exact numbers, however many they are."""

from dataclasses import replace

import pytest

from tests.apps.billing.world import TYPICAL, claim, pay

pytestmark = pytest.mark.database_core


def test_a_payment_with_more_claims_than_a_statement_has_parameters_is_matched(desk):
    from cleanclaim.apps.billing.remittances.matching import candidates, match_claims

    one = claim("A1")
    [claim_id] = desk.take(one)
    ours = pay(one, TYPICAL)
    others = [
        replace(ours, control_number=f"B{n}", payer_control_number=f"P{n}") for n in range(66_000)
    ]

    matches = match_claims([ours, *others], candidates([ours, *others]))

    assert [match.claim and match.claim.pk for match in matches] == [claim_id, *[None] * 66_000]
