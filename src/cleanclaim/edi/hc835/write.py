"""From remittances to an 835: one message each."""

from collections.abc import Sequence

from cleanclaim.edi.fields import ordered
from cleanclaim.edi.guides import guide_for
from cleanclaim.edi.hc835.balance import prove
from cleanclaim.edi.hc835.read import NO_DAY, defaults_of_bpr
from cleanclaim.edi.hc835.write_claim import write_claim
from cleanclaim.edi.writing import (
    CarriedTable,
    LoopWriter,
    add_address,
    add_contact,
    add_references,
)
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.remittance import ProviderAdjustment, Remittance
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.guide import Guide
from cleanclaim.wire.x12.writer import (
    Envelope,
    Message,
    composite,
    day8,
    number,
    segment,
    write_group,
)

GUIDE = "005010X221A1"


def write_835(
    remittances: Sequence[Remittance], *, envelope: Envelope, delimiters: Delimiters | None = None
) -> bytes:
    """The remittances, in order, as one interchange.

    Raises:
        InvariantError: a line, claim or payment does not balance to 0.00, or a CO-16 stands without a remark code.
        InputError: there are no remittances, or data does not fit the format.
    """
    if not remittances:
        raise InputError("no remittances to write")
    for remittance in remittances:
        prove(remittance)
    messages = [Message("835", _message(remittance)) for remittance in remittances]
    return write_group(
        messages, envelope=envelope, functional_id="HP", guide=GUIDE, delimiters=delimiters
    )


def _message(remittance: Remittance) -> list[str]:
    guide = guide_for("835")
    extras = ordered(remittance.carried)
    if remittance.paid_on == NO_DAY:
        raise InputError(f"remittance {remittance.trace_number}: no payment date")
    own = extras.get(("835", 1), [])
    out: list[str] = []
    head = LoopWriter(guide, "835", out, [c for c in own if c.elements[0] != "PLB"])
    _head(head, remittance)
    head.done()
    _payer(guide, remittance, extras, out)
    _payee(guide, remittance, extras, out)
    if remittance.claims and not any(c.loop == "2000" for c in remittance.claims[0].carried):
        out.append(segment("LX", "1"))
    for claim in remittance.claims:
        write_claim(guide, claim, out)
    LoopWriter(guide, "2000", out, extras.get(("2000", 1), [])).done()
    _provider_adjustments(remittance.provider_adjustments, out)
    LoopWriter(guide, "835", out, [c for c in own if c.elements[0] == "PLB"]).done()
    return out


def _head(loop: LoopWriter, remittance: Remittance) -> None:
    usual = defaults_of_bpr(
        remittance.method,
        remittance.payer_trace_id,
        payer_routing=remittance.payer_bank[0],
        payee_routing=remittance.payee_bank[0],
    )
    carried = next((c.elements for c in loop.extras if c.elements[0] == "BPR"), ())
    for place in usual:  # what was sent wins over what we would fill in
        if place < len(carried) and carried[place]:
            usual[place] = ""
    loop.add(
        "BPR", remittance.handling, number(remittance.paid), "C" if remittance.is_credit else "D",
        remittance.method, usual[5], usual[6], *remittance.payer_bank, usual[10], "", usual[12],
        *remittance.payee_bank, day8(remittance.paid_on),
    )  # fmt: skip
    loop.add("TRN", "1", remittance.trace_number, remittance.payer_trace_id)
    if remittance.receiver_id:
        loop.add("REF", "EV", remittance.receiver_id)
    if remittance.produced_on:
        loop.add("DTM", "405", day8(remittance.produced_on))


def _payer(guide: Guide, remittance: Remittance, extras: CarriedTable, out: list[str]) -> None:
    payer = remittance.payer
    loop = LoopWriter(guide, "1000A", out, extras.get(("1000A", 1), ()))
    is_national = payer.id_qualifier == "XV" and bool(payer.payer_id)
    loop.add(
        "N1", "PR", payer.name, "XV" if is_national else "", payer.payer_id if is_national else ""
    )
    add_address(loop, payer.address)
    if payer.payer_id and not is_national:
        loop.add("REF", "2U", payer.payer_id)
    add_references(loop, payer.references)
    add_contact(loop, "CX", payer.contact)
    add_contact(loop, "BL", remittance.technical_contact)
    loop.done()


def _payee(guide: Guide, remittance: Remittance, extras: CarriedTable, out: list[str]) -> None:
    payee = remittance.payee
    loop = LoopWriter(guide, "1000B", out, extras.get(("1000B", 1), ()))
    qualifier, value = (
        ("XX", payee.npi) if payee.npi else ("FI", payee.tin) if payee.tin else ("", "")
    )
    carried = next((c.elements for c in loop.extras if c.elements[0] == "N1"), ())
    is_carried = len(carried) > 4 and bool(carried[4])  # another kind of id
    if is_carried:
        qualifier = value = ""
    loop.add("N1", "PE", payee.full_name, qualifier, value)
    add_address(loop, remittance.payee_address)
    if payee.tin and qualifier != "FI":
        loop.add("REF", "TJ", payee.tin)
    add_references(loop, payee.references)
    loop.done()


def _provider_adjustments(adjustments: Sequence[ProviderAdjustment], out: list[str]) -> None:
    """One PLB per run of the same provider and period, six pairs at most in each."""
    row: list[str] = []
    for adjustment in adjustments:
        head = ["PLB", adjustment.provider_id, day8(adjustment.fiscal_period_end)]
        if row and (row[:3] != head or len(row) >= 15):
            out.append(segment(*row))
            row = []
        if not row:
            row = head
        row += [composite(adjustment.reason, adjustment.reference), number(adjustment.amount)]
    if row:
        out.append(segment(*row))
