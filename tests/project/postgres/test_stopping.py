"""A server that does not end as it is asked to is ended all the same, and nothing committed is lost.

PostgreSQL 18, told to stop while it recovered from the kill of a backend, waited for ever, and whoever had used it with it.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psycopg
import pytest

from cleanclaim.kernel.errors import ExternalError
from cleanclaim.project import postgres
from cleanclaim.project.postgres import cluster
from tests.project.postgres.conftest import query


def with_a_process_that_hears_nothing(home: Path) -> int:
    """A server with a committed row, and a backend that is stopped, so that a polite stop would never end."""
    server = postgres.start(home)
    address = server.url(database="postgres", user=server.superuser)
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    deaf = psycopg.connect(address)
    os.kill(deaf.info.backend_pid, signal.SIGSTOP)
    return deaf.info.backend_pid


def test_a_server_that_does_not_end_is_ended_at_once(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "FAST_STOP_SECONDS", 1)
    with_a_process_that_hears_nothing(home)

    postgres.stop(home)

    assert not postgres.is_running(home)
    assert query(postgres.start(home), "SELECT number FROM kept") == [(7,)]


def test_asked_politely_only_it_would_not_end(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twin: the second way of stopping is the first one again."""
    monkeypatch.setattr(cluster, "FAST_STOP_SECONDS", 1)
    monkeypatch.setattr(cluster, "WAIT_SECONDS", 1)
    deaf = with_a_process_that_hears_nothing(home)
    run = cluster.programs.Programs.run

    def politely(self, account, *words, **more):
        return run(
            self, account, *("fast" if word == "immediate" else word for word in words), **more
        )

    monkeypatch.setattr(cluster.programs.Programs, "run", politely)
    with pytest.raises(ExternalError, match="does not stop"):
        postgres.stop(home)

    os.kill(deaf, signal.SIGCONT)
