"""What may be asked of any file, damaged or not, and whether its refusal names a place."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from cleanclaim.edi import (
    ReceivedInterchange,
    check,
    claim_acknowledgement,
    judged_claims,
    read,
    read_file,
    syntax_acknowledgements,
    write_277ca,
    write_999,
    write_ta1,
)
from cleanclaim.edi.compare import compare
from cleanclaim.edi.files import ALL_LEVELS
from cleanclaim.edi.redact import redact
from cleanclaim.edi.report import is_clean, located
from cleanclaim.edi.show import show
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.acknowledgement import SyntaxFinding
from tests.edi.people import ENVELOPE

CLAIMS = ("837P", "837I", "837D")


@dataclass
class Tally:
    """What a run over many files came to.

    Attributes:
        slowest: processor seconds of the slowest single call.
        refused: files with an error.
        unplaced: errors without a place, each with its file.
    """

    files: int = 0
    slowest: float = 0.0
    refused: int = 0
    unplaced: list[tuple[SyntaxFinding, bytes]] = field(default_factory=list)

    def add(self, data: bytes, original: bytes) -> None:
        """Check one file and ask one more thing of it, each time another; what is no X12 is refused by both."""
        self.files += 1
        use = USES[self.files % len(USES)]
        try:
            self._timed(lambda: self._check(data))
        except InputError as error:
            assert _names_byte_0(error), data
            self.refused += 1
        try:
            self._timed(lambda: use(data, original))
        except InputError as error:
            assert _names_byte_0(error), data

    def _check(self, data: bytes) -> None:
        received = check(data, levels=ALL_LEVELS)
        for interchange in received.interchanges:
            _answer(interchange)
        if not is_clean(received):
            self.refused += 1
            errors = [at.finding for at in located(received) if at.finding.is_error]
            assert errors, data
            self.unplaced += [(f, data) for f in errors if not (f.position or f.segment)][:1]

    def _timed(self, call: Callable[[], None]) -> None:
        start = time.process_time()
        call()
        self.slowest = max(self.slowest, time.process_time() - start)


def _names_byte_0(error: InputError) -> bool:
    return "not an X12 file: found" in str(error) or "empty file" in str(error)


def _answer(interchange: ReceivedInterchange) -> None:
    write_ta1(interchange.ta1, envelope=ENVELOPE)
    acks = syntax_acknowledgements(interchange)
    if acks:
        answer = check(write_999(acks, envelope=ENVELOPE))
        # Names and numbers of what is answered are repeated as sent, good or not.
        wrong = [at.finding for at in located(answer) if at.finding.is_error]
        assert {finding.segment for finding in wrong} <= {"AK1", "AK2"}


def _answer_claims(data: bytes, original: bytes) -> None:
    for message in read_file(data).messages:
        if message.name not in CLAIMS:
            continue
        ack = claim_acknowledgement(
            judged_claims(message),
            batch=message.header,
            payer_name="MAPLE PLAN",
            payer_id="MAPLE",
            received_on=date(2026, 3, 2),
            processed_on=date(2026, 3, 2),
        )
        if message.is_accepted and ack.providers:
            assert check(write_277ca([ack], envelope=ENVELOPE)).is_accepted, data


def _read(data: bytes, original: bytes) -> None:
    for _ in read(data):
        pass


def _read_with_findings(data: bytes, original: bytes) -> None:
    for _ in read(data, levels=ALL_LEVELS):
        pass


def _show(data: bytes, original: bytes) -> None:
    for _ in show(data, levels=ALL_LEVELS):
        pass


def _redact(data: bytes, original: bytes) -> None:
    for _ in redact(data, key=b"storm"):
        pass


def _compare(data: bytes, original: bytes) -> None:
    for _ in compare(original, data):
        pass


USES = (_read, _show, _redact, _compare, _answer_claims, _read_with_findings)
