"""How fast pages are for several users at once: a served home, real HTTP, the pages that people use most."""

import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any

from cleanclaim.kernel.errors import ExternalError, StateError
from cleanclaim.project.cli.serve import start_web
from cleanclaim.project.home import Home
from cleanclaim.project.postgres.roles import Urls
from cleanclaim.project.setup import close_connections, open_database, start_django

START_SECONDS = 60
SAMPLES_PER_KIND = 200  # different claims and accounts, so that no page is always the same rows
# name of the figure: the page's URL name, and the rows that its address takes. A page that this
# build does not have is left out of the table.
LISTS = {"claim list": "claims:list", "work queue": "work:queue"}
PAGES = {"claim page": "claims:page", "account page": "accounts:account"}


def bench_pages(path: Path | None, *, users: int, rounds: int) -> dict[str, Any]:
    """Milliseconds per page (p50, p95, p99) with `users` at once, each opening every page `rounds` times.

    Raises:
        StateError: the home has no practice with claims and a user; `cleanclaim seed --claims N` makes them.
    """
    with open_database(path) as (home, urls):
        start_django(home, urls, role="worker")
        cookie, targets = _prepare()
        close_connections()
        with _served(home, urls) as address:
            _open(address, cookie, targets, users=users, rounds=1)  # warm: templates, plans, caches
            started = time.monotonic()
            found, failures = _open(address, cookie, targets, users=users, rounds=rounds)
            seconds = time.monotonic() - started
    report: dict[str, Any] = {"users": users, "failures": failures}
    report["pages_per_second"] = round(sum(map(len, found.values())) / seconds, 1)
    for name, times in sorted(found.items()):
        cuts = quantiles(times, n=100)
        report[name] = {
            "opened": len(times),
            "p50_ms": round(1000 * cuts[49], 1),
            "p95_ms": round(1000 * cuts[94], 1),
            "p99_ms": round(1000 * cuts[98], 1),
        }
    return report


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
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(member.user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
    session["organization_id"] = member.organization_id
    session.create()
    return str(session.session_key)


@contextmanager
def _served(home: Home, urls: Urls) -> Iterator[str]:
    """The home's web server alone on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
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
        yield address
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
) -> tuple[dict[str, list[float]], int]:
    """Seconds per opened page by figure, and how many answers were no page."""
    found: dict[str, list[float]] = {name: [] for name in targets}
    failures: list[str] = []
    lock = threading.Lock()

    def one_user(number: int) -> None:
        random = Random(number)
        for _ in range(rounds):
            for name, addresses in random.sample(sorted(targets.items()), len(targets)):
                started = time.perf_counter()
                is_page = _get(address + random.choice(addresses), cookie)
                seconds = time.perf_counter() - started
                with lock:
                    if is_page:
                        found[name].append(seconds)
                    else:
                        failures.append(name)

    people = [threading.Thread(target=one_user, args=[number]) for number in range(users)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    short = [name for name, times in found.items() if len(times) < 2]
    if short:
        raise StateError(f"pages that did not open: {', '.join(short)}")
    return found, len(failures)


def _get(address: str, cookie: str) -> bool:
    """Open the page as a browser does, without following it to another one."""
    request = urllib.request.Request(address, headers={"Cookie": f"session={cookie}"})
    try:
        with _opener().open(request, timeout=60) as answer:
            answer.read()
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        error.read()
        return False


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer by itself: it would lead to the sign-in page."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoRedirect(), urllib.request.ProxyHandler({}))
