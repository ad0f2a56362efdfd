"""Questions about charges."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from cleanclaim.apps.billing.charges.models import Price
from cleanclaim.apps.shared.tenancy.arrays import array_text
from cleanclaim.rules.posting import OpenItem


class Line(NamedTuple):
    """A charge line without its row: posting reads thousands of them. Fields as `Charge` has them."""

    item_id: int
    claim_id: int
    patient_id: int
    line_number: int
    procedure: str
    modifiers: str
    charge: Decimal
    quantity: Decimal
    unit: str
    service_from: date | None
    service_to: date | None
    place_of_service: str
    control_number: str
    prescription_number: str
    fill_number: int | None
    ndc: str
    bucket: str
    first_version: int
    last_version: int | None

    @property
    def fill_words(self) -> str:
        """The prescription with its fill behind a dash, such as `7001234-2`; empty where there is none."""
        if self.fill_number is None or not self.prescription_number:
            return self.prescription_number
        return f"{self.prescription_number}-{self.fill_number}"


def charges_of(claim_ids: Sequence[int]) -> dict[int, list[Line]]:
    """{claim id: every line it ever had}, in line order, older versions' first."""
    return lines_by_claim(claim_ids, charge_rows(claim_ids))


def charge_rows(claim_ids: Sequence[int]) -> list[tuple[Any, ...]]:
    """The lines as the database gives them; `lines_by_claim` makes lines of them where it is not waited for."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(Line._fields)} FROM charges_charge WHERE claim_id = ANY(%s::bigint[]) "
            "ORDER BY claim_id, line_number, id",
            [array_text(claim_ids)],
        )
        return cursor.fetchall()


def lines_by_claim(
    claim_ids: Sequence[int], rows: Iterable[tuple[Any, ...]]
) -> dict[int, list[Line]]:
    """{claim id: the lines of these rows}; also of claims without any."""
    found: dict[int, list[Line]] = {claim_id: [] for claim_id in claim_ids}
    for line in map(Line._make, rows):
        found[line.claim_id].append(line)
    return found


def of_version(charges: Iterable[Line], version: int) -> list[Line]:
    """The lines that a version of the claim carries; 0 = those live now."""
    if not version:
        return [charge for charge in charges if charge.last_version is None]
    return [
        charge
        for charge in charges
        if charge.first_version <= version
        and (charge.last_version is None or version <= charge.last_version)
    ]


def to_open_item(charge: Line, balances: dict[str, Decimal]) -> OpenItem:
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
        prescription_number=charge.prescription_number,
        fill_number=charge.fill_number,
        ndc=charge.ndc,
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
