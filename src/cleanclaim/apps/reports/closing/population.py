"""The auditor's population: every received file of some days with what became of it, and who decided what.

Each file is in exactly one class, so that the classes add up to what was received; nothing can be left out of the list.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import connection

from cleanclaim.kernel.money import ZERO

CLASSES = {
    "posted": "Worked on, posted where it has money",
    "held": "Held for a person, or a part of it is",
    "refused": "Refused, with the reason",
    "duplicate": "The same bytes again: the first one counts",
    "waiting": "Not worked on yet",
}
# A payment that was refused, as a repeat or because nothing of it could be kept, is no remittance, and belongs to its file all the same.
_FILES = """
WITH payment AS (
    SELECT id, file_id, position, payer_trace_id, trace_number, repeat, paid, state, claim_count, held_count, posted_by, hold
      FROM remittances_remittance
    UNION ALL
    SELECT NULL, file_id, position, payer_trace_id, trace_number, 0, paid, 'refused', 0, 0, NULL, words
      FROM remittances_repeatedpayment WHERE remittance_id IS NULL
    UNION ALL
    SELECT NULL, file_id, position, '', trace_number, 0, paid, 'refused', 0, 0, NULL, words
      FROM remittances_refusedpayment
)
SELECT file.id, file.name, file.kind, file.sha256, file.dated_on, file.by, coalesce(state.state, 'received'),
       coalesce(state.reason, ''),
       remittance.id, remittance.trace_number, remittance.paid, remittance.state, remittance.claim_count,
       remittance.held_count, remittance.posted_by, remittance.hold, deposit.id
  FROM exchange_messagefile AS file
  LEFT JOIN exchange_filestate AS state ON state.file_id = file.id
  LEFT JOIN payment AS remittance ON remittance.file_id = file.id
  LEFT JOIN LATERAL (
        SELECT min(leg.entry_id) AS id FROM ledger_leg AS leg
         WHERE leg.account = 'asset:remit-clearing' AND leg.amount < 0
           AND leg.trace = left(remittance.payer_trace_id || ' ' || remittance.trace_number
                              || CASE WHEN remittance.repeat > 0 THEN ' #' || remittance.repeat + 1 ELSE '' END, 80)
           AND EXISTS (SELECT FROM ledger_leg AS bank
                        WHERE bank.entry_id = leg.entry_id AND bank.account IN
                               ('asset:bank', 'liability:unidentified-cash', 'asset:card-clearing'))
       ) AS deposit ON remittance.id IS NOT NULL
 WHERE file.direction = 'in' AND file.dated_on BETWEEN %s::date AND %s::date
 ORDER BY file.id, remittance.position
"""


@dataclass(frozen=True, slots=True)
class FileRow:
    """One received file, or one payment in it. `deposit_id` is the entry of its deposit, 0 where none was booked."""

    file_id: int
    name: str
    kind: str
    sha256: str
    received_on: date
    received_by: int | None
    status: str  # a key of CLASSES
    words: str
    trace_number: str = ""
    paid: Decimal | None = None
    claims: int = 0
    posted_by: int | None = None
    deposit_id: int = 0


def population(since: date, until: date) -> list[FileRow]:
    """Every received file of these days, a row for each payment in it, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_FILES, [since, until])
        return [_row(*row) for row in cursor.fetchall()]


def _row(
    file_id: int, name: str, kind: str, sha256: str, received_on: date, received_by: int | None, state: str, reason: str,
    remittance_id: int | None, trace: str | None, paid: Decimal | None, posting: str | None, claims: int | None,
    held: int | None, posted_by: int | None, hold: str | None, deposit_id: int | None,
) -> FileRow:  # fmt: skip
    status, words = _class(state, reason, posting, hold or "", held or 0)
    return FileRow(
        file_id, name, kind, sha256, received_on, received_by, status, words, trace or "", paid, claims or 0, posted_by,
        deposit_id or 0,
    )  # fmt: skip


def _class(
    state: str, reason: str, posting: str | None, hold: str, held_claims: int
) -> tuple[str, str]:
    if state == "duplicate":
        return "duplicate", reason
    if state in ("refused", "unreadable"):
        return "refused", reason or state
    if posting == "refused":
        return "refused", hold
    if state == "held" or posting == "held":
        return "held", hold or reason
    if state == "received" or posting == "received":
        return "waiting", "to be posted" if posting else "to be worked on"
    if posting == "posted" and held_claims:
        return "held", f"posted; {held_claims} of its claims wait for a person"
    if posting == "reversed":
        return "posted", "posted, then taken back"
    return "posted", ""


def counts(rows: list[FileRow]) -> dict[str, tuple[int, Decimal]]:
    """{class: (files, dollars paid in them)}; a file of several payments counts in its gravest class."""
    gravity = ["waiting", "held", "refused", "duplicate", "posted"]
    by_file: dict[int, str] = {}
    paid = dict.fromkeys(CLASSES, ZERO)
    for row in rows:
        before = by_file.get(row.file_id, row.status)
        by_file[row.file_id] = min(before, row.status, key=gravity.index)
        paid[row.status] += row.paid or ZERO
    files = list(by_file.values())
    return {name: (files.count(name), paid[name]) for name in CLASSES}


