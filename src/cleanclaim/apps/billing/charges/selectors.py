"""Questions about charges."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Q

from cleanclaim.apps.billing.charges.models import Charge, Price
from cleanclaim.rules.posting import OpenItem


def charges_of(claim_ids: Sequence[int]) -> dict[int, list[Charge]]:
    """{claim id: every line it ever had}, in line order, older versions' first."""
    found: dict[int, list[Charge]] = {claim_id: [] for claim_id in claim_ids}
    rows = Charge.objects.filter(claim_id__in=list(claim_ids))
    for charge in rows.order_by("claim_id", "line_number", "id"):
        found[charge.claim_id].append(charge)
    return found


def of_version(charges: Iterable[Charge], version: int) -> list[Charge]:
    """The lines that a version of the claim carries; 0 = those live now."""
    if not version:
        return [charge for charge in charges if charge.last_version is None]
    return [
        charge
        for charge in charges
        if charge.first_version <= version
        and (charge.last_version is None or version <= charge.last_version)
    ]


def to_open_item(charge: Charge, balances: dict[str, Decimal]) -> OpenItem:
    """The line as the posting rules read it; `balances` by bucket may be changed by the caller."""
    return OpenItem(
        item_id=charge.item_id,
        line_number=charge.line_number,
        claim_id=charge.claim_id,
        patient_id=charge.patient_id,
        procedure=charge.procedure,
        charge=charge.charge,
        modifiers=tuple(charge.modifiers.split("-")) if charge.modifiers else (),
        bucket=charge.bucket,
        balances=balances,
        service_from=charge.service_from,
        control_number=charge.control_number,
    )


def price_of(procedure: str, *, on: date, modifiers: str = "") -> Price | None:
    """What the practice charges for a service on a day; the plain code's price where none is finer."""
    found = Price.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=on),
        procedure=procedure,
        modifiers__in={modifiers, ""},
        valid_from__lte=on,
    )
    return max(found, key=lambda price: (len(price.modifiers), price.valid_from), default=None)
