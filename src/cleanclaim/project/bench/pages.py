"""How fast pages are for several users at once: a served home, real HTTP, the pages that people use most."""

import http.client
import os
import re
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import mean, quantiles
from typing import Any

import psutil

from cleanclaim.kernel.errors import ExternalError, StateError
from cleanclaim.project.bench.measure import cpu_of, postmaster_of
from cleanclaim.project.cli.serve import start_web
from cleanclaim.project.home import Home
from cleanclaim.project.postgres.roles import Urls
from cleanclaim.project.setup import close_connections, open_database, start_django
from cleanclaim.project.timing import SWITCH

START_SECONDS = 60
SAMPLES_PER_KIND = 200  # different claims and accounts, so that no page is always the same rows
# name of the figure: the page's URL name, and the rows that its address takes. A page that this
# build does not have is left out of the table.
LISTS = {"claim list": "claims:list", "work queue": "work:queue"}
_TIMING = re.compile(r"cpu;dur=([\d.]+), sql;dur=([\d.]+);desc=(\d+)")
PAGES = {"claim page": "claims:page", "account page": "accounts:account"}


@dataclass(frozen=True, slots=True)
class Opened:
    """One page as it came: seconds at the reader's end, and what the server says it cost."""

    seconds: float
    cpu_ms: float
    sql_ms: float
    statements: int


def bench_pages(path: Path | None, *, users: int, rounds: int) -> dict[str, Any]:
    """Milliseconds per page (p50, p95, p99) and what it costs the server, with `users` at once, each opening every page `rounds` times.

    Raises:
        StateError: the home has no practice with claims and a user; `cleanclaim seed --claims N` makes them.
    """
    with open_database(path) as (home, urls):
        start_django(home, urls, role="worker")
        cookie, targets = _prepare()
        close_connections()
        with _served(home, urls) as (address, web):
            _open(address, cookie, targets, users=users, rounds=1)  # warm: templates, plans, caches
            servers = [web]
            if not os.environ.get("DATABASE_URL"):  # another machine's server cannot be watched
                servers.append(postmaster_of(home.path))
            before = [cpu_of(server) for server in servers]
            started = time.monotonic()
            found, failures = _open(address, cookie, targets, users=users, rounds=rounds)
            seconds = time.monotonic() - started
            cpu = [cpu_of(server) - spent for server, spent in zip(servers, before, strict=True)]
    pages = sum(map(len, found.values()))
    report: dict[str, Any] = {"users": users, "failures": failures}
    report["pages_per_second"] = round(pages / seconds, 1)
    for name, spent in zip(("web_cpu_ms_per_page", "database_cpu_ms_per_page"), cpu, strict=False):
        report[name] = round(1000 * spent / pages, 1)
    return report | {name: _figures(opened) for name, opened in sorted(found.items())}


def _figures(opened: list[Opened]) -> dict[str, float]:
    cuts = quantiles([one.seconds for one in opened], n=100)
    return {
        "opened": len(opened),
        "p50_ms": round(1000 * cuts[49], 1),
        "p95_ms": round(1000 * cuts[94], 1),
        "p99_ms": round(1000 * cuts[98], 1),
        "web_cpu_ms": round(mean(one.cpu_ms for one in opened), 1),
        "sql_wait_ms": round(mean(one.sql_ms for one in opened), 1),
        "statements": round(mean(one.statements for one in opened), 1),
    }


def _prepare() -> tuple[str, dict[str, list[str]]]:
    """A signed-in session of the practice with the most claims, and the addresses to open, by figure."""
    from django.urls import NoReverseMatch, reverse

    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.users.models import Membership

    best: tuple[int, Any, list[tuple[int, int]]] = (0, None, [])
    members = Membership.objects.filter(is_active=True, organization__kind="practice")
    for member in members.select_related("user", "organization").order_by("id"):
        with tenant(member.organization_id):
            count = Claim.objects.count()
            if count > best[0]:
                best = (count, member, list(Claim.objects.values_list("id", "patient_id")))
    count, member, rows = best
    if member is None:
        raise StateError(
            "no practice with claims and a user in this home",
            hint="Make one: cleanclaim seed --claims 200000 --home DIR",
        )
    some = Random(7).sample(rows, min(SAMPLES_PER_KIND, count))
    ids = {"claims:page": [c for c, _ in some], "accounts:account": [p for _, p in some]}
    targets: dict[str, list[str]] = {}
    for name, url_name in LISTS.items():
        try:
            targets[name] = [reverse(url_name)]
        except NoReverseMatch:
            continue
    for name, url_name in PAGES.items():
        try:
            targets[name] = [reverse(url_name, args=[pk]) for pk in ids[url_name]]
        except NoReverseMatch:
            continue
    return _session(member), targets


def _session(member: Any) -> str:
    """The key of a session as the sign-in page makes it, in the member's organization."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from cleanclaim.apps.shared.users.sessions import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(member.user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
    session["organization_id"] = member.organization_id
    session.create()
    return str(session.session_key)


@contextmanager
def _served(home: Home, urls: Urls) -> Iterator[tuple[str, psutil.Process]]:
    """The home's web server alone on a free port: its address and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    os.environ[SWITCH] = "1"
    child = start_web(home, urls, bind="127.0.0.1", port=port)
    address = f"http://localhost:{port}"
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(address):
            if time.monotonic() > deadline or child.poll() is not None:
                raise ExternalError(
                    "the web server did not start",
                    retryable=True,
                    hint=f"See {home.path / 'logs' / 'web.log'}",
                )
            time.sleep(0.2)
        yield address, psutil.Process(child.pid)
    finally:
        child.terminate()
        child.wait(timeout=20)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health/", timeout=2) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _open(
    address: str, cookie: str, targets: dict[str, list[str]], *, users: int, rounds: int
) -> tuple[dict[str, list[Opened]], int]:
    """What each opened page took, by figure, and how many answers were no page."""
    found: dict[str, list[Opened]] = {name: [] for name in targets}
    failures: list[str] = []
    lock = threading.Lock()

    def one_user(number: int) -> None:
        random = Random(number)
        # A browser keeps its connection open.
        server = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
        for _ in range(rounds):
            for name, addresses in random.sample(sorted(targets.items()), len(targets)):
                opened = _get(server, random.choice(addresses), cookie)
                with lock:
                    if opened:
                        found[name].append(opened)
                    else:
                        failures.append(name)
        server.close()

    people = [threading.Thread(target=one_user, args=[number]) for number in range(users)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    short = [name for name, opened in found.items() if len(opened) < 2]
    if short:
        raise StateError(f"pages that did not open: {', '.join(short)}")
    return found, len(failures)


def _get(server: http.client.HTTPConnection, path: str, cookie: str) -> Opened | None:
    """Open the page as a browser does; a redirect (to the sign-in page) is no page."""
    started = time.perf_counter()
    server.request("GET", path, headers={"Cookie": f"session={cookie}"})
    answer = server.getresponse()
    answer.read()
    seconds = time.perf_counter() - started
    said = _TIMING.match(answer.getheader("Server-Timing", ""))
    if answer.status != 200 or said is None:
        return None
    return Opened(seconds, float(said[1]), float(said[2]), int(said[3]))
