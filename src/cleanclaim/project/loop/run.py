"""One call of the loop: set the world up, take the files in, run each day's cycle, prove it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cleanclaim.apps.billing.claims import services as claims
from cleanclaim.apps.shared.exchange import drop
from cleanclaim.apps.shared.tenancy.context import tenant, tenant_in_one_piece
from cleanclaim.apps.shared.tenancy.models import Organization, OrganizationKind
from cleanclaim.apps.shared.tenancy.services import find_or_add_organizations
from cleanclaim.apps.shared.tenancy.statistics import refresh_statistics
from cleanclaim.kernel.collecting import without_cycle_collection
from cleanclaim.project.home import Home
from cleanclaim.project.loop import door, stages
from cleanclaim.project.loop.enroll import enroll_from
from cleanclaim.project.loop.pool import Pool
from cleanclaim.project.loop.prepare import apply_setup
from cleanclaim.project.loop.progress import Progressing
from cleanclaim.project.loop.report import LoopReport, make_report
from cleanclaim.project.loop.world import World, open_world
from cleanclaim.values.claim import Claim
from cleanclaim.values.codec import from_json, to_json

WORTH_A_POOL_BYTES = 1 << 20  # in smaller files the children may find nothing to do


@dataclass(frozen=True)
class LoopRequest:
    """What the caller asked for."""

    files: tuple[Path, ...]
    enroll: bool = False
    setup: Path | None = None
    received_on: date | None = None
    processes: int = 2


def run_loop(home: Home, request: LoopRequest, progress: Progressing) -> LoopReport:
    """Run the files through the whole cycle. A call that was killed is finished by the next one."""
    world = open_world(home)
    apply_setup(world, request.setup)
    with without_cycle_collection(), Pool(home, request.processes) as pool:
        if _size(request.files) >= WORTH_A_POOL_BYTES:
            pool.start()
        arrivals = _arrive(world, request.files, request, progress)
        waiting = door.waiting_files(world)
        days = _pending_days(home) | {day for _, day in waiting}
        _note_pending_days(home, days)  # before claims go in: a killed call leaves its days
        # A day's cycle sends all that is ready, so a file goes in only when its own day has come.
        for day in sorted(days):
            _hand_over_files(world, waiting, day, pool, request, progress, arrivals)
            stages.run_day(world, day, pool, progress)
            _note_pending_days(home, days := days - {day})
        return make_report(world, arrivals, pool)


def _size(files: Sequence[Path]) -> int:
    """Bytes of the files that are there."""
    return sum(path.stat().st_size for path in files if path.is_file())


def hand_in(
    world: World,
    paths: Sequence[Path],
    request: LoopRequest,
    pool: Pool,
    progress: Progressing,
) -> list[door.Arrival]:
    """Take files in and hand each provider its claims, and run no cycle; the arrivals."""
    arrivals = _arrive(world, paths, request, progress)
    waiting = door.waiting_files(world)
    for day in sorted({day for _, day in waiting}):
        _hand_over_files(world, waiting, day, pool, request, progress, arrivals)
    return arrivals


def _arrive(
    world: World, paths: Sequence[Path], request: LoopRequest, progress: Progressing
) -> list[door.Arrival]:
    arrivals = []
    progress.stage("Files at the door", len(paths))
    for path in paths:
        arrivals.append(door.arrive(world, path, received_on=request.received_on))
        progress.step()
    return arrivals


def _hand_over_files(
    world: World,
    waiting: Sequence[tuple[int, date]],
    day: date,
    pool: Pool,
    request: LoopRequest,
    progress: Progressing,
    arrivals: list[door.Arrival],
) -> None:
    for file_id, received_on in waiting:
        if received_on == day:
            _hand_over(world, file_id, day, pool, request, progress, arrivals)


def _hand_over(
    world: World,
    file_id: int,
    day: date,
    pool: Pool,
    request: LoopRequest,
    progress: Progressing,
    arrivals: list[door.Arrival],
) -> None:
    """Give each billing provider its claims, then answer the sender: the file counts as done last."""
    with tenant(world.door.pk):
        door_file = door.read_door_file(file_id, day)
    progress.stage("Claims to their providers", sum(map(len, door_file.by_provider.values())))
    practices = find_or_add_organizations(
        [
            Organization(
                kind=OrganizationKind.PRACTICE, name=door_file.names[npi, tin], npi=npi, tin=tin
            )
            for npi, tin in door_file.by_provider
        ]
    )
    sender_ids = stages.sender_ids(practices)
    jobs = [
        (practice, sender_id, world.plan, world.usage, file_id, day, Parcel(found))
        for practice, sender_id, found in zip(
            practices, sender_ids, door_file.by_provider.values(), strict=True
        )
    ]
    imported = pool.run(import_for_provider, jobs, ahead=len(jobs))
    # Meanwhile the plan gets to know the practices and their patients.
    stages.connect_to_plan(world, practices, sender_ids)
    if request.enroll:
        all_claims = [c for found in door_file.by_provider.values() for _, c in found]
        enroll_from(world, all_claims, setup=request.setup)
        refresh_statistics()
    for count in imported:
        progress.step(count)
    door.answer(world, door_file)
    drop.deliver_queued(world.drop, organization_id=world.door.pk)
    for arrival in arrivals:
        if arrival.file_id == file_id:
            arrival.reasons = door_file.reasons
            arrival.accepted = not door_file.reasons


@dataclass(frozen=True, slots=True)
class Parcel:
    """Claims with their places in the file, on their way to another process: as JSON in half a pickle's time."""

    found: Sequence[tuple[int, Claim]]

    def __reduce__(self) -> tuple[Any, ...]:
        positions, packed = zip(*self.found, strict=True)
        return _unpack, (positions, to_json(packed))


def _unpack(positions: Sequence[int], packed: bytes) -> Parcel:
    return Parcel(list(zip(positions, from_json(packed, list[Claim]), strict=True)))


def import_for_provider(
    practice: Organization,
    sender_id: str,
    plan: Organization,
    usage: str,
    file_id: int,
    day: date,
    parcel: Parcel,
) -> int:
    """Book one provider's claims of a file, with the plan as its partner; again is nothing."""
    with tenant_in_one_piece(practice.pk):
        stages.know_plan(plan, usage, sender_id=sender_id)
        claims.import_claims(
            [claim for _, claim in parcel.found],
            positions=[position for position, _ in parcel.found],
            source_file_id=file_id,
            received_on=day,
        )
    return len(parcel.found)


def _pending_file(home: Home) -> Path:
    return home.path / "loop-days.json"


def _pending_days(home: Home) -> set[date]:
    """Days whose cycle a killed call left unfinished."""
    path = _pending_file(home)
    if not path.exists():
        return set()
    return {date.fromisoformat(text) for text in json.loads(path.read_text())}


def _note_pending_days(home: Home, days: Iterable[date]) -> None:
    draft = _pending_file(home).with_suffix(".part")
    draft.write_text(json.dumps(sorted(day.isoformat() for day in days)))
    draft.replace(_pending_file(home))
