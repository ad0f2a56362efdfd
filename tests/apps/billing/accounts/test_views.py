"""A patient's account: as of two dates, every amount with its why."""

from datetime import date
from decimal import Decimal

import pytest

from tests.apps.billing.desks import browser, demo, reads
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, pay, receive_835, remittance

pytestmark = pytest.mark.database_core


@pytest.fixture
def account(practice: int):
    """A visit of 120.00, answered: 80.00 paid, 30.00 by contract, 10.00 the patient's. The patient's id."""
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.billing.remittances.services import post_remittance, receive_remittances
    from cleanclaim.apps.shared.tenancy.context import tenant

    one = claim("A1")
    with tenant(practice):
        import_claims([one], source_file_id=7, received_on=PAID_ON)
        file = receive_835(remittance(pay(one, TYPICAL)))
        for pk in receive_remittances(file, received_on=PAID_ON).ids:
            post_remittance(pk, posted_on=PAID_ON)
        patient_id = Claim.objects.get().patient_id
    with demo():
        yield patient_id


def dollars(*amounts: str) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]


def test_the_ledger_runs_from_charge_to_what_the_patient_owes(practice, account):
    from cleanclaim.apps.billing.accounts.story import ledger_of
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        rows = ledger_of(account)

    assert [row.words for row in rows] == ["Charge", "Payer paid", "Contract reduction"]
    assert [row.moved for row in rows] == dollars("120.00", "-80.00", "-30.00")
    assert [row.balance for row in rows] == dollars("120.00", "40.00", "10.00")
    assert [row.patient for row in rows] == dollars("0.00", "10.00", "10.00")


def test_before_the_payment_the_payer_owed_everything(practice, account):
    from cleanclaim.apps.billing.accounts.questions import balances_of, items_of
    from cleanclaim.apps.shared.tenancy.context import tenant

    day = date(2026, 7, 7)
    with tenant(practice):
        [then] = items_of(account, on=day, effective_on=day)
        [now] = items_of(account, on=PAID_ON)
        amounts = balances_of([account], effective_on=day)[account].amounts

    assert (then.bucket, then.balance, amounts.open_amount) == (
        "payer:1",
        *dollars("120.00", "120.00"),
    )
    assert (now.bucket, now.balance, now.age_days) == ("patient", Decimal("10.00"), 0)


@pytest.mark.parametrize(
    ("column", "sum_shown"),
    [("charge", "120.00"), ("paid", "80.00"), ("reduced", "30.00"), ("balance", "10.00")],
)
def test_every_amount_of_an_item_is_the_sum_of_its_why(practice, account, column, sum_shown):
    client = browser(practice, "Practice biller")

    page = client.get(f"/accounts/{account}/items/1/{column}/")

    assert page.status_code == 200
    assert f"<h2>Why {sum_shown}</h2>" in page.content.decode()
    assert client.get(f"/accounts/{account}/items/1/nonsense/").status_code == 404


def test_every_look_is_audited(practice, account):
    client = browser(practice, "Practice biller")

    for path in ("", "?xlsx=items", "entries/1/"):
        assert client.get(f"/accounts/{account}/{path}").status_code == 200

    assert {(action, what) for action, what, _ in reads(practice)} == {
        ("read", "account"),
        ("export", "account"),
    }
    assert {patient_id for _, _, patient_id in reads(practice)} == {account}


def test_a_long_ledger_is_shown_by_windows_with_the_balance_brought_forward(practice, account):
    from cleanclaim.apps.billing.accounts import story, views

    rows = [
        story.LedgerRow(None, "Charge", "", Decimal(1), Decimal(n), Decimal(0))
        for n in range(1, 251)
    ]

    shown, earlier = views._window(rows, 250)
    first, none = views._window(rows, 50)

    assert (len(shown), earlier, shown[0].words, shown[0].balance) == (
        101,
        150,
        "Brought forward",
        Decimal(150),
    )
    assert (len(first), none) == (50, None)
