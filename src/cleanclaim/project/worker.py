"""The worker beside the workbench: moves files, works what came, seals the audit trail.

It asks the rows and the drop folders what is to do (docs/decisions/0010) and calls the same steps as the loop. One
file or payment that fails stops no other: it stays where it is and is tried again in a later round. The check run is
a person's to release and is never run here.
"""

import logging
import os
import signal
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

import django

ROUND_SECONDS = 1.0
SEAL_SECONDS = 60.0
ALARM_SECONDS = 3600.0
AGING_SECONDS = 600.0
CASES_AT_ONCE = 500
LONGEST_WAIT_SECONDS = 60.0
ORGANIZATIONS_A_ROUND = 25

log = logging.getLogger("cleanclaim.worker")


class Worker:
    """Rounds over all organizations until told to stop."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._drop = home / "drop"
        self._stopped = False
        self._next = 0  # where in the list of organizations the coming round begins
        self._due: dict[str, float] = {}
        self._waits: dict[str, tuple[float, float]] = {}  # what failed: not before, last wait

    def stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """End after the step in hand."""
        self._stopped = True

    def run(self) -> None:
        """Work until stopped; a database that is away for a while is waited for."""
        from django.db import DatabaseError, InterfaceError

        while not self._stopped:
            try:
                self.round()
            except (DatabaseError, InterfaceError) as error:
                log.warning("the database is away: %s", type(error).__name__)
                self._recover()
            time.sleep(ROUND_SECONDS)

    def _recover(self) -> None:
        """Let go of the broken connection; start the home's own server again if it died."""
        from django.db import connections

        from cleanclaim.kernel.errors import CleanclaimError
        from cleanclaim.project import postgres

        connections.close_all()
        if os.environ.get("DATABASE_URL") or postgres.is_running(self._home):
            return
        try:
            postgres.start(self._home)
        except CleanclaimError as error:
            log.error("the database does not start: %s", type(error).__name__)

    def round(self) -> None:
        """Everything that is to do now, one organization after the other."""
        from cleanclaim.apps.shared.audit import sealing
        from cleanclaim.apps.shared.exchange import drop
        from cleanclaim.apps.shared.tenancy.models import Organization

        known = list(Organization.objects.order_by("id").values_list("id", "slug", "kind"))
        with_mail = drop.senders_by_receiver(self._drop)
        for one in sorted({o for o in known if o[1] in with_mail} | set(self._in_turn(known))):
            if self._stopped:
                return
            self._organization(*one)
        if self._is_due("seal", SEAL_SECONDS):
            self._try("the seal", lambda: sealing.seal_all(sealing.heads_folder(self._home)))

    def _in_turn(self, known: Sequence[tuple[int, str, str]]) -> list[tuple[int, str, str]]:
        """The organizations to look at without mail: all of a small world, some of a large one."""
        if len(known) <= ORGANIZATIONS_A_ROUND:
            return list(known)
        start = self._next % len(known)
        self._next = start + ORGANIZATIONS_A_ROUND
        return [known[(start + place) % len(known)] for place in range(ORGANIZATIONS_A_ROUND)]

    def _organization(self, organization_id: int, slug: str, kind: str) -> None:
        from django.utils import timezone

        from cleanclaim.apps.billing.claims import next_work
        from cleanclaim.apps.billing.variances import services as variances
        from cleanclaim.apps.reports.aging import reviews
        from cleanclaim.apps.reports.closing import task_work
        from cleanclaim.apps.shared.exchange import drop
        from cleanclaim.apps.shared.exchange import services as exchange
        from cleanclaim.apps.shared.outbox.services import dispatch_events
        from cleanclaim.apps.shared.tenancy.context import tenant

        day = timezone.localdate()
        for path in drop.waiting(self._drop, slug):
            self._try(
                f"file {path.name}",
                lambda path=path: drop.collect(
                    self._drop, path, organization_id=organization_id, received_on=day
                ),
            )
        self._work(organization_id, kind)

        def hand_out() -> None:
            with tenant(organization_id):
                dispatch_events()

        def raise_alarms() -> None:
            with tenant(organization_id):
                exchange.raise_answer_alarms(timezone.now())
                next_work.open_overdue(on=day)
                variances.find_missing(on=day)
                task_work.follow(on=day)
                reviews.follow(on=day)

        self._try(f"events of {organization_id}", hand_out)
        if self._is_due(f"alarms {organization_id}", ALARM_SECONDS):
            self._try(f"alarms of {organization_id}", raise_alarms)
        self._try(
            f"deliveries of {organization_id}",
            lambda: drop.deliver_queued(self._drop, organization_id=organization_id),
        )

    def _work(self, organization_id: int, kind: str) -> None:
        from django.utils import timezone

        from cleanclaim.apps.billing.remittances import services as remittances
        from cleanclaim.apps.payer.adjudication import services as adjudication
        from cleanclaim.apps.shared.tenancy.context import tenant
        from cleanclaim.apps.shared.tenancy.models import OrganizationKind
        from cleanclaim.project.loop import stages

        day = timezone.localdate()
        if kind == OrganizationKind.HEALTH_PLAN:
            for file_id in stages.received_files(organization_id):
                self._try(
                    f"file {file_id}",
                    lambda f=file_id: stages.work_plan_file(organization_id, f, day),
                )

            def decide() -> None:
                with tenant(organization_id):
                    adjudication.adjudicate_cases(decided_on=day, limit=CASES_AT_ONCE)

            self._try(f"cases of {organization_id}", decide)
        elif kind in (OrganizationKind.PRACTICE, OrganizationKind.PHARMACY):
            for file_id in stages.received_files(organization_id):
                self._try(
                    f"file {file_id}",
                    lambda f=file_id: stages.work_provider_file(organization_id, f, day),
                )
            with tenant(organization_id):
                run_ids = remittances.open_run_ids()
            for run_id in run_ids:
                self._try(
                    f"posting run {run_id}",
                    lambda r=run_id: remittances.work_run(organization_id, r, on=day),
                )
            with tenant(organization_id):
                open_ids = remittances.open_remittance_ids()
            for remittance_id in open_ids:

                def post(remittance_id: int = remittance_id) -> None:
                    with tenant(organization_id):
                        remittances.post_by_itself(
                            remittance_id, posted_on=day, standing=remittances.standing_rules()
                        )

                self._try(f"remittance {remittance_id}", post)
            if self._is_due(f"aging {organization_id}", AGING_SECONDS):
                self._try(f"aging of {organization_id}", lambda: _keep_aging(organization_id))

    def _try(self, name: str, step: Callable[[], object]) -> None:
        """Do one step; what fails is logged by number and tried again later, ever more rarely."""
        from django.db import InterfaceError, OperationalError

        now = time.monotonic()
        not_before, wait = self._waits.get(name, (0.0, ROUND_SECONDS))
        if now < not_before:
            return
        try:
            step()
        except Exception as error:
            if isinstance(error, (InterfaceError, OperationalError)) and not _answers():
                raise  # the database is away: no other step can do any better
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)
            self._waits[name] = (now + wait, wait)
            # Where it happened, without the error's words, which may name patients.
            frames = traceback.extract_tb(error.__traceback__)[-3:]
            places = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
            kind = type(error).__name__
            log.error("%s failed (%s at %s), again in %.0f s", name, kind, places, wait)
        else:
            self._waits.pop(name, None)

    def _is_due(self, name: str, seconds: float) -> bool:
        now = time.monotonic()
        if now < self._due.get(name, 0.0):
            return False
        self._due[name] = now + seconds
        return True


def _keep_aging(organization_id: int) -> None:
    from cleanclaim.apps.reports.aging.services import keep_blocks
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(organization_id):
        keep_blocks()


def _answers() -> bool:
    """Whether the connection still works: a deadlock or a statement that is too long is an OperationalError, too."""
    from django.db import connection

    return connection.connection is not None and connection.is_usable()


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    django.setup()
    worker = Worker(Path(os.environ["CLEANCLAIM_HOME"]))
    signal.signal(signal.SIGTERM, worker.stop)
    signal.signal(signal.SIGINT, worker.stop)
    log.info("worker started")
    worker.run()
    log.info("worker stopped")


if __name__ == "__main__":
    main()
