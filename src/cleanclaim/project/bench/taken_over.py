"""How fast aging is just after a large practice took its open items over from a former system."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg

from cleanclaim.kernel.money import show
from cleanclaim.project import postgres
from cleanclaim.project.bench.aging import is_same, median, timed
from cleanclaim.project.setup import close_connections, open_database, start_django

AS_OF = date(2026, 6, 30)
LATER = date(2026, 11, 25)
HEAD = "claim,line,last_name,first_name,payer,payer_id,member_id,service_from,procedure,charge,open,responsible,since"
LINES = 2  # of each claim
PATIENTS = 20_000
PAYERS = 40


def bench_taken_over(items: int) -> tuple[dict[str, Any], bool]:
    """Take so many items over in a scratch home by the service itself, pack, and age them; the figures, and whether
    every answer is what the legs say."""
    folder = Path(tempfile.mkdtemp(prefix="cleanclaim-bench-"))
    try:
        with open_database(folder / "home", kind="test") as (home, urls):
            organization = _practice(urls.owner)
            start_django(home, urls, role="worker")
            try:
                report: dict[str, Any] = {"items": items}
                report["take_over_seconds"] = timed(lambda: take_over(organization, items))[0]
                with psycopg.connect(urls.owner, autocommit=True) as connection:
                    connection.execute("VACUUM ANALYZE")
                return report, measure(organization, report)
            finally:
                close_connections()
    finally:
        postgres.destroy(folder / "home")
        shutil.rmtree(folder, ignore_errors=True)


def _practice(owner_url: str) -> int:
    with psycopg.connect(owner_url) as connection:
        row = connection.execute(
            "INSERT INTO tenancy_organization (kind, name, npi, tin, slug, created_at) "
            "VALUES ('practice', 'Bench', '1234567893', '999999999', 'bench', now()) RETURNING id"
        ).fetchone()
    assert row is not None
    return int(row[0])


def take_over(organization: int, items: int) -> None:
    """Load and approve the files, as two persons."""
    from cleanclaim.apps.billing.opening.services import post_load, prepare_load
    from cleanclaim.apps.shared.tenancy.context import tenant

    rows = list(_rows(items))
    owed = {who: sum((one for name, one, _ in rows if name == who), Decimal(0)) for who in ("payer", "patient")}  # fmt: skip
    balances = (
        f"account,amount\nreceivable:payer:1,{owed['payer']}\nreceivable:patient,{owed['patient']}\n"
        f"equity:opening-balance,-{owed['payer'] + owed['patient']}\n"
    )
    text = "\n".join((HEAD, *(row for _, _, row in rows), ""))
    with tenant(organization):
        load = prepare_load(
            system="bench", as_of=AS_OF, items=text.encode(), items_name="items.csv",
            balances=balances.encode(), by=1,
        )  # fmt: skip
        post_load(load, by=2)


def _rows(items: int) -> Iterator[tuple[str, Decimal, str]]:
    """Who owes, how much, and the row of the file; every item ages from a day of its own."""
    for number in range(items):
        claim, line = divmod(number, LINES)
        patient, payer = claim % PATIENTS, claim % PAYERS
        served = AS_OF - timedelta(days=40 + claim % 300)
        since = served + timedelta(days=number % 40)
        who = "patient" if claim % 3 == 0 else "payer"
        charge = 100 + number % 400
        amount = Decimal(charge if number % 2 else charge - 30)
        yield who, amount, (
            f"F{claim},{line + 1},Person {patient},Ida,Payer {payer},P{payer},M{patient},{served},9921{line + 3},"
            f"{charge}.00,{amount}.00,{who},{since}"
        )  # fmt: skip


def measure(organization: int, report: dict[str, Any], *, name: str = "") -> bool:
    """Pack, then age as of several days; adds the figures under this name, and says whether all is right."""
    from cleanclaim.apps.reports.aging import services
    from cleanclaim.apps.reports.aging.marks import current_mark, items_since
    from cleanclaim.apps.reports.aging.questions import View, aging, tie
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.tenancy.context import tenant

    now = datetime.now(UTC)
    views = {
        "today": View(LATER),
        "on_the_day": View(AS_OF),
        "on_the_day_as_known_now": View(AS_OF, now),
        "by_payer": View(LATER, by=("payer", "bucket")),
    }
    with tenant(organization):
        report[f"{name}pack_seconds"] = timed(services.refresh_blocks)[0]
    is_right = True
    with tenant(organization):
        mark = current_mark()
        report[f"{name}items_read_from_legs"] = len(items_since(mark)) if mark else None
    for words, view in views.items():
        with tenant(organization):
            seconds, rows = median(lambda view=view: aging(view))
            report[f"{name}{words}_seconds"] = seconds
            is_right &= is_same(view, rows, report, f"{name}{words}")
            found = tie(view, rows)
            report[f"{name}{words}_difference"] = show(found.difference)
            is_right &= not found.difference
    with tenant(organization):
        seconds, proof = timed(prove)
        report |= {
            f"{name}proof_seconds": seconds,
            f"{name}proof_difference": show(proof.difference),
        }
    return is_right and proof.balanced
