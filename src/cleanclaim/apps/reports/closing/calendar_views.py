"""Pages of the close calendar itself: its tasks, one of them, changing it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.reports.closing import task_services, task_tables
from cleanclaim.apps.reports.closing.calendar_models import Act
from cleanclaim.apps.reports.closing.checks import check_names, question_of
from cleanclaim.apps.reports.closing.task_views import owner_in, people_of
from cleanclaim.apps.reports.closing.tasks import Task, own_calendar, task_of, tasks
from cleanclaim.apps.reports.closing.views import export, person, posted
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.errors import InputError


@requires(Permission.ACCOUNTS_READ)
@require_safe
def calendar_page(request: HttpRequest) -> HttpResponse:
    """The tasks of every month's close, with their days."""
    found = tasks()
    table = task_tables.calendar_table(found, names_of({one.owner for one in found}))
    if "xlsx" in request.GET:
        return export(request, table, name="close-calendar")
    context = {
        "table": table,
        "is_own": own_calendar(),
        "may_close": request.can(Permission.PERIODS_CLOSE),
    }
    return render(request, "closing/calendar.html", context)


@requires(Permission.ACCOUNTS_READ)
@require_safe
def calendar_task(request: HttpRequest, name: str) -> HttpResponse:
    """One task of the calendar, to be changed by a lead."""
    return _form(request, task_of(name))


@requires(Permission.PERIODS_CLOSE)
@require_safe
def new_task(request: HttpRequest) -> HttpResponse:
    """A task that the calendar does not have yet."""
    return _form(request, None)


def _form(request: HttpRequest, task: Task | None) -> HttpResponse:
    context = {
        "task": task,
        "act": Act(task.act).label if task and task.act else "",
        "due": task_tables.due_words(task.business_day) if task else "",
        "others": [one for one in tasks() if task is None or one.name != task.name],
        "questions": [(name, question_of(name)) for name in check_names()],
        "people": people_of(request),
        "may_close": request.can(Permission.PERIODS_CLOSE),
    }
    return render(request, "closing/calendar_task.html", context)


@requires(Permission.PERIODS_CLOSE)
@require_POST
def save_task(request: HttpRequest) -> HttpResponse:
    """Add a task or change one."""
    day = posted(request, "business_day")
    if not day.removeprefix("-").isdecimal() or len(day) > 3:
        raise InputError(
            f"business day {day[:20]!r}: expected a number such as 3",
            hint="1 is the first business day after the month, 0 the last one in it.",
        )
    task = Task(
        posted(request, "name"),
        posted(request, "title"),
        int(day),
        posted(request, "what"),
        tuple(request.POST.getlist("after")),
        tuple(request.POST.getlist("checks")),
        owner=owner_in(request),
    )
    task_services.save_task(task, by=person(request), is_new=bool(posted(request, "is_new")))
    messages.success(request, f"{task.title}: saved.")
    return redirect("closing:calendar")


@requires(Permission.PERIODS_CLOSE)
@require_POST
def remove_task(request: HttpRequest, name: str) -> HttpResponse:
    """Take a task out of the calendar."""
    task_services.remove_task(name, by=person(request))
    messages.success(request, f"{name}: out of the calendar. What was marked on it stays.")
    return redirect("closing:calendar")


@requires(Permission.PERIODS_CLOSE)
@require_POST
def use_calendar(request: HttpRequest) -> HttpResponse:
    """Make the proposed calendar the practice's own."""
    task_services.use_standard(by=person(request))
    messages.success(request, "The calendar is yours: what is due becomes work.")
    return redirect("closing:calendar")
