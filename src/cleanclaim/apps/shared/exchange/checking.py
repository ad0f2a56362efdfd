"""A file checked for the person who brought it: read in memory, answered, and forgotten.

Nothing here touches a row: the file is not received, and neither it nor what was found is kept.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from cleanclaim.apps.shared.exchange.services import size_limit
from cleanclaim.edi import Policy, Received, ReceivedMessage, Refuse, check, read_file
from cleanclaim.edi.answer_files import AnswerFile, answer_files
from cleanclaim.edi.report import located
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.acknowledgement import SyntaxFinding
from cleanclaim.wire.x12.source import blocks

LEVELS: tuple[tuple[int, str], ...] = (
    (1, "syntax"),
    (2, "guide"),
    (3, "balances"),
    (4, "situations"),
    (5, "codes"),
    (6, "claim type"),
    (7, "partner"),
)
DEFAULT_LEVELS = frozenset(range(1, 6))
ANSWERED_BYTES = (
    16 << 20
)  # claims of larger files are answered by the command line, which may take its time
FIRST_CONTROL = 1


class At(NamedTuple):
    """A finding and its message: the number of the message within the file from 1, 0 for an envelope."""

    finding: SyntaxFinding
    number: int
    message: ReceivedMessage | None

    @property
    def grade(self) -> str:
        """`error` or `warning`."""
        return "error" if self.finding.is_error else "warning"

    @property
    def anchor(self) -> str:
        """The id of its segment on the page."""
        return anchor(self.number, self.finding.position)

    @property
    def place(self) -> str:
        """Such as `2010AA NM109-2`."""
        found = self.finding
        element = f"{found.element:02d}" if found.element else ""
        component = f"-{found.component}" if found.component else ""
        repeat = f" (repeat {found.repeat})" if found.repeat else ""
        return f"{found.loop} {found.segment}{element}{component}{repeat}".strip()


def anchor(number: int, position: int) -> str:
    """The id of a segment on the page; envelopes share one."""
    return f"s{number}-{position}" if number else "envelope"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which findings are listed; empty means all."""

    grade: str = ""
    level: int = 0
    text: str = ""

    def fits(self, at: At) -> bool:
        """Whether the finding is wanted."""
        found = at.finding
        words = (
            f"{at.place} {found.value} {found.message} {found.carrier} {found.code} {found.rule}"
        )
        return (
            self.grade in ("", at.grade)
            and self.level in (0, found.level)
            and self.text.lower() in words.lower()
        )


@dataclass(frozen=True)
class Checked:
    """A file and what was found in it.

    Attributes:
        data: its bytes, unpacked.
        numbers: the number of each message within the file, by interchange (from 0) and control number.
    """

    name: str
    data: bytes = field(repr=False)
    levels: frozenset[int]
    received: Received = field(repr=False)
    findings: tuple[At, ...] = field(repr=False)
    numbers: dict[tuple[int, str], int] = field(repr=False)

    @property
    def messages(self) -> list[ReceivedMessage]:
        """In order."""
        return list(self.received.messages)

    @property
    def count(self) -> Counter[str]:
        """Findings by grade."""
        return Counter(at.grade for at in self.findings)

    @property
    def stem(self) -> str:
        """The name for what is made of it."""
        return re.sub(r"[^\w.-]+", "_", self.name.rsplit(".", 1)[0])[:60] or "file"


def check_bytes(packed: bytes, *, name: str, levels: frozenset[int]) -> Checked:
    """Check a file, plain or packed.

    Raises:
        InputError: it is empty, no X12, damaged, or larger than the limit when unpacked.
    """
    data = b"".join(_bounded(packed))
    received = check(data, levels=levels)
    numbers: dict[tuple[int, str], int] = {}
    places: dict[int, int] = {}
    for place, interchange in enumerate(received.interchanges):
        for group in interchange.groups:
            for message in group.messages:
                places[id(message)] = len(places) + 1
                numbers.setdefault((place, message.control_number), len(places))
    findings = tuple(
        At(found.finding, places[id(found.message)] if found.message else 0, found.message)
        for found in located(received)
    )
    return Checked(name, data, levels, received, findings, numbers)


def _bounded(packed: bytes) -> Iterator[bytes]:
    limit, total = size_limit(), 0
    for part in blocks(packed):
        total += len(part)
        if total > limit:
            raise above_limit(limit)
        yield part


def above_limit(limit: int) -> InputError:
    """What is said of a file that is too large."""
    return InputError(
        f"the file holds more than {limit:,} bytes, the limit",
        hint="Check it with `cleanclaim x12 check FILE`, which takes files of any size.",
    )


def answers(checked: Checked, *, now: datetime) -> list[AnswerFile]:
    """The TA1, 999 and 277CA that we would send; claims of a large file are not answered one by one."""
    has_claims = any(message.kind == "837" for message in checked.messages)
    kept = read_file(checked.data) if has_claims and is_answered_whole(checked) else None
    policy = Policy(Refuse.MESSAGE, claim_levels=checked.levels)
    made = answer_files(checked.received, kept, policy=policy, control=FIRST_CONTROL, now=now)
    return list(made)


def is_answered_whole(checked: Checked) -> bool:
    """Whether its claims are answered one by one here."""
    return len(checked.data) <= ANSWERED_BYTES
