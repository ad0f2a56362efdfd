"""Prove the audit trail: every sealed event is as it was, none is missing, none was slipped in, the end is there."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from django.db import connection

from cleanclaim.apps.shared.audit.canonical import block_hash, leaf, leaf_ids
from cleanclaim.apps.shared.audit.models import AuditBlock, AuditEvent
from cleanclaim.apps.shared.audit.sealing import GENESIS, read_events
from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.apps.shared.tenancy.models import Organization

Kind = Literal[
    "edited", "deleted", "inserted", "cut off", "block changed", "no head", "unprotected"
]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something was tampered with; `event_id` is the first bad event where one can be named."""

    organization_id: int
    kind: Kind
    event_id: int | None
    block_id: int | None
    words: str


@dataclass(slots=True)
class Report:
    """What was checked and what is wrong."""

    organizations: int = 0
    blocks: int = 0
    sealed: int = 0
    unsealed: int = 0
    problems: list[Problem] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The report as one JSON object."""
        return asdict(self)


def verify_all(heads: Path | None) -> Report:
    """Check every organization. Without `heads` a cut-off tail can not be seen."""
    report = Report()
    report.problems += _unprotected()
    for organization_id in Organization.objects.order_by("id").values_list("pk", flat=True):
        verify_organization(organization_id, heads, report)
    return report


def verify_organization(organization_id: int, heads: Path | None, report: Report) -> None:
    """Check one organization's chain, in order, and add to the report."""
    report.organizations += 1
    with tenant(organization_id):
        previous, last_id = GENESIS, 0
        hashes: dict[int, str] = {}
        for block in AuditBlock.objects.order_by("pk").iterator(chunk_size=20):
            report.blocks += 1
            report.sealed += block.count
            report.problems += _check_block(block, previous, last_id)
            previous, last_id = bytes(block.hash), block.last_id
            hashes[block.pk] = previous.hex()
        report.unsealed += AuditEvent.objects.filter(pk__gt=last_id).count()
    if heads is not None:
        report.problems += _check_head(organization_id, heads, hashes)


def _check_block(block: AuditBlock, previous: bytes, after_id: int) -> Iterator[Problem]:
    leaves = bytes(block.leaves)
    expected = block_hash(
        previous,
        organization_id=block.organization_id,
        first_id=block.first_id,
        last_id=block.last_id,
        count=block.count,
        leaves=leaves,
    )
    if expected != bytes(block.hash) or previous != bytes(block.previous_hash):
        yield Problem(
            block.organization_id,
            "block changed",
            block.first_id,
            block.pk,
            f"block {block.pk} does not follow from the one before it and its own content",
        )
    events = read_events(after_id, block.last_id)
    found = b"".join(map(leaf, events))
    if found != leaves:
        yield _first_difference(block, leaf_ids(leaves), leaf_ids(found))


def _first_difference(
    block: AuditBlock, sealed: dict[int, bytes], found: dict[int, bytes]
) -> Problem:
    """The lowest id whose event is not what was sealed."""
    bad = min(pk for pk in sealed.keys() | found.keys() if sealed.get(pk) != found.get(pk))
    kind: Kind = "edited"
    if bad not in found:
        kind = "deleted"
    elif bad not in sealed:
        kind = "inserted"
    words = f"event {bad} was {kind} after block {block.pk} sealed it"
    return Problem(block.organization_id, kind, bad, block.pk, words)


def _check_head(organization_id: int, heads: Path, hashes: dict[int, str]) -> Iterator[Problem]:
    path = heads / f"{organization_id}.jsonl"
    if not path.exists():
        if hashes:
            words = f"{path.name}: no head outside the database, so a cut-off tail can not be seen"
            yield Problem(organization_id, "no head", None, None, words)
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        head = json.loads(line)
        found = hashes.get(head["block"])
        if found is None:
            words = (
                f"events {head['first_id']} to {head['last_id']} were cut off with block "
                f"{head['block']}, sealed {head['sealed_at']}"
            )
            yield Problem(organization_id, "cut off", head["first_id"], head["block"], words)
            return
        if found != head["hash"]:
            words = f"block {head['block']} is not the one whose head was exported"
            yield Problem(organization_id, "block changed", head["first_id"], head["block"], words)
            return


def _unprotected() -> Iterator[Problem]:
    """The triggers that refuse changes must be there and on."""
    for model in (AuditEvent, AuditBlock):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled IN ('O', 'A') "
                "AND tgname IN ('refuse_change', 'refuse_truncate')",
                [model._meta.db_table],
            )
            if cursor.fetchone()[0] != 2:
                words = f"{model._meta.db_table}: a trigger that refuses changes is off or missing"
                yield Problem(0, "unprotected", None, None, words)
