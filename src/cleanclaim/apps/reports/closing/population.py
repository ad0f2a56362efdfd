"""The auditor's population: every received file of some days with what became of it, and who decided what.

Each file is in exactly one class, so that the classes add up to what was received; nothing can be left out of the list.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import connection

from cleanclaim.apps.shared.exchange.services.vouching import FIRST_WORD
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO

CLASSES = {
    "posted": "Worked on, posted where it has money",
    "held": "Held for a person, or a part of it is",
    "refused": "Refused, with the reason",
    "duplicate": "The same bytes again: the first one counts",
    "waiting": "Not worked on yet",
}
MOST_DAYS = 366  # of one question
# A payment that was refused, as a repeat or because nothing of it could be kept, is no remittance, and belongs to its file all the same.
_PAYMENTS = """
chosen AS (
    SELECT id, name, kind, sha256, dated_on, by FROM exchange_messagefile
     WHERE direction = 'in' AND dated_on BETWEEN %(since)s::date AND %(until)s::date AND id > %(after)s::bigint
     ORDER BY id LIMIT %(most)s::bigint
), payment AS (
    SELECT id, file_id, position, trace_number, paid, state, claim_count, held_count, posted_by, hold,
           left(payer_trace_id || ' ' || trace_number || CASE WHEN repeat > 0 THEN ' #' || repeat + 1 ELSE '' END, 80) AS trace
      FROM remittances_remittance WHERE file_id IN (SELECT id FROM chosen)
    UNION ALL
    SELECT NULL, file_id, position, trace_number, paid, 'refused', 0, 0, NULL, words, NULL
      FROM remittances_repeatedpayment WHERE remittance_id IS NULL AND file_id IN (SELECT id FROM chosen)
    UNION ALL
    SELECT NULL, file_id, position, trace_number, paid, 'refused', 0, 0, NULL, words, NULL
      FROM remittances_refusedpayment WHERE file_id IN (SELECT id FROM chosen)
)
"""
_FILES = f"""
WITH {_PAYMENTS}, deposit AS (
    SELECT leg.trace, min(leg.entry_id) AS id FROM ledger_leg AS leg
     WHERE leg.account = 'asset:remit-clearing' AND leg.amount < 0 AND leg.trace IN (SELECT trace FROM payment)
       AND EXISTS (SELECT FROM ledger_leg AS bank
                    WHERE bank.entry_id = leg.entry_id AND bank.account IN
                          ('asset:bank', 'liability:unidentified-cash', 'asset:card-clearing'))
     GROUP BY leg.trace
)
SELECT file.id, file.name, file.kind, file.sha256, file.dated_on, file.by, coalesce(state.state, 'received'),
       coalesce(state.reason, ''), payment.trace_number, payment.paid, payment.state, payment.claim_count,
       payment.held_count, payment.posted_by, payment.hold, deposit.id, coalesce(vouched.words, '')
  FROM chosen AS file
  LEFT JOIN exchange_filestate AS state ON state.file_id = file.id
  LEFT JOIN payment ON payment.file_id = file.id
  LEFT JOIN deposit ON deposit.trace = payment.trace
  LEFT JOIN LATERAL (
    SELECT event.words FROM exchange_fileevent AS event
     WHERE event.file_id = file.id AND event.kind = 'vouched' ORDER BY event.id DESC LIMIT 1
  ) AS vouched ON state.state = 'refused'
 ORDER BY file.id, payment.position
"""
_COUNTS = f"""
WITH {_PAYMENTS}
SELECT file.id, coalesce(state.state, 'received'), payment.state, coalesce(payment.held_count, 0) > 0,
       coalesce(sum(payment.paid), 0.00)
  FROM chosen AS file
  LEFT JOIN exchange_filestate AS state ON state.file_id = file.id
  LEFT JOIN payment ON payment.file_id = file.id
 GROUP BY 1, 2, 3, 4
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


