"""Pages of reviews: all of them with their deadlines, one with its groups, saying and signing."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.reports.aging import putting_aside, review_tables, reviews
from cleanclaim.apps.reports.aging.asking import view_of
from cleanclaim.apps.reports.aging.questions import View
from cleanclaim.apps.reports.aging.review_models import AgingComment, AgingReview, ReviewState
from cleanclaim.apps.reports.aging.tables import NAMES, collector_names
from cleanclaim.apps.shared.pages.days import read_day
from cleanclaim.apps.shared.pages.figures import full_day
from cleanclaim.apps.shared.pages.filing import pdf_response
from cleanclaim.apps.shared.pages.parts import Column, Table
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires, signed_in
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import written_money

SHOWN = 200


@requires(Permission.ACCOUNTS_READ)
@require_safe
def review_list(request: HttpRequest) -> HttpResponse:
    """Reviews, newest first, with the deadlines of the months that ended last."""
    rows = list(AgingReview.objects.defer("rows").order_by("-on", "-id")[:SHOWN])
    names = names_of({row.prepared_by for row in rows} | {row.signed_by for row in rows})
    table = review_tables.review_table(rows, names)
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        return xlsx_response(table, name="aging-reviews")
    today = timezone.localdate()
    due = reviews.due_reviews(on=today)
    context = {
        "table": table,
        "facts": review_tables.due_facts(due),
        "on": next((one.month_end for one in due if one.signed is None), today),
        "dimensions": [(name, words, name in ("bucket", "payer")) for name, words in NAMES.items()],
        "rule": reviews.guideline(),
        "may_work": request.can(Permission.WORK_READ),
        "may_close": request.can(Permission.PERIODS_CLOSE),
    }
    return render(request, "aging/reviews.html", context)


@requires(Permission.ACCOUNTS_READ)
@require_safe
def review_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One review: its groups as they were, what was said about each, and what is still to be said."""
    row = get_object_or_404(AgingReview, pk=pk)
    lines = reviews.lines(row)
    names = collector_names(View(row.on, by=tuple(row.by_groups)))
    table = review_tables.line_table(row, lines, names)
    acts = putting_aside.story(row.pk)
    people = names_of({row.prepared_by, row.signed_by} | {one.by for one in acts})
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        return xlsx_response(table, name=f"aging-review-{row.pk}")
    if "pdf" in request.GET:
        check_permission(request, Permission.EXPORT)
        return _pdf(request, row, lines, table, review_tables.state_words(row, acts, people))
    missing = [line for line in lines if line.is_missing]
    wanted = request.GET.get("group", "")
    chosen = next((line for line in lines if str(line.place) == wanted), None) or next(iter(missing or lines))  # fmt: skip
    story = AgingComment.objects.filter(review=row, group=list(chosen.group)).order_by("-id")
    context = {
        "row": row,
        "table": replace(table, start=chosen.place),
        "facts": review_tables.review_facts(row, lines),
        "groups": review_tables.groups_words(row),
        "state": ReviewState(row.state).label,
        "state_words": review_tables.state_words(row, acts, people),
        "acts": review_tables.act_table(acts, people),
        "prepared_by": people.get(row.prepared_by or 0, "the system"),
        "chosen": chosen,
        "chosen_words": review_tables.line_words(row, chosen, names),
        "story": _story(list(story)),
        "missing": len(missing),
        "is_open": row.state == ReviewState.PREPARED,
        "is_aside": row.state == ReviewState.WITHDRAWN,
        "is_own": row.prepared_by == signed_in(request).pk,
        "may_work": request.can(Permission.WORK_READ),
        "may_put_aside": request.can(Permission.WORK_READ)
        and putting_aside.may_put_aside(
            row, by=signed_in(request).pk, is_lead=request.can(Permission.PERIODS_CLOSE)
        ),
        "may_sign": request.can(Permission.PERIODS_CLOSE),
    }
    return render(request, "aging/review.html", context)


def _story(rows: list[AgingComment]) -> Table:
    names = names_of({row.by for row in rows})
    return Table(
        caption="What was said about it",
        columns=(
            Column("Comment", lambda row: row.words, wraps=True),
            Column("By", lambda row: names.get(row.by or 0, "the system"), kind="soft"),
            Column("On", lambda row: row.at, kind="day"),
        ),
        rows=rows,
    )


