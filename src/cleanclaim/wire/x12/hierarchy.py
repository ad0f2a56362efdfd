"""The HL segments of a message: numbers and parents."""

from cleanclaim.wire.x12.defects import Defect
from cleanclaim.wire.x12.guide import Loop, Segment
from cleanclaim.wire.x12.walker import Walk

MOST_ODD = 5000  # odd numbers remembered; hostile files must not fill the memory


class Levels:
    """Numbers and parents of the HL segments (hierarchy) of one message, part by part."""

    def __init__(self) -> None:
        self.expected = 1
        self.open_at: dict[Loop, str] = {}
        self.childless: dict[
            Loop, int
        ] = {}  # of open levels whose HL04 is 0: where their HL stands
        self.odd: set[str] = set()  # numbers that are not the expected ones

    def check(self, result: Walk) -> None:
        """Add the defects of the next part."""
        separator = result.delimiters.element
        for number, (raw, place) in enumerate(
            zip(result.segments, result.places, strict=True), result.first
        ):
            if place is not None and place.tag == "HL":
                self.check_one(result, place, raw.split(separator), number)

    def check_one(self, result: Walk, place: Segment, elements: list[str], number: int) -> None:
        """Add the defects of one HL."""
        own, parent = [*elements[1:3], "", ""][:2]
        if own != str(self.expected):
            words = f"expected {self.expected}, one more than the HL before"
            _level_defect(result, place, number, (1, own), words)
            if len(self.odd) < MOST_ODD:
                self.odd.add(own)
        above = place.loop.parent
        if above is None or above.parent is None:
            if parent:
                words = "expected empty: this level has no parent"
                _level_defect(result, place, number, (2, parent), words)
        elif self.open_at.get(above) != parent:
            words = f"names an HL that is not the {above.id} now open"
            if not self._is_earlier(parent):
                words = "names no earlier HL"
            _level_defect(result, place, number, (2, parent), words)
        elif above in self.childless:
            words = "0 says that no level is below this one, but one is"
            at = self.childless.pop(above)
            _level_defect(result, above.first, at, (4, "0"), words, is_error=False)
        self.open_at[place.loop] = own
        self.childless.pop(place.loop, None)
        if elements[4:5] == ["0"]:
            self.childless[place.loop] = number
        self.expected += 1

    def _is_earlier(self, parent: str) -> bool:
        is_count = parent.isascii() and parent.isdigit() and len(parent) <= 12
        return parent in self.odd or (is_count and 0 < int(parent) < self.expected)


def check_levels(result: Walk) -> None:
    """The HL segments of a whole message: adds defects."""
    Levels().check(result)


def _level_defect(
    result: Walk,
    place: Segment,
    number: int,
    at: tuple[int, str],
    message: str,
    *,
    is_error: bool = True,
) -> None:
    element, value = at
    reference = {1: "628", 2: "734", 4: "736"}[element]
    result.add(
        Defect(
            2,
            "IK403",
            "7",
            message,
            number,
            place.loop_id,
            "HL",
            element,
            value=value,
            is_error=is_error,
            reference=reference,
        )
    )
