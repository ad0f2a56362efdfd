"""Work done by a copy of this process: in order, without the database, and here where the copy cannot do it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from cleanclaim.apps.shared.tenancy import apart
from cleanclaim.apps.shared.tenancy.apart import GIVEN_BACK, Apart
from cleanclaim.apps.shared.tenancy.context import current_tenant, tenant


@pytest.fixture(autouse=True)
def forking(database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "may_fork", lambda: True)


def results(work, *tasks, ahead: int = 2) -> list:
    found = []
    with Apart(work) as copy:
        for task in tasks:
            copy.give(task)
            if copy.waiting > ahead:
                found.append(copy.take())
        while copy.waiting:
            found.append(copy.take())
    return found


def ask(sql: str):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def open_files() -> set[int]:
    found = set()
    for number in range(256):
        with contextlib.suppress(OSError):
            found.add(os.fstat(number).st_ino)
    return found


def test_a_copy_answers_in_the_order_of_the_tasks():
    found = results(lambda number: (number, os.getpid()), *range(7))

    assert [number for number, _ in found] == list(range(7))
    [pid] = {pid for _, pid in found}
    assert pid != os.getpid()


def test_large_tasks_and_results_meet_in_the_pipe_and_none_waits_for_ever():
    size = 3_000_000
    found = results(lambda text: text * 2, *[str(one) * size for one in range(5)], ahead=3)

    assert [len(text) for text in found] == [2 * size] * 5


def test_what_asks_the_database_is_done_here_in_our_transaction(practice):
    def work(number: int) -> tuple[int, str, bool]:
        if number % 2:
            return number, ask("SELECT pg_current_xact_id()::text"), os.getpid() == here
        return number, "", os.getpid() == here

    here = os.getpid()
    with tenant(practice):
        transaction_id = ask("SELECT pg_current_xact_id()::text")
        found = results(work, 0, 1, 2, 3)
        assert ask("SELECT pg_current_xact_id()::text") == transaction_id

    assert found == [(0, "", False), (1, transaction_id, True), (2, "", False), (3, transaction_id, True)]  # fmt: skip


def test_the_copy_knows_the_tenant(practice):
    with tenant(practice):
        assert results(lambda _: current_tenant(), 1) == [practice]


def test_after_some_given_back_the_copy_is_asked_no_more(practice):
    def work(_: int) -> bool:
        ask("SELECT 1")
        return os.getpid() == here

    here = os.getpid()
    with tenant(practice), Apart(work) as copy:
        for number in range(GIVEN_BACK + 2):
            copy.give(number)
            assert copy.take() is True
        assert copy._given_back == GIVEN_BACK


def test_an_error_is_raised_where_the_result_is_taken():
    def work(number: int) -> int:
        if number == 2:
            raise ValueError(f"not {number}")
        return number

    with Apart(work) as copy:
        for number in (1, 2, 3):
            copy.give(number)
        assert copy.take() == 1
        with pytest.raises(ValueError, match="not 2"):
            copy.take()


def test_a_copy_that_is_killed_loses_nothing():
    def work(number: int) -> tuple[int, bool]:
        if number == 1 and os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return number, os.getpid() == here

    here = os.getpid()

    found = results(work, 0, 1, 2, 3)

    assert [number for number, _ in found] == [0, 1, 2, 3]
    assert [is_here for _, is_here in found[1:]] == [True, True, True]


def test_leaving_ends_the_copy_whatever_it_is_doing():
    with Apart(lambda _: (time.sleep(60), os.getpid())) as copy:
        copy.give(1)
        process = copy._process
        pid = process.pid

    assert not Path(f"/proc/{pid}").exists()


ORPHANED = """
import os, signal, sys, time
from django.conf import settings
settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.postgresql"}})
from cleanclaim.apps.shared.tenancy import apart
apart.may_fork = lambda: True
with apart.Apart(lambda seconds: time.sleep(seconds)) as copy:
    copy.give(60)
    print(copy._process.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_copy_ends_with_a_parent_that_is_killed_whatever_it_is_doing():
    parent = subprocess.run(
        [sys.executable, "-c", ORPHANED], capture_output=True, text=True, check=False
    )
    assert parent.returncode == -signal.SIGKILL, parent.stderr
    process = Path(f"/proc/{int(parent.stdout)}")
    ends = time.monotonic() + 30

    while process.exists() and "(zombie)" not in (process / "status").read_text():
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_nothing_given_is_nothing_taken():
    with Apart(lambda _: 1) as copy, pytest.raises(LookupError, match="nothing was given"):
        copy.take()


def test_without_a_copy_all_is_done_here(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(apart, "may_fork", lambda: False)

    assert results(lambda _: os.getpid(), 1, 2) == [os.getpid()] * 2


def test_the_copy_holds_none_of_our_files(practice):
    """A server whose client is gone must see it, though a copy of the client lives for another moment."""
    with tenant(practice):
        socket = os.fstat(connection.connection.fileno()).st_ino
        [held] = results(lambda _: open_files(), 1)
        assert socket in open_files()

    assert socket not in held
