"""Loop 2300 with all below it: what the three 837s write alike."""

from collections.abc import Callable, Iterable

from cleanclaim.edi.fields import ordered
from cleanclaim.edi.parties import add_payer, add_person, add_provider
from cleanclaim.edi.writing import CarriedTable, LoopWriter, add_adjustments, add_references
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.claim import Claim, OtherCoverage, ServiceLine
from cleanclaim.values.party import Provider, Role
from cleanclaim.wire.x12.guide import Guide
from cleanclaim.wire.x12.writer import composite, day8, number

WriteLine = Callable[[Guide, ServiceLine, list[str]], None]


def clm_row(claim: Claim, *, signature: str, causes: str = "", reason: str = "") -> list[str]:
    """CLM; `signature` is CLM06, `causes` CLM11 and `reason` CLM19."""
    setting = composite(claim.place_of_service, claim.facility_qualifier, claim.frequency_code)
    row = ["CLM", claim.control_number, number(claim.charge), "", "", setting, signature,
           claim.assignment, claim.benefits_assigned, claim.release_of_information]  # fmt: skip
    if causes or claim.special_program or reason or claim.delay_reason:
        row += ["", causes, claim.special_program, *[""] * 6, reason, claim.delay_reason]
    return row


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
            loop.add("REF", code, value)
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
        loop.add("HI", *(composite(d.qualifier, d.code) for d in claim.diagnoses))


def write_below(
    guide: Guide,
    claim: Claim,
    extras: CarriedTable,
    out: list[str],
    *,
    loops: dict[Role, str],
    write_line: WriteLine,
) -> None:
    """Providers (`loops` says where each role stands), other coverages and lines."""
    write_providers(guide, claim.providers, loops, extras, out)
    for other in claim.other_coverages:
        _write_coverage(guide, other, out)
    for line in claim.lines:
        write_line(guide, line, out)


def write_providers(
    guide: Guide,
    providers: tuple[Provider, ...],
    loops: dict[Role, str],
    extras: CarriedTable,
    out: list[str],
) -> None:
    """The provider loops of a claim or line."""
    rows: list[tuple[str, Provider]] = []
    for provider in providers:
        loop_id = loops.get(provider.role)
        if loop_id is None:
            raise InputError(
                f"provider role {provider.role.name.lower()} has no place at this level of an {guide.name}"
            )
        rows.append((loop_id, provider))
    if len(rows) > 1:
        rows.sort(key=lambda row: row[0])
    seen: dict[str, int] = {}
    for loop_id, provider in rows:
        seen[loop_id] = seen.get(loop_id, 0) + 1
        loop = LoopWriter(guide, loop_id, out, extras.get((loop_id, seen[loop_id]), ()))
        add_provider(loop, provider)
        loop.done()


def write_carried(
    guide: Guide, loops: Iterable[tuple[str, int]], extras: CarriedTable, out: list[str]
) -> None:
    """Loops that are carried whole, in the order of `loops` (id, occurrence)."""
    for key in loops:
        LoopWriter(guide, key[0], out, extras[key]).done()


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