def population(
    since: date, until: date, *, after: int = 0, most: int | None = None
) -> list[FileRow]:
    """The received files of these days, a row for each payment in it, oldest first.

    Args:
        after: only files of a higher id, and `most` of them; all where not given.

    Raises:
        InputError: the days are more than a year, or none.
    """
    check_days(since, until)
    with connection.cursor() as cursor:
        cursor.execute(_FILES, {"since": since, "until": until, "after": after, "most": most})
        return [_row(*row) for row in cursor.fetchall()]


def check_days(since: date, until: date) -> None:
    """Say no to days that no page can hold.

    Raises:
        InputError: they are more than a year, or none.
    """
    if not 0 <= (until - since).days < MOST_DAYS:
        raise InputError(f"{since} to {until}: expected 1 to {MOST_DAYS} days")


def _row(
    file_id: int, name: str, kind: str, sha256: str, received_on: date, received_by: int | None, state: str, reason: str,
    trace: str | None, paid: Decimal | None, posting: str | None, claims: int | None, held: int | None,
    posted_by: int | None, hold: str | None, deposit_id: int | None, vouched: str,
) -> FileRow:  # fmt: skip
    status, words = _class(state, reason, posting, hold or "", held or 0)
    words = f"{words} {vouched}." if vouched else words
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


def counts(since: date, until: date) -> dict[str, tuple[int, Decimal]]:
    """{class: (files, dollars paid in them)}; a file of several payments counts in its gravest class.

    Raises:
        InputError: the days are more than a year, or none.
    """
    check_days(since, until)
    gravity = ["waiting", "held", "refused", "duplicate", "posted"]
    by_file: dict[int, str] = {}
    paid = dict.fromkeys(CLASSES, ZERO)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"since": since, "until": until, "after": 0, "most": None})
        rows = cursor.fetchall()
    for file_id, state, posting, has_held, amount in rows:
        status, _ = _class(state, "", posting, "", int(has_held))
        by_file[file_id] = min(by_file.get(file_id, status), status, key=gravity.index)
        paid[status] += amount
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
    """Who prepared and who approved, of everything that was approved in these days.

    Raises:
        InputError: the days are more than a year, or none.
    """
    check_days(since, until)
    found = [one for source in {**_OWN, **_sources}.values() for one in source(since, until)]
    return sorted(found, key=lambda one: (one.approved_on or until, one.kind, one.subject))


