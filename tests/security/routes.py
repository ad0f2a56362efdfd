"""Every address of the program, from the URLconf, and browsers of people in each role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

API = "api-v1"
NOWHERE = 999_999_999  # no row has this id
DEMO = {"KIND": "demo", "BIND": "127.0.0.1"}  # demo people sign in without a second factor
HOME_OF_ROLE = {
    "Practice biller": "practice",
    "Cash poster": "practice",
    "Auditor": "practice",
    "Pharmacy biller": "pharmacy",
    "Claims examiner": "plan",
    "Billing lead": "practice",
    "Plan lead": "plan",
}


@dataclass(frozen=True)
class Route:
    """One URL pattern; `converters` by argument name; `permission` as the view is marked."""

    name: str
    pattern: str
    converters: dict[str, str]
    module: str
    permission: str

    @property
    def is_library(self) -> bool:
        """The sign-in pages of allauth."""
        return self.module.startswith("allauth.")

    @property
    def is_api(self) -> bool:
        """Behind the token door."""
        return self.name.startswith(f"{API}:")

    def address(self, **given: object) -> str:
        """Its address; arguments that are not given get an id without a row, or a word."""
        values = {
            name: given.get(name, NOWHERE if kind == "IntConverter" else "x")
            for name, kind in self.converters.items()
        }
        return reverse(self.name, kwargs=values)


def all_routes() -> list[Route]:
    """Every route, in the order of the URLconf."""
    return list(_walk(get_resolver(), "", ""))


def pages() -> list[Route]:
    """The workbench: what is neither the API nor the library's."""
    return [route for route in all_routes() if not route.is_api and not route.is_library]


def _walk(
    resolver: URLResolver, prefix: str, space: str, outer: dict[str, str] | None = None
) -> Iterator[Route]:
    for found in resolver.url_patterns:
        where = prefix + str(found.pattern)
        own = {n: type(c).__name__ for n, c in found.pattern.converters.items()}
        kinds = {**(outer or {}), **own}
        if isinstance(found, URLResolver):
            inner = f"{found.namespace}:" if found.namespace else space
            yield from _walk(found, where, inner, kinds)
        elif isinstance(found, URLPattern):
            view: Any = found.callback
            permission = getattr(view, "permission", None)
            module = getattr(view, "__module__", "")
            yield Route(
                f"{space}{found.name}", where, kinds, module, permission.value if permission else ""
            )


def browser(organization_id: int, role: str, *, email: str) -> Client:
    """A demo person of the role in the organization, signed in. Needs the settings DEMO."""
    from cleanclaim.apps.shared.tenancy.models import Organization
    from cleanclaim.apps.shared.users.services import add_user, ensure_default_roles, join

    user = add_user(email=email, name=role, is_demo=True)
    organization = Organization.objects.get(pk=organization_id)
    membership = join(user, organization, ensure_default_roles()[role])
    client = Client(raise_request_exception=False)
    answer = client.post("/demo-sign-in/", {"membership": membership.pk})
    assert answer.status_code == 302
    return client
