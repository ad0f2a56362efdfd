"""The journal of a month for a general ledger outside: every leg, or sums by day and code, with control totals.

Forms: `csv` one row a leg; `gl` sums by day, code and entity; `oracle` rows as an Oracle-style interface table takes them.
No form names a patient. The control totals are compared with the ledger before a file leaves.
"""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from cleanclaim.apps.reports.closing.models import GlCode, JournalExport
from cleanclaim.apps.reports.closing.months import last_of
from cleanclaim.apps.shared.ledger.selectors import is_closed
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.kernel.errors import InputError, InvariantError, StateError
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.values.accounts import BY_CODE

FORMS = {
    "csv": "One row a leg (CSV)",
    "gl": "Sums by day and code (CSV)",
    "oracle": "Interface table, Oracle style (CSV)",
}
LEG_COLUMNS = (
    "entry", "kind", "effective_on", "accounting_on", "recorded_at", "account", "code", "debit", "credit", "entity",
    "claim", "line", "payer", "reason", "trace", "reverses",
)  # fmt: skip
SUM_COLUMNS = ("accounting_on", "code", "account", "entity", "debit", "credit", "legs")
ORACLE_COLUMNS = (
    "STATUS", "ACCOUNTING_DATE", "CURRENCY_CODE", "ACTUAL_FLAG", "USER_JE_CATEGORY_NAME", "USER_JE_SOURCE_NAME",
    "SEGMENT1", "SEGMENT2", "ENTERED_DR", "ENTERED_CR", "REFERENCE1", "REFERENCE4", "REFERENCE10", "GROUP_ID",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Journal:
    """A file and its control totals. `is_final`: of a closed month, and so kept and sent once."""

    month: date
    form: str
    content: bytes
    entry_count: int
    line_count: int
    debit: Decimal
    credit: Decimal
    last_entry_id: int
    is_final: bool

    @property
    def sha256(self) -> str:
        """Of the content."""
        return hashlib.sha256(self.content).hexdigest()


@transaction.atomic
def export_journal(month: date, form: str, *, by: int | None) -> JournalExport:
    """The month's entries that no export of this form has, as a kept file; nothing new gives the last one again.

    Raises:
        InputError: no such form.
        StateError: the month is open, or has no entries.
    """
    if not is_closed(month):
        raise StateError(
            f"{month:%Y-%m} is open: its journal would not be whole",
            hint="Close the month first, or make a draft.",
        )
    lock_names([f"journal {month:%Y-%m} {form}"])
    last = JournalExport.objects.filter(month=month, form=form).order_by("-id").first()
    made = draft_journal(month, form, after=last.last_entry_id if last else 0)
    if not made.entry_count:
        if last is None:
            raise StateError(f"{month:%Y-%m} has no entries: there is no journal to export")
        return last
    return JournalExport.objects.create(
        month=month,
        form=form,
        content=made.content,
        sha256=made.sha256,
        entry_count=made.entry_count,
        line_count=made.line_count,
        debit=made.debit,
        credit=made.credit,
        last_entry_id=made.last_entry_id,
        made_by=by,
    )


def with_the_same_entries(row: JournalExport) -> list[JournalExport]:
    """Journals of the month in another form that have entries of this one, oldest first: only one of them is to be taken in."""
    rows = JournalExport.objects.defer("content").filter(month=row.month).order_by("id")
    newest: dict[str, int] = {}
    spans = {}  # what each has: entries above the one's number, up to the other's
    for one in rows:
        spans[one.pk] = (newest.get(one.form, 0), one.last_entry_id)
        newest[one.form] = one.last_entry_id
    after, last = spans[row.pk]
    return [
        one
        for one in rows
        if one.form != row.form and spans[one.pk][0] < last and after < spans[one.pk][1]
    ]


def same_entries_words(row: JournalExport) -> str:
    """What whoever loads the file must know; "" where no other form has its entries."""
    others = ", ".join(f"{one.pk} ({one.form})" for one in with_the_same_entries(row))
    return (
        f"Entries of it are in journal {others} as well: load one of them only." if others else ""
    )


def draft_journal(month: date, form: str, *, after: int = 0) -> Journal:
    """The month's entries with a number above `after`; writes nothing.

    Raises:
        InputError: no such form.
        InvariantError: the file's totals are not the ledger's.
    """
    if form not in FORMS:
        raise InputError(f"form {form[:20]!r}: expected one of {', '.join(FORMS)}")
    legs = _legs(month, after)
    codes = dict(GlCode.objects.exclude(code="").values_list("account", "code"))
    columns, rows = _WRITERS[form](legs, codes, month)
    debit, credit = _totals(rows, columns)
    _prove(legs, debit, credit, is_whole=form == "csv")
    entries = {leg["entry"] for leg in legs}
    return Journal(
        month,
        form,
        _csv(columns, rows),
        len(entries),
        len(rows),
        debit,
        credit,
        max(entries, default=after),
        is_closed(month),
    )


def _prove(
    legs: Sequence[Mapping[str, Any]], debit: Decimal, credit: Decimal, *, is_whole: bool
) -> None:
    """Compare a file's totals with the legs; sums by day and account net what moved both ways."""
    ledger = total(leg["amount"] for leg in legs if leg["amount"] > 0)
    if debit != credit or debit > ledger or (is_whole and debit != ledger):
        raise InvariantError(
            f"journal: debits {debit} and credits {credit}, the ledger's are {ledger}"
        )


def control_totals(made: Journal | JournalExport) -> dict[str, str]:
    """What goes beside the file, so that the receiver can prove it whole."""
    return {
        "month": f"{made.month:%Y-%m}",
        "form": made.form,
        "entries": str(made.entry_count),
        "lines": str(made.line_count),
        "debit": f"{made.debit:.2f}",
        "credit": f"{made.credit:.2f}",
        "sha256": made.sha256,
    }


def _legs(month: date, after: int) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entry.id, entry.kind, entry.effective_on, entry.accounting_on, entry.recorded_at, "
            "entry.reverses_id, leg.account, leg.amount, leg.entity, leg.claim_id, leg.line_number, "
            "leg.payer_id, leg.reason, leg.trace "
            "FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id "
            "WHERE leg.accounting_on BETWEEN %s::date AND %s::date AND entry.id > %s::bigint "
            "ORDER BY entry.id, leg.id",
            [month, last_of(month), after],
        )
        names = (
            "entry", "kind", "effective_on", "accounting_on", "recorded_at", "reverses", "account", "amount", "entity",
            "claim", "line", "payer", "reason", "trace",
        )  # fmt: skip
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


