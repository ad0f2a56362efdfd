"""A month's tasks: what is to be done for its close, by when and by whom."""

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from cleanclaim.apps.reports.closing import task_services
from cleanclaim.apps.reports.closing.months import read_month
from cleanclaim.apps.reports.closing.tasks import Standing, month_task, month_tasks
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import member_at
from cleanclaim.project.api.closing import Month, MonthFilter, Words
from cleanclaim.project.api.operation import IdempotencyKey, acting_user, operation
from cleanclaim.project.api.types import Answer, Day, Page, Request, Text200, page

router = Router(tags=["close"])
Name = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,39}$")]


class Task(Answer):
    """A task as it stands. `late_by` are business days, also of one that was done late."""

    name: str
    title: str
    due_on: Day
    state: str = Field(description="done, done late, late, due, waits, open")
    late_by: int
    owner: int | None
    waits_for: list[str]
    done_at: datetime | None
    done_by: int | None
    words: str


class Tick(Request):
    """`words` are needed where a check of the task does not pass."""

    month: Month
    task: Name
    words: Text200 = ""


class Give(Request):
    """To whom, by e-mail address; without one it is nobody's in particular."""

    month: Month
    task: Name
    to: Text200 = ""


class Move(Request):
    """To which day, and why."""

    month: Month
    task: Name
    due_on: Day
    words: Words


@operation(router, "GET", "/close/tasks", scope=Permission.ACCOUNTS_READ, answer=Page[Task])
def get_close_tasks(request: HttpRequest, filters: Query[MonthFilter]) -> Page[Task]:
    """The tasks of a month in the order of their days."""
    found = month_tasks(read_month(filters.month), on=timezone.localdate())
    return page(_task(one) for one in found)


@operation(router, "POST", "/close/tasks/tick", scope=Permission.WORK_READ, answer=Task)
def tick_close_task(request: HttpRequest, idempotency_key: IdempotencyKey, body: Tick) -> Task:
    """Say that a task is done: by whose it is, by a lead, by anybody where it is nobody's. It needs a person."""
    by, month, name = acting_user(request), read_month(body.month), body.task
    task_services.tick(month, name, by=by, is_lead=_is_lead(request), words=body.words)
    return _now(month, name)


@operation(router, "POST", "/close/tasks/untick", scope=Permission.WORK_READ, answer=Task)
def untick_close_task(request: HttpRequest, idempotency_key: IdempotencyKey, body: Tick) -> Task:
    """Take a tick back. It needs a person."""
    by, month, name = acting_user(request), read_month(body.month), body.task
    task_services.take_back(month, name, by=by, is_lead=_is_lead(request), words=body.words)
    return _now(month, name)


@operation(router, "POST", "/close/tasks/give", scope=Permission.PERIODS_CLOSE, answer=Task)
def give_close_task(request: HttpRequest, idempotency_key: IdempotencyKey, body: Give) -> Task:
    """Make a month's task somebody's. It needs a person."""
    by, month, name = acting_user(request), read_month(body.month), body.task
    to = None
    if body.to.strip():
        organization_id = request.auth.organization_id
        to = member_at(body.to, organization_id=organization_id, permission=Permission.WORK_READ)
    task_services.give(month, name, to=to, by=by)
    return _now(month, name)


@operation(router, "POST", "/close/tasks/move", scope=Permission.PERIODS_CLOSE, answer=Task)
def move_close_task(request: HttpRequest, idempotency_key: IdempotencyKey, body: Move) -> Task:
    """Let a month's task be due on another day. It needs a person."""
    by, month, name = acting_user(request), read_month(body.month), body.task
    task_services.move(month, name, due_on=body.due_on, words=body.words, by=by)
    return _now(month, name)


def _is_lead(request: HttpRequest) -> bool:
    return Permission.PERIODS_CLOSE.value in request.auth.scopes


def _now(month: date, name: str) -> Task:
    return _task(month_task(month, name, on=timezone.localdate()))


def _task(one: Standing) -> Task:
    return Task(
        name=one.task.name,
        title=one.task.title,
        due_on=one.due_on,
        state=one.state,
        late_by=one.late_by,
        owner=one.owner,
        waits_for=[first.name for first in one.waits_for],
        done_at=one.done_at,
        done_by=one.done_by,
        words=one.words,
    )
