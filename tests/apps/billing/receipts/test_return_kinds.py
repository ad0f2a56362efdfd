"""How money comes back: only as it can by the way it came, and told as it was."""

from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.receipts.money import books, refund, take
from tests.apps.billing.world import DAY, PAID_ON, claim

pytestmark = pytest.mark.database_core

FITTING = {
    "cash": set(), "check": {"nsf", "stopped"}, "card": {"chargeback"}, "ach": {"ach"},
}  # fmt: skip


@pytest.mark.parametrize("method", FITTING)
@pytest.mark.parametrize("kind", ["nsf", "stopped", "chargeback", "ach"])
def test_money_comes_back_only_in_a_way_that_fits_how_it_came(owing, method, kind) -> None:
    from cleanclaim.apps.billing.receipts.services import return_receipt

    row = take(owing[0], "10.00", method=method)
    before = books()

    if kind in FITTING[method]:
        assert return_receipt(row.pk, kind=kind, on=PAID_ON, by=1).state == "returned"
        return
    with pytest.raises(InputError, match="does not come back as"):
        return_receipt(row.pk, kind=kind, on=PAID_ON, by=1)
    row.refresh_from_db()
    assert (row.state, books()) == ("kept", before)


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        (
            "payment",
            "",
            "the patient owes 20.00 again; 5.00 that was on hand, on no visit, is gone",
        ),
        ("prepayment", "", "25.00 that was on hand, on no visit, is gone"),
        ("prepayment", "25.00", "25.00 had been given back or moved, and is owed to us"),
    ],
)
def test_it_is_told_what_a_return_moved(owing, kind, given, words) -> None:
    from cleanclaim.apps.billing.receipts.services import return_receipt
    from cleanclaim.apps.shared.ledger.services import post_entries
    from cleanclaim.values.entry import Entry, Leg

    row = take(owing[0], "25.00", kind=kind)
    if given:
        refund(owing[0], row.pk, given)
        legs = (
            Leg("liability:refund-payable", Decimal(given), patient_id=owing[0], trace="refund:1"),
            Leg("asset:bank", -Decimal(given), patient_id=owing[0], trace="refund:1"),
        )
        post_entries([Entry("refund", "refund:1", PAID_ON, PAID_ON, legs)], by=1)

    back = return_receipt(row.pk, kind="nsf", on=PAID_ON, by=1)

    assert back.came_back is not None
    assert back.came_back.words == words


def test_the_page_offers_what_fits_and_says_what_happened(practice) -> None:
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        import_claims([claim("A1")], source_file_id=7, received_on=DAY)
        patient_id = Claim.objects.get().patient_id
        cash = take(patient_id, "30.00", kind="copay", method="cash")
        check = take(patient_id, "30.00", kind="copay", method="check")
    with demo():
        client = browser(practice, "Practice biller")
        of_cash = client.get(f"/receipts/{cash.pk}/").content.decode()
        of_check = client.get(f"/receipts/{check.pk}/").content.decode()
        refused = client.post(f"/receipts/{cash.pk}/return/", {"return_kind": "nsf"})
        back = client.post(f"/receipts/{check.pk}/return/", {"return_kind": "nsf"}, follow=True)

    assert "It came back" not in of_cash and "Why it is voided" in of_cash
    assert "Check without funds" in of_check and "chargeback" not in of_check
    assert (refused.status_code, "cash does not come back" in refused.content.decode()) == (
        400,
        True,
    )
    told = back.content.decode()
    assert "came back: 30.00 that was on hand, on no visit, is gone." in told
    assert "owes it again" not in told
