"""An invented practice's claims and the payer's answers to them, as values."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from cleanclaim.edi import Envelope, write_835
from cleanclaim.kernel.money import total
from cleanclaim.values.acknowledgement import (
    ClaimAcknowledgement,
    ClaimStatus,
    MessageAnswer,
    Outcome,
    ProviderStatus,
    SyntaxAcknowledgement,
)
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.claim import Claim, Diagnosis, Procedure, ServiceLine, Subscriber
from cleanclaim.values.party import Address, Contact, Payer, Person, Provider, Role
from cleanclaim.values.remittance import ClaimPayment, LinePayment, ProviderAdjustment, Remittance

if TYPE_CHECKING:
    from cleanclaim.apps.shared.exchange.models import MessageFile, Partner

DAY = date(2026, 7, 1)
PAID_ON = date(2026, 7, 8)
PAYER = Payer("Coastal Alliance Health Plan", "CAHP1")
PRACTICE = Provider(
    Role.BILLING,
    "Harbor Family Medicine",
    npi="1234567893",
    tin="310000001",
    taxonomy="207Q00000X",
    address=Address("12 Pier Road", city="Fairview", state="CA", zip_code="945550001"),
    contact=Contact("Billing", (("TE", "6145550100"),)),
)
CHIDI = Person(
    "Okafor",
    "Chidi",
    born_on=date(1980, 4, 5),
    sex="M",
    member_id="MBR001",
    address=Address("4 Elm Street", city="Fairview", state="CA", zip_code="94555"),
)


def dollars(text: str) -> Decimal:
    return Decimal(text)


def line(
    number: int = 1, code: str = "99213", charge: str = "120.00", **more: object
) -> ServiceLine:
    service = ServiceLine(
        number,
        Procedure(code),
        Decimal(charge),
        Decimal(1),
        date(2026, 6, 20),
        control_number=f"L{number}",
    )
    return replace(service, **more)  # type: ignore[arg-type]


def claim(
    control_number: str = "A1", *lines: ServiceLine, person: Person = CHIDI, **more: object
) -> Claim:
    """A clean claim of one visit unless told otherwise."""
    lines = lines or (line(),)
    made = Claim(
        control_number=control_number,
        charge=total(one.charge for one in lines),
        place_of_service="11",
        billing=PRACTICE,
        subscriber=Subscriber(person, "P", filing_indicator="CI"),
        payer=PAYER,
        lines=tuple(lines),
        diagnoses=(Diagnosis("E119", "ABK"),),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def partner() -> "Partner":
    from cleanclaim.apps.shared.exchange.services import find_or_add_partner

    return find_or_add_partner(
        slug="plan",
        name=PAYER.name,
        kind="health_plan",
        our_id="HARBOR",
        their_id="CAHP1",
        usage="T",
    )


def accepted(batch: str, *numbers: tuple[str, str, str]) -> ClaimAcknowledgement:
    """A 277CA: (control number, charge, payer's number) each; an empty payer's number rejects."""
    statuses = tuple(
        ClaimStatus(
            control,
            "A2" if number else "A7",
            "20" if number else "562",
            Decimal(charge),
            "" if number else "85",
            number,
            message="" if number else "Billing provider unknown.",
        )
        for control, charge, number in numbers
    )
    provider = ProviderStatus(PRACTICE.npi, PRACTICE.tin, PRACTICE.last_name, statuses)
    return ClaimAcknowledgement(
        PAYER.name, PAYER.payer_id, "Harbor", "HARBOR", batch, DAY, DAY, (provider,)
    )


def syntax(file: "MessageFile", outcome: Outcome = Outcome.ACCEPTED) -> SyntaxAcknowledgement:
    """The 999 of a file that we sent."""
    codes = ("5",) if outcome is Outcome.REJECTED else ()
    message = MessageAnswer("837", file.message_control, "005010X222A1", outcome, codes)
    count = 0 if outcome is Outcome.REJECTED else 1
    return SyntaxAcknowledgement(
        "HC", file.group_control, "005010X222A1", outcome, 1, 1, count, codes, (message,)
    )


def pay(
    one: Claim,
    *answers: tuple[str, tuple[tuple[str, str, str], ...]],
    number: str = "ICN1",
    status: str = "1",
) -> ClaimPayment:
    """The payer's answer: per line what it paid and its adjustments as (group, reason, amount)."""
    lines = tuple(
        LinePayment(
            service.procedure,
            service.charge if status != "22" else -service.charge,
            Decimal(paid),
            quantity=Decimal(1),
            service_from=service.service_from,
            adjustments=tuple(Adjustment(Group(g), r, Decimal(a)) for g, r, a in adjustments),
            line_control_number=service.control_number,
        )
        for service, (paid, adjustments) in zip(one.lines, answers, strict=True)
    )
    return ClaimPayment(
        one.control_number,
        status,
        total(p.charge for p in lines),
        total(p.paid for p in lines),
        total(a.amount for p in lines for a in p.adjustments if a.group is Group.PATIENT),
        "12",
        number,
        place_of_service="11",
        frequency_code="1",
        patient=one.patient_person,
        lines=lines,
    )


TYPICAL = ("80.00", (("CO", "45", "30.00"), ("PR", "3", "10.00")))  # of 120.00
TAKEN_BACK = ("-80.00", (("CO", "45", "-30.00"), ("PR", "3", "-10.00")))
DENIED = ("0.00", (("CO", "197", "120.00"),))


def remittance(
    *payments: ClaimPayment,
    trace: str = "T1",
    plb: tuple[tuple[str, str, str], ...] = (),
    paid: str | None = None,
) -> Remittance:
    """An 835's value; `plb` is (reason, reference, amount) each."""
    adjustments = tuple(
        ProviderAdjustment(PRACTICE.npi, date(2026, 12, 31), reason, reference, Decimal(amount))
        for reason, reference, amount in plb
    )
    net = total(p.paid for p in payments) - total(a.amount for a in adjustments)
    amount = net if paid is None else Decimal(paid)
    return Remittance(
        replace(
            PAYER, address=Address("1 Plan Way", city="Fairview", state="CA", zip_code="94555")
        ),
        replace(PRACTICE, role=Role.BILLING),
        amount,
        trace,
        "1330000002",
        PAID_ON,
        "ACH" if amount else "NON",
        handling="I" if amount else "H",
        produced_on=PAID_ON,
        claims=tuple(payments),
        provider_adjustments=adjustments,
        payer_bank=("011000015", "DA", "123456"),
        payee_bank=("021000021", "DA", "654321"),
        payee_address=PRACTICE.address,
        technical_contact=Contact("Claims desk", (("TE", "8005550100"),)),
    )


_controls = iter(range(1, 10_000))


def bytes_835(*values: Remittance) -> bytes:
    """These payments as one file, under control numbers of its own."""
    control = next(_controls)
    envelope = Envelope(
        "ZZ", "CAHP1", "ZZ", "HARBOR", control, control, 1, "T", PAID_ON, "0000", "CAHP1", "HARBOR"
    )
    return write_835(list(values), envelope=envelope)


def receive_835(*values: Remittance, name: str = "era.835") -> "MessageFile":
    """The 835 with these payments, as the practice's door keeps it."""
    return receive(bytes_835(*values), name)


def receive(data: bytes, name: str) -> "MessageFile":
    from cleanclaim.apps.shared.exchange.models import MessageFile
    from cleanclaim.apps.shared.exchange.services import receive_file

    receipt = receive_file(data, partner=partner(), name=name, received_on=PAID_ON)
    assert receipt.is_accepted, receipt.message
    return MessageFile.objects.get(pk=receipt.file_id)


def answer_file() -> "MessageFile":
    """Some received file to hang an acknowledgement's value on."""
    control = f"{next(_controls):09d}"
    isa = f"ISA*00*          *00*          *ZZ*CAHP1          *ZZ*HARBOR         *260701*0000*^*00501*{control}*0*T*:~"
    data = f"{isa}TA1*000000001*260701*0000*A*000~IEA*0*{control}~".encode()
    return receive(data, "answer.x12")
