"""Willow Creek Pharmacy, its contract with Summit Rx, five fills of November 7 and the payment for four of them."""

from datetime import date
from decimal import Decimal

from cleanclaim.edi import Envelope, write_835
from cleanclaim.kernel.money import total
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.claim import Procedure
from cleanclaim.values.party import Address, Contact, Payer, Person, Provider, Role
from cleanclaim.values.remittance import ClaimPayment, LinePayment, ProviderAdjustment, Remittance

FILLED_ON = date(2026, 11, 7)
TODAY = date(2026, 11, 23)
NPI, TIN = "1999999901", "310000009"
NDC = "99999012301"

CONTRACT = """
contracts:
  - code: SUM-2026
    name: Summit Rx PBM
    edition: v3
    payer: {id: "999001", name: Summit Rx PBM}
    routing: BIN 999001, PCN SUMX
    help_desk: 800-555-0142
    valid_from: 2026-01-01
    pays_lesser_of_charge: false
    terms:
      - {method: awp_discount, drugs: brand, discount: 18, dispensing_fee: "0.75", clause: brand clause}
      - {method: awp_discount, drugs: generic, discount: 85, dispensing_fee: "1.00", clause: generic clause}
    obligations:
      - {words: Give notice of renewal or end, due_on: 2026-12-01, clause: "14.2"}
"""

FILLS = """rx,fill,ndc,quantity,filled_on,kind,awp,copay,promised,patient,member_id,payer_id,payer,charge
700101,0,99999012301,30,2026-11-07,brand,520.00,40.00,387.15,"Park, Lena",SX0101,999001,Summit Rx PBM,
700102,0,99999012302,30,2026-11-07,generic,120.00,5.00,14.00,"Ames, Otto",SX0102,999001,Summit Rx PBM,
700103,0,99999012303,30,2026-11-07,brand,310.00,30.00,224.95,"Birch, Nia",SX0103,999001,Summit Rx PBM,
700104,0,99999012304,30,2026-11-07,generic,88.00,5.00,9.20,"Cole, Sam",SX0104,999001,Summit Rx PBM,
700105,0,99999012305,30,2026-11-07,brand,640.00,40.00,485.55,"Dunn, Eve",SX0105,999001,Summit Rx PBM,
"""
# (prescription, NDC, charge, paid, copay, written off)
PAID = (
    ("700101", "99999012301", "427.15", "387.15", "40.00", ""),
    ("700102", "99999012302", "19.00", "14.00", "5.00", ""),
    ("700103", "99999012303", "254.95", "212.55", "30.00", "12.40"),
    ("700104", "99999012304", "14.20", "9.20", "5.00", ""),
)
PHARMACY = Provider(
    Role.BILLING,
    "Willow Creek Pharmacy",
    npi=NPI,
    tin=TIN,
    address=Address("3 Mill Street", city="Fairview", state="CA", zip_code="945550003"),
)


def claim_payment(rx: str, ndc: str, charge: str, paid: str, copay: str, off: str) -> ClaimPayment:
    """One prescription as the PBM remits it."""
    adjustments = [Adjustment(Group("PR"), "3", Decimal(copay))]
    if off:
        adjustments.append(Adjustment(Group("CO"), "45", Decimal(off)))
    line = LinePayment(
        Procedure(ndc, qualifier="N4"),
        Decimal(charge),
        Decimal(paid),
        quantity=Decimal(30),
        service_from=FILLED_ON,
        adjustments=tuple(adjustments),
        line_control_number=rx,
    )
    return ClaimPayment(
        rx,
        "1",
        Decimal(charge),
        Decimal(paid),
        Decimal(copay),
        "13",
        f"SX{rx}",
        patient=Person("Patient", "Some", member_id=f"SX{rx[-4:]}"),
        lines=(line,),
    )


def payment(*, fee: str = "3.35", code: str = "AH") -> Remittance:
    """Trace 778120045: four claims, less the network fee."""
    claims = tuple(claim_payment(*row) for row in PAID)
    plb = ProviderAdjustment(NPI, date(2026, 12, 31), code, "NETWORK FEE", Decimal(fee))
    return Remittance(
        Payer(
            "Summit Rx PBM",
            "999001",
            address=Address("1 Peak", city="Fairview", state="CA", zip_code="94555"),
        ),
        PHARMACY,
        total(one.paid for one in claims) - Decimal(fee),
        "778120045",
        "1330000009",
        date(2026, 11, 20),
        "ACH",
        produced_on=date(2026, 11, 20),
        claims=claims,
        provider_adjustments=(plb,),
        payer_bank=("011000015", "DA", "123456"),
        payee_bank=("021000021", "DA", "654321"),
        payee_address=PHARMACY.address,
        technical_contact=Contact("Pharmacy desk", (("TE", "8005550142"),)),
    )


def receive(value: Remittance, *, on: date = TODAY) -> int:
    """The payment's 835 as it comes through the pharmacy's door; returns the remittance's id."""
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from cleanclaim.apps.shared.exchange.models import MessageFile
    from cleanclaim.apps.shared.exchange.services import find_or_add_partner, receive_file

    envelope = Envelope(
        "ZZ", "SUMMIT", "ZZ", "WILLOW", 1, 1, 1, "T", value.paid_on, "0000", "SUMMIT", "WILLOW"
    )
    partner = find_or_add_partner(
        slug="summit", name="Summit Rx PBM", kind="health_plan", our_id="WILLOW",
        their_id="SUMMIT", usage="T",
    )  # fmt: skip
    receipt = receive_file(
        write_835([value], envelope=envelope), partner=partner, name="summit.835", received_on=on
    )
    assert receipt.is_accepted, receipt.message
    file = MessageFile.objects.get(pk=receipt.file_id)
    received = receive_remittances(file, received_on=on)
    assert not received.faults, received.faults
    return received.ids[0]


def load_contract() -> None:
    """Put Summit's contract on record."""
    from cleanclaim.apps.billing.contracts.loading import load_contract, read_yaml

    for raw in read_yaml(CONTRACT):
        load_contract(raw, on=TODAY)
