"""From a walked 277CA to a claim acknowledgement."""

from datetime import date

from cleanclaim.edi.fields import Elements, at, day, days, dollars
from cleanclaim.values.acknowledgement import ClaimAcknowledgement, ClaimStatus, ProviderStatus
from cleanclaim.wire.x12.tree import Block, whole
from cleanclaim.wire.x12.walker import Walk

_NO_DAY = date(1, 1, 1)


def read_claim_acknowledgement(result: Walk) -> ClaimAcknowledgement:
    """The whole message. A claim with several statuses shows its first."""
    root = whole(result)
    component = result.delimiters.component
    payer, submitter = Block("", 0, []), Block("", 0, [])
    for block in root.blocks:
        if block.id == "2000A":
            payer = block
            for child in block.children("2000B"):
                submitter = child
    received_on, processed_on = _NO_DAY, _NO_DAY
    for elements in _segments(payer, "2200A"):
        if elements[:2] == ["DTP", "050"]:
            received_on = day(at(elements, 3)) or _NO_DAY
        elif elements[:2] == ["DTP", "009"]:
            processed_on = day(at(elements, 3)) or _NO_DAY
    payer_name, submitter_name = _name(payer, "2100A"), _name(submitter, "2100B")
    reference = next((at(e, 2) for e in _segments(submitter, "2200B") if e[0] == "TRN"), "")
    providers = tuple(_provider(block, component) for block in submitter.children("2000C"))
    return ClaimAcknowledgement(
        at(payer_name, 3), at(payer_name, 9), at(submitter_name, 3), at(submitter_name, 9), reference,
        received_on, processed_on, providers,
    )  # fmt: skip


def _name(block: Block, loop: str) -> Elements:
    segments = _segments(block, loop)
    return segments[0] if segments else ["NM1"]


def _segments(block: Block, loop: str) -> list[Elements]:
    return [elements for child in block.children(loop) for elements in child.segments]


def _provider(block: Block, component: str) -> ProviderStatus:
    name = _name(block, "2100C")
    npi = at(name, 9) if at(name, 8) == "XX" else ""
    tin = at(name, 9) if at(name, 8) == "FI" else ""
    for elements in _segments(block, "2200C"):
        if elements[:2] == ["REF", "TJ"] and not tin:
            tin = at(elements, 2)
    claims = []
    for patient in block.children("2000D"):
        person = _name(patient, "2100D")
        claims += [_claim(child, person, component) for child in patient.children("2200D")]
    return ProviderStatus(npi, tin, at(name, 3), tuple(claims))


def _claim(block: Block, person: Elements, component: str) -> ClaimStatus:
    control, status = "", ["STC"]
    payer_number, clearinghouse_number = "", ""
    service_from: date | None = None
    service_to: date | None = None
    for elements in block.segments:
        tag, code = elements[0], at(elements, 1)
        if tag == "TRN":
            control = at(elements, 2)
        elif tag == "STC" and len(status) == 1:
            status = elements
        elif tag == "REF" and code == "1K":
            payer_number = at(elements, 2)
        elif tag == "REF" and code == "D9":
            clearinghouse_number = at(elements, 2)
        elif tag == "DTP" and code == "472":
            service_from, service_to = days(at(elements, 2), at(elements, 3))
    category, reason, entity = ([*at(status, 1).split(component), "", "", ""])[:3]
    return ClaimStatus(
        control, category, reason, dollars(at(status, 4)), entity, payer_number, clearinghouse_number,
        service_from, service_to, at(status, 12), at(person, 3), at(person, 4), at(person, 9),
    )  # fmt: skip