@dataclass(frozen=True, slots=True)
class Approval:
    """One thing that was prepared and approved. Nobody (None) prepared what the system made; nobody approves nothing."""

    kind: str
    subject: str
    amount: Decimal | None
    prepared_by: int | None
    approved_by: int | None
    approved_on: date | None

    @property
    def is_apart(self) -> bool:
        """Whether the preparer is another person than the approver."""
        return self.approved_by is not None and self.prepared_by != self.approved_by


Evidence = Callable[[date, date], Iterator[Approval]]
_sources: dict[str, Evidence] = {}


def register(kind: str, evidence: Evidence) -> None:
    """Have the population list these approvals too; once per process, from an app's `ready()`."""
    _sources[kind] = evidence


def approvals(since: date, until: date) -> list[Approval]:
    """Who prepared and who approved, of everything that was approved in these days."""
    found = [one for source in {**_OWN, **_sources}.values() for one in source(since, until)]
    return sorted(found, key=lambda one: (one.approved_on or until, one.kind, one.subject))


def _query(kind: str, sql: str) -> Evidence:
    def evidence(since: date, until: date) -> Iterator[Approval]:
        with connection.cursor() as cursor:
            cursor.execute(sql, {"since": since, "until": until, "zone": settings.TIME_ZONE})
            rows = cursor.fetchall()
        for row in rows:
            yield Approval(kind, *row)

    return evidence


_OWN: dict[str, Evidence] = {
    "adjustment": _query(
        "Adjustment",
        "SELECT kind || ' ' || id, amount, requested_by, approved_by, posted_on "
        "FROM adjustments_adjustment WHERE approved_by IS NOT NULL "
        "AND posted_on BETWEEN %(since)s::date AND %(until)s::date ORDER BY id",
    ),
    "refund": _query(
        "Refund",
        "SELECT 'refund ' || id, amount, requested_by, approved_by, approved_on "
        "FROM adjustments_refund WHERE approved_by IS NOT NULL "
        "AND approved_on BETWEEN %(since)s::date AND %(until)s::date ORDER BY id",
    ),
    "opening": _query(
        "Opening balances",
        "SELECT 'load ' || id, open_amount, prepared_by, approved_by, (approved_at AT TIME ZONE %(zone)s)::date "
        "FROM opening_openingload WHERE (approved_at AT TIME ZONE %(zone)s)::date BETWEEN %(since)s::date AND %(until)s::date ORDER BY id",
    ),
    "opening-undo": _query(
        "Opening balances taken back",
        "SELECT 'load ' || id, open_amount, coalesce(undo_asked_by, ended_by), ended_by, (ended_at AT TIME ZONE %(zone)s)::date FROM opening_openingload "
        "WHERE state = 'undone' AND (ended_at AT TIME ZONE %(zone)s)::date BETWEEN %(since)s::date AND %(until)s::date ORDER BY id",
    ),
    "accrual": _query(
        "Accrual",
        "SELECT 'request ' || id || ' of ' || to_char(month, 'YYYY-MM'), amount, requested_by, decided_by, "
        "(decided_at AT TIME ZONE %(zone)s)::date FROM closing_accrualrequest WHERE state = 'approved' "
        "AND (decided_at AT TIME ZONE %(zone)s)::date BETWEEN %(since)s::date AND %(until)s::date ORDER BY id",
    ),
    "close": _query(
        "Month",
        "SELECT verb || ' ' || to_char(month, 'YYYY-MM'), NULL::numeric, requested_by, decided_by, "
        "(decided_at AT TIME ZONE %(zone)s)::date FROM closing_closerequest WHERE state = 'approved' "
        "AND (decided_at AT TIME ZONE %(zone)s)::date BETWEEN %(since)s::date AND %(until)s::date ORDER BY id",
    ),
    "repeat": _query(
        "Payment let in",
        "SELECT 'remittance ' || repeated.remittance_id, repeated.paid, asked.requested_by, asked.decided_by, "
        "(asked.decided_at AT TIME ZONE %(zone)s)::date FROM remittances_repeatrequest AS asked "
        "JOIN remittances_repeatedpayment AS repeated ON repeated.id = asked.repeated_id WHERE asked.state = 'approved' "
        "AND (asked.decided_at AT TIME ZONE %(zone)s)::date BETWEEN %(since)s::date AND %(until)s::date ORDER BY asked.id",
    ),
    "other": _query(
        "Payment let in",
        "SELECT 'batch ' || batch.id, batch.amount, asked.requested_by, asked.decided_by, "
        "(asked.decided_at AT TIME ZONE %(zone)s)::date FROM keying_otherpayment AS asked "
        "JOIN keying_batch AS batch ON batch.id = asked.batch_id WHERE asked.state = 'approved' "
        "AND (asked.decided_at AT TIME ZONE %(zone)s)::date BETWEEN %(since)s::date AND %(until)s::date ORDER BY asked.id",
    ),
    "file": _query(
        "File released",
        "SELECT 'file ' || file.id, NULL::numeric, file.by, event.by, (event.at AT TIME ZONE %(zone)s)::date "
        "FROM exchange_fileevent AS event JOIN exchange_messagefile AS file ON file.id = event.file_id "
        "WHERE event.words = 'Released' AND (event.at AT TIME ZONE %(zone)s)::date BETWEEN %(since)s::date AND %(until)s::date ORDER BY event.id",
    ),
}