def _pdf(
    request: HttpRequest,
    row: AgingReview,
    lines: list[reviews.Line],
    table: Table,
    state: str,
) -> HttpResponse:
    return pdf_response(
        title=f"Review of the aging on {full_day(row.on)}",
        subtitle=f"{request.organization.name}. {review_tables.groups_words(row)}; {state}. {row.words}".strip(),
        facts=review_tables.review_facts(row, lines),
        tables=[table],
        foot=f"Review {row.pk}: aging {row.tie['aging']} = books {row.tie['books']} + booked elsewhere "
        f"{row.tie['booked_elsewhere']}; difference {row.tie['difference']}, as it was prepared",
        name=f"aging-review-{row.pk}-{row.on}",
    )


@requires(Permission.WORK_READ)
@require_POST
def prepare(request: HttpRequest) -> HttpResponse:
    """Keep an aging to be looked through."""
    on = read_day(_typed(request, "on"), "on")
    view = view_of(request, request.POST, on=on)
    pk = reviews.prepare(
        View(on, None, view.by, view.measure, who=view.who), by=signed_in(request).pk
    )
    messages.success(request, f"The aging on {full_day(on)} is kept, to be looked through.")
    return redirect("aging:review", pk)


@requires(Permission.WORK_READ)
@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Comment on a group, sign, put the review aside or bring it back."""
    get_object_or_404(AgingReview, pk=pk)
    words = _typed(request, "words", most=500)
    if verb == "comment":
        place = _typed(request, "group")
        if not (place.isascii() and place.isdecimal()):
            raise InputError(f"group {place[:20]!r}: expected a number")
        reviews.comment(pk, int(place), words, by=signed_in(request).pk)
        messages.success(request, "Said.")
    elif verb == "sign":
        check_permission(request, Permission.PERIODS_CLOSE)
        reviews.sign(pk, by=signed_in(request).pk, words=words)
        messages.success(request, "Signed. Nothing of it changes any more.")
    elif verb in ("withdraw", "back"):
        change = putting_aside.withdraw if verb == "withdraw" else putting_aside.bring_back
        is_lead = request.can(Permission.PERIODS_CLOSE)
        change(pk, by=signed_in(request).pk, is_lead=is_lead, words=words)
        told = "Put aside." if verb == "withdraw" else "Brought back: it waits to be signed."
        messages.success(request, told)
    else:
        raise InputError(f"{verb[:20]!r}: expected comment, sign, withdraw or back")
    return redirect("aging:review", pk)


@requires(Permission.PERIODS_CLOSE)
@require_POST
def save_guideline(request: HttpRequest) -> HttpResponse:
    """Set when a group needs a comment, and by when a month's review is signed."""
    figures = {name: _typed(request, name) for name in ("old_percent", "business_day")}
    for name, typed in figures.items():
        if not (typed.isascii() and typed.isdecimal() and len(typed) < 4):
            raise InputError(f"{name.replace('_', ' ')} {typed[:20]!r}: expected a whole number")
    amounts = {name: written_money(_typed(request, name)) for name in ("old_amount", "credit_amount")}  # fmt: skip
    for name, amount in amounts.items():
        if amount is None or amount.as_tuple().exponent < -2 or amount >= 10**12:  # type: ignore[operator]
            raise InputError(f"{name.replace('_', ' ')}: expected dollars and cents")
    reviews.save_guideline(
        old_amount=amounts["old_amount"],  # type: ignore[arg-type]
        credit_amount=amounts["credit_amount"],  # type: ignore[arg-type]
        old_percent=int(figures["old_percent"]),
        business_day=int(figures["business_day"]),
        by=signed_in(request).pk,
    )
    messages.success(request, "The guideline is saved. A month's review that is due becomes work.")
    return redirect("aging:reviews")


@requires(Permission.ACCOUNTS_READ)
@require_safe
def reviews_of_month(request: HttpRequest, number: int) -> HttpResponse:
    """Where the work of a month such as 202611 leads."""
    return redirect("aging:reviews")


def _typed(request: HttpRequest, name: str, *, most: int = 40) -> str:
    return request.POST.get(name, "").replace("\0", "").strip()[:most]
