"""Loops 2300 and 2400 of a professional claim."""

from cleanclaim.edi.claims.read_claim import ClaimKind, ClaimParts, Diagnoses, read_claim
from cleanclaim.edi.claims.read_line import read_parts, read_pointers, read_service
from cleanclaim.edi.fields import Elements, at, days, dollars, read_procedure, whole
from cleanclaim.values.claim import ServiceLine
from cleanclaim.wire.x12.tree import Block

_SV1 = frozenset({1, 2, 3, 4, 5, 7, 9})
_LINE_TAGS = frozenset({"SV1"})
_PLAIN_LENGTHS = [2, 8, 4, 3]
_PLAIN = ("SV1", "DTP", "472", "REF", "6R", "")
_RANGE_END = 7  # components before the end of a range of procedures, which has no field
_NO_SERVICE: Elements = ["SV1"]


def read_professional_line(block: Block, component: str) -> ServiceLine:
    """What loop 2400 says."""
    if len(block.segments) == 4 and not block.blocks:
        plain = _read_plain(block.segments, component)
        if plain is not None:
            return plain
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


def _read_plain(segments: list[Elements], component: str) -> ServiceLine | None:
    """The line of LX, SV1, DTP*472 and REF*6R that have just what fields hold, as most do; None for any other."""
    lx, sv1, dtp, ref = segments
    if (
        [*map(len, segments)] != _PLAIN_LENGTHS
        or (sv1[0], dtp[0], dtp[1], ref[0], ref[1], sv1[6]) != _PLAIN
        or not ref[2]
        or not sv1[1]
        or sv1[1].count(component) >= _RANGE_END
    ):
        return None
    first, last = days(dtp[2], dtp[3])
    return ServiceLine(
        whole(lx[1]), read_procedure(sv1[1], component), dollars(sv1[2]), dollars(sv1[4]), first, last, sv1[3],
        sv1[5], read_pointers(sv1[7], component), False, ref[2],
    )  # fmt: skip


_KIND = ClaimKind(
    frozenset({1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 20}),
    frozenset({"HI"}),
    Diagnoses,
    read_professional_line,
)


def read_professional_claim(block: Block, component: str) -> ClaimParts:
    """What loop 2300 says."""
    return read_claim(block, component, _KIND)
