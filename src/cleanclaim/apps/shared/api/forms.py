"""A page's form that moves money is worked once, however often a browser sends it.

The form carries a token made when the page was drawn (`{% once %}`). It is the form's idempotency key: the second of two
sends is led to where the first one went, and a browser that goes back and sends something else with it is refused.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cleanclaim.apps.shared.api.idempotency import Answer, KeyReusedError, answer_once
from cleanclaim.kernel.errors import InputError, StateError

LONGEST = 64
_NOT_SAID = frozenset(("csrfmiddlewaretoken",))
_UNDONE = "cleanclaim_not_done"
View = Callable[..., HttpResponse]


class _NotDoneError(Exception):
    """The view answered with a page: nothing was done, so that nothing is kept."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response


def not_done(response: HttpResponse) -> HttpResponse:
    """This redirect has done nothing (nothing was selected): the form may be sent again with its token."""
    setattr(response, _UNDONE, True)
    return response


def once(view: View) -> View:
    """Let a form's token count once.

    A view that redirects has done its work, unless it says `not_done`; every other answer leaves the token free.
    """

    @wraps(view)
    def call(request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
        token = request.POST.get("once", "") if request.method == "POST" else ""
        if not token:
            return view(request, *args, **values)
        if len(token) > LONGEST or not token.isalnum():
            raise InputError("once: expected the token that the page gave")

        def run() -> Answer:
            response = view(request, *args, **values)
            if response.status_code != 302 or getattr(response, _UNDONE, False):
                raise _NotDoneError(response)
            return Answer(response.status_code, response["Location"])

        try:
            answer = answer_once(
                f"form:{request.user.pk}:{token}", request_sha256=_said(request), run=run
            )
        except _NotDoneError as page:
            return page.response
        except KeyReusedError as error:
            raise StateError(
                "this form was sent before with other words, and worked then",
                hint="Open the page anew for another one.",
            ) from error
        if answer.is_replay:
            messages.warning(request, "This form came twice: it was worked once.")
        return redirect(answer.body)

    return call


def _said(request: HttpRequest) -> str:
    fields = sorted(
        (name, values) for name, values in request.POST.lists() if name not in _NOT_SAID
    )
    files = [
        (name, [(file.name, _digest(file)) for file in some])
        for name, some in sorted(request.FILES.lists())
    ]
    return hashlib.sha256(f"{request.path} {fields} {files}".encode()).hexdigest()


def _digest(file: UploadedFile) -> str:
    """Of its bytes; the view reads it from the start again."""
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return found.hexdigest()
