"""Drop folders: <root>/<from>/<to>/ holds what `from` has delivered and `to` has not taken yet.

Each side works in transactions of its own and meets the other only in the folder. The order of the steps
makes a kill between any two of them harmless:

- deliver: write under a hidden name, fsync, rename, fsync the folder, then mark as delivered. After a kill the file is still
  queued; what already lies in the folder, or in its `taken/`, is not written again.
- collect: receive and commit, then move to `taken/`. After a kill the file still lies there; the row with
  its name and bytes is found and only the move is made up for.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from django.db import connection

from cleanclaim.apps.shared.exchange.models import (
    Direction,
    FileState,
    MessageFile,
    Partner,
    State,
)
from cleanclaim.apps.shared.exchange.services.receiving import (
    Arriving,
    Receipt,
    read_bounded,
    receipt_of,
    receive_files,
)
from cleanclaim.apps.shared.exchange.services.rows import HANDFUL, clean_name, handfuls, lock_door
from cleanclaim.apps.shared.exchange.services.sending import mark_delivered
from cleanclaim.apps.shared.tenancy.context import tenant_in_one_piece
from cleanclaim.kernel.errors import InputError, InvariantError

TAKEN = "taken"


def deliver_queued(root: Path, *, organization_id: int) -> int:
    """Put every queued file of the organization into its partner's folder; returns how many.

    Runs outside any transaction: a file leaves only after the transaction that queued it is committed.

    Raises:
        InvariantError: a transaction is open.
    """
    if connection.in_atomic_block:
        raise InvariantError(
            "files are delivered outside a transaction: what it queued may roll back"
        )
    delivered, is_all = 0, False
    while not is_all:
        some, is_all = _deliver_some(root, organization_id)
        delivered += some
    return delivered


def _deliver_some(root: Path, organization_id: int) -> tuple[int, bool]:
    """Deliver a handful of files; how many, and whether these were all.

    What another worker has in hand is left to it.
    """
    with tenant_in_one_piece(organization_id):
        found = (
            FileState.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state=State.QUEUED)
            .order_by("file_id")
            .values_list("file_id", "file__size_bytes", "organization__slug")
        )
        queued = list(found[: HANDFUL + 1])
        if not queued:
            return 0, True
        some = next(handfuls(queued, size=lambda one: one[1]))
        file_ids = [file_id for file_id, *_ in some]
        _put_down(root / some[0][2], file_ids)
        mark_delivered(file_ids)
    return len(some), len(some) == len(queued)


def _put_down(ours: Path, file_ids: Sequence[int]) -> None:
    """Write the files into their partners' folders, but for those that lie there or were taken already."""
    files = MessageFile.objects.filter(pk__in=file_ids).order_by("pk")
    parts = []
    for pk, sha256, slug, content in files.values_list("pk", "sha256", "partner__slug", "content"):
        target = ours / slug / f"{pk}-{sha256[:12]}.x12"
        if not (target.exists() or _lies_in_taken(target)):
            parts.append((_write_part(target, bytes(content)), target))
    for part, target in parts:
        _publish(part, target)
    for folder in {target.parent for _, target in parts}:
        _sync_folder(folder)


def _lies_in_taken(target: Path) -> bool:
    """Whether the other side has taken this very file already."""
    return (target.parent / TAKEN / target.name).exists()


