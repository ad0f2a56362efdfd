"""The worker beside the served world: what lies around gets worked, payments wait for a person."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.project.loop.conftest import claim_file, home  # noqa: F401  fixtures

pytestmark = pytest.mark.database_core


@pytest.fixture
def sent_world(home, claim_file):  # noqa: F811
    """A world in which a practice has queued its claims for the plan and nobody has moved a file."""
    from cleanclaim.apps.billing.claims import services as claims
    from cleanclaim.apps.shared.exchange.models import Partner
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.tenancy.models import Organization
    from cleanclaim.project.loop.pool import Pool
    from cleanclaim.project.loop.prepare import apply_setup
    from cleanclaim.project.loop.progress import Quiet
    from cleanclaim.project.loop.run import LoopRequest, hand_in
    from cleanclaim.project.loop.world import open_world

    world = open_world(home)
    apply_setup(world, None)
    path = claim_file(3)
    with Pool(home, 1) as pool:
        hand_in(world, [path], LoopRequest(files=(path,), enroll=True), pool, Quiet())
    practice = Organization.objects.get(kind="practice")
    with tenant(practice.pk):
        partner = Partner.objects.get(slug=world.plan.slug)
        [file] = claims.submit_ready_claims(partner=partner, submit_on=_today(), usage=world.usage)
    return world, practice, file


def _today():
    from django.utils import timezone

    return timezone.localdate()


def _states(organization_id: int, model) -> set[str]:
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(organization_id):
        return set(model.objects.values_list("state", flat=True))


def test_files_travel_and_claims_are_decided_but_nothing_is_paid(sent_world) -> None:
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.payer.disbursements.models import CheckRun
    from cleanclaim.apps.payer.intake.models import ClaimCase
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project.worker import Worker

    world, practice, _ = sent_world
    worker = Worker(world.home.path)

    for _ in range(4):
        worker.round()

    assert _states(practice.pk, Claim) == {"accepted"}
    assert _states(world.plan.pk, ClaimCase) <= {"decided", "pended"}
    with tenant(world.plan.pk):
        assert CheckRun.objects.count() == 0
    assert list((world.home.path / "audit-heads").glob("*.jsonl"))


@pytest.mark.parametrize("kind", ["InvariantError", "KeyError", "OperationalError"])
def test_a_file_that_cannot_be_worked_stops_no_other(sent_world, monkeypatch, caplog, kind) -> None:
    from django.db import OperationalError

    from cleanclaim.apps.shared.exchange.models import FileState
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.kernel.errors import InvariantError
    from cleanclaim.project.loop import stages
    from cleanclaim.project.worker import Worker

    # A deadlock is an OperationalError, too: the database is not away.
    errors = (InvariantError, KeyError, OperationalError)
    error = {one.__name__: one for one in errors}[kind]
    world, practice, _ = sent_world
    worker = Worker(world.home.path)
    real, seen = stages.work_provider_file, []

    def fail_at_the_first(organization_id, file_id, day):
        seen.append(file_id)
        if file_id == min(seen):
            raise error("no")
        real(organization_id, file_id, day)

    monkeypatch.setattr(stages, "work_provider_file", fail_at_the_first)
    for _ in range(4):
        worker.round()

    with tenant(practice.pk):
        states = FileState.objects.filter(file__direction="in").order_by("file_id")
        assert list(states.values_list("state", flat=True)) == ["received", "processed"]
    assert seen.count(min(seen)) == 1  # tried again after a while, not in every turn
    assert kind in caplog.text


def test_a_broken_connection_is_made_anew(sent_world, database, monkeypatch) -> None:
    import psycopg

    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.project import worker as module
    from cleanclaim.project.worker import Worker

    world, practice, _ = sent_world
    worker = Worker(world.home.path)
    rounds = []

    def break_after_the_first(_seconds: float) -> None:
        rounds.append(1)
        if len(rounds) == 6:
            worker.stop()
        elif len(rounds) == 1:
            name = psycopg.conninfo.conninfo_to_dict(database.app)["user"]
            with psycopg.connect(database.app, autocommit=True) as own:
                own.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND usename = %s "
                    "AND pid <> pg_backend_pid()",
                    [name],
                )

    monkeypatch.setattr(module.time, "sleep", break_after_the_first)
    worker._recover = _close  # type: ignore[method-assign]  the test's server is not the home's

    worker.run()

    assert _states(practice.pk, Claim) == {"accepted"}


def _close() -> None:
    from django.db import connections

    connections.close_all()


def test_sigterm_ends_the_process_cleanly(tmp_path, database) -> None:
    log = tmp_path / "worker.log"
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "cleanclaim.project.settings",
        "CLEANCLAIM_HOME": str(tmp_path),
        "CLEANCLAIM_DATABASE": database.app,
        "DATABASE_URL": database.app,  # not the home's own server: it must not start one
    }
    command = [sys.executable, "-m", "cleanclaim.project.worker"]
    with log.open("wb") as output:
        child = subprocess.Popen(command, env=env, stderr=output, cwd=Path(__file__).parents[2])
    deadline = time.monotonic() + 120
    while "started" not in log.read_text() and time.monotonic() < deadline:
        time.sleep(0.1)

    child.send_signal(signal.SIGTERM)

    assert child.wait(timeout=60) == 0
    assert "stopped" in log.read_text()
