"""Seal audit events in hash blocks, and put the chain's head outside the database.

Blocks are made in the background: chaining in the request's transaction would make all requests wait in line.
A block may only end where no lower id can still appear, so the sealer notes the newest id and waits until all
transactions that had begun by then are over (every event's transaction has its number before the event has its id).
"""

import fcntl
import json
import os
import time
from pathlib import Path
from typing import Any

from django.db import connection

from cleanclaim.apps.shared.audit.canonical import EventRow, block_hash, leaf
from cleanclaim.apps.shared.audit.models import AuditBlock, AuditEvent
from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.apps.shared.tenancy.models import Organization

BLOCK_EVENTS = 50_000
WAIT_SECONDS = 5.0
GENESIS = bytes(32)
_SEAL_LOCK = 0x5EA1  # first half of the advisory lock; the second is the organization

_EVENTS = """
SELECT id, organization_id, (extract(epoch FROM at) * 1000000)::bigint, coalesce("by", -1), patient_id,
       action, what, detail, purpose, request_id
FROM audit_auditevent WHERE id > %s AND id <= %s ORDER BY id LIMIT %s
"""


def heads_folder(home: Path) -> Path:
    """Where a home keeps the heads of its audit chains: beside the database, not in it."""
    return home / "audit-heads"


def seal_all(heads: Path, *, wait_seconds: float = WAIT_SECONDS) -> int:
    """Seal every organization's events; returns how many events were sealed."""
    ids = list(Organization.objects.order_by("id").values_list("pk", flat=True))
    return sum(seal_organization(pk, heads, wait_seconds=wait_seconds) for pk in ids)


def seal_organization(
    organization_id: int, heads: Path, *, wait_seconds: float = WAIT_SECONDS
) -> int:
    """Seal one organization's events and export its head. Call outside of any tenant's transaction.

    Returns how many events were sealed; 0 too when another sealer is at it, or when a transaction that may
    still write events did not end in time (the next run takes them).
    """
    sealed = 0
    with tenant(organization_id):
        if _has_unsealed() and _is_only_sealer(organization_id):
            last_id = _settled_last_id(wait_seconds)
            while last_id and (count := _seal_block(organization_id, last_id)):
                sealed += count
    export_head(organization_id, heads)
    return sealed


def read_events(after_id: int, up_to_id: int, limit: int | None = None) -> list[EventRow]:
    """The current tenant's events with after_id < id <= up_to_id, in order."""
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, [after_id, up_to_id, limit])
        return [EventRow(*row) for row in cursor.fetchall()]


def export_head(organization_id: int, heads: Path) -> int:
    """Append the blocks that the head file does not know yet; returns how many. Flushed to the disk."""
    heads.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(
        heads / f"{organization_id}.jsonl", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600
    )
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        known = [json.loads(line) for line in file]
        after = max((line["block"] for line in known), default=0)
        with tenant(organization_id):
            lines = [_head_line(block) for block in _blocks_after(after)]
        file.writelines(json.dumps(line) + "\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
    return len(lines)


def _blocks_after(block_id: int) -> Any:
    return AuditBlock.objects.filter(pk__gt=block_id).defer("leaves").order_by("pk")


def _head_line(block: AuditBlock) -> dict[str, Any]:
    return {
        "block": block.pk,
        "first_id": block.first_id,
        "last_id": block.last_id,
        "count": block.count,
        "hash": bytes(block.hash).hex(),
        "sealed_at": block.sealed_at.isoformat(),
    }


def _last_block() -> AuditBlock | None:
    return AuditBlock.objects.defer("leaves").order_by("-pk").first()


def _has_unsealed() -> bool:
    last = _last_block()
    return AuditEvent.objects.filter(pk__gt=last.last_id if last else 0).exists()


def _is_only_sealer(organization_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s, %s)", [_SEAL_LOCK, organization_id % 2**31]
        )
        return bool(cursor.fetchone()[0])


def _settled_last_id(wait_seconds: float) -> int:
    """The newest id below which nothing can appear any more; 0 when the wait was too long."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(id), pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM audit_auditevent"
        )
        last_id, next_transaction = cursor.fetchone()
        end = time.monotonic() + wait_seconds
        while True:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            if cursor.fetchone()[0] >= next_transaction:
                return last_id or 0
            if time.monotonic() > end:
                return 0
            time.sleep(0.05)


def _seal_block(organization_id: int, up_to_id: int) -> int:
    last = _last_block()
    events = read_events(last.last_id if last else 0, up_to_id, BLOCK_EVENTS)
    if not events:
        return 0
    leaves = b"".join(map(leaf, events))
    previous = bytes(last.hash) if last else GENESIS
    span = {"first_id": events[0].id, "last_id": events[-1].id, "count": len(events)}
    AuditBlock.objects.create(
        **span,
        leaves=leaves,
        previous_hash=previous,
        hash=block_hash(previous, organization_id=organization_id, leaves=leaves, **span),
    )
    return len(events)
