"""Pharmacy claims that were answered at the counter, loaded from CSV as open claims with their promise.

rx,fill,ndc,quantity,filled_on,kind,awp,copay,promised,patient,member_id,payer_id,payer,charge
700101,0,99999012301,30,2026-11-07,brand,520.00,40.00,387.15,"Park, Lena",SX100,999001,Summit Rx PBM,

`charge` may be empty: then it is copay and promise. All of a file or nothing; a fill that is here already is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from cleanclaim.apps.billing.claims.models import Claim as ClaimRow
from cleanclaim.apps.billing.claims.services.adding import Arrival, add_claims
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.apps.shared.tenancy.context import current_tenant
from cleanclaim.apps.shared.tenancy.models import Organization
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.csv_rows import read_rows
from cleanclaim.kernel.dates import read_day
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import CHARGE_LIMIT, ZERO, is_whole_cents
from cleanclaim.rules.edits import Stage
from cleanclaim.values.claim import Claim, Drug, Procedure, ServiceLine, Subscriber
from cleanclaim.values.party import Payer, Person, Provider, Role

COLUMNS = (
    "rx", "fill", "ndc", "quantity", "filled_on", "kind", "awp", "copay", "promised", "patient",
    "member_id", "payer_id", "payer", "charge",
)  # fmt: skip
_NEEDED = ("rx", "ndc", "filled_on", "promised", "patient", "member_id", "payer_id", "payer")
PHARMACY_PLACE = "01"
LONGEST_RX = 35
MOST_UNITS = Decimal(10**6)
_PLAIN = re.compile(r"-?[0-9]{1,12}(\.[0-9]{0,6})?|\.[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Fill:
    """One fill as the pharmacy's system has it; dollars, `awp` of the whole fill."""

    rx: str
    ndc: str
    quantity: Decimal
    filled_on: date
    promised: Decimal
    patient: str
    member_id: str
    payer_id: str
    payer: str
    fill: int = 0
    kind: str = ""
    awp: Decimal | None = None
    copay: Decimal = ZERO
    charge: Decimal = ZERO

    @property
    def number(self) -> str:
        """The prescription, with the fill behind a dash from the first refill on."""
        return f"{self.rx}-{self.fill}" if self.fill else self.rx


@transaction.atomic
def load_fills(text: str, *, on: date, by: int | None = None) -> list[int]:
    """Open one claim per row, with the payer since its fill; returns their ids in order.

    Raises:
        InputError: a column or value is wrong, or a fill comes twice; the message names the line.
        StateError: a fill is here already.
    """
    fills = read_lines(text)
    lock_names(["claims import"])
    known = ClaimRow.objects.filter(is_one_of("control_number", [one.number for _, one in fills]))
    here = set(known.values_list("control_number", "service_from"))
    for line, one in fills:
        if (one.number, one.filled_on) in here:
            raise StateError(
                f"line {line}: fill {one.number} of {one.filled_on} is here already",
                hint="Nothing of the file was loaded. Take out the rows that were.",
            )
    pharmacy = _pharmacy()
    arrivals = [Arrival(_claim(one, pharmacy), sent_on=one.filled_on) for _, one in fills]
    added = add_claims(
        arrivals,
        stage=Stage.SUBMISSION,
        received_on=on,
        source_file_id=None,
        words="Loaded as answered at the counter",
        what="load pharmacy claims",
        by=by,
    )
    return [one.claim_id for one in added]


def read_fills(text: str) -> list[Fill]:
    """The rows of the file, as `read_lines` reads them."""
    return [one for _, one in read_lines(text)]


def read_lines(text: str) -> list[tuple[int, Fill]]:
    """The rows of the file, each with its line.

    Raises:
        InputError: a column or value is wrong, or a fill comes twice; the message names the line.
    """
    table = read_rows(text)
    names = table.heads
    missing = [name for name in _NEEDED if name not in names]
    unknown = [name for name in names if name not in COLUMNS]
    if missing or unknown:
        what = f"{missing[0]} missing" if missing else f"{unknown[0]!r} unknown"
        raise InputError(f"line 1: column {what}", hint=f"Columns: {', '.join(COLUMNS)}")
    fills = [(line, _fill(row, line)) for line, row in table.rows]
    seen: dict[tuple[str, date], int] = {}
    for line, one in fills:
        first = seen.setdefault((one.number, one.filled_on), line)
        if first != line:
            raise InputError(f"line {line}: fill {one.number} stands on line {first}, too")
    if not fills:
        raise InputError("line 2: no rows, expected one or more")
    return fills