Written = tuple[Sequence[str], list[dict[str, Any]]]


def _leg_rows(legs: list[dict[str, Any]], codes: Mapping[str, str], month: date) -> Written:
    rows = [
        {
            **leg,
            **_sides(leg["amount"]),
            "code": codes.get(leg["account"], leg["account"]),
            "recorded_at": leg["recorded_at"].isoformat(),
            **{name: leg[name] or "" for name in ("claim", "line", "payer", "reverses")},
        }
        for leg in legs
    ]
    return LEG_COLUMNS, rows


def _sum_rows(legs: list[dict[str, Any]], codes: Mapping[str, str], month: date) -> Written:
    rows = [
        {
            "accounting_on": day,
            "code": codes.get(account, account),
            "account": account,
            "entity": entity,
            **_sides(amount),
            "legs": count,
        }
        for (day, account, entity), (amount, count) in sorted(_sums(legs).items())
        if amount
    ]
    return SUM_COLUMNS, rows


def _oracle_rows(legs: list[dict[str, Any]], codes: Mapping[str, str], month: date) -> Written:
    batch = f"CLEANCLAIM {month:%Y-%m}"
    rows = []
    for (day, account, entity), (amount, _) in sorted(_sums(legs).items()):
        if not amount:
            continue
        sides = _sides(amount)
        rows.append(
            {
                "STATUS": "NEW",
                "ACCOUNTING_DATE": f"{day:%d-%b-%Y}".upper(),
                "CURRENCY_CODE": "USD",
                "ACTUAL_FLAG": "A",
                "USER_JE_CATEGORY_NAME": "Receivables",
                "USER_JE_SOURCE_NAME": "CLEANCLAIM",
                "SEGMENT1": entity,
                "SEGMENT2": codes.get(account, account),
                "ENTERED_DR": sides["debit"],
                "ENTERED_CR": sides["credit"],
                "REFERENCE1": batch,
                "REFERENCE4": f"{batch} {day}",
                "REFERENCE10": BY_CODE[account].name,
                "GROUP_ID": f"{month:%Y%m}",
            }
        )
    return ORACLE_COLUMNS, rows


_WRITERS = {"csv": _leg_rows, "gl": _sum_rows, "oracle": _oracle_rows}


def _sums(legs: list[dict[str, Any]]) -> dict[tuple[date, str, str], tuple[Decimal, int]]:
    found: dict[tuple[date, str, str], tuple[Decimal, int]] = {}
    for leg in legs:
        key = (leg["accounting_on"], leg["account"], leg["entity"])
        amount, count = found.get(key, (ZERO, 0))
        found[key] = (amount + leg["amount"], count + 1)
    return found


def _sides(amount: Decimal) -> dict[str, Decimal | str]:
    return {"debit": amount if amount > 0 else "", "credit": -amount if amount < 0 else ""}


def _totals(rows: list[dict[str, Any]], columns: Sequence[str]) -> tuple[Decimal, Decimal]:
    names = ("ENTERED_DR", "ENTERED_CR") if "ENTERED_DR" in columns else ("debit", "credit")
    debit, credit = (total(row[name] for row in rows if row[name]) for name in names)
    return debit, credit


def _csv(columns: Sequence[str], rows: list[dict[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(_cells(columns, rows))
    return text.getvalue().encode()


def _cells(columns: Sequence[str], rows: list[dict[str, Any]]) -> Iterator[list[str]]:
    for row in rows:
        yield [_safe(str(row[name])) for name in columns]


def _safe(text: str) -> str:
    """A cell that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


@transaction.atomic
def save_code(account: str, code: str, *, by: int | None) -> None:
    """Set an account's code outside; an empty one takes it away.

    Raises:
        InputError: no such account.
    """
    if account not in BY_CODE:
        raise InputError(f"account {account[:40]!r}: not in the chart")
    GlCode.objects.update_or_create(
        account=account, defaults={"code": code.strip()[:60], "changed_by": by}
    )
