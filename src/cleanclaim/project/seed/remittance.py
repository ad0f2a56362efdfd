"""Write the 835 file that answers the invented claims of `seed.file`: same number and seed, same claims."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from random import Random

from cleanclaim.edi import Envelope, write_835
from cleanclaim.kernel.money import total
from cleanclaim.project.seed.claims import Scene, make_claims
from cleanclaim.project.seed.people import make_address
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.claim import Claim, ServiceLine
from cleanclaim.values.party import Contact, Provider, Role
from cleanclaim.values.remittance import ClaimPayment, LinePayment, ProviderAdjustment, Remittance

CLAIMS_PER_PAYMENT = 5_000
_CENT = Decimal("0.01")


def write_remittance_file(path: Path, claims: int, *, seed: int = 7) -> int:
    """Write the answers to `claims` invented claims to `path`, whole or not at all; returns the number of bytes."""
    scene = replace(Scene(), seed=seed)
    part = path.with_name(f".{path.name}.part")
    size_bytes = 0
    with part.open("wb") as file:
        for number, some in enumerate(_payments(make_claims(claims, scene), scene), 1):
            size_bytes += file.write(write_835([some], envelope=envelope_of(scene, number)))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return size_bytes


def _payments(claims: Iterator[Claim], scene: Scene) -> Iterator[Remittance]:
    number = 0
    while some := list(islice(claims, CLAIMS_PER_PAYMENT)):
        number += 1
        yield payment_of(tuple(map(answer_to, some)), number, scene)


def payment_of(answers: tuple[ClaimPayment, ...], number: int, scene: Scene) -> Remittance:
    paid_on = scene.created_on + timedelta(days=14)
    fee = ProviderAdjustment("2000000016", paid_on, "WO", f"FB{number:06d}", Decimal("12.34"))
    payer = replace(
        scene.payer,
        address=make_address(Random(number)),
        contact=Contact("", (("TE", "8315550100"),)),
    )
    return Remittance(
        payer=payer,
        payee=Provider(Role.PAY_TO, "Bayline Group", npi="2000000016", tin="310000000"),
        paid=total(answer.paid for answer in answers) - fee.amount,
        trace_number=f"SEED{scene.seed:02d}{number:06d}",
        payer_trace_id="1999999999",
        paid_on=paid_on,
        method="CHK",
        produced_on=paid_on,
        claims=answers,
        provider_adjustments=(fee,),
        technical_contact=Contact("EDI DESK", (("TE", "8315550101"),)),
    )


def answer_to(claim: Claim) -> ClaimPayment:
    lines = tuple(map(_answer_line, claim.lines))
    return ClaimPayment(
        control_number=claim.control_number,
        status_code="1",
        charge=claim.charge,
        paid=total(line.paid for line in lines),
        patient_responsibility=total(
            a.amount for line in lines for a in line.adjustments if a.group is Group.PATIENT
        ),
        filing_indicator="12",
        payer_control_number=f"ICN{claim.control_number}",
        place_of_service=claim.place_of_service,
        frequency_code="1",
        patient=replace(claim.patient_person, born_on=None, sex="", address=None),
        lines=lines,
        received_on=claim.service_to,
    )


def _answer_line(line: ServiceLine) -> LinePayment:
    """Four fifths of the charge are allowed, of which the patient owes a fifth."""
    allowed = (line.charge * Decimal("0.8")).quantize(_CENT)
    owed = (allowed * Decimal("0.2")).quantize(_CENT)
    return LinePayment(
        procedure=line.procedure,
        charge=line.charge,
        paid=allowed - owed,
        quantity=line.quantity,
        service_from=line.service_from,
        adjustments=(
            Adjustment(Group.CONTRACTUAL, "45", line.charge - allowed),
            Adjustment(Group.PATIENT, "2", owed),
        ),
        allowed=allowed,
        line_control_number=line.control_number,
    )


def acknowledging_envelope() -> Envelope:
    """An envelope for what a benchmark writes."""
    return envelope_of(Scene(), 1)


def envelope_of(scene: Scene, number: int) -> Envelope:
    return Envelope(
        sender_qualifier="ZZ",
        sender_id="FILEDOOR",
        receiver_qualifier="ZZ",
        receiver_id="SEEDWRITER",
        usage="T",
        created_on=scene.created_on,
        created_at="0000",
        interchange_control=number,
        group_control=number,
        message_control=1,
        gs_sender="FILEDOOR",
        gs_receiver="SEEDWRITER",
    )
