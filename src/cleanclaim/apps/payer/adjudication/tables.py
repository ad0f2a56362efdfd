"""Cases, pends and a claim's lines as tables, chips and facts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanclaim.apps.payer.adjudication.models import CaseDecision
from cleanclaim.apps.payer.adjudication.questions import Named, PromptPay
from cleanclaim.apps.payer.adjudication.services import Difference
from cleanclaim.apps.payer.adjudication.traces import amount_of
from cleanclaim.apps.payer.intake.models import CaseState, ClaimCase
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Table, Tone
from cleanclaim.kernel.words import counted
from cleanclaim.values.claim import Claim, ServiceLine
from cleanclaim.values.decision import Decision, LineDecision, Outcome

SOON_DAYS = 5


def state_chip(case: ClaimCase) -> Chip:
    """The case's state in a word; red only for what somebody must act on."""
    if case.state in (CaseState.DECIDED, CaseState.PAID) and case.outcome == "deny":
        return Chip("denied", "wait")
    words: dict[str, tuple[str, Tone]] = {
        CaseState.REJECTED: ("rejected", "wait"),
        CaseState.RECEIVED: ("received", "accent"),
        CaseState.PENDED: ("pended", "act"),
        CaseState.DECIDED: ("to be paid", "accent"),
        CaseState.PAID: ("paid", "good"),
        CaseState.REPLACED: ("replaced", ""),
        CaseState.VOIDED: ("voided", ""),
    }
    if case.outcome == "inform":
        return Chip("noted")
    return Chip(*words[case.state])


def _decided(case: ClaimCase, amount: Decimal) -> Decimal | None:
    """An amount of the current decision; nothing where none is made."""
    open_states = (CaseState.RECEIVED, CaseState.PENDED, CaseState.REJECTED)
    return None if case.state in open_states else amount


def case_table(
    cases: Sequence[Named], *, foot: str, of_member: bool = False, is_export: bool = False
) -> Table:
    """Cases, newest first; every decided amount opens its trace. A spreadsheet says more than the page."""

    def why(amount: str) -> Callable[[Named], str]:
        def of_case(named: Named) -> str:
            has_trace = _decided(named.case, named.case.charge) is not None
            return address("cases:why", named.pk, amount) if has_trace else ""

        return of_case

    def amount(label: str, name: str, value: Callable[[ClaimCase], Decimal]) -> Column:
        return Column(
            label,
            lambda named: _decided(named.case, value(named.case)),
            kind="money",
            total=True,
            why=why(name),
        )

    columns = [Column("Claim", lambda n: n.case.icn or n.case.control_number, kind="strong")]
    if not of_member:
        columns.append(Column("Member", lambda n: n.member or "not known", flexible=True))
    if is_export:
        columns.append(Column("Their number", lambda n: n.case.control_number))
        columns.append(Column("Provider", lambda n: n.provider))
    if is_export or of_member:
        columns.append(Column("Service", lambda n: n.case.service_from, kind="day"))
    columns.append(Column("Received", lambda n: n.case.received_on, kind="day"))
    columns.append(Column("Charge", lambda n: n.case.charge, kind="money", total=True))
    if is_export or of_member:
        columns.append(amount("Allowed", "allowed", lambda case: case.allowed))
    columns.append(amount("Pays", "paid", lambda case: case.paid + case.paid_to_member))
    columns.append(amount("Owes", "member", lambda case: case.patient_owes - case.paid_to_member))
    columns.append(Column("State", lambda n: state_chip(n.case), kind="chip"))
    return Table(
        caption="Claims, newest first",
        columns=columns,
        rows=cases,
        href=lambda n: address("cases:page", n.pk),
        side=None if of_member else lambda n: address("cases:about", n.pk),
        foot=foot,
    )


def pended_table(cases: Sequence[Named], limits: Mapping[int, PromptPay], *, foot: str) -> Table:
    """Pended cases, the one that is due first on top."""
    return Table(
        caption="Pended claims, due first",
        columns=(
            Column("Claim", lambda n: n.case.icn, kind="strong"),
            Column("Queue", lambda n: n.case.pend_queue),
            Column("Reason", lambda n: n.case.pend_reason, kind="soft", flexible=True),
            Column("Charge", lambda n: n.case.charge, kind="money", total=True),
            Column("Decide by", lambda n: limits[n.pk].due_on, kind="day"),
        ),
        rows=cases,
        href=lambda n: address("cases:page", n.pk),
        side=lambda n: address("cases:evidence", n.pk),
        foot=foot,
    )


@dataclass(frozen=True, slots=True)
class CaseLineRow:
    """A service line as sent beside its decision, None before there is one."""

    line: ServiceLine
    decided: LineDecision | None


def line_rows(claim: Claim, decision: Decision | None) -> list[CaseLineRow]:
    """The claim's lines in order with what was decided about each."""
    found = {line.number: line for line in decision.lines} if decision else {}
    return [CaseLineRow(line, found.get(line.number)) for line in claim.lines]


