"""A few requests and credits of the demo practice, so that both lists have something to work on."""

from datetime import date
from decimal import Decimal

from cleanclaim.apps.billing.adjustments import services
from cleanclaim.apps.billing.adjustments.credits import credits
from cleanclaim.apps.billing.claims.amounts import refresh
from cleanclaim.apps.shared.ledger.models import Item
from cleanclaim.apps.shared.ledger.selectors import item_balances
from cleanclaim.apps.shared.ledger.services import post_entries
from cleanclaim.apps.shared.users.models import User
from cleanclaim.rules.credits import Cause
from cleanclaim.values.accounts import DEPOSITS_IN_TRANSIT, RECEIVABLE_PATIENT
from cleanclaim.values.entry import Entry, Leg

BILLER, LEAD = "marcus.webb@demo.example", "lena.frost@demo.example"
TOO_MUCH = Decimal("25.00")


def make_adjustments(today: date) -> None:
    """One courtesy posted, one placement that waits, one patient who paid too much; in the tenant's block."""
    owing = _owing(3)
    if len(owing) < 3:
        return
    biller = User.objects.get(email=BILLER).pk
    courtesy, placed, overpaid = owing
    _ask("courtesy", courtesy, "Long-standing patient, agreed with the doctor", today, biller)
    _ask("to_agency", placed, "Mail came back twice, number out of service", today, biller)
    _pay(overpaid, today)
    found = next((row for row in credits(on=today) if row.verdict.cause is Cause.PATIENT), None)
    if found is not None:
        refund = services.identify_credit(found.key, on=today, by=biller)
        services.request_refund(refund.pk, on=today, by=biller)


def _owing(count: int) -> list[tuple[Item, Decimal]]:
    """The first items that patients owe something on."""
    found: list[tuple[Item, Decimal]] = []
    for item in Item.objects.order_by("id")[:400]:
        amount = item_balances([item.pk]).get((item.pk, RECEIVABLE_PATIENT.code))
        if amount and amount > 0 and item.patient_id not in {one.patient_id for one, _ in found}:
            found.append((item, amount))
        if len(found) == count:
            break
    return found


def _ask(code: str, owing: tuple[Item, Decimal], note: str, today: date, by: int) -> None:
    item, amount = owing
    move = services.Move(item.pk, RECEIVABLE_PATIENT.code, amount)
    services.request_adjustment(services.Request(code, (move,), note), on=today, by=by)


def _pay(owing: tuple[Item, Decimal], today: date) -> None:
    item, amount = owing
    paid = amount + TOO_MUCH
    legs = tuple(
        Leg(account, signed, item.pk, item.claim_id, item.line_number, item.patient_id)
        for account, signed in (
            (DEPOSITS_IN_TRANSIT.code, paid),
            (RECEIVABLE_PATIENT.code, -paid),
        )
    )
    post_entries([Entry("payment", f"demo:paid:{item.pk}", today, today, legs)])
    refresh([item.claim_id])
