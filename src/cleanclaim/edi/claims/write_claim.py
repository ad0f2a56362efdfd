"""Loop 2300 with all below it: what the three 837s write alike."""

from collections.abc import Callable

from cleanclaim.edi.claims.write_line import write_below_line
from cleanclaim.edi.claims.write_providers import write_carried, write_providers
from cleanclaim.edi.fields import ordered
from cleanclaim.edi.parties import add_payer, add_person
from cleanclaim.edi.writing import (
    CarriedTable,
    LoopWriter,
    add_adjustments,
    add_reference,
    add_references,
)
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.claim import Claim, OtherCoverage, ServiceLine
from cleanclaim.values.party import Role
from cleanclaim.wire.x12.guide import Guide
from cleanclaim.wire.x12.writer import (
    clean_segment,
    composite,
    day8,
    number,
    refuse_controls,
)

AddLine = Callable[[LoopWriter, ServiceLine], None]  # the segments of loop 2400 itself


def add_clm(
    loop: LoopWriter,
    claim: Claim,
    *,
    signature: str,
    source: str = "",
    causes: str = "",
    reason: str = "",
) -> None:
    """CLM; `signature` is CLM06, `source` CLM10, `causes` CLM11 (clean) and `reason` CLM19."""
    setting = composite(claim.place_of_service, claim.facility_qualifier, claim.frequency_code)
    row = (claim.control_number, signature, claim.assignment, claim.benefits_assigned, claim.release_of_information,
           source, claim.special_program, reason, claim.delay_reason)  # fmt: skip
    if not "".join(row).isprintable():
        refuse_controls("CLM", *row)
    control, signature, assignment, assigned, release, source, program, reason, delay = row
    texts = ("CLM", control, number(claim.charge), "", "", setting, signature, assignment, assigned, release, source,
             causes, program, "", "", "", "", "", "", reason, delay)  # fmt: skip
    loop.out.append(clean_segment(texts))


def accident_text(claim: Claim) -> str:
    """CLM11: causes of an accident and its state."""
    if not claim.accident_causes and not claim.accident_state:
        return ""
    if len(claim.accident_causes) > 3:
        raise InputError(f"claim {claim.control_number}: more than three accident causes")
    return composite(*(*claim.accident_causes, "", "", "")[:3], claim.accident_state)


def add_dates(loop: LoopWriter, claim: Claim) -> None:
    """One DTP for each day of the claim."""
    for code, when in claim.dates:
        loop.add("DTP", code, "D8", day8(when))


def add_claim_references(loop: LoopWriter, claim: Claim) -> None:
    """The REFs of the claim."""
    for code, value in (
        ("9F", claim.referral_number),
        ("G1", claim.authorization_number),
        ("F8", claim.original_payer_number),
        ("D9", claim.clearinghouse_number),
    ):
        if value:
            add_reference(loop, code, value)
    add_references(loop, claim.references)


def add_payment_and_diagnoses(loop: LoopWriter, claim: Claim, *, most_diagnoses: int) -> None:
    """AMT*F5, the REFs and the one HI of a professional or dental claim.

    Raises:
        InputError: the claim has more diagnoses than the message has room for.
    """
    if claim.patient_paid is not None:
        loop.add("AMT", "F5", number(claim.patient_paid))
    add_claim_references(loop, claim)
    if len(claim.diagnoses) > most_diagnoses:
        raise InputError(
            f"claim {claim.control_number}: {len(claim.diagnoses)} diagnoses, "
            f"an {loop.guide.name} has room for {most_diagnoses}"
        )
    if claim.diagnoses:
        codes = [composite(d.qualifier, d.code) for d in claim.diagnoses]
        loop.out.append(clean_segment(["HI", *codes]))


def write_below(
    guide: Guide,
    claim: Claim,
    extras: CarriedTable,
    out: list[str],
    *,
    loops: dict[Role, str],
    line_loops: dict[Role, str],
    add_line: AddLine,
) -> None:
    """Providers (`loops` and `line_loops` say where each role stands), other coverages and lines."""
    if claim.providers:
        write_providers(guide, claim.providers, loops, extras, out)
    for other in claim.other_coverages:
        _write_coverage(guide, other, out)
    plain = LoopWriter(guide, "2400", out)  # does for every line that carries nothing
    for line in claim.lines:
        if line.carried:
            own = ordered(line.carried)
            loop = LoopWriter(guide, "2400", out, own.get(("2400", 1), ()))
            add_line(loop, line)
            loop.done()
            write_below_line(guide, line, own, out, line_loops)
        else:
            add_line(plain, line)
            if line.drug is not None or line.providers or line.adjudications:
                write_below_line(guide, line, {}, out, line_loops)


def _write_coverage(guide: Guide, other: OtherCoverage, out: list[str]) -> None:
    extras = ordered(other.carried)
    loop = LoopWriter(guide, "2320", out, extras.get(("2320", 1), ()))
    who = other.subscriber
    loop.add("SBR", who.payer_order, who.relationship, who.group_number, who.group_name, who.insurance_type,
             "", "", "", who.filing_indicator)  # fmt: skip
    add_adjustments(loop, other.adjustments)
    for code, value in (("D", other.paid), ("A8", other.non_covered), ("EAF", other.patient_owes)):
        if value is not None:
            loop.add("AMT", code, number(value))
    if other.benefits_assigned or other.release_of_information:
        loop.add("OI", "", "", other.benefits_assigned, "", "", other.release_of_information)
    loop.done()
    if who.person.last_name or who.person.member_id:
        loop = LoopWriter(guide, "2330A", out, extras.get(("2330A", 1), ()))
        add_person(loop, "IL", who.person, is_organization=who.is_organization)
        loop.done()
    if other.payer.name or other.payer.payer_id:
        loop = LoopWriter(guide, "2330B", out, extras.get(("2330B", 1), ()))
        add_payer(loop, other.payer)
        if other.paid_on:
            loop.add("DTP", "573", "D8", day8(other.paid_on))
        if other.claim_control_number:
            loop.add("REF", "F8", other.claim_control_number)
        loop.done()
    # Providers as that payer knows them, from 2330C on.
    write_carried(guide, sorted(key for key in extras if key[0] > "2330B"), extras, out)
