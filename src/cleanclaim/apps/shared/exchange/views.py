"""Pages of the exchange: files in and out, one file with bytes and reading, the upload door."""

from typing import BinaryIO, cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.exchange import brought, reading, selectors, services, tables
from cleanclaim.apps.shared.exchange.kinds import Kind
from cleanclaim.apps.shared.exchange.models import Direction, MessageFile, State
from cleanclaim.apps.shared.exchange.patients import patients_in
from cleanclaim.apps.shared.pages.paging import bounded_id, keyset_page
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.errors import InputError

EXPORT_ROWS = 10_000
UPLOAD_FILES = 50


@requires(Permission.FILES_READ)
@require_safe
def file_list(request: HttpRequest) -> HttpResponse:
    """Files in and out, newest first; filtered, as a page or as a spreadsheet."""
    filters = {
        "direction": _choice(request, "direction", Direction.values),
        "kind": _choice(request, "kind", Kind.values),
        "state": _choice(request, "state", State.values),
        "text": request.GET.get("q", "").replace("\0", "")[:80],
    }
    found = selectors.matching_files(**filters)
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        return xlsx_response(
            tables.file_table(list(found.order_by("-id")[:EXPORT_ROWS])), name="files"
        )
    page = keyset_page(found, order=("-id",), cursor=request.GET.get("after", ""))
    context = {
        "table": tables.file_table(page.rows),
        "page": page,
        "filters": filters,
        "held": selectors.stopped_count(),
        "choices": (
            ("direction", "Way", Direction.choices, filters["direction"]),
            ("kind", "Message", Kind.choices, filters["kind"]),
            ("state", "State", State.choices, filters["state"]),
        ),
        "is_filtered": any(filters.values()),
        "may_upload": request.can(Permission.FILES_RECEIVE),
    }
    return render(request, "exchange/list.html", context)


def _choice(request: HttpRequest, name: str, known: list[str]) -> str:
    wanted = request.GET.get(name, "")
    if wanted and wanted not in known:
        raise InputError(f"{name} {wanted[:20]!r}: expected one of {', '.join(known)}")
    return wanted


@requires(Permission.FILES_READ)
@require_safe
def file_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One file: its bytes with what was found in them, the reading, what happened, what it brought, what answers it."""
    file = _file(pk)
    told = _brought(request, file)
    if "brought" in request.GET:
        if not told:  # it was refused meanwhile: the whole page says why
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "exchange/_brought.html", {"file": file, **told})
    record_audit("read", patient_ids=patients_in(pk), by=_person(request), what="message file",
                 detail=f"file {pk}")  # fmt: skip
    is_held = file.state.state == State.HELD
    said = services.awaited_vouch(file)
    released = services.awaited_release(file)
    context = {
        "file": file,
        "facts": tables.file_facts(file),
        "chip": tables.state_chip(file),
        "is_waiting": tables.is_being_read(file),
        "answers": selectors.answers_of(pk),
        "may_settle": is_held and request.can(Permission.FILES_RELEASE),
        "is_strangers": services.is_a_strangers(file),
        "may_vouch": request.can(Permission.FILES_RELEASE),
        "is_own": file.by is not None and file.by == _person(request),
        "released": released,
        "is_own_release": released is not None and released.first_by == _person(request),
        "said": said,
        "is_own_word": said is not None and said.by == _person(request),
        "partner_kinds": services.PARTNER_KINDS.items(),
        "may_export": request.can(Permission.EXPORT),
        **told,
        **_history(file),
        **_bytes(request, file),
    }
    return render(request, "exchange/file.html", context)


@requires(Permission.FILES_READ)
@require_safe
def about(request: HttpRequest, pk: int) -> HttpResponse:
    """The side pane for one file of the list; shows no bytes."""
    file = _file(pk)
    context = {"file": file, "chip": tables.state_chip(file), **_history(file)}
    return render(request, "exchange/_about.html", context)


@requires(Permission.FILES_READ)
@require_safe
def told(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of a file that was being read; asks again while it is. Shows no bytes."""
    file = _file(pk)
    context = {"file": file, "is_waiting": tables.is_being_read(file), "is_asked": True}
    return render(request, "exchange/_told.html", context)


