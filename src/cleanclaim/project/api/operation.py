"""What is the same for every operation: scope, one transaction of the token's tenant, audit, once only."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Header, Router, Schema
from ninja.errors import ValidationError
from pydantic import Field

from cleanclaim.apps.shared.api.idempotency import Answer as Stored
from cleanclaim.apps.shared.api.idempotency import answer_once
from cleanclaim.apps.shared.api.tokens import Caller
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.exchange.services.receiving import size_limit
from cleanclaim.apps.shared.tenancy.context import tenant, tenant_in_one_snapshot
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import PermissionRefusedError
from cleanclaim.project.api.token_auth import TokenAuth
from cleanclaim.project.api.types import Answer, Problem

View = Callable[..., Any]
# Every operation may answer these; the schema declares them.
REFUSALS = (400, 401, 403, 404, 409, 413, 422, 503)
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        description="Yours, unique for each new request; repeat it to repeat the request safely.",
        min_length=8,
        max_length=255,
        pattern=r"^[A-Za-z0-9_:.-]+$",
    ),
]
_READ_BYTES = 1 << 16
_FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}

__all__ = ["REFUSALS", "IdempotencyKey", "Reply", "Upload", "acting_user", "operation"]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: its bytes (of one above the limit only the first), and SHA-256 and size of all."""

    data: bytes
    sha256: str
    size_bytes: int


class Reply(Schema):
    """An answer that is not JSON: bytes of a file, with the patients whom they name."""

    content: bytes
    media_type: str
    headers: dict[str, str] = Field(default_factory=dict)
    shows: list[int] = Field(default_factory=list)


def operation(
    router: Router,
    method: str,
    path: str,
    *,
    scope: Permission,
    answer: Any,
    status: int = 200,
    takes_file: bool = False,
    one_snapshot: bool = False,
    extra: dict[str, Any] | None = None,
) -> Callable[[View], View]:
    """Put a view at an address of `router`.

    The view runs inside the one transaction of the token's tenant and returns an `Answer` or a `Reply`;
    whatever it raises takes everything back. A view with an argument `idempotency_key` runs once per key. `takes_file`: the body is bytes; they are read before the transaction begins and lie
    in `request.upload`. `one_snapshot`: it only reads, and all of its statements see the rows as of one moment.
    """
    enter = tenant_in_one_snapshot if one_snapshot else tenant

    def decorate(view: View) -> View:
        @wraps(view)
        def call(request: HttpRequest, **values: Any) -> HttpResponse:
            caller: Caller = request.auth
            _refuse_unknown(request, query_names)
            if takes_file:
                request.upload = _read_file(request)
            with enter(caller.organization_id):
                return _answer(request, view, values, caller, status=status)

        documented = f"{(view.__doc__ or '').strip()}\n\nScope: `{scope.value}`."
        router.api_operation(
            [method],
            path,
            auth=TokenAuth(scope),
            response={status: answer, **dict.fromkeys(REFUSALS, Problem)},
            description=documented,
            summary=view.__name__.replace("_", " ").capitalize(),
            operation_id=view.__name__,
            openapi_extra=_FILE_BODY if takes_file else extra,
        )(call)
        query_names = _query_names(router, path)
        return view

    return decorate


def acting_user(request: HttpRequest) -> int:
    """The person behind the token.

    Raises:
        PermissionRefusedError: it is a machine's own token, and this needs a person.
    """
    if request.auth.user_id is None:
        raise PermissionRefusedError(
            "this needs a person, the token is a machine's own",
            hint="Use a token that was made for a user",
        )
    return int(request.auth.user_id)


def _query_names(router: Router, path: str) -> frozenset[str]:
    """The query parameters of the operation that was added last."""
    models = router.path_operations[path].operations[-1].models
    return frozenset(
        name
        for model in models
        if model.__ninja_param_source__ == "query"
        for name in model.__ninja_flatten_map__
    )


def _refuse_unknown(request: HttpRequest, known: frozenset[str]) -> None:
    """A filter with a typing error must not show everything."""
    for name in request.GET:
        if name not in known:
            expected = f"one of {', '.join(sorted(known))}" if known else "no query"
            raise ValidationError(
                [{"loc": ("query", name[:40]), "msg": expected, "input": request.GET[name]}]
            )


def _answer(
    request: HttpRequest, view: View, values: dict[str, Any], caller: Caller, *, status: int
) -> HttpResponse:
    if "idempotency_key" in values:
        key = values["idempotency_key"]
        stored = answer_once(
            key,
            request_sha256=_fingerprint(request, caller),
            run=lambda: _stored(view(request, **values), status),
        )
        _audit(stored.patient_ids, view, caller)
        headers = {"Idempotent-Replayed": "true"} if stored.is_replay else {}
        return HttpResponse(
            stored.body, status=stored.status, content_type="application/json", headers=headers
        )
    result = view(request, **values)
    if isinstance(result, Reply):
        _audit(result.shows, view, caller, is_export=True)
        return HttpResponse(result.content, content_type=result.media_type, headers=result.headers)
    stored = _stored(result, status)
    _audit(stored.patient_ids, view, caller)
    return HttpResponse(stored.body, status=status, content_type="application/json")


def _stored(result: Answer, status: int) -> Stored:
    return Stored(status, result.model_dump_json(), tuple(sorted(set(result.patient_ids()))))


def _audit(
    patient_ids: tuple[int, ...] | list[int],
    view: View,
    caller: Caller,
    *,
    is_export: bool = False,
) -> None:
    record_audit(
        "export" if is_export else "read",
        patient_ids=patient_ids,
        by=caller.user_id,
        what=f"API: {view.__name__.replace('_', ' ')}",
        detail=f"token {caller.token_id}",
    )


def _fingerprint(request: HttpRequest, caller: Caller) -> str:
    """Tells whether two calls are the same one."""
    digest = hashlib.sha256(
        f"{caller.token_id} {request.method} {request.get_full_path()}\n".encode()
    )
    upload: Upload | None = getattr(request, "upload", None)
    digest.update(request.body if upload is None else upload.sha256.encode())
    return digest.hexdigest()


def _read_file(request: HttpRequest) -> Upload:
    """The body, piece by piece; past the size limit it is only counted and hashed."""
    digest = hashlib.sha256()
    pieces: list[bytes] = []
    size = 0
    while piece := request.read(_READ_BYTES):
        if size <= size_limit():
            pieces.append(piece)
        size += len(piece)
        digest.update(piece)
    return Upload(b"".join(pieces), digest.hexdigest(), size)
