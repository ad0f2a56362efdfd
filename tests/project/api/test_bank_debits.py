"""Money out by API: proposed, booked by a desk, once, and taken back."""

from decimal import Decimal

import pytest

from tests.apps.billing.conftest import Desk
from tests.apps.billing.deposits.bank import bring
from tests.apps.billing.receipts.money import take
from tests.apps.billing.world import PAID_ON, claim


@pytest.fixture
def world(practice: int):
    """A receipt of 82.00 that stands, and two lines of money out; (receipt's id, lines' ids)."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        desk = Desk()
        [claim_id] = desk.take(claim("A1"))
        receipt = take(desk.row(claim_id).patient_id, "82.00", reference="998877")
        ids = bring((PAID_ON, "-82.00", "RETURNED ITEM 998877"), (PAID_ON, "-9.00", "ODD")).line_ids
    return receipt.pk, ids


def test_a_line_is_proposed_booked_and_taken_back(world, make_api, practice):
    receipt_id, (back, odd) = world
    api = make_api(practice, role="Billing lead")

    found = api.get(f"/bank-lines/{back}/money-out").json()
    [act] = found["acts"]
    body = {"desk": act["desk"], "subject_id": act["subject_id"], "kind": act["kinds"][0]}
    done = api.post(f"/bank-lines/{back}/settle-by-act", body, key="settle-001").json()
    again = api.post(f"/bank-lines/{back}/settle-by-act", body, key="settle-002")
    entry = done["explanations"][0]["entry_id"]
    other = api.post(f"/bank-lines/{odd}/settle", {"entries": [entry]}, key="settle-003")
    fee = api.post(f"/bank-lines/{odd}/bank-fee", key="settle-004").json()
    reopened = api.post(
        f"/bank-lines/{odd}/reopen", {"reason": "it was not"}, key="settle-005"
    ).json()

    assert (found["days"], act["subject_id"], act["fee"]) == (10, receipt_id, "0.00")
    assert (done["state"], again.status_code, other.status_code) == ("settled", 409, 409)
    assert (fee["state"], reopened["state"]) == ("settled", "open")
    assert reopened["explanations"][0]["reversal_id"]


def test_a_machines_token_books_nothing_and_settles_by_entries(world, practice_api, practice):
    from cleanclaim.apps.billing.receipts.services import return_receipt
    from cleanclaim.apps.shared.tenancy.context import tenant

    receipt_id, (back, odd) = world
    fee = practice_api.post(f"/bank-lines/{odd}/bank-fee", key="machine-01")
    body = {"desk": "receipt", "subject_id": receipt_id, "kind": "nsf"}
    booked = practice_api.post(f"/bank-lines/{back}/settle-by-act", body, key="machine-02")
    with tenant(practice):
        return_receipt(receipt_id, kind="nsf", on=PAID_ON, by=1)
    [candidate] = practice_api.get(f"/bank-lines/{back}/money-out").json()["candidates"]
    settled = practice_api.post(
        f"/bank-lines/{back}/settle", {"entries": candidate["entries"]}, key="machine-03"
    ).json()

    assert (fee.status_code, booked.status_code) == (403, 403)
    assert settled["state"] == "settled"


def test_what_a_batch_is_short_counts_against_the_persons_limit(practice, make_api):
    from cleanclaim.apps.billing.deposits.models import BatchKind
    from cleanclaim.apps.billing.deposits.services import (
        NewItem,
        add_items,
        close_batch,
        open_batch,
    )
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        batch = open_batch(
            kind=BatchKind.CARD, name="Cards", batch_on=PAID_ON, count=1,
            total=Decimal("9000.00"), by=None,
        )  # fmt: skip
        add_items(batch.pk, [NewItem(Decimal("9000.00"), "AUTH1")])
        close_batch(batch.pk, on=PAID_ON, by=None)
        [line_id] = bring((PAID_ON, "8700.00", "MERCHANT SETTLEMENT")).line_ids
    api = make_api(practice, role="Practice biller")  # up to 250.00
    [candidate] = api.get(f"/bank-lines/{line_id}").json()["candidates"]
    body = {"batches": candidate["batches"], "kept_back": "expense:card-fees"}

    refused = api.post(f"/bank-lines/{line_id}/place", body, key="limit-0001")

    assert (candidate["short"], refused.status_code) == ("300.00", 403)


def test_a_transfer_is_paired_and_taken_back_with_what_was_booked(practice, make_api):
    from cleanclaim.apps.billing.deposits.models import BankLine
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.deposits.test_transfers import OPERATING, PAYROLL
    from tests.apps.billing.deposits.test_transfers import bring as of_account

    with tenant(practice):
        out, into = of_account(OPERATING, "-500.00"), of_account(PAYROLL, "500.00")
    api = make_api(practice, role="Billing lead")
    where = f"/bank-lines/{out.pk}"
    [act] = api.get(f"{where}/money-out").json()["acts"]
    body = {"desk": act["desk"], "subject_id": act["subject_id"]}
    done = api.post(f"{where}/settle-by-act", body, key="pair-0001").json()
    back = api.post(
        f"{where}/reopen", {"reason": "a loan", "with_act": True}, key="pair-0002"
    ).json()

    assert (act["desk"], act["subject_id"]) == ("transfer", into.pk)
    assert (done["state"], back["state"]) == ("settled", "open")
    with tenant(practice):
        assert BankLine.objects.get(pk=into.pk).state == "open"


def test_what_a_desk_booked_is_taken_back_only_with_the_desks_scope(world, make_api, practice):
    """A line that a receipt's return settled is opened with it: the receipt is kept again."""
    receipt_id, (back, _) = world
    api = make_api(practice, role="Billing lead")
    body = {"desk": "receipt", "subject_id": receipt_id, "kind": "nsf"}
    api.post(f"/bank-lines/{back}/settle-by-act", body, key="settle-001")

    opened = api.post(f"/bank-lines/{back}/reopen", {"reason": "another one", "with_act": True}, key="settle-002").json()  # fmt: skip

    assert opened["state"] == "open"
    assert api.get(f"/receipts/{receipt_id}").json()["state"] == "kept"
