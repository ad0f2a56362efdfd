"""The frame's own pages: landing, organization, point of view, theme, palette, demo sign-in, errors."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.days import read_day
from cleanclaim.apps.shared.pages.navigation import Hit, SearchProvider
from cleanclaim.apps.shared.pages.paging import bounded_id
from cleanclaim.apps.shared.users.access import (
    is_demo_sign_in_open,
    is_loopback,
    memberships_of,
    signed_in,
    tenant_free,
)
from cleanclaim.apps.shared.users.models import Membership
from cleanclaim.kernel.errors import InputError, PermissionRefusedError
from cleanclaim.project.errors import error_page
from cleanclaim.project.frame import THEMES, visible_items
from cleanclaim.project.navigation import SEARCH

SHORTEST_SEARCH = 2
LONGEST_SEARCH = 80
HITS_EACH = 6


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """To the first page of the rail, or a page that says that the role has none."""
    items = visible_items(request)
    if items:
        return redirect(items[0].url_name)
    return render(request, "nothing_yet.html")


@login_not_required
@tenant_free
@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """200 while the web server answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@tenant_free
def choose_organization(request: HttpRequest) -> HttpResponse:
    """Choose for which organization to work; every later request sees only its rows."""
    found = memberships_of(signed_in(request))
    if request.method == "POST":
        wanted = bounded_id(request.POST.get("organization", ""))
        if wanted not in {m.organization_id for m in found}:
            raise PermissionRefusedError("you are not a member of this organization")
        request.session["organization_id"] = wanted
        request.session.pop("as_of", None)
        return redirect("landing")
    return render(request, "choose_organization.html", {"found": found})


@require_POST
def set_as_of(request: HttpRequest) -> HttpResponse:
    """Look at every balance as it stood on a day, as known by a day; empty = now."""
    kept = [_iso_day(request.POST.get(name, ""), name) for name in ("effective_on", "recorded_by")]
    if "now" in request.POST or not any(kept):
        request.session.pop("as_of", None)
    else:
        request.session["as_of"] = kept
    return _back(request)


def _iso_day(text: str, name: str) -> str:
    if not text:
        return ""
    return read_day(text, name).isoformat()


@login_not_required
@tenant_free
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or what the system says."""
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        raise InputError(f"theme {theme[:20]!r}: expected one of {', '.join(THEMES)}")
    response = _back(request)
    response.set_cookie(
        "theme", theme, max_age=365 * 24 * 3600, samesite="Lax", secure=settings.HTTPS
    )
    return response


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page that the form was on."""
    parts = urlsplit(request.headers.get("Referer", ""))
    address = f"{parts.path}?{parts.query}" if parts.query else parts.path
    if not url_has_allowed_host_and_scheme(address, allowed_hosts=None) or address == "":
        address = "/"
    return HttpResponseRedirect(address)


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """The palette: commands and records that fit a text, at most six of each kind."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]
    groups = _commands(request, text)
    if len(text) >= SHORTEST_SEARCH:
        groups += [(provider.label, _hits(request, provider, text)) for provider in SEARCH]
    _audit_hits(request, [hit for _, hits in groups for hit in hits])
    context = {"groups": [(label, hits) for label, hits in groups if hits], "text": text}
    return render(request, "_hits.html" if request.htmx else "find.html", context)


def _commands(request: HttpRequest, text: str) -> list[tuple[str, list[Hit]]]:
    """Pages by their own names, and below what the page at hand offers those that people call so; the name stands beside."""
    found = [(item, item.fits(text)) for item in visible_items(request)]
    groups: list[tuple[str, list[Hit]]] = [("Go to", []), ("Called so as well", [])]
    for item, name in found:
        if name is not None:
            groups[bool(name)][1].append(
                Hit(item.label, name or item.section, reverse(item.url_name))
            )
    return groups


def _hits(request: HttpRequest, provider: SearchProvider, text: str) -> list[Hit]:
    if provider.permission and not request.can(provider.permission):
        return []
    if provider.kinds and request.organization.kind not in provider.kinds:
        return []
    return list(provider.find(text, HITS_EACH))[:HITS_EACH]


def _audit_hits(request: HttpRequest, hits: list[Hit]) -> None:
    patients = [hit.patient_id for hit in hits if hit.patient_id is not None]
    record_audit("read", patient_ids=patients, by=request.user.pk, what="search")


@login_not_required
@tenant_free
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign a demo person in with one click: only in a demo home that listens to this machine alone."""
    if not is_demo_sign_in_open() or not is_loopback(request.META.get("REMOTE_ADDR", "")):
        raise Http404
    membership = (
        Membership.objects.filter(pk=bounded_id(request.POST.get("membership", "")))
        .filter(is_active=True, user__is_demo=True, user__is_active=True)
        .select_related("user")
        .first()
    )
    if membership is None:
        raise Http404
    logout(request)
    login(request, membership.user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    request.session["organization_id"] = membership.organization_id
    return redirect("landing")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is too old or came from elsewhere."""
    return error_page(
        request,
        status=403,
        what="This form is no longer valid.",
        why="It was opened before you signed in, or it came from another site. Nothing was changed.",
        advice="Go back, reload the page and send it again.",
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404; also for the records of other organizations, which do not exist here."""
    return error_page(
        request,
        status=404,
        what="There is nothing at this address.",
        why="The record does not exist in this organization, or the address is mistyped.",
        advice="Search for it with Ctrl K, or check which organization you are working for.",
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 raised by libraries."""
    return error_page(
        request,
        status=403,
        what="You may not do this.",
        why="Your role does not allow it.",
        advice="Ask your lead.",
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 raised by Django itself."""
    return error_page(
        request,
        status=400,
        what="This could not be read.",
        why="The request is malformed. Nothing was changed.",
        advice="Go back and try again.",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our own bug; nothing was changed. Shows no frame, whose parts might be what broke."""
    context = {"request_id": getattr(request, "request_id", "")}
    return render(request, "broken.html", context, status=500)


def say(request: HttpRequest, words: str) -> None:
    """Tell the person on the next page that something is done."""
    messages.success(request, words)
