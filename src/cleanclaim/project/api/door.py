"""The API itself: tokens at the door, and problems in the same words everywhere."""

import json
import logging
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import (
    AuthenticationError,
    HttpError,
    ValidationError,
    ValidationErrorContext,
)

from cleanclaim import __version__
from cleanclaim.apps.shared.api.idempotency import KeyReusedError
from cleanclaim.kernel.errors import CleanclaimError
from cleanclaim.project.api.types import Detail, Problem
from cleanclaim.project.errors import places_of, status_of

_log = logging.getLogger(__name__)
LONGEST_VALUE = 80


class Api(NinjaAPI):
    """Says of a refused value what it was, and in its schema that nothing in an address is null."""

    def get_openapi_schema(self, **options: Any) -> Any:
        """The schema of all operations."""
        schema = super().get_openapi_schema(**options)
        for operations in schema["paths"].values():
            for one in operations.values():
                for parameter in one.get("parameters", ()):
                    parameter["schema"] = _not_null(parameter["schema"])
        return schema

    def validation_error_from_error_contexts(
        self, error_contexts: list[ValidationErrorContext]
    ) -> ValidationError:
        """Every error with its place and the value found there."""
        found = []
        for context in error_contexts:
            model = context.model
            names: dict[Any, Any] = getattr(model, "__ninja_flatten_map_reverse__", {})
            for one in context.pydantic_validation_error.errors(include_url=False):
                place = names.get(one["loc"], one["loc"])
                where = (getattr(model, "__ninja_param_source__", ""), *place)
                # Of a missing field the library gives all that stands around it; sent was nothing.
                sent = "" if one["type"] == "missing" else one["input"]
                found.append({"loc": where, "msg": one["msg"], "input": sent})
        return ValidationError(found)


def _not_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of an optional parameter: left out, never null."""
    choices = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(choices) != 1:
        return schema
    rest = {name: value for name, value in schema.items() if name not in ("anyOf", "default")}
    return {**rest, **choices[0]}


def make_api() -> Api:
    """An API without operations yet."""
    api = Api(
        title="cleanclaim",
        version=__version__,
        description="What the workbench does, for programs. Amounts are text in dollars, days ISO 8601.",
        docs_url=None,  # its page would load scripts from another host
        openapi_url="/openapi.json",
        urls_namespace="api-v1",
    )
    for kind, handler in _HANDLERS:
        api.add_exception_handler(kind, handler)
    return api


def patterns_of(api: Api) -> list[Any]:
    """The API's addresses; what is not among them answers in the API's words, too."""
    patterns, _, _ = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            # The workbench's sign-in does not guard these: the token does.
            pattern.callback.login_required = False
    return [*patterns, re_path(r"^.*$", no_such_address)]


@csrf_exempt
def no_such_address(request: HttpRequest) -> HttpResponse:
    """404 in the API's words."""
    return _answer(request, 404, what="no such address", hint="See /api/v1/openapi.json")


no_such_address.login_required = False  # type: ignore[attr-defined]


def _answer(request: HttpRequest, status: int, **fields: Any) -> HttpResponse:
    problem = Problem(request_id=getattr(request, "request_id", ""), **fields)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return HttpResponse(
        problem.model_dump_json(),
        status=status,
        content_type="application/json",
        headers=headers,
    )


def _no_token(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return _answer(
        request,
        401,
        what="no valid token came with this call",
        where="Authorization",
        expected="Bearer and a token that is neither expired nor taken back",
        hint="Make one with: cleanclaim token create",
    )


def _path(places: Sequence[Any]) -> str:
    """As the caller sent it: `body.payer_id`, though the library names the body once more for its one argument."""
    parts = [str(part) for part in places]
    return ".".join(parts[1:] if parts[:2] == ["body", "body"] else parts)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    details = [
        Detail(
            where=_path(one.get("loc", ())),
            value=_short(one.get("input", "")),
            expected=str(one.get("msg", "")),
        )
        for one in error.errors
    ]
    first = details[0] if details else Detail()
    return _answer(
        request,
        422,
        what="the request does not fit the schema",
        hint="See /api/v1/openapi.json",
        more=details[1:],
        **first.model_dump(),
    )


def _short(value: Any) -> str:
    """What was sent, as it was sent, cut short."""
    if isinstance(value, bytes):
        value = value[:LONGEST_VALUE].decode("utf-8", "replace")
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text.encode("utf-8", "replace").decode()[:LONGEST_VALUE]


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _answer(request, error.status_code, what=str(error))


def _too_big(request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    return _answer(
        request, 413, what="the body is too large", hint="Send files to POST /api/v1/files"
    )


def _not_found(request: HttpRequest, error: ObjectDoesNotExist) -> HttpResponse:
    kind = type(error).__qualname__.split(".")[0]
    return _answer(request, 404, what=f"no {kind} with this id in your organization")


def _refused(request: HttpRequest, error: CleanclaimError) -> HttpResponse:
    if isinstance(error, KeyReusedError):
        return _answer(request, 422, what=error.message, where="Idempotency-Key", hint=error.hint)
    status = status_of(error)
    if status == 500:
        return _broken(request, error)
    return _answer(request, status, what=error.message, hint=error.hint)


def _busy(request: HttpRequest, error: OperationalError) -> HttpResponse:
    """The database is away, or two calls stood in each other's way: nothing was changed."""
    _log.error("request %s: %s", getattr(request, "request_id", ""), type(error.__cause__).__name__)
    return _answer(
        request,
        503,
        what="the database could not do this now; nothing was changed",
        hint="Repeat the call with the same Idempotency-Key",
    )


def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """Our own bug: where it happened goes to the log without any values, which may name patients."""
    request_id = getattr(request, "request_id", "")
    _log.error("request %s: %s at %s", request_id, type(error).__name__, places_of(error))
    return _answer(
        request,
        500,
        what="something went wrong on our side; nothing was changed",
        hint="Tell us the request id",
    )


_HANDLERS: tuple[tuple[type[Exception], Any], ...] = (
    (AuthenticationError, _no_token),
    (ValidationError, _invalid),
    (HttpError, _http_error),
    (RequestDataTooBig, _too_big),
    (ObjectDoesNotExist, _not_found),
    (CleanclaimError, _refused),
    (OperationalError, _busy),
    (Exception, _broken),
)
