"""A large payment that is posted in parts and a small one that name the same fill by its prescription: neither is lost.

`parts.lock_all` locks claims by the numbers of the file only. A fill that is found by its prescription is locked when it
is written, after the lock of all claims: a small payment has its row by then and waits for that lock, and PostgreSQL has
to end one of the two.
"""

import pytest

from tests.apps.billing.conftest import Desk
from tests.apps.billing.remittances.test_fills import fill, paid
from tests.apps.billing.remittances.test_same_claim_at_once import post_overlapping, received
from tests.apps.billing.world import remittance

pytestmark = pytest.mark.database_core


@pytest.mark.parametrize("large_first", [True, False])
def test_a_large_and_a_small_payment_of_one_fill_wait_for_each_other(
    practice, monkeypatch, large_first
):
    """Both find the fill by its prescription; neither control number is the claim's."""
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.remittances import parts
    from cleanclaim.apps.billing.remittances.models import RemittanceClaim
    from cleanclaim.apps.shared.ledger import services as ledger
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.tenancy.context import tenant

    monkeypatch.setattr(parts, "PLACES_AT_ONCE", 1)
    with tenant(practice):
        desk = Desk()
        desk.take(fill("7001234", 0), fill("7009999", 0))
        large = remittance(
            paid("PBM-1", xz="7001234-0", number="N1"),
            paid("PBM-2", xz="7009999-0", number="N2"),
            trace="T1",
        )
        small = remittance(paid("PBM-3", xz="7001234-0", number="N3"), trace="T2")
        ids = received(*((large, small) if large_first else (small, large)))
    place = (parts, "parts_of") if large_first else (ledger, "lock_claims")

    answers = post_overlapping(practice, monkeypatch, ids, place, after=large_first)

    assert not [one for one in answers if isinstance(one, Exception)], answers
    with tenant(practice):
        # Whichever came second knew of the first: a second answer of the whole fill waits for a person.
        assert Claim.objects.get(control_number="7001234").paid == 15
        [held] = RemittanceClaim.objects.exclude(hold="")
        assert (held.remittance_id, held.paid) == (ids[1], 15)
        assert "answered" in held.hold
        assert prove().balanced


@pytest.mark.parametrize("most", [100, 1])
def test_a_fill_is_found_by_its_prescription_whatever_the_size(
    desk: Desk, monkeypatch, most
) -> None:
    """The plan's claim number is the prescription alone, which is fill 0's number; the payment says fill 1."""
    from cleanclaim.apps.billing.remittances import parts

    monkeypatch.setattr(parts, "PLACES_AT_ONCE", most)
    first, second = desk.take(fill("7001234", 0), fill("7001234", 1))

    desk.post(remittance(paid("7001234", xz="7001234-1"), paid("NOBODY", number="N9")))

    assert (desk.row(first).paid, desk.row(second).paid) == (0, 15)