@requires(Permission.EXPORT)
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The bytes as they were received or sent."""
    check_permission(request, Permission.FILES_READ)
    file = _file(pk)
    record_audit("export", patient_ids=patients_in(pk), by=_person(request), what="message file",
                 detail=f"file {pk}")  # fmt: skip
    response = HttpResponse(selectors.content_of(pk), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="file-{file.pk}.x12"'
    return response


@requires(Permission.FILES_RECEIVE)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """The upload door: choose or drop files; each gets its receipt."""
    if request.method != "POST":
        return render(request, "exchange/upload.html", {"limit": services.size_limit()})
    files = request.FILES.getlist("files")
    if not files or len(files) > UPLOAD_FILES:
        error = (
            "Choose at least one file."
            if not files
            else f"{len(files)} files at once, expected {UPLOAD_FILES} at most. Nothing was changed."
        )
        context = {"limit": services.size_limit(), "error": error}
        return render(request, "exchange/upload.html", context, status=422)
    receipts = [_receive(request, file) for file in files]
    for file, receipt in zip(files, receipts, strict=True):
        if receipt.is_accepted:  # it may still be refused when it is read
            messages.info(request, f"{file.name}: received, and is being read.")
        else:
            messages.warning(request, f"{file.name}: {receipt.outcome}. {receipt.message}")
    if len(receipts) == 1:
        return redirect("exchange:file", receipts[0].file_id)
    return redirect("exchange:files")


def _receive(request: HttpRequest, file: UploadedFile) -> services.Receipt:
    data, sha256, size_bytes = services.read_bounded(cast(BinaryIO, file.file), file.size or 0)
    return services.receive_file(
        data,
        partner=None,
        name=file.name or "unnamed",
        received_on=timezone.localdate(),
        by=_person(request),
        sha256=sha256,
        size_bytes=size_bytes,
    )


@requires(Permission.FILES_RELEASE)
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a held file through, as the second person."""
    _file(pk)
    if services.release_held_file(pk, _person(request)):
        messages.success(request, f"File {pk} is released and will be worked on.")
    else:
        messages.success(request, f"File {pk}: kept. A second person must release it as well.")
    return redirect("exchange:file", pk)


@requires(Permission.FILES_RELEASE)
@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn a held file away for good."""
    _file(pk)
    reason = request.POST.get("reason", "").replace("\0", "").strip()
    if not reason:
        raise InputError("the reason is empty", hint="Say why the file is turned away.")
    services.refuse_held_file(pk, reason=reason[:500], by=_person(request))
    messages.success(request, f"File {pk} is refused; it stays kept.")
    return redirect("exchange:file", pk)


@requires(Permission.FILES_RELEASE)
@require_POST
def vouch(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the stranger who sent a refused file a partner, and take the file in."""
    _file(pk)
    vouched = services.vouch_for_sender(
        pk,
        name=request.POST.get("name", "").replace("\0", "").strip()[:120],
        kind=request.POST.get("kind", "")[:20],
        received_on=timezone.localdate(),
        by=_person(request),
    )
    if (receipt := vouched.receipt) is None:
        messages.success(request, f"{vouched.name}: kept. A second person must say so too.")
        return redirect("exchange:file", pk)
    say = messages.info if receipt.is_accepted else messages.warning
    became = (
        "received, and is being read."
        if receipt.is_accepted
        else f"{receipt.outcome}. {receipt.message}"
    )
    say(request, f"{vouched.name} is a partner now. The file: {became}")
    return redirect("exchange:file", receipt.file_id)


def _file(pk: int) -> MessageFile:
    return get_object_or_404(
        MessageFile.objects.defer("content", "same_as__content", "answers__content").select_related(
            "partner", "state", "same_as", "answers"
        ),
        pk=pk,
    )


def _brought(request: HttpRequest, file: MessageFile) -> dict[str, object]:
    """What came of a file that came in; nothing where no desk works on its kind, or not for this person."""
    is_told = file.direction == Direction.IN and brought.is_told(file.kind, request.can)
    if not is_told or file.state.state not in (State.RECEIVED, State.PROCESSED):
        return {}
    return {
        "brought": brought.brought_by(file.kind, file.pk),
        "is_waiting": file.state.state == State.RECEIVED,
        "is_told": True,
    }


def _history(file: MessageFile) -> dict[str, object]:
    events = list(selectors.events_of(file.pk))
    return {"moments": tables.moments(events, names_of(event.by for event in events))}


def _bytes(request: HttpRequest, file: MessageFile) -> dict[str, object]:
    """The window of bytes that is asked for (`at` = byte, `number` = segment) and the reading."""
    start = bounded_id(request.GET.get("at", "0"))
    number = max(1, bounded_id(request.GET.get("number", "1")))
    head = selectors.content_slice(file.pk, start=0, length=reading.WINDOW_BYTES)
    terminator = reading.terminator_of(head)
    if terminator is None:
        return {"hex_lines": reading.hex_lines(head), "window": None, "read": None}
    read = None
    if file.size_bytes <= reading.WHOLE_BYTES:
        read = reading.read(selectors.content_of(file.pk), terminator=terminator)
    data = head if start == 0 else selectors.content_slice(
        file.pk, start=start, length=reading.WINDOW_BYTES
    )  # fmt: skip
    shown = reading.window(
        data,
        terminator=terminator,
        first_byte=start,
        first_number=number,
        is_end=start + len(data) >= file.size_bytes,
        notes=read.notes if read else {},
    )
    return {"window": shown, "read": read, "is_start": start == 0}


def _person(request: HttpRequest) -> int:
    """The signed-in person's id; the middleware lets nobody else in."""
    return cast(int, request.user.pk)