_LINE_CHIPS: dict[Outcome, Chip] = {
    Outcome.PAY: Chip("pays", "good"),
    Outcome.DENY: Chip("denied", "wait"),
    Outcome.PEND: Chip("pended", "act"),
    Outcome.INFORM: Chip("noted"),
}


def line_table(
    rows: Sequence[CaseLineRow], claim: Claim, *, case_id: int, decision: CaseDecision | None
) -> Table:
    """The lines; every amount opens its trace in the side pane."""
    query = f"?decision={decision.number}" if decision else ""
    is_decided = decision is not None and decision.outcome != "pend"

    def amount(label: str, name: str) -> Column:
        def value(row: CaseLineRow) -> Decimal | None:
            if row.decided is None or row.decided.outcome is Outcome.PEND:
                return None
            return amount_of(row.decided, name)

        def why(row: CaseLineRow) -> str:
            return address("cases:line_why", case_id, name, row.line.number) + query

        return Column(label, value, kind="money", total=is_decided, why=why if decision else None)

    def charge_why(row: CaseLineRow) -> str:
        return address("cases:line_why", case_id, "paid", row.line.number) + query

    return Table(
        caption="Lines",
        columns=(
            Column("#", lambda row: str(row.line.number)),
            Column("Service", lambda row: str(row.line.procedure), kind="strong"),
            Column("Day", lambda row: row.line.service_from, kind="day"),
            Column("Diagnosis", lambda row: _diagnoses(row.line, claim), kind="soft"),
            Column("Charge", lambda row: row.line.charge, kind="money", total=True),
            amount("Allowed", "allowed"),
            amount("Pays", "paid"),
            amount("Adjusted", "adjusted"),
            amount("Member", "member"),
            Column(
                "State", lambda row: _LINE_CHIPS[row.decided.outcome] if row.decided else "", "chip"
            ),
        ),
        rows=rows,
        key=lambda row: row.line.number,
        # A pended case keeps the examiner's panel in the side pane.
        side=charge_why if is_decided else None,
        why=charge_why if decision else None,
    )


def _diagnoses(line: ServiceLine, claim: Claim) -> str:
    places = [place for place in line.pointers if 0 < place <= len(claim.diagnoses)]
    return ", ".join(claim.diagnoses[place - 1].code for place in places)


def case_facts(
    case: ClaimCase,
    shown: CaseDecision | None,
    *,
    limit: PromptPay,
    settled_on: date | None,
    today: date,
) -> list[Fact]:
    """What a provider asks on the telephone: charge, allowed, paid, the member's part, state, days."""
    is_decided = shown is not None and shown.outcome != "pend"
    waiting = "waits for a person" if case.state == CaseState.PENDED else "not decided"
    note = "" if is_decided else waiting
    facts = [Fact("Charge", case.charge)]
    if case.state != CaseState.REJECTED:
        paid = shown.paid + shown.paid_to_member if shown and is_decided else None
        owes = shown.patient_owes - shown.paid_to_member if shown and is_decided else None
        to_member = shown.paid_to_member if shown and is_decided else Decimal(0)
        facts += [
            Fact("Allowed", shown.allowed if shown and is_decided else None, note=note),
            Fact("Plan pays", paid, note=f"{to_member:,.2f} to the member" if to_member else ""),
            Fact("Member's share", owes),
        ]
    chip = state_chip(case)
    if case.state == CaseState.REJECTED:
        facts.append(Fact("State", chip.words, note=case.reject_words))
        facts.append(Fact("Received on", case.received_on))
        return facts
    note = f"queue: {case.pend_queue}" if case.state == CaseState.PENDED else ""
    tone: Tone = "act" if case.state == CaseState.PENDED else ""
    facts.append(Fact("State", chip.words, note=note, tone=tone))
    facts.append(_clock(case, limit, settled_on, today))
    return facts


def _clock(case: ClaimCase, limit: PromptPay, settled_on: date | None, today: date) -> Fact:
    """Days since receipt beside the prompt-pay limit; red when it is near or past."""
    if settled_on is not None:
        days = (settled_on - case.received_on).days
        return Fact("Decided after", f"{days} day{'' if days == 1 else 's'}",
                    note=f"limit {limit.days} days from receipt")  # fmt: skip
    days = (today - case.received_on).days
    left = (limit.due_on - today).days
    due = f"{limit.due_on:%b} {limit.due_on.day}"
    words = f"decide by {due}" if left >= 0 else f"was due on {due}, {counted(-left, 'day')} ago"
    return Fact("Since receipt", f"{days} day{'' if days == 1 else 's'}", note=words,
                tone="act" if left <= SOON_DAYS else "")  # fmt: skip


def difference_table(differences: Sequence[Difference]) -> Table:
    """What a re-run finds otherwise, value by value."""
    return Table(
        caption="What a re-run finds otherwise",
        columns=(
            Column("Where", lambda d: d.place.replace(".", " › "), kind="soft", flexible=True),
            Column("Decided", lambda d: d.stored, flexible=True),
            Column("Again", lambda d: d.again, kind="strong", flexible=True),
        ),
        rows=differences,
        key=lambda d: d.place,
    )
