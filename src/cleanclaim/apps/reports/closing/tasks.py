"""The tasks of a close calendar, and where each stands in a month."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Max
from django.utils import timezone

from cleanclaim.apps.reports.closing.calendar_models import Act, CloseTask, CloseTaskMark, Mark
from cleanclaim.apps.reports.closing.models import CloseRequest, JournalExport, State, Verb
from cleanclaim.apps.reports.closing.months import last_of
from cleanclaim.apps.shared.ledger.models import Entry
from cleanclaim.apps.shared.ledger.selectors import is_closed
from cleanclaim.kernel.dates import business_day_of, business_days_between
from cleanclaim.kernel.errors import InputError

SOON = 1  # business days


@dataclass(frozen=True, slots=True)
class Task:
    """A task as in `CloseTask`."""

    name: str
    title: str
    business_day: int
    words: str = ""
    after: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    act: str = ""
    owner: int | None = None


# What a practice starts from; our own proposal, to be corrected: most closes are done in three to five business days.
STANDARD = (
    Task("files", "Work on or refuse every received file", 1, checks=("files", "remittances")),
    Task(
        "cash",
        "Match the bank: awaited, unidentified and unexplained money",
        1,
        checks=("clearing", "unidentified", "money-out"),
    ),
    Task("days", "Sign every day's proof", 2, after=("files", "cash"), checks=("days",)),
    Task(
        "held",
        "Find the claims of held payments, apply what is unapplied",
        2,
        after=("files",),
        checks=("held", "unapplied"),
    ),
    Task("requests", "Decide every request", 2, checks=("approvals",)),
    Task("accruals", "Post the accruals", 3, after=("held",), checks=("accruals",)),
    Task(
        "review",
        "Look through the aging and the roll-forward",
        3,
        words="Receivables tie to the general ledger; what moved them is understood.",
        after=("days", "accruals"),
        checks=("subledger", "roll-forward", "cut-off"),
    ),
    Task("ask", "Ask for the close", 3, after=("review", "requests"), act=Act.ASKED),
    Task("close", "Close the month as the second person", 4, after=("ask",), act=Act.CLOSED),
    Task("journal", "Send the journal to the general ledger", 5, after=("close",), act=Act.JOURNAL),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a month's task stands. `waits_for` are tasks that come first and are not done; `late_by` business days."""

    task: Task
    due_on: date
    owner: int | None
    done_at: datetime | None
    done_by: int | None
    is_done: bool
    words: str
    waits_for: tuple[Task, ...]
    late_by: int
    is_soon: bool

    @property
    def state(self) -> str:
        """In one word."""
        if self.is_done:
            return "done late" if self.late_by > 0 else "done"
        if self.late_by > 0:
            return "late"
        if self.waits_for:
            return "waits"
        return "due" if self.is_soon else "open"


def own_calendar() -> bool:
    """Whether the practice has a calendar of its own: only then does anything of it become work."""
    return CloseTask.objects.exists()


def tasks() -> list[Task]:
    """The calendar in the order of its days: the practice's own, or the one that it may start from."""
    rows = list(CloseTask.objects.order_by("id"))
    found = [_task(row) for row in rows if not row.is_removed] if rows else list(STANDARD)
    names = {one.name for one in found}
    # One that was removed holds nothing up.
    kept = [replace(one, after=tuple(n for n in one.after if n in names)) for one in found]
    return sorted(kept, key=lambda one: one.business_day)


def task_of(name: str) -> Task:
    """One of them.

    Raises:
        InputError: there is none of this name; the message has those that there are.
    """
    found = tasks()
    for one in found:
        if one.name == name:
            return one
    raise _unknown(name, found)


def _unknown(name: str, found: Sequence[Task]) -> InputError:
    return InputError(
        f"task {name[:40]!r}: the calendar has none of this name",
        hint=f"It has {', '.join(one.name for one in found)}.",
    )


def _task(row: CloseTask) -> Task:
    return Task(
        row.name,
        row.title,
        row.business_day,
        row.words,
        tuple(row.after),
        tuple(row.checks),
        row.act,
        row.owner,
    )


