"""A client with a token, and the real application in this process."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest


@dataclass(frozen=True)
class Api:
    """Calls the API as one token."""

    organization_id: int
    token: str

    def get(self, path: str, **query: Any) -> Any:
        """GET below /api/v1."""
        return self._client().get(f"/api/v1{path}", query_params=query, headers=self._headers())

    def post(
        self, path: str, body: Any = None, *, key: str = "", content: bytes | None = None
    ) -> Any:
        """POST JSON, or `content` as it is."""
        headers = self._headers() | ({"Idempotency-Key": key} if key else {})
        if content is not None:
            return self._client().post(
                f"/api/v1{path}",
                data=content,
                content_type="application/octet-stream",
                headers=headers,
            )
        data = "" if body is None else json.dumps(body)
        return self._client().post(
            f"/api/v1{path}", data=data, content_type="application/json", headers=headers
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @staticmethod
    def _client() -> Any:
        from django.test import Client

        return Client(raise_request_exception=False)


MakeApi = Callable[..., Api]


@pytest.fixture
def make_api(database) -> MakeApi:
    """Makes a client: `make_api(organization_id, scopes=..., role=...)`; a role gives it a person."""

    def make(organization_id: int, *, scopes: Iterable[str] = (), role: str = "") -> Api:
        from django.utils import timezone

        from cleanclaim.apps.shared.api.tokens import create_token
        from cleanclaim.apps.shared.tenancy.context import tenant
        from cleanclaim.apps.shared.users.permissions import Permission

        user = add_person(organization_id, role) if role else None
        with tenant(organization_id):
            made = create_token(
                name="test",
                scopes=list(scopes) or [scope.value for scope in Permission],
                expires_at=timezone.now() + timedelta(days=1),
                user=user,
            )
        return Api(organization_id, made.secret)

    return make


def add_person(organization_id: int, role: str, *, email: str = "") -> Any:
    """A user with this role in the organization."""
    from cleanclaim.apps.shared.tenancy.models import Organization
    from cleanclaim.apps.shared.users.models import User
    from cleanclaim.apps.shared.users.services import add_user, ensure_default_roles, join

    count = User.objects.count()
    user = add_user(email=email or f"person{count}@example.test", name=f"Person {count}")
    join(user, Organization.objects.get(pk=organization_id), ensure_default_roles()[role])
    return user


@pytest.fixture
def practice_api(make_api: MakeApi, practice: int) -> Api:
    """The practice's client with every scope, a machine's own."""
    return make_api(practice)


@pytest.fixture
def plan_api(make_api: MakeApi, plan: int) -> Api:
    """The plan's client with every scope, a machine's own."""
    return make_api(plan)
