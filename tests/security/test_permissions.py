"""Who may call which address: the URLconf, measured role by role, against the reviewed permissions.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from django.test import Client, override_settings

from tests.security.routes import (
    DEMO,
    HOME_OF_ROLE,
    Route,
    all_routes,
    browser,
    pages,
)

REVIEWED = yaml.safe_load((Path(__file__).parent / "permissions.yaml").read_text("utf-8"))
METHODS = ("get", "post")
SIGN_IN = "/account/login/"


def is_sent_to_sign_in(answer) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith(SIGN_IN)


def reviewed() -> list[Route]:
    return [route for route in pages() if route.name in REVIEWED["pages"]]


def call(client: Client, route: Route, method: str):
    return getattr(client, method)(route.address())


def test_every_address_stands_in_the_reviewed_list(database):
    """A new address fails here until somebody has decided who may call it."""
    known = {**REVIEWED["pages"], **dict.fromkeys(REVIEWED["open_library_pages"])}
    new = [
        f"  {route.name}: {route.permission or 'signed in'}"
        for route in pages()
        if route.name not in REVIEWED["pages"]
    ]
    gone = sorted(set(known) - {route.name for route in all_routes()})

    assert new == [], "add under `pages:` after review:\n" + "\n".join(new)
    assert gone == []


def test_the_roles_hold_exactly_the_reviewed_permissions(template_database):
    from cleanclaim.apps.shared.users.permissions import ROLE_TEMPLATES, Permission

    granted = {role.name: sorted(map(str, role.permissions)) for role in ROLE_TEMPLATES}

    assert granted == {name: sorted(held) for name, held in REVIEWED["roles"].items()}
    assert set(REVIEWED["pages"].values()) <= {"open", "signed in", *map(str, Permission)}


@pytest.fixture
def organizations(practice: int, plan: int) -> dict[str, int]:
    """One organization of each kind that has a desk."""
    from cleanclaim.apps.shared.tenancy.services import find_or_add_organization

    pharmacy = find_or_add_organization(kind="pharmacy", name="Pier Pharmacy", npi="1999999992")
    return {"practice": practice, "plan": plan, "pharmacy": pharmacy.pk}


@pytest.mark.parametrize("role", HOME_OF_ROLE)
def test_a_role_may_call_what_its_permissions_say_and_nothing_else(organizations, role):
    wrong, cells = {}, 0
    with override_settings(**DEMO):
        client = browser(organizations[HOME_OF_ROLE[role]], role, email="one@example.test")
        for route in reviewed():
            needed = REVIEWED["pages"][route.name]
            may = needed in ("open", "signed in") or needed in REVIEWED["roles"][role]
            answers = {method: call(client, route, method).status_code for method in METHODS}
            cells += len(answers)
            if not _fits(answers, may=may):
                wrong[route.name] = (needed, answers)

    assert wrong == {}
    assert cells == 2 * len(reviewed())


def _fits(answers: dict[str, int], *, may: bool) -> bool:
    """Allowed: no method is forbidden and none breaks. Not allowed: each is forbidden, or no method at all."""
    statuses = set(answers.values())
    if max(statuses) >= 500:
        return False
    if may:
        return 403 not in statuses
    return 403 in statuses and statuses <= {403, 405}


def test_nobody_gets_in_without_signing_in(database):
    client, wrong = Client(raise_request_exception=False), {}
    for route in reviewed():
        for method in METHODS:
            answer = call(client, route, method)
            is_open = not is_sent_to_sign_in(answer)
            if is_open != (REVIEWED["pages"][route.name] == "open") or answer.status_code >= 500:
                wrong[route.name, method] = answer.status_code

    assert wrong == {}


def test_of_the_librarys_pages_only_the_reviewed_ones_are_open(database):
    client, opened = Client(raise_request_exception=False), []
    for route in all_routes():
        if route.is_library and not route.pattern.count("(?P"):
            answer = client.get(route.address())
            assert answer.status_code < 500, route.name
            if not is_sent_to_sign_in(answer) and answer.status_code != 404:
                opened.append(route.name)

    assert sorted(opened) == sorted(REVIEWED["open_library_pages"])


def test_nobody_makes_an_account_for_themselves(database):
    from cleanclaim.apps.shared.users.models import User

    form = {"email": "new@example.test", "password1": "correct horse battery staple"}
    Client(raise_request_exception=False).post("/account/signup/", form)

    assert not User.objects.exists()


def test_the_api_answers_to_tokens_only(organizations):
    """A signed-in browser's cookie opens nothing there, so no other site can make it call."""
    with override_settings(**DEMO):
        known = browser(organizations["practice"], "Billing lead", email="one@example.test")
        statuses = {
            (route.name, method): getattr(client, method)(_api_address(route)).status_code
            for client in (Client(raise_request_exception=False), known)
            for route in all_routes()
            if route.is_api and not route.name.endswith(":None")
            for method in METHODS
        }

    open_ones = {name for (name, _), status in statuses.items() if status not in (401, 405)}
    assert open_ones <= set(REVIEWED["open_api"])
    assert list(statuses.values()).count(401) > 30


def _api_address(route: Route) -> str:
    return "/" + route.pattern.replace("<", "").replace(">", "").replace("_id", "1")


def test_the_twin_of_the_matrix_sees_a_page_that_lost_its_guard():
    """What an unguarded page would answer to a role that must not see it."""
    assert not _fits({"get": 200, "post": 405}, may=False)
    assert not _fits({"get": 404, "post": 403}, may=False)
    assert not _fits({"get": 403, "post": 405}, may=True)
    assert not _fits({"get": 500, "post": 405}, may=True)
    assert _fits({"get": 403, "post": 403}, may=False)
