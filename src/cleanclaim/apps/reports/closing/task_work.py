"""What is due or late of a close becomes work of whoever has it."""

from collections.abc import Sequence
from datetime import date

from cleanclaim.apps.reports.closing.calendar_models import Act
from cleanclaim.apps.reports.closing.months import first_of, followed_months, last_of
from cleanclaim.apps.reports.closing.tasks import Standing, month_tasks, own_calendar
from cleanclaim.apps.shared.ledger.selectors import has_entries_between, is_closed
from cleanclaim.apps.shared.work.models import WorkItem
from cleanclaim.apps.shared.work.services import NewWork, close_work, open_work

KIND = "close_task"
SUBJECT = "close_month"


def follow(*, on: date) -> None:
    """Open work for what is due or late in this month and those before it, close it for what is done.

    Once an hour is enough; a month without entries asks for nothing.
    """
    if not own_calendar():
        return
    opened = WorkItem.objects.filter(kind=KIND).exclude(state="done")
    older = {first_of(*divmod(one, 100)) for one in opened.values_list("subject_id", flat=True)}
    for month in sorted({*followed_months(on), *older}):
        if has_entries_between(month, last_of(month)):
            follow_month(month, on=on)


def follow_month(month: date, *, on: date) -> None:
    """As `follow`, for one month. A task that waits for another is nobody's work yet."""
    if not own_calendar():
        return
    found = month_tasks(month, on=on)
    due = [one for one in found if one.state in ("late", "due") and not one.waits_for]
    if is_closed(month):
        due = _after_the_close(found, due)
    wanted = [_asked(one, month, on=on) for one in due]
    close_work(
        KIND,
        subject_kind=SUBJECT,
        subject_ids=[number(month)],
        outcome="Done or not due",
        but_for=[one.key for one in wanted],
    )
    open_work(wanted)


def _after_the_close(found: Sequence[Standing], due: Sequence[Standing]) -> list[Standing]:
    """Of what is due in a closed month, what comes after the close: two persons said of the rest that it is done, or why not."""
    closing = next((one.task for one in found if one.task.act == Act.CLOSED), None)
    if closing is None:
        return list(due)
    return [
        one
        for one in due
        if closing.name in one.task.after or one.task.business_day > closing.business_day
    ]


def number(month: date) -> int:
    """A month as one number, such as 202611."""
    return month.year * 100 + month.month


def key_of(month: date, name: str) -> str:
    """Of the work of a month's task."""
    return f"{KIND}:{month:%Y-%m}:{name}"


def _asked(one: Standing, month: date, *, on: date) -> NewWork:
    late = f", {one.late_by} business days ago" if one.late_by > 1 else ""
    return NewWork(
        kind=KIND,
        subject_kind=SUBJECT,
        subject_id=number(month),
        title=f"{month:%B %Y}: {one.task.title}",
        reason=f"Was due {one.due_on}{late}" if one.late_by else f"Due {one.due_on}",
        opened_on=on,
        due_on=one.due_on,
        owner=one.owner,
        dedupe_key=key_of(month, one.task.name),
    )
