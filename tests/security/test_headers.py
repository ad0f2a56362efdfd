"""What every answer carries, and that pages hold no script or style of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from django.test import Client, override_settings

from tests.security.routes import DEMO, Route, all_routes, browser

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
DIRECTIVES = {
    "default-src 'none'",
    "script-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
}
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>|<style|\sstyle=\"|\son[a-z]+=\"|javascript:",
    re.IGNORECASE,
)


def gettable() -> list[Route]:
    return [r for r in all_routes() if "(?P" not in r.pattern and not r.name.endswith(":None")]


def faults(answer) -> list[str]:
    """What the answer lacks or holds too much."""
    found = [
        f"{name}: {answer.headers.get(name)}"
        for name, value in EXPECTED.items()
        if value not in answer.headers.get(name, "")
    ]
    policy = {part.strip() for part in answer.headers.get("Content-Security-Policy", "").split(";")}
    found += sorted(DIRECTIVES - policy)
    found += [f"unsafe: {part}" for part in policy if "unsafe" in part or "*" in part]
    if "Permissions-Policy" not in answer.headers or "X-Request-Id" not in answer.headers:
        found.append("no permissions policy or request id")
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        found += [f"inline: {match.group()}" for match in INLINE.finditer(answer.content.decode())]
    return found


@pytest.mark.parametrize("role", ["", "Billing lead", "Plan lead"])
def test_every_answer_carries_its_headers_and_nothing_inline(practice, plan, role):
    with override_settings(**DEMO):
        client = Client(raise_request_exception=False)
        if role:
            home = plan if role.startswith("Plan") else practice
            client = browser(home, role, email="one@example.test")
        wrong, seen = {}, set()
        for route in gettable():
            if route.name == "account_logout":
                continue
            path = "/" + re.sub(r"<\w+_id>", "1", route.pattern) if route.is_api else ""
            answer = client.get(path or route.address())
            seen.add(answer.status_code)
            if found := faults(answer):
                wrong[route.name] = found

    assert wrong == {}
    assert 200 in seen


def test_the_check_of_headers_sees_what_is_missing(database):
    answer = Client().get("/health/")
    del answer.headers["X-Frame-Options"]
    answer.headers["Content-Security-Policy"] = "script-src 'self' 'unsafe-inline'"

    assert "X-Frame-Options: None" in faults(answer)
    assert "unsafe: script-src 'self' 'unsafe-inline'" in faults(answer)
    assert INLINE.search('<a onclick="x()">')
    assert INLINE.search("<script>alert(1)</script>")
    assert not INLINE.search('<script src="/static/a.js" defer></script>')


def test_behind_tls_cookies_are_bound_to_the_host_and_hsts_is_on():
    """Asked of a process of its own, because settings are read once."""
    program = (
        "import django; django.setup()\n"
        "from django.conf import settings as s\n"
        "from django.core.management import call_command\n"
        "assert s.SESSION_COOKIE_NAME.startswith('__Host-') and s.CSRF_COOKIE_NAME.startswith('__Host-')\n"
        "assert s.SESSION_COOKIE_SECURE and s.CSRF_COOKIE_SECURE and s.SECURE_SSL_REDIRECT\n"
        "assert s.SESSION_COOKIE_HTTPONLY and s.CSRF_COOKIE_HTTPONLY\n"
        "assert s.SESSION_COOKIE_SAMESITE == s.CSRF_COOKIE_SAMESITE == 'Lax'\n"
        "assert not getattr(s, 'SESSION_COOKIE_DOMAIN', None) and s.SESSION_COOKIE_PATH == '/'\n"
        "assert s.SECURE_HSTS_SECONDS >= 31536000 and s.DEBUG is False\n"
        "call_command('check', deploy=True, fail_level='WARNING')\n"
    )
    # Nothing of the suite's own: what other tests set (a home, the browser's async door) must not colour this one.
    suite_owned = ("CLEANCLAIM_", "DJANGO_")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(suite_owned)}
    environment = {
        **clean,
        "DJANGO_SETTINGS_MODULE": "cleanclaim.project.settings",
        "CLEANCLAIM_HTTPS": "1",
        "CLEANCLAIM_KIND": "production",
        "CLEANCLAIM_SECRET_KEY": "k3-" + "q8Zr1vT0xW5yB7nM" * 4,
    }

    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, ""), done.stdout
