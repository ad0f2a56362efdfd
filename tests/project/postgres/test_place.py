"""Where the server's files lie: long paths, folders of others, root and service users."""

from __future__ import annotations

import os
import pwd
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cleanclaim.kernel.errors import CleanclaimError, ExternalError, StateError
from cleanclaim.project import postgres
from cleanclaim.project.postgres import account, place
from tests.project.postgres.conftest import query

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")


@pytest.fixture
def deep_home(folder: Path) -> Path:
    """A home whose path is longer than a socket's may be."""
    path = folder / ("a-long-folder-name/" * 8) / "home"
    path.mkdir(parents=True)
    return path


def test_a_home_too_deep_for_a_socket_gets_a_short_socket_folder(deep_home: Path) -> None:
    server = postgres.start(deep_home)

    try:
        assert server.data_dir.is_relative_to(deep_home)
        assert not server.socket_dir.is_relative_to(deep_home)
        assert server.socket_dir.stat().st_mode & 0o777 == 0o700
        assert query(server, "SELECT 1") == [(1,)]
    finally:
        postgres.destroy(deep_home)
    assert not server.socket_dir.exists()


def test_without_the_short_folder_a_deep_home_would_not_start(
    deep_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twin: the limit taken out."""
    monkeypatch.setattr(place, "SOCKET_PATH_LIMIT", 10_000)

    try:
        with pytest.raises(ExternalError, match="could not create any Unix-domain sockets"):
            postgres.start(deep_home)
    finally:
        postgres.destroy(deep_home)


def test_names_with_spaces_commas_and_quotes_work(folder: Path) -> None:
    home = folder / 'Ana\'s claims, "new" $(touch made-by-shell) `id` \\ é'
    home.mkdir()
    server = postgres.start(home)

    try:
        assert query(server, "SELECT 1") == [(1,)]
    finally:
        postgres.destroy(home)


@pytest.mark.parametrize("spoil", ["open mode", "symbolic link"])
def test_a_socket_folder_that_others_may_control_is_refused(
    deep_home: Path, folder: Path, spoil: str
) -> None:
    socket_dir = place.prepare(deep_home).socket_dir
    if spoil == "open mode":
        socket_dir.mkdir()
        socket_dir.chmod(0o777)
    else:
        socket_dir.symlink_to(folder)

    try:
        with pytest.raises(StateError, match="cannot be trusted"):
            postgres.start(deep_home)
    finally:
        socket_dir.rmdir() if spoil == "open mode" else socket_dir.unlink()


@only_root
def test_a_socket_folder_of_another_owner_is_refused(deep_home: Path) -> None:
    socket_dir = place.prepare(deep_home).socket_dir
    socket_dir.mkdir(mode=0o700)
    os.chown(socket_dir, 12345, 12345)

    try:
        with pytest.raises(StateError, match="owner 12345"):
            postgres.start(deep_home)
    finally:
        socket_dir.rmdir()


def test_without_the_check_the_open_socket_folder_would_be_used(
    deep_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twin: anybody could then come in as the superuser."""
    where = place.prepare(deep_home)
    where.socket_dir.mkdir()
    where.socket_dir.chmod(0o777)
    os.chown(where.socket_dir, where.account.uid, where.account.gid)
    monkeypatch.setattr(place, "check_socket_dir", lambda folder, owner_uid: None)

    try:
        server = postgres.start(deep_home)
        assert server.socket_dir.stat().st_mode & 0o777 == 0o777
    finally:
        postgres.destroy(deep_home)


@only_root
def test_root_lends_the_server_a_service_user(home: Path) -> None:
    server = postgres.start(home)

    owner = server.data_dir.stat().st_uid
    assert owner != 0
    assert server.data_dir.is_relative_to(home)
    assert home.stat().st_mode & 0o007 == 0


@only_root
def test_a_home_closed_to_the_service_user_keeps_its_data_outside(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    home = closed / "home"

    server = postgres.start(home)
    query(server, "CREATE TABLE kept AS SELECT 7 AS number")
    postgres.stop(home)
    again = postgres.start(home)

    assert server.data_dir.is_relative_to(place.OUTSIDE)
    assert again == server
    assert query(again, "SELECT number FROM kept") == [(7,)]
    postgres.destroy(home)
    assert not server.data_dir.parent.exists()


@only_root
def test_a_new_home_at_an_old_path_does_not_meet_the_old_data(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    home = closed / "home"
    old = postgres.start(home)
    postgres.stop(home)
    shutil.rmtree(home)

    new = postgres.start(home)

    try:
        assert new.data_dir != old.data_dir
    finally:
        postgres.destroy(home)
        shutil.rmtree(old.data_dir.parent)


@only_root
def test_without_the_look_at_who_can_enter_a_closed_home_would_not_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twin: data put where the service user cannot reach them."""
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(account, "can_enter", lambda who, folder: True)

    with pytest.raises(ExternalError):
        postgres.start(closed / "home")


@only_root
def test_programs_closed_to_the_service_user_are_copied_out(
    home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cleanclaim.project.postgres import programs

    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    root = programs.in_wheel()
    for part in (root, root.parent.with_name(f"{root.parent.name}.libs")):
        inside = closed / part.relative_to(root.parent.parent)
        shutil.copytree(part, inside, symlinks=True)
    monkeypatch.setattr(programs, "in_wheel", lambda: closed / root.parent.name / root.name)
    who = place.prepare(home).account

    found = programs.for_account.__wrapped__(who, folder / "outside")

    assert found.root.is_relative_to(folder / "outside")
    assert found.run(who, "initdb", "--version").stdout.startswith("initdb (PostgreSQL) 18")
    assert len(list((folder / "outside").iterdir())) == 1


def as_user(uid: int, work: Callable[[], object]) -> str:
    """Run `work` in a child of this process that has become `uid`; gives what it said."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            answer = str(work())
            status = 0
        except CleanclaimError as error:
            answer = f"{type(error).__name__}: {error}"
            status = 0
        finally:
            if status == 0:
                os.write(writer, answer.encode())
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read().decode()
    assert os.waitpid(child, 0)[1] == 0
    return said


NOBODY = pwd.getpwnam("nobody").pw_uid


@only_root
def test_an_ordinary_user_runs_the_server_as_himself(folder: Path) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    os.chown(home, NOBODY, NOBODY)

    def work() -> object:
        server = postgres.start(home)
        owner = server.data_dir.stat().st_uid
        was_running = postgres.is_running(home)
        postgres.stop(home)
        return owner, was_running, postgres.is_running(home)

    assert as_user(NOBODY, work) == f"({NOBODY}, True, False)"


@only_root
def test_root_runs_an_ordinary_users_home_as_that_user(folder: Path) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    os.chown(home, NOBODY, NOBODY)
    as_user(NOBODY, lambda: (postgres.start(home), postgres.stop(home)))

    server = postgres.start(home)

    try:
        assert query(server, "SELECT 1") == [(1,)]
        assert place.prepare(home).account.uid == NOBODY
    finally:
        postgres.stop(home)
    assert as_user(NOBODY, lambda: (postgres.start(home), postgres.stop(home))[1]) == "None"


@only_root
def test_another_users_home_is_refused_in_one_clear_line(home: Path) -> None:
    postgres.start(home)

    said = as_user(NOBODY, lambda: postgres.start(home))

    assert said.startswith("StateError: ")
    assert "closed to this user" in said


@only_root
def test_root_may_come_first_to_an_ordinary_users_home(folder: Path) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    os.chown(home, NOBODY, NOBODY)
    postgres.start(home)
    postgres.stop(home)

    said = as_user(NOBODY, lambda: (postgres.start(home), postgres.stop(home))[1])

    assert said == "None"


@only_root
def test_a_user_id_without_a_name_is_told_so(folder: Path) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    os.chown(home, 12345, 12345)

    said = as_user(12345, lambda: postgres.start(home))

    assert said.startswith("StateError: user id 12345 has no entry in /etc/passwd")
