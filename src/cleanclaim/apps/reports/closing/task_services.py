"""Tick tasks of a month's close, give them to somebody, move them; keep the calendar itself."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from cleanclaim.apps.reports.closing.calendar_models import Act, CloseTask, CloseTaskMark, Mark
from cleanclaim.apps.reports.closing.checks import Check, check_names, checklist
from cleanclaim.apps.reports.closing.months import followed_months, last_of
from cleanclaim.apps.reports.closing.tasks import (
    STANDARD,
    Standing,
    Task,
    month_task,
    month_tasks,
    own_calendar,
    task_of,
    tasks,
)
from cleanclaim.apps.shared.ledger.selectors import is_closed
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.apps.shared.work import services as work
from cleanclaim.apps.shared.work.models import WorkItem
from cleanclaim.kernel.dates import business_days_between
from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from cleanclaim.kernel.words import counted

FIRST_DAY, LAST_DAY = -10, 30
LONGEST_MOVE = 60  # days after the month
MOST_TASKS = 60


@transaction.atomic
def tick(month: date, name: str, *, by: int | None, is_lead: bool, words: str = "") -> None:
    """Mark a task of a month as done, with what its checks say now.

    Raises:
        InputError: no such task, or its checks do not pass and `words` do not say why it is done all the same.
        PermissionRefusedError: it is somebody else's, and no lead ticks it.
        StateError: it is done already, waits for another, or is done by an act and not by a tick.
    """
    _lock(month)
    one = _standing(month, name)
    task = one.task
    if task.act:
        raise StateError(
            f"task {name} is not ticked: it is done when this happens: {Act(task.act).label}"
        )
    _require_may(one, by=by, is_lead=is_lead)
    if one.is_done:
        raise StateError(f"task {name} of {month:%Y-%m} is done already")
    if month > timezone.localdate():
        raise StateError(f"{month:%B %Y} has not begun", hint="Its tasks can be ticked in it.")
    if one.waits_for:
        raise StateError(
            f"task {name} of {month:%Y-%m} waits for {', '.join(first.title for first in one.waits_for)}",
            hint="Do that first, or take it out of what comes before this task.",
        )
    found = checks_of(task, month)
    failed = [check for check in found if not check.result.passed]
    if failed and not words.strip():
        raise InputError(
            f"{counted(len(failed), 'check')} of task {name} did not pass: "
            + "; ".join(f"{check.question} {check.result.words}" for check in failed),
            hint="Do what it asks, or say why the task is done all the same.",
        )
    said = [(check.name, check.result.passed, check.result.words) for check in found]
    _mark(month, name, Mark.DONE, words=words, due_on=one.due_on, found=said, by=by)
    _follow(month)


@transaction.atomic
def take_back(month: date, name: str, *, by: int | None, is_lead: bool, words: str = "") -> None:
    """Take a tick back; it stays in the task's story.

    Raises:
        InputError: no such task.
        PermissionRefusedError: it is somebody else's, and no lead takes it back.
        StateError: it is not ticked, or a task that comes after it is done.
    """
    _lock(month)
    found = {one.task.name: one for one in month_tasks(month, on=timezone.localdate())}
    task_of(name)
    if not found[name].is_done or found[name].task.act:
        raise StateError(f"task {name} of {month:%Y-%m} is not ticked")
    _require_may(found[name], by=by, is_lead=is_lead)
    after = [one.task.title for one in found.values() if one.is_done and name in one.task.after]
    if after:
        raise StateError(
            f"task {name} of {month:%Y-%m} comes before {', '.join(after)}, and that is done",
            hint="Take that back first.",
        )
    _mark(month, name, Mark.TAKEN_BACK, words=words, by=by)
    _follow(month)


@transaction.atomic
def give(month: date, name: str, *, to: int | None, by: int | None) -> None:
    """Give a month's task to somebody, or to nobody; the calendar's own owner stays for the months after.

    Raises:
        InputError: no such task.
    """
    _lock(month)
    task_of(name)
    _mark(month, name, Mark.GIVEN, owner=to, by=by)
    _follow(month)
    _hand_over(month, name, to=to, by=by)


@transaction.atomic
def move(month: date, name: str, *, due_on: date, words: str, by: int | None) -> None:
    """Let a month's task be due on another day, with the reason.

    Raises:
        InputError: no such task, no reason, or a day before the month or far after it.
        StateError: the task is done.
    """
    _lock(month)
    one = _standing(month, name)
    if one.is_done:
        raise StateError(f"task {name} of {month:%Y-%m} is done already")
    if not words.strip():
        raise InputError("the reason is empty", hint="Say why the task is due on another day.")
    until = last_of(month) + timedelta(days=LONGEST_MOVE)
    if not month <= due_on <= until:
        raise InputError(f"day {due_on}: expected one from {month} to {until}")
    _mark(month, name, Mark.MOVED, due_on=due_on, words=words, by=by)
    _follow(month)


def checks_of(task: Task, month: date) -> list[Check]:
    """What the task's own checks say now."""
    return checklist(month, only=task.checks) if task.checks else []


@transaction.atomic
def use_standard(*, by: int | None) -> None:
    """Make the calendar that is proposed the practice's own: from now on its tasks become work."""
    lock_names(["close calendar"])
    if not own_calendar():
        for task in STANDARD:
            _write(task, by=by)