def _query(kind: str, sql: str) -> Evidence:
    def evidence(since: date, until: date) -> Iterator[Approval]:
        with connection.cursor() as cursor:
            cursor.execute(
                sql,
                {"since": since, "until": until, "zone": settings.TIME_ZONE, "first": FIRST_WORD},
            )
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
    "daily-proof": _query(
        "Daily proof",
        "SELECT 'proof of ' || to_char(last.day, 'YYYY-MM-DD') || CASE WHEN last.not_explained = 0 THEN '' ELSE "
        "', not explained: ' || last.reason END, nullif(last.not_explained, 0), (SELECT before.by FROM deposits_daysignature AS before "
        "WHERE before.day = last.day AND before.place = 'prepared' AND before.id < last.id ORDER BY before.id DESC LIMIT 1), "
        "last.by, (last.at AT TIME ZONE %(zone)s)::date FROM deposits_daysignature AS last WHERE last.place = 'approved' "
        "AND (last.at AT TIME ZONE %(zone)s)::date BETWEEN %(since)s::date AND %(until)s::date ORDER BY last.id",
    ),
    "accrual": _query(
        "Accrual",
        "SELECT 'request ' || id || ' of ' || to_char(month, 'YYYY-MM'), amount, requested_by, decided_by, "
        "(decided_at AT TIME ZONE %(zone)s)::date FROM closing_accrualrequest WHERE state = 'approved' "
        "AND (decided_at AT TIME ZONE %(zone)s)::date BETWEEN %(since)s::date AND %(until)s::date ORDER BY id",
    ),
    "true-up": _query(
        "True-up",
        "SELECT 'settlement ' || id, amount, prepared_by, decided_by, (decided_at AT TIME ZONE %(zone)s)::date "
        "FROM variances_trueupsettlement WHERE entry_id <> 0 "
        "AND (decided_at AT TIME ZONE %(zone)s)::date BETWEEN %(since)s::date AND %(until)s::date ORDER BY id",
    ),
    "true-up-undo": _query(
        "True-up taken back",
        "SELECT 'settlement ' || id, amount, undo_asked_by, undone_by, undone_on FROM variances_trueupsettlement "
        "WHERE state = 'undone' AND undone_on BETWEEN %(since)s::date AND %(until)s::date ORDER BY id",
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
        "SELECT 'file ' || file.id, NULL::numeric, coalesce(file.by, release.first_by), event.by, (event.at AT TIME ZONE %(zone)s)::date "
        "FROM exchange_fileevent AS event JOIN exchange_messagefile AS file ON file.id = event.file_id "
        "LEFT JOIN exchange_filerelease AS release ON release.file_id = file.id "
        "WHERE event.words = 'Released' AND (event.at AT TIME ZONE %(zone)s)::date BETWEEN %(since)s::date AND %(until)s::date ORDER BY event.id",
    ),
    "posting-rule": _query(
        "Posting rule",
        "SELECT 'rule ' || id || ' ' || pattern || ' ' || action, nullif(amount_limit, 0), made_by, decided_by, "
        "(decided_at AT TIME ZONE %(zone)s)::date FROM remittances_postingrule WHERE state = 'approved' "
        "AND (decided_at AT TIME ZONE %(zone)s)::date BETWEEN %(since)s::date AND %(until)s::date ORDER BY id",
    ),
    "posting-rule-end": _query(
        "Posting rule ended",
        "SELECT 'rule ' || id || ' ' || pattern || ' ' || action, nullif(amount_limit, 0), end_asked_by, ended_by, "
        "(ended_at AT TIME ZONE %(zone)s)::date FROM remittances_postingrule WHERE end_asked_at IS NOT NULL "
        "AND (ended_at AT TIME ZONE %(zone)s)::date BETWEEN %(since)s::date AND %(until)s::date ORDER BY id",
    ),
    "worker-rule": _query(
        "By itself or not",
        "SELECT 'rule ' || id || ' ' || way, NULL::numeric, made_by, decided_by, "
        "(decided_at AT TIME ZONE %(zone)s)::date FROM remittances_workerrule WHERE state = 'approved' "
        "AND (decided_at AT TIME ZONE %(zone)s)::date BETWEEN %(since)s::date AND %(until)s::date ORDER BY id",
    ),
    "limit-days": _query(
        "Days that count together",
        "SELECT 'term ' || id || ' ' || length || ' days', NULL::numeric, set_by, decided_by, "
        "(decided_at AT TIME ZONE %(zone)s)::date FROM adjustments_term WHERE state = 'approved' "
        "AND (decided_at AT TIME ZONE %(zone)s)::date BETWEEN %(since)s::date AND %(until)s::date ORDER BY id",
    ),
    # Who first said who it is: they who brought the file, or whose word was kept of a file that came by itself.
    "sender": _query(
        "Sender vouched for",
        "SELECT 'file ' || file.id, NULL::numeric, coalesce(file.by, said.by), event.by, (event.at AT TIME ZONE %(zone)s)::date "
        "FROM exchange_fileevent AS event JOIN exchange_messagefile AS file ON file.id = event.file_id "
        "LEFT JOIN LATERAL (SELECT vouch.by FROM exchange_sendervouch AS vouch WHERE vouch.file_id = file.id "
        "ORDER BY vouch.id DESC LIMIT 1) AS said ON file.by IS NULL "
        "WHERE event.kind = 'vouched' AND right(event.words, length(%(first)s::text)) <> %(first)s::text "
        "AND (event.at AT TIME ZONE %(zone)s)::date BETWEEN %(since)s::date AND %(until)s::date ORDER BY event.id",
    ),
}
