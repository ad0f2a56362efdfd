"""The close as tables and facts."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from cleanclaim.apps.reports.closing.checks import Check
from cleanclaim.apps.reports.closing.evidence import Closing, KeptCheck
from cleanclaim.apps.reports.closing.models import (
    AccrualRequest,
    CloseRequest,
    JournalAcknowledgement,
    JournalExport,
    Outcome,
    State,
    Verb,
)
from cleanclaim.apps.reports.closing.population import CLASSES, Approval, FileRow
from cleanclaim.apps.reports.closing.rollforward import RollForward
from cleanclaim.apps.shared.ledger.questions import MonthRow, kind_words
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.figures import moment
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Table, Tone
from cleanclaim.kernel.money import total
from cleanclaim.kernel.words import counted
from cleanclaim.values.accounts import BY_CODE

TONES: dict[str, Tone] = {"posted": "good", "held": "act", "waiting": "wait"}
Names = Mapping[int, str]


def month_table(rows: Sequence[MonthRow], waiting: Mapping[object, CloseRequest]) -> Table:
    """Accounting months with where their close stands."""

    def chip(row: MonthRow) -> Chip:
        if request := waiting.get(row.month):
            return Chip(f"{Verb(request.verb).label}: to be approved", "wait")
        return Chip("Closed", "good") if row.is_closed else Chip("Open")

    return Table(
        caption="Accounting months",
        columns=(
            Column("Month", lambda row: f"{row.month:%B %Y}", kind="strong", flexible=True),
            Column("State", chip, kind="chip"),
            Column("Entries", lambda row: row.entries, kind="count", total=True),
        ),
        rows=rows,
        key=lambda row: f"{row.month:%Y-%m}",
        href=lambda row: address("closing:month", row.month.year, row.month.month),
        foot=counted(len(rows), "month"),
    )


def check_table(found: Sequence[Check], waivers: Mapping[str, str], *, caption: str) -> Table:
    """The checklist as of now, what each check found, and why it may stand."""

    def chip(one: Check) -> Chip:
        if one.result.passed:
            return Chip("Passed", "good")
        return Chip("Waived", "wait") if waivers.get(one.name) else Chip("To do", "act")

    columns = [
        Column("Check", lambda one: one.question, kind="strong", wraps=True),
        Column("State", chip, kind="chip"),
        Column("Found", lambda one: one.result.words, wraps=True),
        Column("Amount", lambda one: one.result.amount or None, kind="money"),
    ]
    if waivers:
        columns.append(Column("May stand", lambda one: waivers.get(one.name, ""), kind="soft"))
    return Table(
        caption=caption,
        columns=columns,
        rows=found,
        key=lambda one: one.name,
        href=lambda one: one.result.href,
    )


def kept_table(one: Closing) -> Table:
    """The checklist as it stood at a close, with the words of whoever let a check stand."""

    def chip(kept: KeptCheck) -> Chip:
        return Chip("Passed", "good") if kept.passed else Chip("Waived", "wait")

    return Table(
        caption="Checklist at the closing",
        columns=(
            Column("Check", lambda kept: kept.question, kind="strong", wraps=True),
            Column("State", chip, kind="chip"),
            Column("Found", lambda kept: kept.found, wraps=True),
            Column("Amount", lambda kept: kept.amount or None, kind="money"),
            Column("May stand", lambda kept: kept.waiver, wraps=True),
        ),
        rows=one.checks,
        key=lambda kept: f"kept-{kept.name}",
    )


def kept_words(one: Closing, names: Names) -> str:
    """Who closed the month when and why, and what of its checklist is not kept."""
    asked = f"{names.get(one.asked_by or 0, 'the system')} {moment(one.asked_at)}"
    closed = f"{names.get(one.closed_by or 0, 'the system')} {moment(one.closed_at)}"
    words = f"Closed by {closed}, asked by {asked}: {one.reason}."
    if not one.checks:
        return f"{words} It is from before checklists were kept with the close: there is none."
    if not one.is_whole:
        words += " It is from before checklists were kept whole: words and waivers are here, amounts are not."
    return words


def request_table(rows: Sequence[CloseRequest], names: Names) -> Table:
    """What was asked and decided about a month; an approved close opens the checklist kept with it."""

    def href(row: CloseRequest) -> str:
        is_close = row.verb == Verb.CLOSE and row.state == State.APPROVED
        return f"?closing={row.pk}" if is_close else ""

    return Table(
        caption="Requests",
        href=href,
        columns=(
            Column("What", lambda row: Verb(row.verb).label, kind="strong"),
            Column("State", _state, kind="chip"),
            Column("Reason", lambda row: row.reason, flexible=True),
            Column("Asked by", lambda row: names.get(row.requested_by or 0, "the system")),
            Column("Asked on", lambda row: row.requested_at, kind="day"),
            Column("Decided by", lambda row: names.get(row.decided_by or 0, "")),
            Column("Decided on", lambda row: row.decided_at, kind="day"),
            Column("Decision", lambda row: row.decision, kind="soft"),
        ),
        rows=rows,
    )


def accrual_table(rows: Sequence[AccrualRequest], names: Names) -> Table:
    """Estimates that somebody typed for a month, and who decided them."""
    return Table(
        caption="Typed accruals",
        columns=(
            Column("What", lambda row: row.name, kind="strong", flexible=True),
            Column("State", _state, kind="chip"),
            Column("Debit", lambda row: BY_CODE[row.debit].name),
            Column("Credit", lambda row: BY_CODE[row.credit].name),
            Column("Amount", lambda row: row.amount, kind="money"),
            Column("Asked by", lambda row: names.get(row.requested_by, "")),
            Column("Decided by", lambda row: names.get(row.decided_by or 0, "")),
            Column("Decision", lambda row: row.decision, kind="soft"),
            Column("Entry", lambda row: row.entry_id or "", kind="id"),
        ),
        rows=rows,
    )


def _state(row: CloseRequest | AccrualRequest) -> Chip:
    tone: Tone = "good" if row.state == State.APPROVED else ""
    return Chip(str(State(row.state).label), "wait" if row.state == State.REQUESTED else tone)


def roll_table(found: RollForward) -> Table:
    """Opening, movements, closing; an account a column."""
    rows = [
        ("Brought forward", None, found.opening),
        *((kind_words(one.kind), one.entries, one.amounts) for one in found.movements),
        ("Carried forward", None, found.closing),
    ]

    def amount(place: int) -> Column:
        name = BY_CODE[found.accounts[place]].name
        return Column(name, lambda row: row[2][place] or None, kind="money")

    return Table(
        caption=f"Roll-forward {found.since} to {found.until}",
        columns=(
            Column("Movement", lambda row: row[0], kind="strong", flexible=True),
            Column("Entries", lambda row: row[1], kind="count"),
            *(amount(place) for place in range(len(found.accounts))),
            Column("All", lambda row: total(row[2]), kind="money", across=len(found.accounts)),
        ),
        rows=rows,
        key=lambda row: row[0],
        sums_up=not found.difference,  # else the formula would hide it
    )


def account_table(found: RollForward) -> Table:
    """An account a row: what was brought forward, moved and carried forward."""
    rows = list(zip(found.accounts, found.opening, found.closing, strict=True))
    return Table(
        caption="By account",
        columns=(
            Column("Account", lambda row: BY_CODE[row[0]].name, kind="strong", flexible=True),
            Column("Code", lambda row: row[0]),
            Column("Brought forward", lambda row: row[1], kind="money", total=True),
            Column("Moved", lambda row: row[2] - row[1], kind="money", total=True),
            Column("Carried forward", lambda row: row[2], kind="money", total=True),
        ),
        rows=rows,
        key=lambda row: row[0],
    )


def movement_table(found: RollForward) -> Table:
    """What moved each account, a kind of entry a row."""
    rows = [
        (code, one, one.amounts[place])
        for place, code in enumerate(found.accounts)
        for one in found.movements
        if one.amounts[place]
    ]
    return Table(
        caption="What moved them",
        columns=(
            Column("Account", lambda row: BY_CODE[row[0]].name, kind="strong", flexible=True),
            Column("Movement", lambda row: kind_words(row[1].kind), flexible=True),
            Column("Amount", lambda row: row[2], kind="money", total=True),
        ),
        rows=rows,
        key=lambda row: f"{row[0]} {row[1].kind}",
    )


def roll_facts(found: RollForward) -> list[Fact]:
    """Both ends and what lies between."""
    opening, closing = total(found.opening), total(found.closing)
    return [
        Fact("Brought forward", opening),
        Fact("Moved", closing - opening, note=counted(len(found.movements), "kind")),
        Fact("Carried forward", closing),
        Fact(
            "Difference",
            found.difference,
            note="rolls forward" if not found.difference else "look at the proof",
            tone="act" if found.difference else "good",
        ),
    ]


def file_table(rows: Sequence[FileRow], names: Names) -> Table:
    """Every received file, a row for each payment in it."""

    def chip(row: FileRow) -> Chip:
        return Chip(row.status.capitalize(), TONES.get(row.status, ""))

    def poster(row: FileRow) -> str:
        nobody = "the system" if row.trace_number and row.status == "posted" else ""
        return names.get(row.posted_by or 0, nobody)

    return Table(
        caption="Received files",
        columns=(
            Column("File", lambda row: row.file_id, kind="strong"),
            Column("Name", lambda row: row.name, flexible=True),
            Column("Kind", lambda row: row.kind),
            Column("Received", lambda row: row.received_on, kind="day"),
            Column("By", lambda row: names.get(row.received_by or 0, "the system"), kind="soft"),
            Column("State", chip, kind="chip"),
            Column("Why", lambda row: row.words, kind="soft"),
            Column("Trace", lambda row: row.trace_number, kind="id"),
            Column("Claims", lambda row: row.claims or None, kind="count", total=True),
            Column("Paid", lambda row: row.paid, kind="money", total=True),
            Column("Posted by", poster, kind="soft"),
            Column("Deposit entry", lambda row: row.deposit_id or "", kind="id"),
            Column("SHA-256", lambda row: row.sha256[:12], kind="soft", minor=True),
        ),
        rows=rows,
        key=lambda row: f"{row.file_id} {row.trace_number}",
        href=lambda row: address("exchange:file", row.file_id),
        foot=counted(len({row.file_id for row in rows}), "file"),
    )


def file_facts(found: Mapping[str, tuple[int, Decimal]]) -> list[Fact]:
    """How many files in each class; together they are all of them."""
    facts = [Fact("Received", sum(count for count, _ in found.values()), note="files")]
    for name, words in CLASSES.items():
        tone: Tone = "act" if name in ("held", "waiting") and found[name][0] else ""
        facts.append(Fact(name.capitalize(), found[name][0], note=words, tone=tone))
    return facts


def approval_table(rows: Sequence[Approval], names: Names) -> Table:
    """Who prepared and who approved."""
    return Table(
        caption="Approvals",
        columns=(
            Column("What", lambda one: one.kind, kind="strong"),
            Column("Record", lambda one: one.subject, flexible=True),
            Column("Amount", lambda one: one.amount, kind="money"),
            Column("Prepared by", lambda one: names.get(one.prepared_by or 0, "the system")),
            Column("Approved by", lambda one: names.get(one.approved_by or 0, "the system")),
            Column("On", lambda one: one.approved_on, kind="day"),
            Column("Two persons", lambda one: Chip("Yes", "good") if one.is_apart else Chip("No", "act"), kind="chip"),
        ),
        rows=rows,
        key=lambda one: f"{one.kind} {one.subject}",
        foot=counted(len(rows), "approval"),
    )  # fmt: skip


def export_table(
    rows: Sequence[JournalExport],
    names: Names,
    answers: Mapping[int, JournalAcknowledgement] | None = None,
) -> Table:
    """Journals that went out, with their control totals and what was answered."""

    def answer(row: JournalExport) -> Chip:
        found = (answers or {}).get(row.pk)
        return _answer_chip(found) if found else Chip("Not answered")

    return Table(
        caption="Journals",
        columns=(
            Column("Journal", lambda row: row.pk, kind="strong"),
            Column("Month", lambda row: f"{row.month:%Y-%m}"),
            Column("Form", lambda row: row.form),
            Column("Entries", lambda row: row.entry_count, kind="count"),
            Column("Lines", lambda row: row.line_count, kind="count"),
            Column("Debit", lambda row: row.debit, kind="money"),
            Column("Credit", lambda row: row.credit, kind="money"),
            Column("Answer", answer, kind="chip"),
            Column("SHA-256", lambda row: row.sha256[:12], kind="soft", minor=True),
            Column("Made by", lambda row: names.get(row.made_by or 0, "the system"), kind="soft", flexible=True),
        ),
        rows=rows,
        href=lambda row: address("closing:journal_page", row.pk),
    )  # fmt: skip


def answer_table(rows: Sequence[JournalAcknowledgement], names: Names) -> Table:
    """Every answer to a journal, newest first."""
    return Table(
        caption="Answers",
        columns=(
            Column("Received", lambda row: row.received_at, kind="day"),
            Column("Outcome", _answer_chip, kind="chip"),
            Column("It says", lambda row: row.said, kind="strong"),
            Column("Reference", lambda row: row.reference, kind="id"),
            Column("Lines", lambda row: row.lines, kind="count"),
            Column("Debit", lambda row: row.debit, kind="money"),
            Column("Credit", lambda row: row.credit, kind="money"),
            Column("What differs", lambda row: row.differences, wraps=True),
            Column("Message", lambda row: row.message, kind="soft", wraps=True),
            Column("Brought by", lambda row: names.get(row.received_by or 0, "the system"), kind="soft"),
        ),
        rows=rows,
    )  # fmt: skip


def _answer_chip(row: JournalAcknowledgement) -> Chip:
    tone: Tone = "good" if row.outcome == Outcome.ACCEPTED else "act"
    return Chip(str(Outcome(row.outcome).label), tone)
