"""Loops 2300 and 2400 of a dental claim."""

from datetime import date
from decimal import Decimal

from cleanclaim.edi.claims.read_claim import ClaimKind, ClaimParts, Diagnoses, read_claim
from cleanclaim.edi.claims.read_line import LineParts, read_parts, read_pointers, read_service
from cleanclaim.edi.fields import Elements, Keeper, amount, at, components, day, days, dollars
from cleanclaim.values.claim import ServiceLine
from cleanclaim.values.dental import Dental, DentalService, Tooth, ToothStatus
from cleanclaim.wire.x12.tree import Block

PREDETERMINATION = "PB"
_DN1 = frozenset({1, 2, 4})
_SV3 = frozenset({1, 2, 3, 4, 5, 6, 11})
_LINE_TAGS = frozenset({"SV3", "TOO", "DTP"})
# DN203 on: the tooth is named by the Universal National Tooth Designation System.
_UNIVERSAL = ["", "", "", "JP"]
_NO_SERVICE: Elements = ["SV3"]
_ONE = Decimal(1)


class Mouth:
    """The dental details of one claim."""

    __slots__ = ("diagnoses", "keeper", "own", "statuses")

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper
        self.diagnoses = Diagnoses(keeper)
        self.own: dict[str, object] = {}
        self.statuses: list[ToothStatus] = []

    def take(self, elements: Elements) -> bool:
        """Whether the segment now is in a field."""
        tag = elements[0]
        if tag == "HI":
            return self.diagnoses.take(elements)
        if tag == "DTP":
            return at(elements, 1) == "472" and self._take_days(at(elements, 2), at(elements, 3))
        if tag == "DN1":
            return self._take_orthodontics(elements)
        if tag == "DN2":
            if elements[3:] not in ([], _UNIVERSAL):
                return False
            self.statuses.append(ToothStatus(at(elements, 1), at(elements, 2)))
            return True
        self.own["is_predetermination"] = at(elements, 19) == PREDETERMINATION
        return True

    def _take_days(self, style: str, text: str) -> bool:
        if "service_from" in self.own:
            return False
        first, last = days(style, text)
        if first is None or (style == "RD8" and last is None):
            return False
        self.own |= {"service_from": first, "service_to": last}
        return True

    def _take_orthodontics(self, elements: Elements) -> bool:
        if "orthodontic_note" in self.own:
            return False
        self.own |= {
            "treatment_months": amount(at(elements, 1)),
            "months_remaining": amount(at(elements, 2)),
            "orthodontic_note": at(elements, 4),
        }
        self.keeper.rest("2300", elements, _DN1)
        return True

    def fields(self) -> dict[str, object]:
        """The claim's diagnoses and its dental part."""
        dental = Dental(tooth_statuses=tuple(self.statuses), **self.own)  # type: ignore[arg-type]
        return self.diagnoses.fields() | {"dental": dental}


def read_dental_line(block: Block, component: str) -> ServiceLine:
    """What loop 2400 says."""
    parts = read_parts(block, component, _LINE_TAGS)
    sv3 = next((elements for elements in parts.own if elements[0] == "SV3"), _NO_SERVICE)
    count = amount(at(sv3, 6))
    return ServiceLine(
        parts.number,
        read_service(sv3, 1, parts.keeper, _SV3),
        dollars(at(sv3, 2)),
        _ONE if count is None else count,
        parts.service_from,
        parts.service_to,
        "" if count is None else "UN",
        at(sv3, 3),
        read_pointers(at(sv3, 11), component),
        control_number=parts.control_number,
        authorization_number=parts.authorization_number,
        providers=parts.providers,
        adjudications=parts.adjudications,
        references=parts.references,
        dental=_read_service(sv3, parts, component),
        carried=parts.keeper.taken(),
    )


def _read_service(sv3: Elements, parts: LineParts, component: str) -> DentalService:
    teeth: list[Tooth] = []
    dates: list[tuple[str, date]] = []
    for elements in parts.own:
        if elements[0] == "TOO" and elements[1:2] == ["JP"] and len(elements) in (3, 4):
            teeth.append(Tooth(elements[2], components(at(elements, 3), component)))
        elif elements[0] == "DTP" and at(elements, 2) == "D8" and (when := day(at(elements, 3))):
            dates.append((elements[1], when))
        elif elements[0] != "SV3":
            parts.keeper.keep("2400", elements)
    areas = components(at(sv3, 4), component)
    return DentalService(areas, at(sv3, 5), tuple(teeth), tuple(dates))


_KIND = ClaimKind(
    frozenset({1, 2, 5, 6, 7, 8, 9, 11, 12, 19, 20}),
    frozenset({"HI", "DTP", "DN1", "DN2", "CLM"}),
    Mouth,
    read_dental_line,
)


def read_dental_claim(block: Block, component: str) -> ClaimParts:
    """What loop 2300 says."""
    return read_claim(block, component, _KIND)
