"""From an enrollment and its members to an 834: one message."""

from collections.abc import Iterable, Sequence

from cleanclaim.edi.fields import ordered
from cleanclaim.edi.guides import guide_for
from cleanclaim.edi.hc834.read import NO_DAY
from cleanclaim.edi.hc834.write_coverage import add_dates, write_coverage
from cleanclaim.edi.parties import person_name
from cleanclaim.edi.writing import (
    CarriedTable,
    LoopWriter,
    add_address,
    add_contact,
    add_number,
    add_references,
    write_whole,
)
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.enrollment import Enrollment, Member, ReportingCategory, Sponsor
from cleanclaim.values.party import Reference
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.guide import Guide
from cleanclaim.wire.x12.writer import Envelope, Message, day8, write_group

GUIDE = "005010X220A1"
_LOOPS = {"P5": "1000A", "IN": "1000B", "BO": "1000C", "TV": "1000C"}
_KEPT = ("2100B", "2100C", "2100D", "2100E", "2100F", "2100G", "2100H", "2200")
_HANDICAP = {True: "Y", False: "N", None: ""}


def write_834(
    members: Iterable[Member],
    *,
    envelope: Envelope,
    head: Enrollment,
    delimiters: Delimiters | None = None,
) -> bytes:
    """The members, in order, as one message of one interchange.

    Raises:
        InputError: there are no members, or data does not fit the format.
    """
    guide = guide_for("834")
    out: list[str] = []
    _head(guide, head, out)
    before = len(out)
    for member in members:
        _member(guide, member, out)
    if len(out) == before:
        raise InputError("no members to write")
    return write_group(
        [Message("834", out, GUIDE)],
        envelope=envelope,
        functional_id="BE",
        guide=GUIDE,
        delimiters=delimiters,
    )


def _head(guide: Guide, head: Enrollment, out: list[str]) -> None:
    if head.created_on == NO_DAY:
        raise InputError(f"enrollment {head.reference}: no day of creation")
    loop = LoopWriter(guide, "834", out, ordered(head.carried).get(("834", 1), ()))
    loop.add("BGN", head.purpose, head.reference, day8(head.created_on), head.created_at, head.time_zone,
             head.original_reference, "", head.action)  # fmt: skip
    if head.policy_number:
        loop.add("REF", "38", head.policy_number)
    add_dates(loop, head.dates)
    for code, count in head.totals:
        loop.add("QTY", code, str(count))
    loop.done()
    for party in (head.sponsor, head.insurer, *head.brokers):
        _sponsor(guide, party, out)


def _sponsor(guide: Guide, party: Sponsor, out: list[str]) -> None:
    loop_id = _LOOPS.get(party.role)
    if loop_id is None:
        raise InputError(f"party of role {party.role!r}: expected one of {', '.join(_LOOPS)}")
    extras = ordered(party.carried)
    loop = LoopWriter(guide, loop_id, out, extras.get((loop_id, 1), ()))
    loop.add("N1", party.role, party.name, party.id_qualifier, party.party_id)
    loop.done()
    if party.accounts:
        first, second = (*party.accounts, "")[:2]
        account = LoopWriter(guide, "1100C", out, extras.get(("1100C", 1), ()))
        account.add("ACT", first, "", "", "", "", second)
        account.done()


def _member(guide: Guide, member: Member, out: list[str]) -> None:
    extras = ordered(member.carried)
    loop = LoopWriter(guide, "2000", out, extras.get(("2000", 1), ()))
    died_on = member.person.died_on
    death = ("D8", day8(died_on)) if died_on else ("", "")
    loop.add(
        "INS", "Y" if member.is_subscriber else "N", member.relationship, member.maintenance, member.reason,
        member.benefit_status, "", "", member.employment_status, member.student_status,
        _HANDICAP[member.is_handicapped], *death,
    )  # fmt: skip
    numbers = [Reference("0F", member.subscriber_id)]
    if member.policy_number:
        numbers.append(Reference("1L", member.policy_number))
    add_references(loop, [*numbers, *member.references])
    add_dates(loop, member.dates)
    loop.done()
    name = LoopWriter(guide, "2100A", out, extras.get(("2100A", 1), ()))
    _name(name, member)
    name.done()
    for loop_id in _KEPT:
        write_whole(guide, loop_id, extras, out)
    for coverage in member.coverages:
        write_coverage(guide, coverage, out)
    _categories(guide, member.categories, extras, out)


def _name(loop: LoopWriter, member: Member) -> None:
    person = member.person
    loop.add(*person_name("74" if member.is_corrected else "IL", person))
    add_contact(loop, "IP", member.contact)
    add_address(loop, person.address)
    if person.born_on:
        loop.add("DMG", "D8", day8(person.born_on), person.sex)
    if person.references:
        raise InputError(f"member {member.subscriber_id}: the name has no room for other numbers")


def _categories(
    guide: Guide, categories: Sequence[ReportingCategory], extras: CarriedTable, out: list[str]
) -> None:
    if not categories:
        return
    LoopWriter(guide, "LS", out).add("LS", "2700")
    for number, category in enumerate(categories, 1):
        numbered = LoopWriter(guide, "2700", out, extras.get(("2700", number), ()))
        add_number(numbered, number)
        numbered.done()
        kept = extras.get(("2750", number), ())
        if not (category.name or category.reference or category.dated or kept):
            continue
        loop = LoopWriter(guide, "2750", out, kept)
        loop.add("N1", "75", category.name)
        if category.reference:
            add_references(loop, [category.reference])
        if category.dated:
            add_dates(loop, [category.dated])
        loop.done()
    LoopWriter(guide, "LS", out).add("LE", "2700")
