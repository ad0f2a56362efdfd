"""The demo's pharmacy: fills, their PBM's contract and payments, copays at the counter, one of them on the wrong prescription.

Its newest payment waits to be posted; the bank has its money already. A build that was cut off goes on where it stopped.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.contracts.loading import load_contract
from cleanclaim.apps.billing.deposits.models import BankFile
from cleanclaim.apps.billing.deposits.services import receive_statement
from cleanclaim.apps.billing.receipts.models import Receipt
from cleanclaim.apps.billing.receipts.parts import Part
from cleanclaim.apps.billing.receipts.services import take
from cleanclaim.apps.billing.remittances.models import Remittance
from cleanclaim.apps.billing.remittances.services import post_remittance, receive_remittances
from cleanclaim.apps.billing.variances.fills import load_fills
from cleanclaim.apps.billing.variances.services import compare_remittance
from cleanclaim.apps.shared.exchange.models import MessageFile
from cleanclaim.apps.shared.exchange.services import (
    find_or_add_partner,
    mark_processed,
    receive_file,
)
from cleanclaim.apps.shared.ledger.models import Item
from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.apps.shared.users.models import User
from cleanclaim.edi import Envelope, write_835
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.project.demo import cast
from cleanclaim.project.demo.bank import on_business_day
from cleanclaim.project.home import Home
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.claim import Procedure
from cleanclaim.values.party import Address, Contact, Payer, Person, Provider, Role
from cleanclaim.values.remittance import ClaimPayment, LinePayment, ProviderAdjustment
from cleanclaim.values.remittance import Remittance as Answer

BILLER = "dana.ortiz@demo.example"
NAME = "willow-bank.csv"
FEE = Decimal("3.35")  # Summit's network fee, off each payment
PBM = Payer(
    "Summit Rx PBM", "999001", address=Address("1 Peak Way", city="Fairview", state="CA", zip_code="94555")
)  # fmt: skip
PHARMACY = Provider(
    Role.BILLING,
    "Willow Creek Pharmacy",
    npi=cast.PHARMACY_NPI,
    tin=cast.PHARMACY_TIN,
    address=Address("3 Mill Street", city="Fairview", state="CA", zip_code="945550003"),
)


@dataclass(frozen=True, slots=True)
class _Fill:
    """A fill in dollars. `paid`: what the PBM pays of the promise; None: it says nothing of it. `counter`: how the copay came."""

    rx: str
    name: str
    member_id: str
    kind: str
    awp: str
    copay: str
    promised: str
    paid: str | None
    counter: str = ""

    @property
    def charge(self) -> Decimal:
        """Copay and promise."""
        return Decimal(self.copay) + Decimal(self.promised)


_FIRST = (
    _Fill("690101", "Park, Lena", "SX0101", "brand", "310.00", "62.35", "192.60", "192.60"),
    _Fill("690102", "Park, Lena", "SX0101", "generic", "340.00", "40.00", "12.00", "12.00", "check"),
    _Fill("690103", "Ames, Otto", "SX0102", "brand", "520.00", "40.00", "387.15", "387.15", "card"),
    _Fill("690104", "Birch, Nia", "SX0103", "generic", "88.00", "5.00", "9.20", "9.20", "cash"),
    _Fill("690105", "Cole, Sam", "SX0104", "brand", "640.00", "40.00", "485.55", "485.55", "card"),
    _Fill("690106", "Dunn, Eve", "SX0105", "generic", "120.00", "5.00", "14.00", "14.00"),
)  # fmt: skip
_SECOND = (
    _Fill("700101", "Park, Lena", "SX0101", "brand", "520.00", "40.00", "387.15", "387.15"),
    _Fill("700102", "Ames, Otto", "SX0102", "generic", "120.00", "5.00", "14.00", "14.00"),
    _Fill("700103", "Birch, Nia", "SX0103", "brand", "310.00", "30.00", "224.95", "212.55"),
    _Fill("700104", "Cole, Sam", "SX0104", "generic", "88.00", "5.00", "9.20", "9.20"),
    _Fill("700105", "Dunn, Eve", "SX0105", "brand", "640.00", "40.00", "485.55", None),
)


def open_pharmacy(home: Home, pharmacy_id: int, *, today: date) -> None:
    """Two batches of fills of one PBM: the first paid and banked, the second answered short and not posted yet."""
    posted_on = today - timedelta(days=9)
    with tenant(pharmacy_id):
        _sign(today)
        _load(_FIRST, today - timedelta(days=23), on=today - timedelta(days=22))
        first = _receive(
            _FIRST, "778120031", paid_on=posted_on, filled_on=today - timedelta(days=23)
        )
        row = Remittance.objects.get(pk=first)
        if row.posted_on is None:
            post_remittance(first, posted_on=posted_on)
        compare_remittance(first, on=posted_on)
        _take_copays(posted_on)
        _load(_SECOND, today - timedelta(days=16), on=today - timedelta(days=15))
        second = _receive(
            _SECOND, "778120045", paid_on=today - timedelta(days=3), filled_on=today - timedelta(days=16)
        )  # fmt: skip
        _bring_statement(home, [first, second], today)


def _sign(today: date) -> None:
    load_contract(
        {
            "code": f"SUM-{today.year}",
            "name": PBM.name,
            "edition": "v3",
            "payer": {"id": PBM.payer_id, "name": PBM.name},
            "routing": "BIN 999001, PCN SUMX",
            "help_desk": "800-555-0142",
            "valid_from": date(today.year - 1, 1, 1),
            "pays_lesser_of_charge": False,
            "terms": [
                {"method": "awp_discount", "drugs": "brand", "discount": 18, "dispensing_fee": "0.75", "clause": "brand clause"},
                {"method": "awp_discount", "drugs": "generic", "discount": 85, "dispensing_fee": "1.00", "clause": "generic clause"},
            ],
            "obligations": [
                {"words": "Give notice of renewal or end", "due_on": date(today.year + 1, 12, 1), "clause": "14.2"}
            ],
        },
        on=today,
    )  # fmt: skip


def _load(fills: tuple[_Fill, ...], filled_on: date, *, on: date) -> None:
    if Claim.objects.filter(control_number=fills[0].rx).exists():
        return
    head = "rx,fill,ndc,quantity,filled_on,kind,awp,copay,promised,patient,member_id,payer_id,payer,charge"
    rows = [
        f'{one.rx},0,{_ndc(one)},30,{filled_on},{one.kind},{one.awp},{one.copay},{one.promised},"{one.name}",'
        f"{one.member_id},{PBM.payer_id},{PBM.name},"
        for one in fills
    ]
    load_fills("\n".join([head, *rows, ""]), on=on)


def _ndc(fill: _Fill) -> str:
    return f"99999{fill.rx}"


def _receive(fills: tuple[_Fill, ...], trace: str, *, paid_on: date, filled_on: date) -> int:
    """The id of the PBM's payment of these fills, as it came through the pharmacy's door."""
    if known := Remittance.objects.filter(trace_number=trace).first():
        return int(known.pk)
    partner = find_or_add_partner(
        slug="summit", name=PBM.name, kind="health_plan", our_id="WILLOW", their_id="SUMMIT", usage="T"
    )  # fmt: skip
    claims = tuple(_payment(one, filled_on) for one in fills if one.paid is not None)
    answer = Answer(
        PBM,
        PHARMACY,
        total(one.paid for one in claims) - FEE,
        trace,
        "1330000009",
        paid_on,
        "ACH",
        produced_on=paid_on,
        claims=claims,
        provider_adjustments=(
            ProviderAdjustment(cast.PHARMACY_NPI, date(paid_on.year, 12, 31), "AH", "NETWORK FEE", FEE),
        ),
        payer_bank=("011000015", "DA", "123456"),
        payee_bank=("021000021", "DA", "654321"),
        payee_address=PHARMACY.address,
        technical_contact=Contact("Pharmacy desk", (("TE", "8005550142"),)),
    )  # fmt: skip
    number = 1 + MessageFile.objects.filter(partner=partner).count()
    envelope = Envelope(
        "ZZ", "SUMMIT", "ZZ", "WILLOW", number, number, number, "T", paid_on, "0000", "SUMMIT", "WILLOW"
    )  # fmt: skip
    data = write_835([answer], envelope=envelope)
    receipt = receive_file(data, partner=partner, name=f"summit-{trace}.835", received_on=paid_on)
    file = MessageFile.objects.get(pk=receipt.file_id)
    [remittance_id] = receive_remittances(file, received_on=paid_on).ids
    mark_processed(file.pk)
    return remittance_id


def _payment(fill: _Fill, filled_on: date) -> ClaimPayment:
    paid, copay = Decimal(fill.paid or "0"), Decimal(fill.copay)
    adjustments = [Adjustment(Group.PATIENT, "3", copay)]
    if short := fill.charge - copay - paid:
        adjustments.append(Adjustment(Group.CONTRACTUAL, "45", short))
    line = LinePayment(
        Procedure(_ndc(fill), qualifier="N4"),
        fill.charge,
        paid,
        quantity=Decimal(30),
        service_from=filled_on,
        adjustments=tuple(adjustments),
        line_control_number=fill.rx,
    )
    last, first = fill.name.split(", ")
    return ClaimPayment(
        fill.rx,
        "1",
        fill.charge,
        paid,
        copay,
        "13",
        f"SX{fill.rx}",
        patient=Person(last, first, member_id=fill.member_id),
        lines=(line,),
    )


def _take_copays(on: date) -> None:
    """At the counter; the check of 40.00 was meant for the other prescription of its patient."""
    by = User.objects.get(email=BILLER).pk
    for fill in _FIRST:
        key = f"demo:copay:{fill.rx}"
        if not fill.counter or Receipt.objects.filter(key=key).exists():
            continue
        claim = Claim.objects.get(control_number=fill.rx)
        item = Item.objects.get(claim_id=claim.pk)
        take(
            claim.patient_id,
            amount=Decimal(fill.copay),
            kind="payment",
            method=fill.counter,
            on=on,
            by=by,
            reference="2231" if fill.counter == "check" else "",
            parts=[Part(item.pk, Decimal(fill.copay))],
            note="meant for 690101" if fill.counter == "check" else "",
            key=key,
        )


def _bring_statement(home: Home, remittance_ids: list[int], today: date) -> None:
    if BankFile.objects.filter(name=NAME).exists():
        return
    rows = ["Date,Account,Amount,Description"]
    for row in Remittance.objects.filter(pk__in=remittance_ids, paid__gt=ZERO).order_by("paid_on"):
        words = f"HCCLAIMPMT TRN*1*{row.trace_number}*{row.payer_trace_id}"
        rows.append(f"{on_business_day(row.paid_on, today)},000778120,{row.paid},{words}")
    data = "\n".join([*rows, ""]).encode()
    (home.path / "demo-files" / NAME).write_bytes(data)
    receive_statement(data, name=NAME, received_on=today)
