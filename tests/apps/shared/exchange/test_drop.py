"""Drop folders: each file exactly once, wherever either side is stopped."""

import os
import threading
from pathlib import Path

import pytest
from django.conf import settings

from cleanclaim.kernel.errors import InvariantError
from tests.apps.shared.exchange.conftest import DAY

pytestmark = pytest.mark.database_core


class Killed(BaseException):
    """Stands for kill -9: nothing in the program catches it."""


@pytest.fixture
def queued(practice, plan_partner, practice_partner, interchange) -> list[int]:
    """Two claim files of the practice, queued for the plan."""
    from cleanclaim.apps.shared.exchange.services import queue_file
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        return [
            queue_file(
                interchange(interchange=number, group=number),
                partner=plan_partner,
                kind="837",
                name=f"batch {number}",
                created_on=DAY,
            ).pk
            for number in (1, 2)
        ]


def _deliver(root: Path, practice: int) -> int:
    from cleanclaim.apps.shared.exchange.drop import deliver_queued

    return deliver_queued(root, organization_id=practice)


def _collect(root: Path, plan: int) -> list:
    from cleanclaim.apps.shared.exchange.drop import collect_waiting
    from cleanclaim.apps.shared.tenancy.models import Organization

    slug = Organization.objects.get(pk=plan).slug
    return collect_waiting(root, slug, organization_id=plan, received_on=DAY)


def _states(organization: int) -> list[str]:
    from cleanclaim.apps.shared.exchange.models import FileState
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(organization):
        return list(FileState.objects.order_by("file_id").values_list("state", flat=True))


def test_files_travel_byte_by_byte(tmp_path, practice, plan, queued, interchange) -> None:
    from cleanclaim.apps.shared.exchange.selectors import content_of
    from cleanclaim.apps.shared.tenancy.context import tenant

    assert _deliver(tmp_path, practice) == 2
    receipts = _collect(tmp_path, plan)

    assert [receipt.outcome for receipt in receipts] == ["accepted", "accepted"]
    assert _states(practice) == ["delivered", "delivered"]
    assert _states(plan) == ["received", "received"]
    with tenant(plan):
        assert content_of(receipts[0].file_id) == interchange(interchange=1, group=1)
    assert _collect(tmp_path, plan) == []
    assert _deliver(tmp_path, practice) == 0


# Steps that come once a file, and those that come once for all files in hand.
FILE_STEPS = ["_write_part", "_publish", "_read", "_take"]
HANDFUL_STEPS = ["_sync_folder", "mark_delivered", "receive_files"]
STEPS = [(step, nth) for step in FILE_STEPS for nth in (1, 2)]
STEPS += [(step, 1) for step in HANDFUL_STEPS]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("step", "nth"), STEPS)
def test_a_kill_at_any_step_leaves_each_file_exactly_once(
    tmp_path, practice, plan, queued, monkeypatch, step, when, nth
) -> None:
    from cleanclaim.apps.shared.exchange import drop

    with monkeypatch.context() as patched:
        _kill_at(patched, drop, step, when=when, nth=nth)
        with pytest.raises(Killed):
            _deliver(tmp_path, practice)
            _collect(tmp_path, plan)

    _collect(tmp_path, plan)  # the receiver may come back before the sender
    _deliver(tmp_path, practice)
    receipts = _collect(tmp_path, plan)

    assert all(receipt.outcome == "accepted" for receipt in receipts)
    assert _states(practice) == ["delivered", "delivered"]
    assert _states(plan) == ["received", "received"]
    assert not _collect(tmp_path, plan)


def _kill_at(patched, module, step: str, *, when: str, nth: int) -> None:
    real, calls = getattr(module, step), []

    def stop(*args, **kwargs):
        calls.append(step)
        if len(calls) < nth:
            return real(*args, **kwargs)
        if when == "after":
            real(*args, **kwargs)
        raise Killed

    patched.setattr(module, step, stop)


def test_a_kill_between_commit_and_move_gives_the_first_receipt_again(
    tmp_path, practice, plan, queued, monkeypatch
) -> None:
    from cleanclaim.apps.shared.exchange import drop

    _deliver(tmp_path, practice)
    with monkeypatch.context() as patched, pytest.raises(Killed):
        _kill_at(patched, drop, "_take", when="before", nth=1)
        _collect(tmp_path, plan)

    receipts = _collect(tmp_path, plan)

    assert [receipt.outcome for receipt in receipts] == ["accepted", "accepted"]
    assert len({receipt.file_id for receipt in receipts}) == 2


