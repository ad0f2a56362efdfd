"""The proof of the claims' cached amounts finds any cent that the legs do not bear out, in any column and block."""

import pytest

from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import TYPICAL, claim, dollars, pay, remittance

pytestmark = pytest.mark.database_core
AMOUNTS = {"charge": "120.00", "paid": "80.00", "contractual": "30.00", "patient_owes": "10.00"}
NAMES = ("charge", "paid", "prior_paid", "contractual", "other")
MORE = ("patient_owes", "patient_paid", "open_amount")


@pytest.fixture
def paid(desk: Desk) -> list[int]:
    """Three claims: the second is paid, the others wait."""
    one, two, three = claim("A1"), claim("A2"), claim("A3")
    ids = desk.take(one, two, three)
    desk.post(remittance(pay(two, TYPICAL)))
    return ids


def differences() -> list[tuple[str, str, str]]:
    from cleanclaim.apps.billing.claims.proof import prove_claims

    return [(one.subject, str(one.expected), str(one.found)) for one in prove_claims()]


@pytest.mark.parametrize("block", [1, 2, 20_000])
@pytest.mark.parametrize("column", [*NAMES, *MORE])
def test_a_cent_in_any_column_is_found(paid, monkeypatch, column: str, block: int) -> None:
    from cleanclaim.apps.billing.claims import proof
    from cleanclaim.apps.billing.claims.models import Claim

    monkeypatch.setattr(proof, "BLOCK", block)
    assert differences() == []
    right = dollars(AMOUNTS.get(column, "0.00"))
    Claim.objects.filter(pk=paid[1]).update(**{column: right + dollars("0.01")})

    assert differences() == [
        (f"claim {paid[1]} {column}", str(right), str(right + dollars("0.01")))
    ]


def test_amounts_of_a_claim_without_any_leg_are_found(paid) -> None:
    from cleanclaim.apps.billing.claims.models import Claim

    row = Claim.objects.get(pk=paid[0])
    row.pk, row.control_number = None, "A9"
    row.save()

    assert {subject for subject, _, _ in differences()} == {
        f"claim {row.pk} charge",
        f"claim {row.pk} open_amount",
    }


def test_no_claims_no_differences(practice: int) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        assert differences() == []
