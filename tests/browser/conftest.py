"""The real web server on a real database, and a real browser that may reach nothing else."""

import itertools
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import cloned

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
ARTIFACTS = Path(__file__).parents[1] / ".artifacts"
# Limits for a machine that is busy with other things: nothing waits longer than it must.
START_SECONDS = 120
STOP_SECONDS = 60
PAGE_SECONDS = 120
ORGANIZATIONS = 100  # more than any test has
_tests = itertools.count(1)


@dataclass
class Workbench:
    """A served demo home: its address and the people who can sign in."""

    url: str
    problems: list[str] = field(default_factory=list)  # console errors, refused content, failures

    def sign_in(self, page: Any, role: str) -> None:
        """Sign in by the demo button of this role."""
        page.goto(f"{self.url}/account/login/")
        page.get_by_role("button", name=role).first.click()
        page.wait_for_url(lambda url: "/account/" not in url)


def axe_violations(page: Any) -> list[str]:
    """What axe-core finds wrong with the page, one line per node; [] is what we want."""
    # Colours that are on their way from one theme to the other are nobody's: they are read where they arrive.
    page.evaluate(
        "() => document.getAnimations().forEach((one) => { try { one.finish(); } catch { one.cancel(); } })"
    )
    page.evaluate(AXE.read_text())
    result = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for the session; the suite's script installs it."""
    from playwright.sync_api import sync_playwright

    # Playwright's synchronous side keeps an event loop in this thread, which Django takes for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def demo_people(database, practice: int, plan: int) -> dict[str, int]:
    """A biller in the practice, an examiner in the plan, and a lead in both; user ids by name."""
    from cleanclaim.apps.shared.tenancy.models import Organization
    from cleanclaim.apps.shared.users.services import (
        ensure_default_roles,
        find_or_add_demo_user,
        join,
    )

    roles = ensure_default_roles()
    cast = (
        ("Marcus Webb", "marcus@harbor.example", practice, "Practice biller"),
        ("Lena Park", "lena@coastal.example", plan, "Claims examiner"),
        ("Ines Rowe", "ines@harbor.example", practice, "Billing lead"),
        ("Ines Rowe", "ines@harbor.example", plan, "Plan lead"),
    )
    users = {}
    for name, email, organization_id, role in cast:
        user = find_or_add_demo_user(email=email, name=name)
        join(user, Organization.objects.get(pk=organization_id), roles[role])
        users[name] = user.pk
    return users


@pytest.fixture
def database(template_database) -> Iterator[Any]:
    """A fresh database for one test, always under the same name: the web server outlives it."""
    name = f"{template_database.name}_{os.getpid()}_web"
    with cloned(template_database, name) as fresh:
        # What the server remembers of an organization is never another test's.
        with psycopg.connect(fresh.owner, autocommit=True) as owner:
            owner.execute(
                "SELECT setval(pg_get_serial_sequence('tenancy_organization', 'id'), %s)",
                [next(_tests) * ORGANIZATIONS],
            )
        yield fresh


@dataclass
class WebServer:
    """granian, as it ships, as a demo home bound to this machine; started with the first test that needs it."""

    url: str = ""
    log: Path = ARTIFACTS / "web.log"
    process: subprocess.Popen | None = None

    def serve(self, database: str) -> str:
        """The address under which it serves the database of this address."""
        if self.process is None:
            self._start(database)
        _wait(f"{self.url}/health/", self.process, self.log)
        return self.url

    def _start(self, database: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"),
            *("--port", str(port), "--workers", "1", "--blocking-threads", "4"),
            *("--log-level", "warning", "cleanclaim.project.wsgi:application"),
        ]
        environment = {
            **os.environ,
            "CLEANCLAIM_DATABASE": database,
            "CLEANCLAIM_KIND": "demo",
            "CLEANCLAIM_BIND": "127.0.0.1",
            "CLEANCLAIM_POOL": "1",
            "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
        }
        ARTIFACTS.mkdir(exist_ok=True)
        self.url = f"http://localhost:{port}"
        self.log = ARTIFACTS / f"web-{port}.log"
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                command, env=environment, stdout=output, stderr=subprocess.STDOUT
            )

    def stop(self) -> None:
        """End it, where it was started."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=STOP_SECONDS)


@pytest.fixture(scope="session")
def web_server() -> Iterator[WebServer]:
    """One for all tests of this process: starting it costs more than most of them."""
    server = WebServer()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def workbench(database, web_server: WebServer, demo_people: dict[str, int]) -> Iterator[Workbench]:
    """The web server on the test's database, and what the browser had to complain of."""
    bench = Workbench(web_server.serve(database.app))
    yield bench
    assert bench.problems == []


def _wait(address: str, server: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if server.poll() is not None:
            raise AssertionError(f"the web server ended: {log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(address, timeout=10):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no answer from {address} in {START_SECONDS} s")


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Note for the fixtures that the test itself failed."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture
def page(chromium, workbench: Workbench, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A fresh browser profile at 1440 x 900; any request to another host fails the test."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    context.set_default_timeout(PAGE_SECONDS * 1000)

    def only_here(route: Any) -> None:
        if route.request.url.startswith(workbench.url):
            route.continue_()
        else:
            workbench.problems.append(f"request to {route.request.url}")
            route.abort()

    context.route("**/*", only_here)
    tab = context.new_page()
    tab.on("pageerror", lambda error: workbench.problems.append(f"script error: {error}"))
    tab.on("console", lambda line: _note(workbench, line))
    _type_when_loaded(tab)
    yield tab
    if request.node.stash.get(FAILED, False):
        _tell(tab, request.node.name)
    context.close()


def _tell(tab: Any, name: str) -> None:
    """What a person would have seen when the test failed: in its report, and as a picture."""
    words = tab.locator("body").inner_text()[:3_000]
    print(f"The page {tab.url} when the test failed:\n{words}")
    tab.screenshot(path=ARTIFACTS / f"failed-{re.sub(r'[^a-z0-9]+', '-', name)[:100]}.png")


def _type_when_loaded(tab: Any) -> None:
    """Keys go to a page whose scripts listen: text is there before them, and before htmx has bound a new part."""
    press = tab.keyboard.press
    is_settled = "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')"

    def press_when_loaded(key: str, **options: Any) -> None:
        tab.wait_for_load_state("load")
        tab.wait_for_function(is_settled)
        press(key, **options)

    tab.keyboard.press = press_when_loaded


def _note(bench: Workbench, line: Any) -> None:
    # Answers of 4xx are part of many stories, and who goes to another page ends what this one was still asking for;
    # refused content and script errors never are.
    # htmx tells of an end that is no answer twice: what kind it was (an error is `sendError`), and `afterRequest`.
    usual = (
        "Failed to load resource",
        "Response Status Error Code 4",
        "htmx:sendAbort",
        "htmx:afterRequest",
    )
    is_answer = any(words in line.text for words in usual)
    if line.type == "error" and not is_answer:
        bench.problems.append(f"console: {line.text}")
