"""Read what the general ledger outside answered to journals, and compare it with what went out.

The answer is a CSV with a row a journal. Ledgers name their columns as they like, so that several headings are known for
each; a journal is named by its number or by its file's name.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from django.db import transaction
from django.utils import timezone

from cleanclaim.apps.reports.closing.models import (
    JournalAcknowledgement,
    JournalExport,
    Outcome,
)
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.apps.shared.work.services import NewWork, close_work, open_work
from cleanclaim.kernel.csv_rows import read_rows
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import fits_ledger, show, written_money

SUBJECT = "journal_export"
LARGEST = 1_000_000  # bytes: a row a journal needs a hundred
MOST_ROWS = 5_000
HEADINGS: dict[str, tuple[str, ...]] = {
    "journal": ("journal", "journal number", "file", "file name", "batch", "batch name"),
    "status": ("status", "state", "result"),
    "reference": ("reference", "request", "request id", "gl batch", "document", "document number"),
    "lines": ("lines", "line count", "rows", "records"),
    "debit": ("debit", "total debit", "debits", "entered dr", "accounted dr"),
    "credit": ("credit", "total credit", "credits", "entered cr", "accounted cr"),
    "message": ("message", "error", "error message", "reason"),
}
_GOOD = frozenset(("accepted", "ok", "posted", "success", "successful", "imported", "loaded", "complete", "completed", "processed"))  # fmt: skip
_BAD = frozenset(("rejected", "error", "failed", "failure", "refused", "invalid", "not posted"))
# A number alone, or behind the word as our files are called: `2026-05` is no journal.
_JOURNAL = re.compile(r"([0-9]{1,18})|(?:.*/)?journal[- ]?([0-9]{1,18})(?:[-. ].*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """A row of the file. `is_good` is what its status says, before its totals are compared."""

    line: int
    export_id: int
    said: str
    is_good: bool
    reference: str
    lines: int | None
    debit: Decimal | None
    credit: Decimal | None
    message: str


def read_answers(data: bytes) -> list[Answer]:
    """The rows of an answer.

    Raises:
        InputError: no such table, or a cell that cannot be read, with its line.
    """
    if len(data) > LARGEST:
        raise InputError(f"{len(data):,} bytes: an answer has at most {LARGEST:,}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start}: not UTF-8 text") from error
    table = read_rows(text, delimiter=_delimiter(text), heading=_heading)
    columns = _columns(table.heads)
    rows = list(islice(table.rows, MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise InputError(f"line {rows[-1][0]}: an answer has at most {MOST_ROWS:,} rows")
    answers = [
        _answer(line, {name: row[head] for name, head in columns.items()}) for line, row in rows
    ]
    if not answers:
        raise InputError("the file has no row", hint="Expected a heading, and a row a journal.")
    named = Counter(one.export_id for one in answers)
    if twice := [one for one in answers if named[one.export_id] > 1]:
        raise InputError(f"line {twice[-1].line}: journal {twice[-1].export_id} is there twice")
    return answers


@transaction.atomic
def take_answers(data: bytes, *, by: int | None) -> list[JournalAcknowledgement]:
    """Keep an answer with the journals that it names, all of it or nothing; what is rejected or differs becomes work.

    Raises:
        InputError: as `read_answers`, or a journal that never went out.
        StateError: this very file was taken already.
    """
    answers, sha256 = read_answers(data), hashlib.sha256(data).hexdigest()
    lock_names(["journal answers"])
    exports = JournalExport.objects.defer("content")
    known = {row.pk: row for row in exports.filter(pk__in=[one.export_id for one in answers])}
    for one in answers:
        if one.export_id not in known:
            raise InputError(
                f"line {one.line}: journal {one.export_id} did not go out from here",
                hint="Nothing was taken. Journals are named by their number, or by their file's name.",
            )
    # The same bytes again stand where another answer came between: a wrong one is set right by the right one.
    stands = newest(list(known))
    if all(pk in stands and stands[pk].sha256 == sha256 for pk in known):
        raise StateError("this answer was taken already, and stands")
    taken = [_keep(one, known[one.export_id], sha256=sha256, by=by) for one in answers]
    _follow(taken)
    return taken


def newest(export_ids: Sequence[int]) -> dict[int, JournalAcknowledgement]:
    """{journal: the answer that stands}."""
    rows = JournalAcknowledgement.objects.filter(export_id__in=export_ids).order_by("id")
    return {row.export_id: row for row in rows}


def _keep(
    one: Answer, export: JournalExport, *, sha256: str, by: int | None
) -> JournalAcknowledgement:
    differences = _differences(one, export)
    outcome = Outcome.DIFFERS if differences else Outcome.ACCEPTED
    return JournalAcknowledgement.objects.create(
        export_id=export.pk,
        outcome=outcome if one.is_good else Outcome.REJECTED,
        said=one.said[:40],
        reference=one.reference[:80],
        lines=one.lines,
        debit=one.debit,
        credit=one.credit,
        message=one.message[:300],
        differences=differences,
        sha256=sha256,
        received_by=by,
    )


def _differences(one: Answer, export: JournalExport) -> str:
    found = []
    if one.lines is not None and one.lines != export.line_count:
        found.append(f"{one.lines:,} lines of {export.line_count:,}")
    for name, theirs, ours in (
        ("debit", one.debit, export.debit),
        ("credit", one.credit, export.credit),
    ):
        if theirs is not None and theirs != ours:
            found.append(f"{name} {show(theirs)} of {show(ours)}")
    return "; ".join(found)


def _follow(taken: Sequence[JournalAcknowledgement]) -> None:
    settled = [one.export_id for one in taken if one.outcome == Outcome.ACCEPTED]
    close_work("other", subject_kind=SUBJECT, subject_ids=settled, outcome="Accepted")
    open_work(
        NewWork(
            kind="other",
            subject_kind=SUBJECT,
            subject_id=one.export_id,
            title=f"Journal {one.export_id}: {Outcome(one.outcome).label.lower()}",
            reason="; ".join(filter(None, (one.differences, one.message))) or one.said,
            opened_on=timezone.localdate(),
            # Rejected once more it is work once more, also where a person has finished the first.
            dedupe_key=f"journal:{one.export_id}:{one.pk}",
        )
        for one in taken
        if one.outcome != Outcome.ACCEPTED
    )


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max(",;\t|", key=head.count)


def _heading(cell: str) -> str:
    return " ".join(cell.replace("_", " ").split()).lower()


def _columns(said: Sequence[str]) -> dict[str, str]:
    """Which heading of the file each of our columns has."""
    found = {
        column: next(name for name in names if name in said)
        for column, names in HEADINGS.items()
        if any(name in said for name in names)
    }
    if missing := [name for name in ("journal", "status") if name not in found]:
        raise InputError(
            f"line 1: no column {missing[0]}",
            hint=f"Its heading is one of {', '.join(HEADINGS[missing[0]])}.",
        )
    return found


def _answer(line: int, cells: Mapping[str, str]) -> Answer:
    journal, said = cells["journal"], cells["status"]
    named = _JOURNAL.fullmatch(journal)
    if named is None:
        raise InputError(
            f"line {line}, journal {journal[:40]!r}: expected a journal's number or its file's name"
        )
    is_good = said.lower() in _GOOD
    if not is_good and said.lower() not in _BAD:
        raise InputError(
            f"line {line}, status {said[:40]!r}: unknown",
            hint=f"Accepted is {', '.join(sorted(_GOOD))}; rejected is {', '.join(sorted(_BAD))}.",
        )
    return Answer(
        line,
        int(named[1] or named[2]),
        said,
        is_good,
        cells.get("reference", ""),
        _count(line, cells.get("lines", "")),
        _amount(line, "debit", cells.get("debit", "")),
        _amount(line, "credit", cells.get("credit", "")),
        cells.get("message", ""),
    )


def _count(line: int, typed: str) -> int | None:
    if not typed:
        return None
    plain = typed.replace(",", "")
    if not (plain.isascii() and plain.isdecimal() and len(plain) < 10):
        raise InputError(f"line {line}, lines {typed[:20]!r}: expected a whole number")
    return int(plain)


def _amount(line: int, name: str, typed: str) -> Decimal | None:
    if not typed:
        return None
    amount = written_money(typed)
    if amount is None or not fits_ledger(amount):
        raise InputError(f"line {line}, {name} {typed[:20]!r}: expected dollars and cents")
    return amount