def _write_part(target: Path, data: bytes) -> Path:
    """Write the bytes under a hidden name beside the target and force them to the disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return part


def _publish(part: Path, target: Path) -> None:
    """Give the file its name, all at once."""
    part.replace(target)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def waiting(root: Path, our_slug: str, *, senders: Sequence[str] | None = None) -> list[Path]:
    """Files that (these) partners have put down for us, by partner and number; no links, no hidden files."""
    folders = (
        root / sender / our_slug for sender in (_names(root) if senders is None else senders)
    )
    return sorted((folder / name for folder in folders for name in _files(folder)), key=_order)


def senders_by_receiver(root: Path) -> dict[str, list[str]]:
    """All organizations that somebody has put files down for, and who has, in one walk over the folders."""
    found: dict[str, list[str]] = {}
    for sender in _names(root):
        for receiver in _names(root / sender):
            if _files(root / sender / receiver):
                found.setdefault(receiver, []).append(sender)
    return found


def _names(folder: Path) -> list[str]:
    """The names in the folder that are not hidden; none if it is no folder."""
    return [entry.name for entry in _entries(folder)]


def _files(folder: Path) -> list[str]:
    """The names of the files in the folder, without links and hidden ones."""
    return [entry.name for entry in _entries(folder) if entry.is_file(follow_symlinks=False)]


def _entries(folder: Path) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            return [entry for entry in entries if not entry.name.startswith(".")]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _order(path: Path) -> tuple[str, int, str]:
    number = path.name.split("-", 1)[0]
    return path.parent.parent.name, int(number) if number.isdigit() else 0, path.name


def collect(
    root: Path, path: Path, *, organization_id: int, received_on: date, by: int | None = None
) -> Receipt | None:
    """Receive one waiting file and move it to `taken/`; None if another collector has moved it.

    Runs outside any transaction. The partner is the one whose slug names the folder. After a crash the first
    receipt comes back.

    Raises:
        InputError: the file does not lie in a drop folder under `root`.
        InvariantError: a transaction is open.
    """
    found = collect_some(
        root, [path], organization_id=organization_id, received_on=received_on, by=by
    )
    return found[0] if found else None


def collect_waiting(
    root: Path,
    our_slug: str,
    *,
    organization_id: int,
    received_on: date,
    by: int | None = None,
    senders: Sequence[str] | None = None,
) -> list[Receipt]:
    """Collect every waiting file of the organization (from these senders), a handful per transaction."""
    paths = waiting(root, our_slug, senders=senders)
    return [
        receipt
        for some in handfuls(paths, size=_size)
        for receipt in collect_some(
            root, some, organization_id=organization_id, received_on=received_on, by=by
        )
    ]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # another collector has moved it
        return 0


def collect_some(
    root: Path,
    paths: Sequence[Path],
    *,
    organization_id: int,
    received_on: date,
    by: int | None = None,
) -> list[Receipt]:
    """As `collect`, for a handful of files in one transaction; one receipt for each that still lay there, in order."""
    if connection.in_atomic_block:
        raise InvariantError(
            "files are collected outside a transaction: it could roll back after the move"
        )
    for path in paths:
        if path.parents[2] != root:
            raise InputError(f"{path.name} does not lie in a drop folder")
    read = [(path, found) for path in paths if (found := _read(path)) is not None]
    if not read:
        return []
    with tenant_in_one_piece(organization_id):
        lock_door()  # so that another collector with the same file is either not in yet, or committed
        slugs = {path.parent.parent.name for path, _ in read}
        partners = {one.slug: one for one in Partner.objects.filter(slug__in=slugs)}
        arriving = [
            Arriving(
                data,
                partner=partners.get(path.parent.parent.name),
                name=path.name,
                sha256=sha256,
                size_bytes=size_bytes,
            )
            for path, (data, sha256, size_bytes) in read
        ]
        paths = [path for path, _ in read]
        receipts = _receive(paths, arriving, received_on=received_on, by=by)
    for path, receipt in zip(paths, receipts, strict=True):
        _take(path, receipt.file_id)
    return receipts


def _receive(
    paths: Sequence[Path], arriving: Sequence[Arriving], *, received_on: date, by: int | None
) -> list[Receipt]:
    """Receive the files, but for those of which only the move to `taken/` is missing."""
    known = _received_before_crash(paths, arriving)
    fresh = [one for one, before in zip(arriving, known, strict=True) if before is None]
    new = iter(receive_files(fresh, received_on=received_on, by=by) if fresh else [])
    return [receipt_of(before) if before else next(new) for before in known]


def _received_before_crash(paths: Sequence[Path], arriving: Sequence[Arriving]) -> list[int | None]:
    """For each file the row that a killed collector made of it: same partner, name and bytes."""
    found = MessageFile.objects.filter(
        direction=Direction.IN,
        sha256__in={one.sha256 for one in arriving},
        name__in={clean_name(one.name) for one in arriving},
    )
    rows = {
        (partner_id, name, sha256): file_id
        for partner_id, name, sha256, file_id in found.order_by("id").values_list(
            "partner_id", "name", "sha256", "pk"
        )
    }
    return [
        # Taken once already, and here again: somebody has put the same file down anew.
        None
        if _lies_in_taken(path) and path.exists()
        else rows.get((one.partner.pk if one.partner else None, clean_name(one.name), one.sha256))
        for path, one in zip(paths, arriving, strict=True)
    ]


def _read(path: Path) -> tuple[bytes, str, int] | None:
    """The bytes, their SHA-256 and their number; of a file above the limit only the first block.

    None if another collector has moved it.
    """
    try:
        with path.open("rb") as file:
            return read_bounded(file, os.fstat(file.fileno()).st_size)
    except FileNotFoundError:
        return None


def _take(path: Path, file_id: int) -> None:
    """Move the file to `taken/`, beside an older one of the same name if there is one."""
    taken = path.parent / TAKEN
    taken.mkdir(exist_ok=True)
    target = taken / path.name
    if target.exists():
        target = taken / f"{path.name}.{file_id}"
    # Not forced to the disk: a move that a power failure takes back is made up for like a kill's.
    with suppress(FileNotFoundError):  # another collector has moved it
        path.replace(target)
