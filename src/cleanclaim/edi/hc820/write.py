"""From a premium payment and its remittances to an 820: one message."""

from collections.abc import Iterable
from datetime import date

from cleanclaim.edi.fields import ordered
from cleanclaim.edi.guides import guide_for
from cleanclaim.edi.hc820.read import NO_DAY
from cleanclaim.edi.writing import (
    CarriedTable,
    LoopWriter,
    add_address,
    add_contact,
    add_references,
    write_whole,
)
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.premium import (
    PremiumAdjustment,
    PremiumDetail,
    PremiumParty,
    PremiumPayment,
    PremiumRemittance,
)
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.guide import Guide
from cleanclaim.wire.x12.writer import Envelope, Message, day8, number, write_group

GUIDE = "005010X218"


def write_820(
    remittances: Iterable[PremiumRemittance],
    *,
    envelope: Envelope,
    head: PremiumPayment,
    delimiters: Delimiters | None = None,
) -> bytes:
    """The payment and the remittances of people, in order, as one message of one interchange.

    Raises:
        InputError: an organization stands among the people, or data does not fit the format.
    """
    guide = guide_for("820")
    out: list[str] = []
    _head(guide, head, out)
    if head.summary is not None:
        _remittance(guide, head.summary, "A", out)
    for remittance in remittances:
        if not remittance.is_person:
            raise InputError(
                f"remittance {remittance.number}: of an organization; it is the payment's summary"
            )
        _remittance(guide, remittance, "B", out)
    return write_group(
        [Message("820", out, GUIDE)],
        envelope=envelope,
        functional_id="RA",
        guide=GUIDE,
        delimiters=delimiters,
    )


def _head(guide: Guide, head: PremiumPayment, out: list[str]) -> None:
    if head.paid_on == NO_DAY:
        raise InputError(f"premium payment {head.trace_number}: no payment date")
    extras = ordered(head.carried)
    own = [*extras.get(("820", 1), [])]
    loop = LoopWriter(guide, "820", out, own)
    # What is credited (C) unless the payment read says otherwise.
    is_told = any(c.elements[0] == "BPR" and len(c.elements) > 3 and c.elements[3] for c in own)
    bpr = ["BPR", head.handling, number(head.paid), "" if is_told else "C", head.method]
    loop.add(*bpr, *[""] * 11, day8(head.paid_on))
    loop.add("TRN", head.trace_type, head.trace_number, head.originator_id)
    add_references(loop, head.references)
    _period(loop, head.coverage_period)
    loop.done()
    _party(guide, "1000A", "PE", head.payee, out)
    _party(guide, "1000B", "PR", head.remitter, out)
    write_whole(guide, "1000C", extras, out)


def _period(loop: LoopWriter, period: tuple[date, date] | None) -> None:
    if period is not None:
        loop.add("DTM", "582", "", "", "", "RD8", f"{day8(period[0])}-{day8(period[1])}")


def _party(guide: Guide, loop_id: str, code: str, party: PremiumParty, out: list[str]) -> None:
    loop = LoopWriter(guide, loop_id, out, ordered(party.carried).get((loop_id, 1), ()))
    loop.add("N1", code, party.name, party.id_qualifier, party.party_id)
    add_address(loop, party.address)
    add_contact(loop, "IC", party.contact)
    loop.done()


def _remittance(guide: Guide, item: PremiumRemittance, letter: str, out: list[str]) -> None:
    extras = ordered(item.carried)
    loop_id = f"2000{letter}"
    loop = LoopWriter(guide, loop_id, out, extras.get((loop_id, 1), ()))
    loop.add("ENT", str(item.number), item.entity, item.id_qualifier, item.entity_id)
    loop.done()
    name = LoopWriter(guide, "2100B", out, extras.get(("2100B", 1), ()))
    if item.last_name or item.first_name or name.extras:
        # Insured (IL) unless the remittance read says otherwise.
        code = "" if any(len(c.elements) > 1 and c.elements[1] for c in name.extras) else "IL"
        kind = "" if any(len(c.elements) > 2 and c.elements[2] for c in name.extras) else "1"
        name.add("NM1", code, kind, item.last_name, item.first_name)
        name.done()
        more = {(loop, n - 1): rows for (loop, n), rows in extras.items() if loop == "2100B"}
        write_whole(guide, "2100B", more, out)
    _adjustments(guide, f"2200{letter}", item.adjustments, extras, out)
    for detail in item.details:
        _detail(guide, detail, letter, out)


def _adjustments(
    guide: Guide,
    loop_id: str,
    adjustments: Iterable[PremiumAdjustment],
    extras: CarriedTable,
    out: list[str],
) -> None:
    for occurrence, adjustment in enumerate(adjustments, 1):
        loop = LoopWriter(guide, loop_id, out, extras.get((loop_id, occurrence), ()))
        loop.add("ADX", number(adjustment.amount), adjustment.reason)
        loop.done()


def _detail(guide: Guide, detail: PremiumDetail, letter: str, out: list[str]) -> None:
    extras = ordered(detail.carried)
    loop_id = f"2300{letter}"
    loop = LoopWriter(guide, loop_id, out, extras.get((loop_id, 1), ()))
    loop.add(
        "RMR",
        detail.qualifier,
        detail.reference,
        detail.action,
        number(detail.paid),
        number(detail.billed),
    )
    add_references(loop, detail.references)
    _period(loop, detail.period)
    loop.done()
    if detail.counts and ("2310A", 1) not in extras:
        LoopWriter(guide, "2310A", out).add("IT1", "1")
    for kept in ("2310A", "2312A", "2315A"):
        write_whole(guide, kept, extras, out)
    for count in detail.counts:
        LoopWriter(guide, "2315A", out).add(
            "SLN", count.number, "", "O", number(count.count), count.unit
        )
    _adjustments(guide, f"2320{letter}", detail.adjustments, extras, out)
