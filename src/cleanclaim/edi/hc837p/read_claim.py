"""Loops 2300 and 2400 of a professional claim."""

from cleanclaim.edi.claims.read_claim import ClaimKind, ClaimParts, Diagnoses, read_claim
from cleanclaim.edi.claims.read_line import read_parts, read_pointers, read_service
from cleanclaim.edi.fields import Elements, at, dollars
from cleanclaim.values.claim import ServiceLine
from cleanclaim.wire.x12.tree import Block

_SV1 = frozenset({1, 2, 3, 4, 5, 7, 9})
_LINE_TAGS = frozenset({"SV1"})
_NO_SERVICE: Elements = ["SV1"]


def read_professional_line(block: Block, component: str) -> ServiceLine:
    """What loop 2400 says."""
    parts = read_parts(block, component, _LINE_TAGS)
    sv1 = parts.own[-1] if parts.own else _NO_SERVICE
    return ServiceLine(
        parts.number,
        read_service(sv1, 1, parts.keeper, _SV1),
        dollars(at(sv1, 2)),
        dollars(at(sv1, 4)),
        parts.service_from,
        parts.service_to,
        at(sv1, 3),
        at(sv1, 5),
        read_pointers(at(sv1, 7), component),
        at(sv1, 9) == "Y",
        parts.control_number,
        parts.authorization_number,
        parts.drug,
        parts.providers,
        parts.adjudications,
        parts.references,
        parts.keeper.taken(),
    )


_KIND = ClaimKind(
    frozenset({1, 2, 5, 6, 7, 8, 9, 11, 12, 20}),
    frozenset({"HI"}),
    Diagnoses,
    read_professional_line,
)


def read_professional_claim(block: Block, component: str) -> ClaimParts:
    """What loop 2300 says."""
    return read_claim(block, component, _KIND)