def test_without_the_look_into_taken_a_file_would_come_twice(
    tmp_path, practice, plan, queued, monkeypatch
) -> None:
    """The twin: the same kill with the control switched off must be seen to do harm."""
    from cleanclaim.apps.shared.exchange import drop

    def kill_then_restart() -> list:
        with monkeypatch.context() as patched, pytest.raises(Killed):
            _kill_at(patched, drop, "mark_delivered", when="before", nth=1)
            _deliver(tmp_path, practice)
        _collect(tmp_path, plan)
        _deliver(tmp_path, practice)
        return _collect(tmp_path, plan)

    monkeypatch.setattr(drop, "_lies_in_taken", lambda target: False)

    seen_again = kill_then_restart()

    assert len(seen_again) == 2  # the first file a second time, and the second file


def test_the_same_file_put_down_again_is_a_duplicate(tmp_path, practice, plan, queued) -> None:
    _deliver(tmp_path, practice)
    first, _ = _collect(tmp_path, plan)
    taken = sorted(tmp_path.glob("*/*/taken/*.x12"))[0]
    (taken.parent.parent / taken.name).write_bytes(taken.read_bytes())

    [again] = _collect(tmp_path, plan)

    assert (again.outcome, again.first_id) == ("duplicate", first.file_id)
    assert len(list(taken.parent.iterdir())) == 3


def test_two_collectors_at_once_accept_a_file_once(tmp_path, practice, plan, queued) -> None:
    from django.db import connection

    from cleanclaim.apps.shared.exchange.drop import collect, waiting
    from cleanclaim.apps.shared.tenancy.models import Organization

    _deliver(tmp_path, practice)
    paths = waiting(tmp_path, Organization.objects.get(pk=plan).slug)
    found = []

    def run() -> None:
        try:
            for path in paths:
                found.append(collect(tmp_path, path, organization_id=plan, received_on=DAY))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(set(_states(plan))) == ["received"]
    assert len(found) == 8
    assert len({receipt.file_id for receipt in found if receipt}) == 2


def test_links_hidden_files_and_folders_are_left_alone(tmp_path, practice, plan, queued) -> None:
    _deliver(tmp_path, practice)
    [folder] = tmp_path.glob("*/*")
    secret = tmp_path / "secret"
    secret.write_text("ISA")
    (folder / "link.x12").symlink_to(secret)
    (folder / ".half.x12.part").write_text("ISA")
    (folder / "folder.x12").mkdir()

    receipts = _collect(tmp_path, plan)

    assert len(receipts) == 2
    assert os.path.lexists(folder / "link.x12")


def test_a_file_above_the_limit_is_never_read_whole(
    tmp_path, practice, plan, queued, monkeypatch
) -> None:
    from cleanclaim.apps.shared.exchange import drop

    monkeypatch.setattr(settings, "FILE_LIMIT_BYTES", 5_000_000, raising=False)
    _deliver(tmp_path, practice)
    [folder] = tmp_path.glob("*/*")
    for path in folder.glob("*.x12"):
        path.unlink()
    with (folder / "huge.x12").open("wb") as file:
        file.truncate(100_000_000)
    sizes = []
    real = drop.receive_files
    monkeypatch.setattr(
        drop,
        "receive_files",
        lambda arriving, **rest: (
            sizes.extend(len(one.data) for one in arriving) or real(arriving, **rest)
        ),
    )

    [receipt] = _collect(tmp_path, plan)

    assert receipt.outcome == "refused"
    assert receipt.message.startswith("The file has 100,000,000 bytes, the limit is 5,000,000.")
    assert sizes == [1024 * 1024]
    assert (folder / "taken" / "huge.x12").exists()


def test_nothing_is_delivered_inside_an_open_transaction(tmp_path, practice, queued) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    with pytest.raises(InvariantError, match="outside a transaction"), tenant(practice):
        _deliver(tmp_path, practice)


def test_only_the_named_senders_files_are_taken(tmp_path, practice, plan, queued) -> None:
    from cleanclaim.apps.shared.exchange.drop import collect_waiting
    from cleanclaim.apps.shared.tenancy.models import Organization

    _deliver(tmp_path, practice)
    ours = Organization.objects.get(pk=plan).slug
    sender = Organization.objects.get(pk=practice).slug

    taken = [
        len(collect_waiting(tmp_path, ours, organization_id=plan, received_on=DAY, senders=senders))
        for senders in (["somebody-else"], [sender], [sender])
    ]

    assert taken == [0, 2, 0]
