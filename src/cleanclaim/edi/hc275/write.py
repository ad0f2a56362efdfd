"""From attachments to a 275: one message, in 5010 (BIN) or in 6020 (BDS)."""

from collections.abc import Iterable

from cleanclaim.edi.fields import ordered
from cleanclaim.edi.guides import guide_for, message_type
from cleanclaim.edi.hc275.read import NO_DAY
from cleanclaim.edi.hc275.values import Attachment, AttachmentHead, AttachmentParty, Document
from cleanclaim.edi.writing import LoopWriter, add_references, write_whole
from cleanclaim.kernel.errors import InputError
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.guide import Guide
from cleanclaim.wire.x12.writer import Envelope, Message, day8, write_group

WITH_BDS = "006020X314"


def write_275(
    attachments: Iterable[Attachment],
    *,
    envelope: Envelope,
    head: AttachmentHead,
    guide_id: str = "005010X210",
    delimiters: Delimiters | None = None,
) -> bytes:
    """The attachments, in order, as one message of one interchange.

    Raises:
        InputError: there are no attachments, a document is empty or of another version than `guide_id`, or data
            does not fit the format.
    """
    known = message_type(guide_id, "PI")
    if known is None or known.name != "275":
        raise InputError(f"guide {guide_id!r} is none of a 275")
    guide = guide_for("275")
    out: list[str] = []
    _head(guide, head, out)
    before = len(out)
    for attachment in attachments:
        _attachment(guide, attachment, guide_id, out)
    if len(out) == before:
        raise InputError("no attachments to write")
    return write_group(
        [Message("275", out, guide_id)],
        envelope=envelope,
        functional_id="PI",
        guide=guide_id,
        delimiters=delimiters,
    )


def _head(guide: Guide, head: AttachmentHead, out: list[str]) -> None:
    if head.created_on == NO_DAY:
        raise InputError(f"attachments {head.reference}: no day of creation")
    loop = LoopWriter(guide, "275", out, ordered(head.carried).get(("275", 1), ()))
    loop.add("BGN", head.purpose, head.reference, day8(head.created_on), head.created_at)
    loop.done()
    for party in head.parties:
        _party(guide, party, out)


def _party(guide: Guide, party: AttachmentParty, out: list[str]) -> None:
    extras = ordered(party.carried)
    own = extras.get(("1000", 1), [])
    # The guide has N3 and N4 both in 1000 and in 1100; REF and DTP stand behind 1100.
    first = [c for c in own if c.elements[0] not in ("DMG", "REF", "DTP")]
    loop = LoopWriter(guide, "1000", out, first)
    loop.add("NM1", party.role, "1" if party.is_person else "2", party.last_name, party.first_name, "", "",
             "", party.id_qualifier, party.party_id)  # fmt: skip
    loop.done()
    write_whole(guide, "1100", extras, out)
    last = LoopWriter(guide, "1000", out, [c for c in own if c not in first])
    add_references(last, party.references)
    if party.service_from and party.service_to:
        last.add("DTP", "472", "RD8", f"{day8(party.service_from)}-{day8(party.service_to)}")
    elif party.service_from:
        last.add("DTP", "472", "D8", day8(party.service_from))
    last.done()


def _attachment(guide: Guide, attachment: Attachment, guide_id: str, out: list[str]) -> None:
    loop = LoopWriter(guide, "2000", out, ordered(attachment.carried).get(("2000", 1), ()))
    loop.add("LX", str(attachment.number))
    if attachment.trace_number:
        loop.add("TRN", attachment.trace_type, attachment.trace_number)
    add_references(loop, attachment.references)
    if attachment.submitted_on:
        loop.add("DTP", "368", "D8", day8(attachment.submitted_on))
    if attachment.report_type or attachment.transmission:
        loop.add("CAT", attachment.report_type, attachment.transmission)
    loop.done()
    for document in attachment.documents:
        _document(guide, document, guide_id, out)


def _document(guide: Guide, document: Document, guide_id: str, out: list[str]) -> None:
    if bool(document.filter_code) != (guide_id == WITH_BDS):
        words = "needs a filter code" if guide_id == WITH_BDS else "has no room for a filter code"
        raise InputError(f"document of {len(document.content)} bytes: {guide_id} {words}")
    if not document.content:
        raise InputError("document of 0 bytes: expected at least one")
    loop = LoopWriter(guide, "2110", out, ordered(document.carried).get(("2110", 1), ()))
    size, held = str(len(document.content)), document.content.hex()
    if document.filter_code:
        loop.add("OOI", document.format_code)
        loop.add("BDS", document.filter_code, size, held)
    else:
        loop.add("EFI", document.format_code)
        loop.add("BIN", size, held)
    loop.done()
