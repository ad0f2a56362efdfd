"""Errors as pages: what happened, why, what to do. A partial request gets one line instead of a page."""

import traceback

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cleanclaim.kernel.errors import (
    CleanclaimError,
    ExternalError,
    InputError,
    PermissionRefusedError,
    ReferenceDataError,
    StateError,
)

STATUS: tuple[tuple[type[CleanclaimError], int, str], ...] = (
    (InputError, 400, "This could not be read."),
    (PermissionRefusedError, 403, "You may not do this."),
    (StateError, 409, "This cannot be done now."),
    (ReferenceDataError, 503, "A reference table is missing."),
    (ExternalError, 503, "Something outside did not answer."),
)


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
    return error_page(
        request, status=status_of(error), what=what, why=f"{error.message}.", advice=error.hint
    )


def error_page(
    request: HttpRequest, *, status: int, what: str, why: str, advice: str
) -> HttpResponse:
    """An error's page, or its line for a partial request."""
    partial = getattr(request, "htmx", False) and not request.htmx.boosted
    template = "pages/_error.html" if partial else "error.html"
    context = {
        "what": what,
        "why": why,
        "advice": advice,
        "status": status,
        "request_id": getattr(request, "request_id", ""),
    }
    return render(request, template, context, status=status)
