"""Reviews as tables and facts."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from cleanclaim.apps.reports.aging.review_models import (
    ActKind,
    AgingReview,
    AgingReviewAct,
    ReviewState,
)
from cleanclaim.apps.reports.aging.reviews import Due, Line
from cleanclaim.apps.reports.aging.tables import NAMES, WHOSE, Names, band_names, group_words
from cleanclaim.apps.reports.aging.view import LIMITS_DAYS, OLD_DAYS, Who
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.figures import full_day, moment
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Table
from cleanclaim.kernel.money import show, total
from cleanclaim.kernel.words import counted


def groups_words(row: AgingReview) -> str:
    """By what a review is made."""
    names = ", ".join(NAMES[name].lower() for name in row.by_groups)
    return f"by {names}; owed by {WHOSE[Who(row.who)]}"


def line_words(row: AgingReview, line: Line, names: Names) -> str:
    """A group as people say it."""
    return ", ".join(
        group_words(name, value, names)
        for name, value in zip(row.by_groups, line.group, strict=True)
    )


def line_table(row: AgingReview, lines: Sequence[Line], names: Names) -> Table:
    """The groups with what is old, what moved since the former review, and what was said."""

    def chip(line: Line) -> Chip | str:
        if line.is_missing:
            return Chip("Comment needed", "act")
        return Chip("Said", "good") if line.comment else ""

    def group(place: int) -> Column:
        name = row.by_groups[place]
        return Column(
            NAMES[name],
            lambda line: group_words(name, line.group[place], names),
            kind="soft" if place else "strong",
            flexible=not place,
        )

    former = [
        Column("Open before", lambda line: line.before, kind="money", total=True),
        Column("Moved", lambda line: line.row.open - (line.before or 0), kind="money", total=True),
    ]
    ages = band_names(LIMITS_DAYS)
    return Table(
        caption=f"Groups on {row.on}",
        columns=(
            *(group(place) for place in range(len(row.by_groups))),
            *(
                Column(name, lambda line, place=place: line.row.bands[place] or None, kind="money", total=True, minor=True)
                for place, name in enumerate(ages)
            ),
            Column("Open", lambda line: line.row.open, kind="money", total=True),
            Column(f"Over {OLD_DAYS} days", lambda line: line.old or None, kind="money", total=True),
            Column("Credits", lambda line: line.row.credit or None, kind="money", total=True),
            *(former if row.former_id else ()),
            Column("State", chip, kind="chip"),
            Column("Comment", lambda line: line.comment.words if line.comment else line.needs, wraps=True),
            *((Column("Said before", lambda line: line.said_before, kind="soft", wraps=True),) if row.former_id else ()),
        ),
        rows=lines,
        key=lambda line: str(line.place),
        href=lambda line: f"?group={line.place}",
        foot=counted(len(lines), "group"),
    )  # fmt: skip


def review_facts(row: AgingReview, lines: Sequence[Line]) -> list[Fact]:
    """What is open and old, what is still to be said, and whether it ties."""
    missing = sum(line.is_missing for line in lines)
    return [
        Fact("Open", total(line.row.open for line in lines)),
        Fact(f"Over {OLD_DAYS} days", total(line.old for line in lines)),
        Fact("Credits", total(line.row.credit for line in lines)),
        Fact(
            "Comments",
            f"{sum(line.comment is not None for line in lines)} made",
            note=f"{missing} needed" if missing else "none needed",
            tone="act" if missing else "",
        ),
        Fact(
            "Ties to the books",
            "Yes" if row.tie["difference"] == "0.00" else "No",
            note=_tie_words(row),
            tone="good" if row.tie["difference"] == "0.00" else "act",
        ),
        Fact("Due", full_day(row.due_on)),
    ]


def _tie_words(row: AgingReview) -> str:
    aging, books, elsewhere = (
        show(Decimal(row.tie[name])) for name in ("aging", "books", "booked_elsewhere")
    )
    return f"aging {aging} = books {books} + booked elsewhere {elsewhere}"


def review_table(rows: Sequence[AgingReview], names: Mapping[int, str]) -> Table:
    """Reviews, newest first."""

    def chip(row: AgingReview) -> Chip:
        tones = {ReviewState.SIGNED: "good", ReviewState.PREPARED: "wait"}
        return Chip(str(ReviewState(row.state).label), tones.get(ReviewState(row.state), ""))  # type: ignore[arg-type]

    return Table(
        caption="Reviews",
        columns=(
            Column("As of", lambda row: row.on, kind="day"),
            Column("Of", groups_words, kind="strong", flexible=True),
            Column("State", chip, kind="chip"),
            Column("Due", lambda row: row.due_on, kind="day"),
            Column("Prepared by", lambda row: names.get(row.prepared_by or 0, "the system")),
            Column("Signed by", lambda row: names.get(row.signed_by or 0, "")),
            Column("Signed on", lambda row: row.signed_at, kind="day"),
        ),
        rows=rows,
        href=lambda row: address("aging:review", row.pk),
        foot=counted(len(rows), "review"),
    )  # fmt: skip


def state_words(row: AgingReview, acts: Sequence[AgingReviewAct], names: Mapping[int, str]) -> str:
    """Who prepared it and when, and how it stands: signed or put aside by whom, else what it waits for."""

    def by(person: int | None) -> str:
        return names.get(person or 0, "the system")

    words = f"prepared by {by(row.prepared_by)} {moment(row.prepared_at)}"
    if row.signed_at:
        return f"{words}, signed by {by(row.signed_by)} {moment(row.signed_at)}"
    if row.state != ReviewState.WITHDRAWN:
        return f"{words}; {ReviewState(row.state).label.lower()}"
    if not acts:  # from before it was kept who does it
        return f"{words}; put aside"
    return f"{words}; put aside by {by(acts[-1].by)} {moment(acts[-1].at)}: {acts[-1].words}"


def act_table(acts: Sequence[AgingReviewAct], names: Mapping[int, str]) -> Table:
    """When it was put aside and brought back."""
    return Table(
        caption="Put aside and brought back",
        columns=(
            Column("What", lambda act: ActKind(act.kind).label, kind="strong"),
            Column("Why", lambda act: act.words, wraps=True),
            Column("By", lambda act: names.get(act.by or 0, "the system"), kind="soft"),
            Column("On", lambda act: act.at, kind="day"),
        ),
        rows=acts,
    )


def due_facts(found: Sequence[Due]) -> list[Fact]:
    """The months that ended last, and whether somebody signed their review in time."""
    facts = []
    for one in found:
        late = f" by {counted(one.late_by, 'business day')}"
        if one.signed is not None:
            words = f"Signed late{late}" if one.late_by else "Signed in time"
        else:
            words = f"Late{late}" if one.late_by else "To do"
        is_late = one.signed is None and one.late_by
        facts.append(
            Fact(
                f"{one.month_end:%B %Y}",
                words,
                note=f"due {full_day(one.due_on)}",
                tone="act" if is_late else "",
                href=address("aging:review", one.signed.pk) if one.signed else "",
            )
        )
    return facts
