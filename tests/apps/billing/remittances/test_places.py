"""The claim payments of a remittance: written part by part while the rest is read, and held to it by the database."""

from decimal import Decimal

import pytest

from tests.apps.billing.world import PAID_ON, TYPICAL, claim, line, pay, receive_835, remittance

pytestmark = pytest.mark.database_core

NAMES = ("position", "control_number", "status_code", "charge", "paid", "body")


def received(*payments, trace="T1"):
    from cleanclaim.apps.billing.remittances.services import receive_remittances

    return receive_remittances(receive_835(remittance(*payments, trace=trace)), received_on=PAID_ON)


def rows(remittance_id: int) -> list[tuple]:
    from cleanclaim.apps.billing.remittances.models import RemittanceClaim

    found = RemittanceClaim.objects.filter(remittance_id=remittance_id).order_by("position")
    return list(found.values_list(*NAMES))


@pytest.mark.parametrize("is_apart", [False, True])
@pytest.mark.parametrize("at_once", [1, 2, 3, 4, 5])
def test_in_parts_it_is_kept_as_at_once(desk, monkeypatch, at_once, is_apart):
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.remittances.services import keeping
    from cleanclaim.apps.shared.tenancy import apart

    payments = [pay(claim(f"A{number}"), TYPICAL) for number in range(1, 5)]
    [whole] = received(*payments).ids
    monkeypatch.setattr(keeping, "PLACES_AT_ONCE", at_once)
    monkeypatch.setattr(apart, "may_fork", lambda: is_apart)

    [in_parts] = received(*payments, trace="T2").ids

    assert rows(in_parts) == rows(whole)
    assert Remittance.objects.get(pk=in_parts).claim_count == 4


@pytest.mark.parametrize("is_apart", [False, True])
def test_where_a_late_claim_does_not_fit_nothing_is_kept(desk, monkeypatch, is_apart):
    from cleanclaim.apps.billing.remittances.models import Remittance, RemittanceClaim
    from cleanclaim.apps.billing.remittances.services import keeping
    from cleanclaim.apps.shared.tenancy import apart

    monkeypatch.setattr(keeping, "PLACES_AT_ONCE", 1)
    monkeypatch.setattr(apart, "may_fork", lambda: is_apart)
    huge = "99999999999999.00"
    late = pay(claim("A3", line(charge=huge)), ("0.00", (("CO", "45", huge),)))

    answer = received(pay(claim("A1"), TYPICAL), pay(claim("A2"), TYPICAL), late)

    assert answer.ids == ()
    assert "claim 3" in answer.faults[0]
    assert Remittance.objects.count() == RemittanceClaim.objects.count() == 0


def place_of(remittance_id: int) -> None:
    from cleanclaim.apps.billing.remittances.models import RemittanceClaim
    from cleanclaim.apps.shared.tenancy.bulk import insert_rows

    columns = (
        "remittance", "position", "control_number", "payer_control_number", "status_code", "charge",
        "paid", "patient_responsibility", "crossed_over_to", "body",
    )  # fmt: skip
    zero = Decimal("0.00")
    row = (remittance_id, 9, "X", "", "1", zero, zero, zero, "", "{}")
    insert_rows(RemittanceClaim, columns, [row])


def test_a_claim_payment_of_no_remittance_is_refused(desk):
    from django.db import IntegrityError

    with pytest.raises(IntegrityError, match="no such remittance in this organization"):
        place_of(999_999)


def test_a_claim_payment_cannot_go_to_another_remittance(desk):
    from django.db import IntegrityError

    from cleanclaim.apps.billing.remittances.models import RemittanceClaim

    [first] = received(pay(claim("A1"), TYPICAL)).ids
    [second] = received(pay(claim("A2"), TYPICAL), trace="T2").ids

    with pytest.raises(IntegrityError, match="stays with remittance"):
        RemittanceClaim.objects.filter(remittance_id=first).update(remittance_id=second, position=7)


def test_without_the_trigger_it_would_be_kept(desk, database):
    """The twin: the control taken away, the database takes a claim payment of no remittance."""
    from tests.apps.shared.ledger.test_money_rules import drop_trigger

    drop_trigger(database, "place_of_remittance", "remittances_remittanceclaim")

    place_of(999_999)