@transaction.atomic
def save_task(task: Task, *, by: int | None, is_new: bool = False) -> None:
    """Add a task to the calendar, or change one; months that are done keep their days.

    Raises:
        InputError: a name, day, check or task before it that cannot be.
        StateError: a new one has the name of another, or two tasks would wait for each other.
    """
    use_standard(by=by)  # which keeps everybody else off the calendar
    known = {one.name: one for one in tasks()}
    if is_new and task.name in known:
        raise StateError(f"task {task.name}: the calendar has one of this name")
    if not is_new:
        task = replace(task, act=task_of(task.name).act)  # what does a task stays
    elif removed := CloseTask.objects.filter(name=task.name, is_removed=True).first():
        task = replace(task, act=removed.act)  # it comes back, with its story
    elif len(known) >= MOST_TASKS:
        raise StateError(f"the calendar has {len(known)} tasks, as many as it takes")
    _require_fit(task, known)
    _write(task, by=by)
    _follow_all()
    for month in followed_months(timezone.localdate()):
        one = _standing(month, task.name)
        if not one.is_done:
            _hand_over(month, task.name, to=one.owner, by=by)


@transaction.atomic
def remove_task(name: str, *, by: int | None) -> None:
    """Take a task out of the calendar; what was marked on it stays. It holds nothing up any more.

    Raises:
        InputError: no such task.
    """
    use_standard(by=by)
    task_of(name)
    CloseTask.objects.filter(name=name).update(is_removed=True, changed_by=by, changed_at=Now())
    _follow_all()


def _require_fit(task: Task, known: dict[str, Task]) -> None:
    if not re.fullmatch("[a-z0-9][a-z0-9-]{0,39}", task.name):
        raise InputError(
            f"name {task.name[:41]!r}: expected up to 40 small letters, digits and hyphens"
        )
    if not task.title.strip():
        raise InputError("the task is empty", hint="Say what is to be done.")
    if not FIRST_DAY <= task.business_day <= LAST_DAY:
        raise InputError(
            f"business day {task.business_day}: expected {FIRST_DAY} to {LAST_DAY}",
            hint="1 is the first business day after the month, 0 the last one in it.",
        )
    if unknown := [name for name in task.checks if name not in check_names()]:
        raise InputError(
            f"check {unknown[0][:40]!r}: the checklist has none of this name",
            hint=f"It has {', '.join(check_names())}.",
        )
    if unknown := [name for name in task.after if name not in known or name == task.name]:
        raise InputError(f"task {unknown[0][:40]!r}: it cannot come before {task.name}")
    before = {**{name: one.after for name, one in known.items()}, task.name: task.after}
    reached, ahead = set[str](), list(task.after)
    while ahead:
        name = ahead.pop()
        if name == task.name:
            raise StateError(f"task {task.name} would wait for itself")
        if name not in reached:
            reached.add(name)
            ahead += before.get(name, ())


def _write(task: Task, *, by: int | None) -> None:
    CloseTask.objects.update_or_create(
        name=task.name,
        defaults={
            "title": task.title.strip()[:120],
            "words": task.words.strip()[:300],
            "business_day": task.business_day,
            "after": list(task.after),
            "checks": list(task.checks),
            "act": task.act,
            "owner": task.owner,
            "is_removed": False,
            "changed_by": by,
            "changed_at": Now(),
        },
    )


def _lock(month: date) -> None:
    lock_names([f"close tasks {month:%Y-%m}"])


def _standing(month: date, name: str) -> Standing:
    return month_task(month, name, on=timezone.localdate())


def _mark(
    month: date,
    name: str,
    kind: Mark,
    *,
    by: int | None,
    words: str = "",
    owner: int | None = None,
    due_on: date | None = None,
    found: Sequence[tuple[str, bool, str]] = (),
) -> None:
    CloseTaskMark.objects.create(
        month=month,
        task=name,
        kind=kind,
        words=words.strip()[:300],
        owner=owner,
        due_on=due_on,
        found=list(found),
        by=by,
    )


def _hand_over(month: date, name: str, *, to: int | None, by: int | None) -> None:
    """Its work, where it is open already, goes to whom the task was given."""
    from cleanclaim.apps.reports.closing.task_work import key_of

    item = WorkItem.objects.filter(dedupe_key=key_of(month, name)).first()
    if item is None or item.owner == to:
        return
    if item.state == "done":  # it may open again, and is theirs then
        WorkItem.objects.filter(pk=item.pk).update(owner=to)
    elif by is not None:
        work.give(item.pk, owner=to, by=by)


def _follow(month: date) -> None:
    from cleanclaim.apps.reports.closing.task_work import follow_month

    follow_month(month, on=timezone.localdate())


def _follow_all() -> None:
    from cleanclaim.apps.reports.closing.task_work import follow

    follow(on=timezone.localdate())


def may_tick(one: Standing, *, by: int | None, is_lead: bool) -> bool:
    """Whether somebody may tick it: whose it is, a lead, or anybody where it is nobody's."""
    return is_lead or one.owner is None or one.owner == by


def _require_may(one: Standing, *, by: int | None, is_lead: bool) -> None:
    if not may_tick(one, by=by, is_lead=is_lead):
        raise PermissionRefusedError(
            f"task {one.task.name} is somebody else's", hint="They or a lead tick it."
        )


def closed_on_business_day(found: Sequence[Standing], month: date) -> int | None:
    """On which business day after the month it was closed by its own act; None while it is open."""
    for one in found:
        if one.task.act == Act.CLOSED and one.done_at and is_closed(month):
            return business_days_between(last_of(month), timezone.localdate(one.done_at))
    return None
