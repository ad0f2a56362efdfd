"""Who gets in, and what one request may see and change."""

import re
import time

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from cleanclaim.apps.shared.tenancy.context import tenant

pytestmark = pytest.mark.database_core

PASSWORD = "correct horse battery staple"
URLS = override_settings(ROOT_URLCONF="tests.apps.shared.users.pages_for_tests")
DEMO = override_settings(KIND="demo", BIND="127.0.0.1")


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()


@pytest.fixture
def marcus(practice: int):
    """A demo biller of the practice."""
    return _person("marcus@harbor.example", practice, "Practice biller", is_demo=True)


@pytest.fixture
def nora(practice: int):
    """A biller with a password, no demo person."""
    return _person("nora@harbor.example", practice, "Practice biller", password=PASSWORD)


def _person(email: str, organization_id: int, role: str, **fields):
    from cleanclaim.apps.shared.tenancy.models import Organization
    from cleanclaim.apps.shared.users.services import add_user, ensure_default_roles, join

    user = add_user(email=email, name=email.split("@")[0].title(), **fields)
    organization = Organization.objects.get(pk=organization_id)
    return join(user, organization, ensure_default_roles()[role])


def demo_sign_in(client: Client, membership) -> object:
    return client.post("/demo-sign-in/", {"membership": membership.pk})


@pytest.fixture
def client(marcus):
    """A browser where the demo biller is signed in."""
    client = Client(raise_request_exception=False)
    with URLS, DEMO:
        assert demo_sign_in(client, marcus).status_code == 302
        yield client


def test_sign_in_page_is_served_without_inline_script(database) -> None:
    response = Client().get("/account/login/")

    assert response.status_code == 200
    assert "unsafe" not in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]*(src=|application/json))", response.content.decode()) == []
    assert response["X-Frame-Options"] == "DENY"
    assert (
        response["Cache-Control"].find("no-store") >= 0 or "no-cache" in response["Cache-Control"]
    )


@pytest.mark.parametrize("path", ["/", "/find/", "/organization/", "/account/2fa/"])
def test_nothing_is_shown_without_a_sign_in(database, path: str) -> None:
    response = Client().get(path)

    assert response.status_code == 302
    assert response["Location"].startswith("/account/login/")


def test_a_partial_request_without_a_sign_in_sends_the_whole_page_there(database) -> None:
    response = Client().get("/find/", headers={"HX-Request": "true"})

    assert (response.status_code, response["HX-Redirect"]) == (204, "/account/login/")


def test_nobody_can_sign_up(database) -> None:
    from cleanclaim.apps.shared.users.models import User

    Client().post("/account/signup/", {"email": "x@y.example", "password1": PASSWORD})

    assert not User.objects.exists()


# --- the demo door ----------------------------------------------------------------------------


def test_demo_people_sign_in_with_one_click(client) -> None:
    response = client.get("/", follow=True)  # to the first page that the role may see

    assert response.status_code == 200
    assert "Harbor Family Medicine" in response.content.decode()


@pytest.mark.parametrize(
    ("kind", "bind"), [("production", "127.0.0.1"), ("test", "127.0.0.1"), ("demo", "0.0.0.0")]
)
def test_the_demo_door_is_shut_elsewhere(marcus, kind: str, bind: str) -> None:
    client = Client()

    with override_settings(KIND=kind, BIND=bind):
        response = demo_sign_in(client, marcus)
        page = client.get("/account/login/").content.decode()

    assert response.status_code == 404
    assert "Demo people" not in page


def test_the_demo_door_is_shut_to_other_machines(marcus) -> None:
    with DEMO:
        response = Client(REMOTE_ADDR="192.0.2.7").post("/demo-sign-in/", {"membership": marcus.pk})

    assert response.status_code == 404


def test_the_demo_door_lets_no_real_person_in(nora) -> None:
    with DEMO:
        assert demo_sign_in(Client(), nora).status_code == 404


