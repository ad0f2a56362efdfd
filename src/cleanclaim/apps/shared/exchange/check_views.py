"""The page "X12 check": drop a file, see what is wrong with it, take its answers. Nothing is kept.

Each button sends the file again: the page needs no place where a file with patients would wait for the next request.
The file is the sender's own and belongs to no record here, so that no patient's audit trail is concerned.
"""

import secrets

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods

from cleanclaim.apps.shared.exchange import check_tables, checking, services
from cleanclaim.apps.shared.exchange.check_tree import tree, tree_html
from cleanclaim.apps.shared.exchange.checking import Checked, Filter
from cleanclaim.apps.shared.pages.paging import bounded_id
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.edi.answer_files import AnswerFile
from cleanclaim.edi.redact import redact
from cleanclaim.kernel.errors import InputError

LISTED_FINDINGS = 2_000
EXPORTED_FINDINGS = 100_000
LISTED_MESSAGES = 100
LISTED_ANSWERS = 20
ANSWER_LETTERS = 20_000
GRADES = ("error", "warning")


@requires(Permission.FILES_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponseBase:
    """The form; with a file also its verdict, messages, findings, segments and answers."""
    if request.method != "POST":
        return render(request, "exchange/check.html", _form(request))
    try:
        wanted = _filter(request)
        checked = _checked(request)
    except InputError as error:
        return _refused(request, error)
    return _render(request, {**_form(request), **_result(checked, wanted)})


@requires(Permission.EXPORT)
@require_http_methods(["POST"])
def download(request: HttpRequest) -> HttpResponseBase:
    """What is made of the file: the `findings` as a spreadsheet, the `redacted` copy, or an answer by its number."""
    check_permission(request, Permission.FILES_READ)
    what = request.POST.get("what", "")
    try:
        if what == "redacted":
            return _redacted(request)
        wanted = _filter(request)
        checked = _checked(request)
        if what == "findings":
            found = [at for at in checked.findings if wanted.fits(at)][:EXPORTED_FINDINGS]
            return xlsx_response(check_tables.export_table(found), name=f"{checked.stem}-findings")
        made = checking.answers(checked, now=timezone.localtime())
        number = bounded_id(what)
        if not 1 <= number <= len(made):
            raise InputError(f"answer {number}: this file has {len(made)} answers")
        answer = made[number - 1]
        return _file(
            HttpResponse(answer.data), f"{checked.stem}.{_answer_name(answer, checked)}.x12"
        )
    except InputError as error:
        return _refused(request, error)


def _checked(request: HttpRequest) -> Checked:
    data, name = _sent(request)
    return checking.check_bytes(data, name=name, levels=_levels(request))


def _sent(request: HttpRequest) -> tuple[bytes, str]:
    file = request.FILES.get("file")
    if file is None:
        raise InputError(
            "no file came with the form", hint="Drop a file on the page, or choose one."
        )
    if (file.size or 0) > services.size_limit():
        raise checking.above_limit(services.size_limit())
    return file.read(), file.name or "unnamed"


def _levels(request: HttpRequest) -> frozenset[int]:
    known = {level for level, _ in checking.LEVELS}
    levels = frozenset(bounded_id(level) for level in request.POST.getlist("level"))
    if not levels or not levels <= known:
        raise InputError(
            "no level is chosen, or one that does not exist", hint="Choose among 1 to 7."
        )
    return levels


def _filter(request: HttpRequest) -> Filter:
    grade = request.POST.get("grade", "")
    if grade and grade not in GRADES:
        raise InputError(f"grade {grade[:20]!r}: expected error or warning")
    level = bounded_id(request.POST.get("only", "") or "0")
    return Filter(grade, level, request.POST.get("text", "").replace("\0", "").strip()[:80])


def _form(request: HttpRequest) -> dict[str, object]:
    chosen = set(request.POST.getlist("level")) or {str(n) for n in checking.DEFAULT_LEVELS}
    return {
        "limit": services.size_limit(),
        "levels": [(level, words, str(level) in chosen) for level, words in checking.LEVELS],
        "may_export": request.can(Permission.EXPORT),
    }


def _result(checked: Checked, wanted: Filter) -> dict[str, object]:
    messages, grown = checked.messages, tree(checked)
    fitting = [at for at in checked.findings if wanted.fits(at)]
    made = checking.answers(checked, now=timezone.localtime())
    # Those that need a look come first where there are too many to list.
    listed = sorted(messages, key=lambda one: one.is_accepted)[:LISTED_MESSAGES]
    return {
        "checked": checked,
        "facts": check_tables.facts(checked),
        "table": check_tables.finding_table(fitting[:LISTED_FINDINGS], is_single=len(messages) == 1),
        "fitting": len(fitting),
        "found": len(checked.findings),
        "filter": wanted,
        "found_levels": sorted({at.finding.level for at in checked.findings}),
        "messages_shown": [(one, check_tables.verdict(one)) for one in listed],
        "messages_left_out": len(messages) - len(listed),
        "tree": tree_html(grown, messages),
        "left_out": grown.left_out,
        "found_left_out": grown.found_left_out,
        "shown": grown.shown,
        "answers": [
            (number, _answer_name(answer, checked), _readable(answer.data))
            for number, answer in enumerate(made[:LISTED_ANSWERS], 1)
        ],
        "answers_left_out": max(0, len(made) - LISTED_ANSWERS),
        "is_answered_whole": checking.is_answered_whole(checked),
    }  # fmt: skip


def _answer_name(answer: AnswerFile, checked: Checked) -> str:
    """`999`, or `2.999` where the file has several interchanges."""
    kind = answer.kind.upper()
    return f"{answer.place}.{kind}" if len(checked.received.interchanges) > 1 else kind


def _readable(data: bytes) -> str:
    """One segment a line."""
    text = data[:ANSWER_LETTERS].decode("utf-8", "replace").replace("\n", "").replace("~", "~\n")
    return text + (
        f"… {len(data) - ANSWER_LETTERS:,} bytes more" if len(data) > ANSWER_LETTERS else ""
    )


def _redacted(request: HttpRequest) -> HttpResponseBase:
    data, name = _sent(request)
    checked = checking.check_bytes(data, name=name, levels=frozenset({1}))
    pieces = (piece.encode() for piece in redact(checked.data, key=secrets.token_bytes(32)))
    return _file(StreamingHttpResponse(pieces), f"{checked.stem}.redacted.x12")


def _file(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response["Content-Type"] = "application/octet-stream"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _refused(request: HttpRequest, error: InputError) -> HttpResponse:
    context = {**_form(request), "error": str(error), "hint": error.hint}
    return _render(request, context, status=422)


def _render(request: HttpRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    name = "exchange/_check_result.html" if request.htmx else "exchange/check.html"
    return render(request, name, context, status=status)
