"""One life of a program that posts a file, as the command does it or as the worker does; `post_kills` ends it early.

python -m cleanclaim.project.bench.post_life --home DIR --as command|worker [--stop-at N] FILE

It says each step in a line: `up`, the facts of the home, `begins PID-OF-ITS-BACKEND`, `here` where it was told to stop
(it goes on when it is given a line), `ends MOMENT POINTS`, and the facts again.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cleanclaim.kernel.errors import InvariantError
from cleanclaim.project.setup import open_django

PROGRAMS = ("command", "worker")
# What one posting changes in its one transaction: after a kill all of it is there, or none.
MONEY = ("posted", "outcomes", "entries", "legs", "buckets", "claims", "claim", "events", "proof")


def main() -> int:
    """Post a file, or finish it where a life before this one broke off."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--as", dest="program", choices=PROGRAMS, default="command")
    parser.add_argument("--stop-at", type=int, default=0)
    parser.add_argument("file", type=Path)
    args = parser.parse_args()
    with open_django(args.home, role="worker"):
        _say("up")
        _add_sender()
        _say(json.dumps(facts()))
        with _points(args.stop_at) as points:
            _say(f"begins {_backend()}")
            if args.program == "worker":
                _work(args.home, args.file)
            else:
                post(args.file)
            _say(f"ends {time.monotonic()} {points.seen}")
        _say(json.dumps(facts()))
    return 0


def _say(words: str) -> None:
    print(words, flush=True)


def post(file: Path) -> None:
    """As `cleanclaim post`: each payment in a transaction of its own; one that is posted already is left alone."""
    from cleanclaim.apps.billing.remittances.services.intake import Incoming, post_files
    from cleanclaim.project.bench.post_work import POSTED_ON

    files = [Incoming(file.name, file.read_bytes())]
    [report] = post_files(_practice().pk, files, posted_on=POSTED_ON, received_on=POSTED_ON)
    states = {payment.state for payment in report.payments}
    if not states or not states <= {"posted", "already"}:
        raise InvariantError(f"{file.name}: {report.message or report.faults or states}")


def _work(home: Path, file: Path) -> None:
    """The worker's rounds, with the file in its partner's drop folder, until it is posted."""
    from cleanclaim.project.worker import Worker

    class UntilPosted(Worker):
        def round(self) -> None:
            super().round()
            if _is_posted(file):
                self.stop()

    _put_down(home / "drop" / _SENDER / _practice().slug, file)
    UntilPosted(home).run()


def _put_down(folder: Path, file: Path) -> None:
    """The partner puts the file down once: not where it lies, or was taken, already."""
    if (folder / file.name).exists() or (folder / "taken" / file.name).exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{file.name}"
    part.write_bytes(file.read_bytes())
    part.rename(folder / file.name)


def _is_posted(file: Path) -> bool:
    from cleanclaim.apps.billing.remittances.models import Remittance, State
    from cleanclaim.apps.shared.exchange.models import MessageFile
    from cleanclaim.apps.shared.exchange.services.rows import sha256_of
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(_practice().pk):
        files = MessageFile.objects.filter(sha256=sha256_of(file.read_bytes()))
        found = Remittance.objects.filter(file_id__in=files.values("id"))
        return {one.state for one in found} == {State.POSTED}


_SENDER = "payer"


def _practice() -> Any:
    from cleanclaim.apps.shared.tenancy.models import Organization

    return Organization.objects.get()


def _add_sender() -> None:
    from cleanclaim.apps.shared.exchange.services import find_or_add_partner
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(_practice().pk):
        find_or_add_partner(
            slug=_SENDER,
            name="Payer",
            kind="health_plan",
            our_id="SEEDWRITER",
            their_id="FILEDOOR",
            usage="T",
        )


def _backend() -> int:
    """The process of the database that works for this one."""
    from django.db import connection

    connection.ensure_connection()
    return int(connection.connection.info.backend_pid)


class _Points:
    """Where a life may be stopped: before each statement, before each commit and after it."""

    def __init__(self, stop_at: int) -> None:
        self._stop_at, self.seen = stop_at, 0

    def reach(self) -> None:
        self.seen += 1
        if self.seen == self._stop_at:
            _say("here")
            sys.stdin.readline()


@contextmanager
def _points(stop_at: int) -> Iterator[_Points]:
    from django.db import connection

    points, commit = _Points(stop_at), connection._commit

    def statement(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        points.reach()
        return execute(sql, params, many, context)

    def committed() -> None:
        points.reach()
        commit()
        points.reach()

    connection._commit = committed
    try:
        with connection.execute_wrapper(statement):
            yield points
    finally:
        del connection._commit


def facts() -> dict[str, str]:
    """What posting leaves behind, counted and summed, every claim's balances, and the proof."""
    from django.db import connection

    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.tenancy.context import tenant

    found: dict[str, str] = {}
    with tenant(_practice().pk), connection.cursor() as cursor:
        for name, sql in _FACTS.items():
            cursor.execute(sql)
            found |= {f"{name} {key}": str(value) for key, value in cursor.fetchall()}
        found["proof"] = str(prove().difference)
    return found


_FACTS = {
    "posted": """
        SELECT r.trace_number, concat_ws(', ', 'remittances ' || count(DISTINCT r.id),
               'round ' || max(r.posting_round), 'entries ' || count(DISTINCT e.id),
               'cash ' || sum(l.amount) FILTER (WHERE l.account = 'asset:remit-clearing'))
          FROM remittances_remittance AS r
          JOIN ledger_entry AS e ON starts_with(e.idempotency_key, 'remittance:' || r.id || ':')
          JOIN ledger_leg AS l ON l.entry_id = e.id
         GROUP BY r.trace_number""",
    "outcomes": "SELECT outcome, count(*) FROM remittances_remittanceclaim "
    "WHERE outcome <> 'waiting' GROUP BY outcome",
    "entries": "SELECT kind, count(*) FROM ledger_entry GROUP BY kind",
    "legs": "SELECT account, sum(amount) FROM ledger_leg GROUP BY account",
    "buckets": "SELECT bucket, count(*) FROM ledger_itembucket GROUP BY bucket",
    "claims": "SELECT state, sum(paid) FROM claims_claim GROUP BY state",
    "claim": """
        SELECT c.control_number, string_agg(s.account || ' ' || s.amount, ', ' ORDER BY s.account)
          FROM (SELECT claim_id, account, sum(amount) AS amount FROM ledger_leg
                 WHERE claim_id <> 0 GROUP BY claim_id, account) AS s
          JOIN claims_claim AS c ON c.id = s.claim_id
         GROUP BY c.control_number""",
    "events": "SELECT kind, count(*) FROM claims_claimevent GROUP BY kind",
    "remittances": "SELECT state, count(*) FROM remittances_remittance GROUP BY state",
    "work": "SELECT state, count(*) FROM work_workitem GROUP BY state",
    "audit": "SELECT what, count(*) FROM audit_auditevent GROUP BY what",
    "files": "SELECT kind, count(*) FROM exchange_messagefile WHERE same_as_id IS NULL GROUP BY kind",
}


if __name__ == "__main__":
    sys.exit(main())
