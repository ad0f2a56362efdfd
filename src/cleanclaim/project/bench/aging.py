"""How fast aging is over a large practice: today, on a day that is past, as it was known then, and just after posting."""

import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil

from cleanclaim.kernel.money import show
from cleanclaim.project import postgres
from cleanclaim.project.bench.aging_world import LAST, fill
from cleanclaim.project.bench.measure import postmaster_of
from cleanclaim.project.setup import close_connections, open_database, start_django

BACK = LAST - timedelta(days=30)
MORE_THAN_ASKED = 1.10  # so that on the day in the past, too, so many are open
POSTED_SINCE = 1_000  # items
TRIES = 3


def bench_aging(items: int, *, is_quick: bool = False) -> tuple[dict[str, Any], bool]:
    """Fill a scratch home and age it; the figures, and whether every answer is what the legs say.

    Each aging is asked three times and its median kept; the question by plain SQL over all legs stands beside it.
    """
    folder = Path(tempfile.mkdtemp(prefix="cleanclaim-bench-"))
    try:
        with open_database(folder / "home", kind="test") as (home, urls):
            started = time.monotonic()
            organization = fill(urls.owner, round(items * MORE_THAN_ASKED))
            report: dict[str, Any] = {"fill_seconds": _since(started)}
            start_django(home, urls, role="worker")
            try:
                is_right = _measure(organization, report, is_quick=is_quick)
                own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
                report |= {"peak_mb": own, "database_peak_mb": _database_mb(home.path)}
            finally:
                close_connections()
        return report, is_right
    finally:
        postgres.destroy(folder / "home")
        shutil.rmtree(folder, ignore_errors=True)


def _measure(organization: int, report: dict[str, Any], *, is_quick: bool) -> bool:
    from cleanclaim.apps.reports.aging import services
    from cleanclaim.apps.reports.aging.questions import Measure, View, aging
    from cleanclaim.apps.shared.ledger.models import Entry, Leg
    from cleanclaim.apps.shared.ledger.selectors import prove, trial_balance
    from cleanclaim.apps.shared.tenancy.context import tenant

    known = datetime(BACK.year, BACK.month, BACK.day, 23, 59, tzinfo=UTC)
    views = {
        "today": View(LAST),
        "back_date": View(BACK),
        "back_date_as_known_then": View(BACK, known),
        "by_payer_and_provider": View(BACK, by=("payer", "provider")),
        "by_submission_as_known_then": View(BACK, known, ("payer", "bucket"), Measure.SUBMITTED),
    }
    with tenant(organization):
        report |= {"entries": Entry.objects.count(), "legs": Leg.objects.count()}
        report["pack_seconds"] = timed(services.refresh_blocks)[0]
    is_right = _measure_years(organization, report)
    for name, view in views.items():
        with tenant(organization):
            seconds, rows = median(lambda view=view: aging(view))
            report[f"{name}_seconds"] = seconds
            report[f"{name}_open_items"] = sum(row.items for row in rows)
            if not is_quick:
                is_right &= is_same(view, rows, report, name)
    with tenant(organization):
        report["trial_balance_seconds"] = timed(trial_balance)[0]
        report["proof_seconds"], proof = timed(prove)
        report["proof_difference"] = show(proof.difference)
        report |= {
            f"differs: {one.check}, {one.subject}": f"{one.found} for {one.expected}"
            for one in proof.differences[:5]
        }
        _post_some(LAST)
    with tenant(organization):
        seconds, rows = median(lambda: aging(views["back_date"]))
        report[f"after_{POSTED_SINCE}_items_posted_seconds"] = seconds
        is_right &= is_same(views["back_date"], rows, report, "after_posting")
        report["pack_again_seconds"] = timed(services.refresh_blocks)[0]
    return is_right and proof.balanced


def _measure_years(organization: int, report: dict[str, Any]) -> bool:
    """Time the pages' twelve months of KPIs; whether each month is what it is when asked alone."""
    from cleanclaim.apps.reports.kpis.questions import Asked, kpis
    from cleanclaim.apps.reports.kpis.trends import trend
    from cleanclaim.apps.shared.tenancy.context import tenant

    is_right, asked = True, Asked(LAST)
    for name in ("ar_over_90", "cei", "days_in_ar_net"):
        with tenant(organization):
            seconds, year = median(lambda name=name: trend(asked, name))
            report[f"year_of_{name}_seconds"] = seconds
            is_right &= all(kpis(one.asked, [name]) == [one] for one in year[::4])
    return is_right


def is_same(view: Any, rows: Sequence[Any], report: dict[str, Any], name: str) -> bool:
    """Whether the legs themselves say the same."""
    from cleanclaim.apps.reports.aging import plain
    from cleanclaim.apps.reports.aging.questions import rows_of

    seconds, expected = timed(lambda: rows_of(plain.groups(view)))
    report[f"{name}_by_plain_sql_seconds"] = seconds
    report[f"{name}_is_the_same"] = expected == list(rows)
    return expected == list(rows)


def _post_some(on: date) -> None:
    """A payer's payment of 1.00 on each of some items, by the ledger's own service."""
    from cleanclaim.apps.shared.ledger.models import Item
    from cleanclaim.apps.shared.ledger.services import post_entries
    from cleanclaim.values.accounts import RECEIVABLE_PAYER_1, REMIT_CLEARING
    from cleanclaim.values.entry import Entry, Leg

    paid = Decimal("1.00")
    post_entries(
        [
            Entry(
                "payment",
                f"bench-since:{item.pk}",
                on - timedelta(days=60),
                on,
                (
                    Leg(REMIT_CLEARING.code, paid, claim_id=item.claim_id, trace="bench"),
                    Leg(
                        RECEIVABLE_PAYER_1.code, -paid, item_id=item.pk, claim_id=item.claim_id,
                        line_number=item.line_number, patient_id=item.patient_id,
                    ),
                ),
            )
            for item in Item.objects.order_by("id")[:POSTED_SINCE]
        ]
    )  # fmt: skip


def median(call: Callable[[], Any]) -> tuple[float, Any]:
    """The middle one of some tries: seconds and answer."""
    found = sorted((timed(call) for _ in range(TRIES)), key=lambda one: one[0])
    return found[TRIES // 2]


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and the answer."""
    started = time.monotonic()
    answer = call()
    return _since(started), answer


def _since(started: float) -> float:
    return round(time.monotonic() - started, 3)


def _database_mb(home: Path) -> int:
    """The most memory that a living server process has, with what it touched of the shared buffers."""
    server = postmaster_of(home)
    sizes = []
    for process in [server, *server.children()]:
        try:
            sizes.append(process.memory_info().rss)
        except psutil.Error:
            continue
    return max(sizes) // 2**20
