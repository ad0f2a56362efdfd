"""The real web server on a real database, and a real browser that may reach nothing else."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

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
def workbench(database, demo_people: dict[str, int]) -> Iterator[Workbench]:
    """granian, as it ships, on the test's database, as a demo home bound to this machine."""
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
        "CLEANCLAIM_DATABASE": database.app,
        "CLEANCLAIM_KIND": "demo",
        "CLEANCLAIM_BIND": "127.0.0.1",
        "CLEANCLAIM_POOL": "1",
        "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
    }
    ARTIFACTS.mkdir(exist_ok=True)
    log = ARTIFACTS / f"web-{port}.log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait(f"http://localhost:{port}/health/", server, log)
        bench = Workbench(f"http://localhost:{port}")
        yield bench
        assert bench.problems == []
    finally:
        server.terminate()
        server.wait(timeout=STOP_SECONDS)


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


@pytest.fixture
def page(chromium, workbench: Workbench) -> Iterator[Any]:
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
    context.close()


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
    # Answers of 4xx are part of many stories; refused content and script errors never are.
    is_answer = (
        "Failed to load resource" in line.text or "Response Status Error Code 4" in line.text
    )
    if line.type == "error" and not is_answer:
        bench.problems.append(f"console: {line.text}")
