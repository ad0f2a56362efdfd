"""Errors as pages: what happened, why, what to do. A partial request gets one line instead of a page."""

import traceback
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from cleanclaim.kernel.errors import (
    AboveLimitError,
    CleanclaimError,
    ExternalError,
    InputError,
    PermissionRefusedError,
    ReferenceDataError,
    StateError,
)

STATUS: tuple[tuple[type[CleanclaimError], int, str], ...] = (
    (InputError, 400, "This was not accepted."),
    (PermissionRefusedError, 403, "You may not do this."),
    (StateError, 409, "This cannot be done now."),
    (ReferenceDataError, 503, "A reference table is missing."),
    (ExternalError, 503, "Something outside did not answer."),
)

GIVES_FORM_BACK = (400, 409)  # what the sender can mend, or the form's page explains


def came_from(request: HttpRequest) -> str:
    """The path of the page, of this site, that the request came from; "" where it says none."""
    parts = urlsplit(request.headers.get("Referer", ""))
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    is_ours = parts.netloc == request.get_host() and parts.scheme in ("http", "https")
    return path if is_ours and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""


def places_of(error: Exception) -> str:
    """Where in the code it happened, the innermost first; no values, which may name patients."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))


def status_of(error: CleanclaimError) -> int:
    """The HTTP status of one of our errors."""
    return next((status for kind, status, _ in STATUS if isinstance(error, kind)), 500)


def error_response(request: HttpRequest, error: CleanclaimError) -> HttpResponse:
    """The page of one of our errors."""
    what = next((words for kind, _, words in STATUS if isinstance(error, kind)), "")
    status = status_of(error)
    return error_page(
        request,
        status=status,
        what=what,
        why=f"{error.message}.",
        advice=error.hint,
        gives_form_back=status in GIVES_FORM_BACK or isinstance(error, AboveLimitError),
    )


def error_page(
    request: HttpRequest,
    *,
    status: int,
    what: str,
    why: str,
    advice: str,
    gives_form_back: bool = False,
) -> HttpResponse:
    """An error's page, or its line for a partial request.

    `gives_form_back`: the script returns to the form that was sent, filled again, with these words in it.
    """
    partial = getattr(request, "htmx", False) and not request.htmx.boosted
    template = "pages/_error.html" if partial else "error.html"
    context = {
        "what": what,
        "why": why,
        "advice": advice,
        "status": status,
        "request_id": getattr(request, "request_id", ""),
        "gives_form_back": gives_form_back,
        "came_from": came_from(request),
    }
    return render(request, template, context, status=status)
