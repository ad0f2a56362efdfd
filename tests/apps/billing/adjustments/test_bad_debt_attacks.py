"""Bad debt that somebody tries to get through early, twice, or after the account has changed."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import StateError
from tests.apps.billing.adjustments.people import PATIENT, PAYER, balance, owed, person, visit
from tests.apps.billing.adjustments.test_reapplying import pay_patient
from tests.apps.billing.world import PAID_ON

pytestmark = pytest.mark.database_core
LATER = PAID_ON + timedelta(days=200)


@pytest.fixture
def people(inside) -> tuple[int, int]:
    return person(inside, "Ana"), person(inside, "Lee", "Billing lead")


def recommend(item: int, amount: str, by: int, on=LATER):
    from cleanclaim.apps.billing.adjustments.services import Move, recommend_bad_debt

    moves = [Move(item, PATIENT, Decimal(amount))]
    return recommend_bad_debt(moves, letters=3, calls=2, note="no answer", on=on, by=by)


def test_what_came_to_the_patient_yesterday_is_not_old_by_its_payers_days(desk, people):
    """40.00 are with the payer for 200 days; 10.00 of it were moved to the patient yesterday."""
    from cleanclaim.apps.billing.adjustments.services import Move, Request, request_adjustment

    ana, _ = people
    item = visit(desk, answer=("80.00", (("CO", "197", "40.00"),)))
    moved = (Move(item, PAYER, Decimal("10.00")),)
    request_adjustment(Request("to_patient", moved, "copay"), on=LATER - timedelta(days=1), by=ana)

    with pytest.raises(
        StateError, match=r"payer:1 is responsible for it since .*, expected patient"
    ):
        recommend(item, "10.00", ana)


def test_two_recommendations_write_one_balance_off_once(desk, people):
    from cleanclaim.apps.billing.adjustments.services import approve_adjustment

    ana, lee = people
    item = visit(desk, answer=owed("120.00", "40.00"))
    first, second = recommend(item, "40.00", ana), recommend(item, "40.00", ana)

    approve_adjustment(first.pk, on=LATER, by=lee)
    with pytest.raises(StateError, match=r"40\.00 to take off, 0\.00 open"):
        approve_adjustment(second.pk, on=LATER, by=lee)
    assert balance(item) == Decimal("0.00")
    desk.prove()


def test_a_payment_before_the_approval_leaves_nothing_below_zero(desk, people):
    from cleanclaim.apps.billing.adjustments.services import approve_adjustment

    ana, lee = people
    item = visit(desk, answer=owed("120.00", "40.00"))
    row = recommend(item, "40.00", ana)
    pay_patient(item, "0.01")

    with pytest.raises(StateError, match=r"40\.00 to take off, 39\.99 open"):
        approve_adjustment(row.pk, on=LATER, by=lee)
    row.refresh_from_db()
    assert (row.state, balance(item)) == ("waiting", Decimal("39.99"))


def test_an_account_that_went_to_legal_meanwhile_is_not_written_off(desk, people):
    from cleanclaim.apps.billing.adjustments.services import approve_adjustment, hold_account
    from cleanclaim.apps.shared.ledger.models import Item

    ana, lee = people
    item = visit(desk, answer=owed("120.00", "40.00"))
    row = recommend(item, "40.00", ana)
    patient = Item.objects.get(pk=item).patient_id
    hold_account(patient, kind="bankruptcy", words="chapter 7", on=LATER, by=ana)

    with pytest.raises(StateError, match="is with legal"):
        approve_adjustment(row.pk, on=LATER, by=lee)