def _fill(given: Mapping[str, str], line: int) -> Fill:
    for name in _NEEDED:
        if not given[name]:
            raise InputError(f"line {line}: {name} is empty")
    ndc = given["ndc"].replace("-", "")
    if not (len(ndc) == 11 and ndc.isascii() and ndc.isdigit()):
        raise InputError(f"line {line}: ndc {given['ndc']!r}, expected eleven digits")
    if given.get("kind", "") not in ("", "brand", "generic"):
        raise InputError(f"line {line}: kind {given['kind']!r}, expected brand or generic")
    if len(given["rx"]) > LONGEST_RX:
        raise InputError(
            f"line {line}: rx {given['rx'][:20]!r}, expected {LONGEST_RX} characters at most"
        )
    promised, copay = _money(given, "promised", line), _money(given, "copay", line) or ZERO
    if promised is None:
        raise InputError(f"line {line}: promised is empty")
    return Fill(
        rx=given["rx"],
        ndc=ndc,
        quantity=_quantity(given, line),
        filled_on=_day(given, line),
        promised=promised,
        patient=given["patient"],
        member_id=given["member_id"],
        payer_id=given["payer_id"],
        payer=given["payer"],
        fill=_number(given, line),
        kind=given.get("kind", ""),
        awp=_money(given, "awp", line),
        copay=copay,
        charge=_money(given, "charge", line) or promised + copay,
    )


def _day(given: Mapping[str, str], line: int) -> date:
    try:
        return read_day(given["filled_on"], "filled_on")
    except InputError as error:
        raise InputError(f"line {line}: {error.message}") from error


def _money(given: Mapping[str, str], name: str, line: int) -> Decimal | None:
    text = given.get(name, "")
    if not text:
        return None
    if not _PLAIN.fullmatch(text):
        raise InputError(f"line {line}: {name} {text[:20]!r}, expected dollars such as 12.50")
    found = Decimal(text)
    if not (found.is_finite() and 0 <= found < CHARGE_LIMIT and is_whole_cents(found)):
        raise InputError(f"line {line}: {name} {given[name]!r}, expected whole cents, zero or more")
    return found.quantize(Decimal("0.01"))


def _quantity(given: Mapping[str, str], line: int) -> Decimal:
    text = given.get("quantity", "") or "1"
    found = Decimal(text) if _PLAIN.fullmatch(text) else ZERO
    if not (ZERO < found < MOST_UNITS and found == found.quantize(Decimal("0.001"))):
        raise InputError(
            f"line {line}: quantity {text[:20]!r}, expected a number such as 30, three decimals at most"
        )
    return found


def _number(given: Mapping[str, str], line: int) -> int:
    text = given.get("fill", "") or "0"
    if not (text.isascii() and text.isdigit() and len(text) <= 2):
        raise InputError(
            f"line {line}: fill {text[:20]!r}, expected 0 for the first fill, 1 for the next, 99 at most"
        )
    return int(text)


def _pharmacy() -> Provider:
    row = Organization.objects.get(pk=current_tenant())
    return Provider(Role.BILLING, row.name[:60], npi=row.npi, tin=row.tin)


def _claim(one: Fill, pharmacy: Provider) -> Claim:
    last, _, first = one.patient.partition(",")
    person = Person(last.strip(), first.strip(), member_id=one.member_id)
    line = ServiceLine(
        number=1,
        procedure=Procedure(one.ndc, qualifier="N4"),
        charge=one.charge,
        quantity=one.quantity,
        service_from=one.filled_on,
        pointers=(),
        control_number=one.number,
        drug=Drug(
            one.ndc,
            one.quantity,
            "UN",
            prescription_number=one.rx,
            kind=one.kind,
            awp=one.awp,
            fill_number=one.fill,
            promised=one.promised,
        ),
    )
    return Claim(
        control_number=one.number,
        charge=one.charge,
        place_of_service=PHARMACY_PLACE,
        billing=pharmacy,
        subscriber=Subscriber(person, "P"),
        payer=Payer(one.payer, one.payer_id),
        lines=(line,),
        patient_paid=one.copay or None,
    )
