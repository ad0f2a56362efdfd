"""Work as a table, and a rank as a trace."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.parts import Chip, Column, Moment, Step, Table
from cleanclaim.apps.shared.work.links import subject_href
from cleanclaim.apps.shared.work.models import WorkItem, WorkTouch

SOON_DAYS = 2


def kind_words(kind: str) -> str:
    """A kind of work as people say it: `no_answer` is `No answer`."""
    return kind.replace("_", " ").capitalize()


def work_table(items: Sequence[WorkItem], *, foot: str) -> Table:
    """The queue, best next first."""
    return Table(
        caption="Work, best next first",
        columns=(
            Column("Work", lambda item: kind_words(item.kind), kind="strong"),
            Column("Patient", lambda item: item.patient_name),
            Column("Payer", lambda item: item.payer_name, minor=True),
            Column("Reason", lambda item: item.reason, flexible=True),
            Column("Open", lambda item: item.amount or None, kind="money", total=True),
            Column("Due", lambda item: item.due_on, kind="day"),
            Column(
                "Rank",
                lambda item: int(item.rank.to_integral_value()),
                kind="count",
                why=lambda item: address("work:why", item.pk),
            ),
        ),
        rows=items,
        href=lambda item: subject_href(item.subject_kind, item.subject_id),
        side=lambda item: address("work:item", item.pk),
        why=lambda item: address("work:why", item.pk),
        foot=foot,
        selectable=True,
    )


def due_chip(item: WorkItem, *, on: date) -> Chip | None:
    """When it is due; red from two days before."""
    if item.due_on is None:
        return None
    left = (item.due_on - on).days
    words = "overdue" if left < 0 else "due today" if left == 0 else f"due in {left} days"
    return Chip("due tomorrow" if left == 1 else words, "act" if left <= SOON_DAYS else "")


def rank_steps(item: WorkItem) -> tuple[list[Step], str, Decimal]:
    """The steps of the rank, the words of its last line, and the rank."""
    steps = [Step(words, figure) for words, figure in item.rank_steps]
    return steps[:-1], steps[-1].words, item.rank


def moments(touches: Sequence[WorkTouch], names: dict[int, str]) -> list[Moment]:
    """What was done with an item; `names` are users' names by id."""
    return [
        Moment(touch.at, " ".join(part for part in (touch.kind, touch.words) if part)
               + (f" ({names[touch.by]})" if touch.by in names else ""))
        for touch in touches
    ]  # fmt: skip
