"""What the keying pages do: begin and change a batch, keep what is keyed, take over, post."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cleanclaim.apps.billing.keying import services
from cleanclaim.apps.billing.keying.forms import HeaderForm, header_of
from cleanclaim.apps.billing.keying.models import Batch
from cleanclaim.apps.billing.keying.views import person
from cleanclaim.apps.billing.remittances.words import posted_words
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import CleanclaimError, InputError, StateError

MOST_PAYERS = 300  # offered while typing; the others are found by number


@requires(Permission.REMITTANCES_POST)
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """A new batch from what stands on the check."""
    today = timezone.localdate()
    form = HeaderForm(request.POST or None, request.FILES or None, initial={"paid_on": today})
    if request.method == "POST" and form.is_valid():
        try:
            batch = services.open_batch(
                form.header(), by=person(request), other_payment=form.cleaned_data["other_payment"]
            )
            _attach(request, form, batch.pk)
        except (InputError, StateError) as error:
            form.refuse(error)
        else:
            return _to_batch(request, batch.pk)
    if not form.non_field_errors():
        del form.fields["other_payment"]  # asked where the payment is here already
    return _form(request, form, title="New batch", button="Begin keying", batch=None)


@requires(Permission.REMITTANCES_POST)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """The header once more, and the scan."""
    batch = get_object_or_404(Batch, pk=pk)
    form = HeaderForm(request.POST or None, request.FILES or None, initial=header_of(batch))
    del form.fields["other_payment"]
    if request.method == "POST" and form.is_valid():
        try:
            services.change_batch(pk, form.header(), by=person(request))
            _attach(request, form, pk)
        except (InputError, StateError) as error:
            form.refuse(error)
        else:
            return _to_batch(request, pk)
    title = f"{batch.get_method_display()} {batch.trace_number}"
    return _form(request, form, title=title, button="Keep", batch=batch)


def _form(
    request: HttpRequest, form: HeaderForm, *, title: str, button: str, batch: Batch | None
) -> HttpResponse:
    form.focus_what_is_wrong()
    payers = Payer.objects.order_by("name").values_list("name", flat=True)[:MOST_PAYERS]
    context = {
        "form": form,
        "title": title,
        "button": button,
        "batch": batch,
        "payers": list(dict.fromkeys(payers)),
        # Without the script the page is a new one, and no browser lets a page choose a file.
        "lost_file": bool(request.FILES and form.errors) and not getattr(request, "htmx", False),
    }
    # 422 takes back what was begun before the fault was found.
    return render(request, "keying/begin.html", context, status=422 if form.errors else 200)


def _to_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """The batch's own page; the script, which sent a part, is told where to go."""
    to = redirect("keying:batch", pk)
    if not getattr(request, "htmx", False):
        return to
    return HttpResponse(status=204, headers={"HX-Redirect": to["Location"]})


def _attach(request: HttpRequest, form: HeaderForm, pk: int) -> None:
    scan = form.cleaned_data.get("scan")
    if scan is None:
        return
    today = timezone.localdate()
    kept = services.attach_scan(pk, scan.read(), name=scan.name, on=today, by=person(request))
    if kept.first_id:
        others = Batch.objects.filter(scan_id=kept.first_id).exclude(pk=pk).order_by("id")
        where = ", ".join(f"batch {other.pk} ({other.trace_number})" for other in others[:3])
        messages.warning(
            request,
            f"This scan was here before{f', beside {where}' if where else ''}: it is kept once. "
            "Look whether the paper was keyed already.",
        )


@requires(Permission.REMITTANCES_POST)
@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep one entry; answers the new revision."""
    get_object_or_404(Batch, pk=pk)

    def run(body: dict[str, Any]) -> services.Saved:
        entry = body.get("entry")
        if not isinstance(entry, dict):
            raise InputError("entry: missing, expected an object")
        return services.save_entry(
            pk,
            revision=_whole(body, "revision"),
            number=_whole(body, "number"),
            raw=entry,
            by=person(request),
        )

    return _answer(request, run)


@requires(Permission.REMITTANCES_POST)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the last entry off the tape."""
    get_object_or_404(Batch, pk=pk)
    return _answer(
        request,
        lambda body: services.undo_last(pk, revision=_whole(body, "revision"), by=person(request)),
    )


def _answer(request: HttpRequest, run: Any) -> JsonResponse:
    """Run it on the JSON body; what it raises is told in words, and the status takes everything back."""
    try:
        body = json.loads(request.body)
        if not isinstance(body, dict):
            raise InputError("body: expected an object")
        done = run(body)
    except ValueError:
        return JsonResponse({"message": "The body is no JSON."}, status=400)
    except CleanclaimError as error:
        status = 409 if isinstance(error, StateError) else 400
        words = f"{error.message}. {error.hint}".strip()
        return JsonResponse({"message": words[:1].upper() + words[1:]}, status=status)
    return JsonResponse({"revision": done.revision, "left": str(done.left)})


def _whole(body: dict[str, Any], name: str) -> int:
    value = body.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31:
        return value
    raise InputError(f"{name}: missing, expected a whole number")


@requires(Permission.REMITTANCES_POST)
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Key on what somebody else began."""
    get_object_or_404(Batch, pk=pk)
    services.take_batch(pk, by=person(request))
    return redirect("keying:batch", pk)


@requires(Permission.REMITTANCES_POST)
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the batch up."""
    get_object_or_404(Batch, pk=pk)
    services.drop_batch(pk, by=person(request))
    messages.success(request, "Dropped. What was keyed can still be read.")
    return redirect("keying:list")


@requires(Permission.REMITTANCES_POST)
@require_POST
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """Post the batch at zero, by the same plan that simulation shows."""
    get_object_or_404(Batch, pk=pk)
    try:
        shown = request.POST.get("shown", "").replace("\0", "")[:2000]
        done = services.post_batch(
            pk, posted_on=timezone.localdate(), by=person(request), shown=shown
        )
    except StateError as error:
        # 409 would take the message with it; nothing was written before the error.
        messages.error(request, f"Not posted: {error.message}. {error.hint}".strip())
        return redirect("keying:batch", pk)
    messages.success(request, posted_words(done.posted, done.held, len(done.entry_ids)))
    return redirect("keying:batch", pk)


@requires(Permission.REMITTANCES_POST)
@require_POST
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the tape of an un-posted batch anew."""
    get_object_or_404(Batch, pk=pk)
    new = services.correct_batch(pk, by=person(request))
    messages.success(request, "Opened anew with all that was keyed: correct it, then post at zero.")
    return redirect("keying:batch", new.pk)