def test_a_demo_session_ends_when_the_server_is_opened_to_others(client) -> None:
    with override_settings(BIND="0.0.0.0"):
        response = client.get("/test/count/")

    assert (response.status_code, response["Location"]) == (302, "/account/2fa/")


# --- passwords and second factors -------------------------------------------------------------


def sign_in(client: Client, password: str = PASSWORD):
    return client.post("/account/login/", {"login": "NORA@harbor.example", "password": password})


def test_a_password_alone_only_opens_the_enrolment_of_a_second_factor(nora) -> None:
    client = Client()

    sign_in(client)
    with URLS:
        response = client.get("/test/count/")
        enrolment = client.get(response["Location"])

    assert (response.status_code, response["Location"]) == (302, "/account/2fa/")
    assert "Authenticator App" in enrolment.content.decode()


def _enrol(client: Client) -> str:
    step_up = client.get("/account/2fa/totp/activate/")
    assert step_up["Location"].startswith("/account/reauthenticate/")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/").content.decode()
    secret = re.search(r'value="([A-Z2-7]{32})"', page).group(1)
    done = client.post("/account/2fa/totp/activate/", {"code": _code(secret)})
    assert done.status_code == 302
    return secret


def _code(secret: str) -> str:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_after_enrolment_the_code_is_asked_at_every_sign_in(nora) -> None:
    from allauth.mfa.models import Authenticator

    first = Client()
    sign_in(first)
    secret = _enrol(first)
    with URLS:
        inside = first.get("/test/count/")
        second = Client()
        at_password = sign_in(second)
        before_code = second.get("/test/count/")
        cache.clear()  # a code is good once; half a minute has to pass
        second.post("/account/2fa/authenticate/", {"code": _code(secret)})
        after_code = second.get("/test/count/")

    assert inside.status_code == 200
    assert at_password["Location"] == "/account/2fa/authenticate/"
    assert before_code["Location"].startswith("/account/login/")
    assert after_code.status_code == 200
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in kept


def test_a_wrong_code_does_not_open(nora) -> None:
    first = Client()
    sign_in(first)
    _enrol(first)
    second = Client()
    sign_in(second)

    for attempt in range(7):
        answer = second.post("/account/2fa/authenticate/", {"code": f"00000{attempt}"})

    with URLS:
        assert second.get("/test/count/").status_code == 302
    assert "Too many failed" in answer.content.decode()


def test_passkeys_can_be_enrolled_and_are_offered_at_sign_in(nora) -> None:
    client = Client(HTTP_HOST="localhost")
    offered = client.get("/account/login/").content.decode()
    challenge = client.get("/account/2fa/webauthn/login/", headers={"Accept": "application/json"})
    sign_in(client)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/webauthn/add/").content.decode()

    assert "Use a passkey" in offered
    assert challenge.json()["request_options"]["publicKey"]["rpId"] == "localhost"
    assert re.search(r'"rp": {[^}]*"id": "localhost"', page)


def test_ten_wrong_passwords_lock_the_account_for_everybody(nora) -> None:
    for attempt in range(10):
        cache.clear()  # the short limit of each process aside
        locked = sign_in(Client(REMOTE_ADDR=f"192.0.2.{attempt}"), "wrong password")

    cache.clear()
    right = sign_in(Client())

    assert (locked.status_code, right.status_code) == (429, 429)
    assert "Locked for 30 minutes" in right.content.decode()


def test_nine_wrong_passwords_do_not_lock(nora) -> None:
    for _ in range(9):
        cache.clear()
        sign_in(Client(), "wrong password")

    cache.clear()

    assert sign_in(Client()).status_code == 302


def test_passwords_are_kept_with_argon2_in_46_mib(nora) -> None:
    assert nora.user.password.startswith("argon2$argon2id$v=19$m=47104,t=1,p=1$")


# --- sessions ---------------------------------------------------------------------------------


def _shift(client: Client, **seconds: int) -> None:
    session = client.session
    for name, ago in seconds.items():
        session[name] = int(time.time()) - ago
    session.save()


