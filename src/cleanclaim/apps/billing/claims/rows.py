"""Rows that several services write: events, findings, versions."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models.functions import Now

from cleanclaim.apps.billing.claims.models import ClaimEvent, ClaimFinding
from cleanclaim.apps.shared.tenancy.bulk import ReadyStatement, insert_rows, insertion
from cleanclaim.kernel.findings import Finding

Event = tuple[int, str, str]  # claim id, kind, words

FINDING_COLUMNS = ("claim", "version", "code", "severity", "place", "message", "hint", "source")


def add_events(
    events: Iterable[Event],
    *,
    on: date,
    by: int | None,
    file_id: int = 0,
    entry_ids: dict[int, int] | None = None,
) -> None:
    """One step per claim on their timelines; `entry_ids` by claim id."""
    told = list(events)
    of_each = [(entry_ids or {}).get(claim_id, 0) for claim_id, _, _ in told]
    events_insertion(told, on=on, by=by, file_id=file_id, entry_ids=of_each).run()


def events_insertion(
    events: Iterable[Event],
    *,
    on: date,
    by: int | None,
    file_id: int = 0,
    entry_ids: Iterable[int],
) -> ReadyStatement:
    """What `add_events` runs; `entry_ids` in the order of the events: a claim can have several, each with its own entry."""
    rows = [
        (claim_id, on, kind, words[:500], file_id, entry_id, by)
        for (claim_id, kind, words), entry_id in zip(events, entry_ids, strict=True)
    ]
    names = ("claim_id", "on", "kind", "words", "file_id", "entry_id", "by")
    return insertion(ClaimEvent, names, rows)


def finding_rows(claim_id: int, version: int, findings: Sequence[Finding]) -> list[tuple[Any, ...]]:
    """In the order of `FINDING_COLUMNS`."""
    return [
        (
            claim_id,
            version,
            one.code[:80],
            one.severity.value,
            one.place[:80],
            one.message,
            one.hint,
            one.source[:200],
        )
        for one in findings
    ]


def replace_findings(claim_id: int, version: int, findings: Sequence[Finding]) -> None:
    """The findings of a new run; those before are cleared, not lost."""
    ClaimFinding.objects.filter(claim_id=claim_id, cleared_at=None).update(cleared_at=Now())
    insert_rows(ClaimFinding, FINDING_COLUMNS, finding_rows(claim_id, version, findings))