def month_tasks(month: date, *, on: date) -> list[Standing]:
    """Every task of the month as it stands on a day; a few statements, whatever the number of tasks."""
    marks = list(CloseTaskMark.objects.filter(month=month).order_by("id"))
    return standings(tasks(), marks, _acts(month), month=month, on=on)


def month_task(month: date, name: str, *, on: date) -> Standing:
    """One of them.

    Raises:
        InputError: as `task_of`.
    """
    found = month_tasks(month, on=on)
    for one in found:
        if one.task.name == name:
            return one
    raise _unknown(name, [one.task for one in found])


Acts = dict[str, tuple[datetime | None, int | None]]


def standings(
    calendar: Sequence[Task], marks: Iterable[CloseTaskMark], acts: Acts, *, month: date, on: date
) -> list[Standing]:
    """As `month_tasks`, from the marks in their order and the acts that happened."""
    by_task: dict[str, list[CloseTaskMark]] = defaultdict(list)
    for mark in marks:
        by_task[mark.task].append(mark)
    done: dict[str, tuple[datetime | None, int | None, str, date | None]] = {}
    for one in calendar:
        if one.act:
            if one.act in acts:
                done[one.name] = (*acts[one.act], "", None)
        elif tick := _standing_tick(by_task[one.name]):
            done[one.name] = (tick.at, tick.by, tick.words, tick.due_on)
    by_name = {one.name: one for one in calendar}
    return [
        _standing(
            one,
            by_task[one.name],
            done.get(one.name),
            tuple(by_name[n] for n in one.after if n in by_name and n not in done),
            month=month,
            on=on,
        )
        for one in calendar
    ]


def _standing(
    task: Task,
    marks: Sequence[CloseTaskMark],
    done: tuple[datetime | None, int | None, str, date | None] | None,
    waits_for: tuple[Task, ...],
    *,
    month: date,
    on: date,
) -> Standing:
    moved = next((one.due_on for one in reversed(marks) if one.kind == Mark.MOVED), None)
    given = next((one for one in reversed(marks) if one.kind == Mark.GIVEN), None)
    done_at, done_by, words, due_then = done or (None, None, "", None)
    # One that is done was late or not by the day that it had then, whatever the calendar says today.
    due = due_then or moved or business_day_of(month, task.business_day)
    until = timezone.localdate(done_at) if done_at else on
    late_by = 0 if done and done_at is None else max(0, business_days_between(due, until))
    if not done and on > due:
        late_by = max(late_by, 1)  # also where no business day lies between
    return Standing(
        task,
        due,
        given.owner if given else task.owner,
        done_at,
        done_by,
        done is not None,
        words,
        () if done else waits_for,
        late_by,
        not done and business_days_between(on, due) <= SOON,
    )


def _standing_tick(marks: Sequence[CloseTaskMark]) -> CloseTaskMark | None:
    for one in reversed(marks):
        if one.kind in (Mark.DONE, Mark.TAKEN_BACK):
            return one if one.kind == Mark.DONE else None
    return None


def _acts(month: date) -> Acts:
    """What happened of `Act`, when and by whom; a month that was opened again is not closed any more."""
    found: Acts = {}
    requests = CloseRequest.objects.filter(verb=Verb.CLOSE, month__gte=month)
    if is_closed(month):
        # Closed by its own request, or with a later month.
        row = requests.filter(state=State.APPROVED).order_by("month", "-id").first()
        found[Act.ASKED] = (row.requested_at, row.requested_by) if row else (None, None)
        found[Act.CLOSED] = (row.decided_at, row.decided_by) if row else (None, None)
        sent = JournalExport.objects.defer("content").filter(month=month).order_by("-last_entry_id")
        journal = sent.first()
        newest = Entry.objects.filter(
            accounting_on__gte=month, accounting_on__lte=last_of(month)
        ).aggregate(newest=Max("id"))["newest"]
        if journal and journal.last_entry_id >= (newest or 0):
            found[Act.JOURNAL] = (journal.made_at, journal.made_by)
    elif waiting := requests.filter(month=month, state=State.REQUESTED).first():
        found[Act.ASKED] = (waiting.requested_at, waiting.requested_by)
    return found
