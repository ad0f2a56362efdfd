"""Around every request: headers, session clock, who may enter, one tenant's transaction, errors in words."""

import logging
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils import timezone

from cleanclaim.apps.shared.audit.services import request_scope
from cleanclaim.apps.shared.tenancy.context import tenant, tenant_in_one_snapshot
from cleanclaim.apps.shared.users.access import (
    Access,
    AsOf,
    access_of,
    memberships_of,
    needs_second_factor,
    signed_in,
)
from cleanclaim.kernel.errors import CleanclaimError, InvariantError
from cleanclaim.project.errors import error_response, places_of, status_of

GetResponse = Callable[[HttpRequest], HttpResponseBase]
_log = logging.getLogger(__name__)
_TOLD_BY_DJANGO = (Http404, PermissionDenied, SuspiciousOperation, BadRequest)  # 400, 403 and 404

# No inline script or style anywhere, nothing from another host.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
PERMISSIONS_POLICY = (
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), "
    "publickey-credentials-get=(self), publickey-credentials-create=(self)"
)


class HeadersMiddleware:
    """The request's id, and the headers that every answer carries."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.request_id = uuid.uuid4().hex
        with request_scope(request.request_id):
            response = self.get_response(request)
        response.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response["X-Request-Id"] = request.request_id
        if not request.path.startswith(settings.STATIC_URL):
            response.setdefault("Cache-Control", "no-store")
        return response


class SessionClockMiddleware:
    """Ends a session after 15 idle minutes (its cookie's and row's age) or 12 hours in all."""

    # Written at most once a minute, so that a page does not cost a write.
    refresh_seconds = 60

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            now = int(timezone.now().timestamp())
            began = request.session.setdefault("began", now)
            seen = request.session.get("seen", 0)
            too_long = now - began > settings.SESSION_LONGEST_SECONDS
            if too_long or (seen and now - seen > settings.SESSION_IDLE_SECONDS):
                logout(request)
            elif now - seen > self.refresh_seconds:
                request.session["seen"] = now
        return self.get_response(request)


class SignInMiddleware(LoginRequiredMiddleware):
    """Every page wants a sign-in, except the few that say otherwise."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseBase:
        """To the sign-in page; from a partial request the whole page goes there."""
        if not getattr(request, "htmx", False):
            return super().handle_no_permission(request, view_func)
        return _go(request, settings.LOGIN_URL)


class _UndoError(Exception):
    """Carries an error answer out of the transaction that must not stay."""

    def __init__(self, response: HttpResponseBase) -> None:
        super().__init__()
        self.response = response


class AccessMiddleware:
    """Second factor, then organization, then the view inside that tenant's one transaction.

    An answer of 400 or above changes nothing: its transaction is rolled back. Streaming answers
    must not read the database, which is closed to them by then.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.access = None
        request.organization = None
        request.membership = None
        request.can = lambda _permission: False
        request.as_of = AsOf()
        if not request.user.is_authenticated or _is_tenant_free(request):
            return self.get_response(request)
        user = signed_in(request)
        if needs_second_factor(user):
            messages.info(
                request, "Set up a second factor first: an authenticator app or a passkey."
            )
            return _go(request, "mfa_index")
        request.memberships = memberships_of(user)
        access = access_of(request.memberships, request.session.get("organization_id"))
        if access is None:
            return _go(request, "choose_organization")
        self._enter(request, access)
        try:
            with _transaction_of(request)(access.membership.organization_id):
                response = self.get_response(request)
                if response.status_code >= 400:
                    raise _UndoError(response)
        except _UndoError as undo:
            return undo.response
        return response

    def _enter(self, request: HttpRequest, access: Access) -> None:
        request.access = access
        request.organization = access.membership.organization
        request.membership = access.membership
        request.can = access.can
        request.as_of = _as_of(request.session.get("as_of"))


def _transaction_of(request: HttpRequest) -> Callable[[int], AbstractContextManager[None]]:
    """A view marked with `one_snapshot` reads all of its rows as of one moment."""
    try:
        view: Any = resolve(request.path_info).func
    except Resolver404:
        return tenant
    return tenant_in_one_snapshot if getattr(view, "one_snapshot", False) else tenant


def _is_tenant_free(request: HttpRequest) -> bool:
    """Sign-in pages, and views marked with `tenant_free`, show no tenant's rows."""
    try:
        view: Any = resolve(request.path_info).func
    except Resolver404:
        return False
    if getattr(view, "tenant_free", False) or not getattr(view, "login_required", True):
        return True
    return str(getattr(view, "__module__", "")).startswith("allauth.")


def _as_of(kept: list[str] | None) -> AsOf:
    """The point of view kept in the session as two ISO days, either may be empty."""
    if not kept:
        return AsOf()
    effective, known = kept
    return AsOf(
        date.fromisoformat(effective) if effective else None,
        timezone.make_aware(datetime.combine(date.fromisoformat(known), time.max))
        if known
        else None,
    )


def _go(request: HttpRequest, url_name: str) -> HttpResponse:
    """Send the browser there; a partial request cannot follow, so htmx is told to."""
    response = redirect(url_name)
    if getattr(request, "htmx", False):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = response["Location"]
        return answer
    return response


class ErrorMiddleware:
    """Errors that we raise on purpose become pages that say what, why and what to do."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """The page for our own errors; anything else goes on to the 500 page, and into the log without any value."""
        if isinstance(error, _TOLD_BY_DJANGO):
            return None
        if not isinstance(error, CleanclaimError) or isinstance(error, InvariantError):
            where = places_of(error)
            _log.error("request %s: %s at %s", request.request_id, type(error).__name__, where)
            return None
        if status_of(error) >= 500:
            _log.error("request %s: %s", request.request_id, type(error).__name__)
        return error_response(request, error)
