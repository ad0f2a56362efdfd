"""Drop folders: <root>/<from>/<to>/ holds what `from` has delivered and `to` has not taken yet.

Each side works in transactions of its own and meets the other only in the folder. The order of the steps
makes a kill between any two of them harmless:

- deliver: write under a hidden name, fsync, rename, then mark as delivered. After a kill the file is still
  queued; what already lies in the folder, or in its `taken/`, is not written again.
- collect: receive and commit, then move to `taken/`. After a kill the file still lies there; the row with
  its name and bytes is found and only the move is made up for.
"""

import os
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
    Receipt,
    read_bounded,
    receipt_of,
    receive_file,
)
from cleanclaim.apps.shared.exchange.services.rows import clean_name, lock_door
from cleanclaim.apps.shared.exchange.services.sending import mark_delivered
from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.apps.shared.tenancy.models import Organization
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
    our_slug = Organization.objects.get(pk=organization_id).slug
    with tenant(organization_id):
        queued = list(
            FileState.objects.filter(state=State.QUEUED)
            .order_by("file_id")
            .values_list("file_id", flat=True)
        )
    return sum(_deliver(root, our_slug, organization_id, file_id) for file_id in queued)


def _deliver(root: Path, our_slug: str, organization_id: int, file_id: int) -> bool:
    """Deliver one file; False if another worker has it in hand or was faster."""
    with tenant(organization_id):
        locked = (
            FileState.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(file_id=file_id, state=State.QUEUED)
            .exists()
        )
        if not locked:
            return False
        file = MessageFile.objects.select_related("partner").get(pk=file_id)
        folder = root / our_slug / file.partner.slug
        target = folder / f"{file.pk}-{file.sha256[:12]}.x12"
        if not (target.exists() or _lies_in_taken(target)):
            part = _write_part(target, bytes(file.content))
            _publish(part, target)
        mark_delivered(file_id)
    return True


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
    """Give the file its name, all at once, and force the folder to the disk."""
    part.replace(target)
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def waiting(root: Path, our_slug: str) -> list[Path]:
    """Files that partners have put down for us, by partner and number; no links, no hidden files."""
    found = [
        path
        for path in root.glob(f"*/{our_slug}/*")
        if path.is_file() and not path.is_symlink() and not path.name.startswith(".")
    ]
    return sorted(found, key=_order)


def _order(path: Path) -> tuple[str, int, str]:
    number = path.name.split("-", 1)[0]
    return path.parent.parent.name, int(number) if number.isdigit() else 0, path.name


def collect(
    root: Path, path: Path, *, organization_id: int, received_on: date, by: int | None = None
) -> Receipt:
    """Receive one waiting file and move it to `taken/`; after a crash the first receipt comes back.

    Runs outside any transaction. The partner is the one whose slug names the folder.

    Raises:
        InputError: the file does not lie in a drop folder under `root`.
        InvariantError: a transaction is open.
    """
    if connection.in_atomic_block:
        raise InvariantError(
            "files are collected outside a transaction: it could roll back after the move"
        )
    if path.parents[2] != root:
        raise InputError(f"{path.name} does not lie in a drop folder")
    data, sha256, size_bytes = _read(path)
    with tenant(organization_id):
        lock_door()  # so that another collector with the same file is either not in yet, or committed
        partner = Partner.objects.filter(slug=path.parent.parent.name).first()
        receipt = _receipt_before_crash(path, partner, sha256) or receive_file(
            data,
            partner=partner,
            name=path.name,
            received_on=received_on,
            by=by,
            sha256=sha256,
            size_bytes=size_bytes,
        )
    _take(path, receipt.file_id)
    return receipt


def _receipt_before_crash(path: Path, partner: Partner | None, sha256: str) -> Receipt | None:
    """The receipt of these bytes under this name, if only the move to `taken/` is missing."""
    if _lies_in_taken(path) and path.exists():
        return None  # taken once already: somebody has put the same file down again
    file_id = (
        MessageFile.objects.filter(
            direction=Direction.IN, partner=partner, sha256=sha256, name=clean_name(path.name)
        )
        .order_by("-id")
        .values_list("pk", flat=True)
        .first()
    )
    return receipt_of(file_id) if file_id else None


def _read(path: Path) -> tuple[bytes, str, int]:
    """The bytes, their SHA-256 and their number; of a file above the limit only the first block."""
    with path.open("rb") as file:
        return read_bounded(file, path.stat().st_size)


def _take(path: Path, file_id: int) -> None:
    """Move the file to `taken/`, beside an older one of the same name if there is one."""
    taken = path.parent / TAKEN
    taken.mkdir(exist_ok=True)
    target = taken / path.name
    if target.exists():
        target = taken / f"{path.name}.{file_id}"
    with suppress(FileNotFoundError):  # another collector has moved it
        path.replace(target)
    _sync_folder(path.parent)
