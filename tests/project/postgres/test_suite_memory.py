"""The tests' own server: where its data lie, that it does not wait for the disk, and that killed runs leave nothing."""

import os
from pathlib import Path

import psycopg
import pytest

from cleanclaim.project import postgres
from cleanclaim.project.postgres import locks
from tests.conftest import TestDatabase
from tests.memory import has_room, remove_dead, server_folder


def test_without_room_in_memory_the_folder_is_on_the_disk(tmp_path: Path) -> None:
    assert has_room(tmp_path, room_bytes=1)
    assert not has_room(tmp_path, room_bytes=2**60)
    assert not has_room(tmp_path / "none", room_bytes=1)

    with server_folder("x", memory=tmp_path, room_bytes=2**60) as folder:
        assert folder.is_dir()
        assert tmp_path not in folder.parents

    assert not folder.exists()


def test_a_living_run_keeps_its_folder_and_leaves_none(tmp_path: Path) -> None:
    with server_folder("x", memory=tmp_path, room_bytes=1) as folder:
        remove_dead(tmp_path)
        assert folder.is_dir()
        with locks.try_exclusive(folder / "alive") as is_dead:
            assert not is_dead

    assert list(tmp_path.iterdir()) == []


def test_a_killed_runs_server_is_stopped_and_its_folder_removed(folder: Path) -> None:
    dead = folder / "cleanclaim-gw0-abc"
    dead.mkdir(mode=0o755)
    (dead / "alive").touch()  # nobody holds it
    home = dead / "home"
    postgres.start(home)

    remove_dead(folder)

    assert not postgres.is_running(home)
    assert not dead.exists()


@pytest.mark.parametrize(("name", "value"), [("fsync", "off"), ("synchronous_commit", "on")])
def test_the_tests_server_waits_for_no_disk_but_writes_each_commit(
    template_database: TestDatabase, name: str, value: str
) -> None:
    if os.environ.get("DATABASE_URL"):
        pytest.skip("the server that DATABASE_URL names is set up by whoever brings it")
    with psycopg.connect(template_database.owner) as connection:
        assert connection.execute(f"SHOW {name}").fetchone() == (value,)
