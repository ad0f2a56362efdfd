"""Pages of a month's tasks: all of them, one with its story, and what can be done with it."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.reports.closing import task_services, task_tables
from cleanclaim.apps.reports.closing.calendar_models import Act, CloseTaskMark
from cleanclaim.apps.reports.closing.checks import question_of
from cleanclaim.apps.reports.closing.months import first_of
from cleanclaim.apps.reports.closing.tables import check_table
from cleanclaim.apps.reports.closing.tasks import Standing, month_task, month_tasks, own_calendar
from cleanclaim.apps.reports.closing.views import export, person, posted
from cleanclaim.apps.shared.pages.days import read_day
from cleanclaim.apps.shared.pages.figures import full_day
from cleanclaim.apps.shared.users.access import one_snapshot, requires
from cleanclaim.apps.shared.users.models import Membership
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.errors import InputError, PermissionRefusedError


@one_snapshot
@requires(Permission.ACCOUNTS_READ)
@require_safe
def task_list(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """What is to be done for a month's close, by when and by whom."""
    first = first_of(year, month)
    found = month_tasks(first, on=timezone.localdate())
    names = names_of({one.owner for one in found} | {one.done_by for one in found})
    table = task_tables.task_table(found, names, first)
    if "xlsx" in request.GET:
        return export(request, table, name=f"close-tasks-{first:%Y-%m}")
    context = {
        "first": first,
        "table": table,
        "facts": task_tables.task_facts(found, first),
        "is_own": own_calendar(),
        "may_close": request.can(Permission.PERIODS_CLOSE),
    }
    return render(request, "closing/tasks.html", context)


@one_snapshot
@requires(Permission.ACCOUNTS_READ)
@require_safe
def task_page(request: HttpRequest, year: int, month: int, name: str) -> HttpResponse:
    """One task of a month: what its checks say, what was marked on it, and what can be done."""
    first = first_of(year, month)
    one = _one(first, name)
    found = task_services.checks_of(one.task, first) if not one.is_done else []
    marks = list(CloseTaskMark.objects.filter(month=first, task=name).order_by("-id"))
    people = {one.owner, one.done_by} | {mark.by for mark in marks} | {mark.owner for mark in marks}
    names = names_of(people)
    context = {
        "first": first,
        "one": one,
        "state": task_tables.state_words(one),
        "owner": names.get(one.owner or 0, "nobody"),
        "done_by": names.get(one.done_by or 0, "the system"),
        "act": Act(one.task.act).label if one.task.act else "",
        "checks": check_table(found, {}, caption="Its checks") if found else None,
        "failed": [check for check in found if not check.result.passed],
        "named": [question_of(check) for check in one.task.checks],
        "story": task_tables.story_table(marks, names),
        "may_tick": _may_tick(request, one),
        "may_close": request.can(Permission.PERIODS_CLOSE),
        "people": people_of(request) if request.can(Permission.PERIODS_CLOSE) else [],
    }
    return render(request, "closing/task.html", context)


@requires(Permission.WORK_READ)
@require_POST
def mark(request: HttpRequest, year: int, month: int, name: str, verb: str) -> HttpResponse:
    """Tick a task, take the tick back, give it to somebody, or let it be due on another day."""
    first = first_of(year, month)
    one, by, words = _one(first, name), person(request), posted(request, "words")
    is_lead = request.can(Permission.PERIODS_CLOSE)
    if verb not in ("tick", "back") and not is_lead:
        raise PermissionRefusedError("a lead gives tasks and moves their days")
    title = one.task.title
    if verb == "tick":
        task_services.tick(first, name, by=by, is_lead=is_lead, words=words)
        messages.success(request, f"{title}: done.")
    elif verb == "back":
        task_services.take_back(first, name, by=by, is_lead=is_lead, words=words)
        messages.success(request, f"{title}: to be done again.")
    elif verb == "give":
        to = owner_in(request)
        task_services.give(first, name, to=to, by=by)
        messages.success(request, f"{title}: given to {names_of({to}).get(to or 0, 'nobody')}.")
    elif verb == "move":
        day = read_day(posted(request, "due_on"), "due_on")
        task_services.move(first, name, due_on=day, words=words, by=by)
        messages.success(request, f"{title}: due {full_day(day)}.")
    else:
        raise InputError(f"{verb[:20]!r}: expected tick, back, give or move")
    return redirect("closing:tasks", year, month)


@requires(Permission.ACCOUNTS_READ)
@require_safe
def month_by_number(request: HttpRequest, number: int) -> HttpResponse:
    """The tasks of a month such as 202611, where its work leads."""
    first = first_of(*divmod(number, 100))
    return redirect("closing:tasks", first.year, first.month)


def owner_in(request: HttpRequest) -> int | None:
    """The person that a form chose.

    Raises:
        InputError: nobody here.
    """
    typed = posted(request, "owner")
    if not typed:
        return None
    known = {str(pk): pk for pk, _ in people_of(request)}
    if typed not in known:
        raise InputError(f"owner {typed[:20]!r}: nobody of this organization")
    return known[typed]


def people_of(request: HttpRequest) -> list[tuple[int, str]]:
    """Whoever works here, by name."""
    rows = Membership.objects.filter(
        organization_id=request.organization.pk,
        is_active=True,
        user__is_active=True,
        role__permissions__contains=[Permission.WORK_READ.value],
    )
    return list(rows.order_by("user__name").values_list("user_id", "user__name"))


def _one(first: date, name: str) -> Standing:
    return month_task(first, name, on=timezone.localdate())


def _may_tick(request: HttpRequest, one: Standing) -> bool:
    return request.can(Permission.WORK_READ) and task_services.may_tick(
        one, by=person(request), is_lead=request.can(Permission.PERIODS_CLOSE)
    )
