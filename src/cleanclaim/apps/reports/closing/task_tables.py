"""Tasks of a close as tables and facts."""

from collections.abc import Mapping, Sequence
from datetime import date

from cleanclaim.apps.reports.closing.calendar_models import Act, CloseTaskMark, Mark
from cleanclaim.apps.reports.closing.task_services import closed_on_business_day
from cleanclaim.apps.reports.closing.tasks import Standing, Task
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.figures import full_day
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Table, Tone
from cleanclaim.kernel.words import counted

TONES: dict[str, Tone] = {
    "done": "good",
    "done late": "good",
    "late": "act",
    "due": "wait",
}
Names = Mapping[int, str]


def due_words(business_day: int) -> str:
    """A business day as people say it."""
    if business_day > 0:
        return f"Business day {business_day}"
    if not business_day:
        return "Last business day of the month"
    return f"{counted(-business_day, 'business day')} before the month's last"


def state_words(one: Standing) -> str:
    """A state as people say it."""
    words = one.state.capitalize()
    if one.late_by and one.state in ("late", "done late"):
        words += f" by {counted(one.late_by, 'business day')}"
    return words


def task_table(found: Sequence[Standing], names: Names, month: date) -> Table:
    """The month's tasks in the order of their days."""

    def waits(one: Standing) -> str:
        return "; ".join(first.title for first in one.waits_for)

    def done_by(one: Standing) -> str:
        return names.get(one.done_by or 0, "the system") if one.is_done else ""

    return Table(
        caption=f"Tasks of {month:%B %Y}",
        columns=(
            Column("Task", lambda one: one.task.title, kind="strong", wraps=True),
            Column("Due", lambda one: one.due_on, kind="day"),
            Column("State", lambda one: Chip(state_words(one), TONES.get(one.state, "")), kind="chip"),
            Column("Whose", lambda one: names.get(one.owner or 0, "")),
            Column("Waits for", waits, kind="soft", flexible=True),
            Column("Done on", lambda one: one.done_at, kind="day"),
            Column("Done by", done_by, kind="soft"),
            Column("Words", lambda one: one.words, kind="soft", minor=True),
        ),
        rows=found,
        key=lambda one: one.task.name,
        href=lambda one: address("closing:task", month.year, month.month, one.task.name),
        foot=counted(len(found), "task"),
    )  # fmt: skip


def task_facts(found: Sequence[Standing], month: date) -> list[Fact]:
    """How far the month is, and whether it is on time."""
    done = [one for one in found if one.is_done]
    in_time = sum(not one.late_by for one in done)
    late = [one for one in found if one.state == "late"]
    open_ones = sorted((one for one in found if not one.is_done), key=lambda one: one.due_on)
    facts = [
        Fact("Done", f"{len(done)} of {len(found)}", note=f"{in_time} in time" if done else ""),
        Fact("Late", len(late), tone="act" if late else ""),
    ]
    if open_ones:
        facts.append(Fact("Next due", full_day(open_ones[0].due_on), note=open_ones[0].task.title))
    closed = closed_on_business_day(found, month)
    if closed is not None:
        facts.append(Fact("Closed", due_words(closed).lower(), note="after the month's end"))
    return facts


def story_table(marks: Sequence[CloseTaskMark], names: Names) -> Table:
    """Everything that was marked on a month's task, newest first."""

    def what(one: CloseTaskMark) -> str:
        if one.kind == Mark.GIVEN:
            return f"Given to {names.get(one.owner or 0, 'nobody')}"
        if one.kind == Mark.MOVED and one.due_on:
            return f"Moved to {full_day(one.due_on)}"
        return str(Mark(one.kind).label)

    def found(one: CloseTaskMark) -> str:
        return "; ".join(
            f"{'passed' if passed else 'not passed'}: {words}" for _, passed, words in one.found
        )

    return Table(
        caption="Story",
        columns=(
            Column("What", what, kind="strong"),
            Column("Words", lambda one: one.words, wraps=True),
            Column("Its checks then", found, kind="soft", wraps=True),
            Column("By", lambda one: names.get(one.by or 0, "the system")),
            Column("On", lambda one: one.at, kind="day"),
        ),
        rows=marks,
    )  # fmt: skip


def calendar_table(found: Sequence[Task], names: Names) -> Table:
    """The calendar itself."""
    titles = {one.name: one.title for one in found}
    return Table(
        caption="Close calendar",
        columns=(
            Column("Task", lambda one: one.title, kind="strong", wraps=True),
            Column("Name", lambda one: one.name, kind="id"),
            Column("Due", lambda one: due_words(one.business_day)),
            Column("Whose", lambda one: names.get(one.owner or 0, "")),
            Column("After", lambda one: "; ".join(titles[n] for n in one.after), kind="soft", flexible=True),
            Column("Done when", lambda one: str(Act(one.act).label) if one.act else "somebody ticks it", kind="soft"),
            Column("Checks", lambda one: ", ".join(one.checks), kind="soft", minor=True),
        ),
        rows=found,
        key=lambda one: one.name,
        href=lambda one: address("closing:calendar_task", one.name),
        foot=counted(len(found), "task"),
    )  # fmt: skip