@pytest.mark.parametrize(
    ("began", "seen", "status"),
    [
        (60, 14 * 60, 200),
        (60, 15 * 60 + 5, 302),
        (12 * 3600 - 60, 30, 200),
        (12 * 3600 + 5, 30, 302),
    ],
)
def test_sessions_end_after_15_idle_minutes_or_12_hours(client, began, seen, status) -> None:
    _shift(client, began=began, seen=seen)

    assert client.get("/test/count/").status_code == status


def test_cookies_are_host_only_and_secure_over_tls() -> None:
    import os
    import subprocess
    import sys

    code = (
        "import django; django.setup(); from django.conf import settings as s; from django.core.checks import run_checks;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0);"
        "print([m.id for m in run_checks(include_deployment_checks=True) if not m.is_silenced()])"
    )
    environment = {
        **os.environ,
        "CLEANCLAIM_HTTPS": "1",
        "DJANGO_SETTINGS_MODULE": "cleanclaim.project.settings",
        "CLEANCLAIM_SECRET_KEY": "k" * 25 + "0123456789abcdefghijklmnopqrstuvwxyz",
    }
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # a browser test of this process sets it
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines() == ["__Host-session __Host-csrf True True", "[]"]


# --- one tenant, one transaction --------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "status", "kept"),
    [("done", 200, 1), ("state", 409, 0), ("missing", 404, 0), ("bug", 500, 0), ("form", 422, 0)],
)
def test_an_error_changes_nothing(client, practice: int, outcome, status, kept) -> None:
    from cleanclaim.apps.shared.audit.models import AuditEvent

    response = client.post(f"/test/write/{outcome}/")

    with tenant(practice):
        assert (response.status_code, AuditEvent.objects.count()) == (status, kept)


def test_an_error_says_what_why_and_what_to_do(client) -> None:
    page = client.post("/test/write/state/").content.decode()

    for words in ("This cannot be done now.", "this claim is sent.", "Void it first"):
        assert words in page


def test_a_request_sees_one_organization_only(client, plan: int) -> None:
    from cleanclaim.apps.shared.audit.services import record_audit

    with tenant(plan):
        record_audit("read", patient_ids=[1, 2], by=None, what="other")

    assert client.get("/test/count/").content == b"0 None"


def test_an_organization_of_others_can_not_be_chosen(client, plan: int) -> None:
    response = client.post("/organization/", {"organization": plan})

    assert response.status_code == 403
    assert client.session["organization_id"] != plan


def test_who_leaves_is_out_at_the_next_request(client, marcus) -> None:
    from cleanclaim.apps.shared.users.services import leave

    leave(marcus.user, marcus.organization)

    assert client.get("/test/count/")["Location"] == "/organization/"


def test_a_change_of_role_counts_at_the_next_request(client, marcus) -> None:
    from cleanclaim.apps.shared.users.services import ensure_default_roles, join

    before = client.get("/test/decide/")
    join(marcus.user, marcus.organization, ensure_default_roles()["Claims examiner"])
    after = client.get("/test/decide/")

    assert (before.status_code, after.status_code) == (403, 200)
    assert "cases.decide" in before.content.decode()


@pytest.mark.parametrize(("dollars", "status"), [(250, 200), (251, 403)])
def test_money_above_the_limit_needs_another_person(client, dollars, status) -> None:
    assert client.get(f"/test/pay/{dollars}/").status_code == status


def test_the_point_of_view_is_kept_in_the_session(client) -> None:
    client.post("/as-of/", {"effective_on": "2026-01-31", "recorded_by": ""})
    then = client.get("/test/count/").content
    wrong = client.post("/as-of/", {"effective_on": "31.1.2026"})
    client.post("/as-of/", {"now": "1"})

    assert then == b"0 2026-01-31"
    assert wrong.status_code == 400
    assert client.get("/test/count/").content == b"0 None"


def test_forms_from_elsewhere_are_refused(marcus) -> None:
    client = Client(enforce_csrf_checks=True)

    with DEMO:
        response = demo_sign_in(client, marcus)

    assert response.status_code == 403
    assert "no longer valid" in response.content.decode()
