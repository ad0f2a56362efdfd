"""Check runs, their pre-check list and payments as tables, facts and traces."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.urls import reverse

from cleanclaim.apps.payer.disbursements.models import (
    CheckRun,
    LineState,
    MemberPayment,
    Payment,
    RunState,
)
from cleanclaim.apps.payer.disbursements.questions import Held, NamedLine, NamedPayment
from cleanclaim.apps.payer.disbursements.selectors import PayeeTotal
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Moment, Step, Table, Tone
from cleanclaim.kernel.words import counted

METHODS = {"ACH": "transfer", "CHK": "check", "NON": "notice, nothing to pay"}
_LINE_CHIPS: dict[str, Chip] = {
    LineState.INCLUDED: Chip("in the run", "accent"),
    LineState.HELD: Chip("held", "act"),
    LineState.PAID: Chip("remitted", "good"),
}


def run_chip(run: CheckRun) -> Chip:
    """Where the run stands."""
    if run.state == RunState.PREPARED:
        return Chip("waits for release", "wait")
    return Chip("released", "good")


def run_table(runs: Sequence[CheckRun], names: Mapping[int, str], *, foot: str) -> Table:
    """Runs, newest first."""

    def person(pk: int | None) -> str:
        return names.get(pk, "") if pk else "the system"

    return Table(
        caption="Check runs, newest first",
        columns=(
            Column("Run", lambda run: f"Check run {run.pk}", kind="strong"),
            Column("Pay on", lambda run: run.pay_on, kind="day"),
            Column("Claims", lambda run: run.line_count, kind="count", total=True),
            Column("To providers", lambda run: run.amount, kind="money", total=True),
            Column("To members", lambda run: run.member_amount, kind="money", total=True),
            Column("Prepared by", lambda run: person(run.prepared_by), kind="soft"),
            Column(
                "Released by",
                lambda run: person(run.released_by) if run.released_at else "",
                kind="soft",
            ),
            Column("State", run_chip, kind="chip"),
        ),
        rows=runs,
        href=lambda run: address("check_runs:run", run.pk),
        foot=foot,
    )


def line_table(lines: Sequence[NamedLine], *, run: CheckRun, foot: str) -> Table:
    """The pre-check list: what is paid for which claim, and what a person should look at."""

    def side(named: NamedLine) -> str:
        return address("check_runs:line", run.pk, named.pk)

    def why(named: NamedLine) -> str:
        return address("cases:why", named.case.pk, "paid")

    return Table(
        caption="Pre-check list",
        columns=(
            Column("Claim", lambda n: n.case.icn, kind="strong"),
            Column("Member", lambda n: n.member, flexible=True),
            Column("Payee", lambda n: n.provider, kind="soft", flexible=True),
            Column("Charge", lambda n: n.case.charge, kind="money", total=True),
            Column("Pays", lambda n: n.line.amount, kind="money", total=True, why=why),
            Column("Look at", lambda n: ", ".join(flag.replace("-", " ") for flag in n.flags)),
            Column("State", lambda n: _LINE_CHIPS[n.line.state], kind="chip"),
        ),
        rows=lines,
        href=lambda n: address("cases:page", n.case.pk),
        side=side,
        why=why,
        foot=foot,
    )


def payee_table(totals: Sequence[PayeeTotal], *, run: CheckRun) -> Table:
    """What each payee gets, those below zero first."""
    return Table(
        caption="Payees",
        columns=(
            Column("Payee", lambda payee: payee.name, kind="strong"),
            Column("Claims", lambda payee: payee.lines, kind="count", total=True),
            Column("Gets", lambda payee: payee.amount, kind="money", total=True),
        ),
        rows=totals,
        key=lambda payee: f"payee-{payee.provider_id}",
        side=lambda payee: address("check_runs:payee", run.pk, payee.provider_id),
        href=lambda payee: address("check_runs:run", run.pk) + f"?payee={payee.provider_id}",
    )


def syntax_chip(payment: Payment) -> Chip:
    """What the provider's 999 said about our 835."""
    if not payment.file_id:
        return Chip("no partner: on paper")
    if not payment.syntax_outcome:
        return Chip("not answered yet", "wait")
    tone: Tone = "good" if payment.syntax_outcome.startswith("accepted") else "act"
    return Chip(payment.syntax_outcome.replace("_", " "), tone)


def payment_table(payments: Sequence[NamedPayment]) -> Table:
    """The run's payments; each amount opens what it is made of."""

    def why(named: NamedPayment) -> str:
        return address("check_runs:payment_why", named.pk)

    def file_words(named: NamedPayment) -> str:
        return f"file {named.file.pk}" if named.file else "none"

    return Table(
        caption="Payments",
        columns=(
            Column("Trace number", lambda n: n.payment.trace_number, kind="strong"),
            Column("Payee", lambda n: n.payee, flexible=True),
            Column("By", lambda n: METHODS[n.payment.method]),
            Column("Paid on", lambda n: n.payment.paid_on, kind="day"),
            Column("Claims", lambda n: n.payment.claim_count, kind="count", total=True),
            Column("Amount", lambda n: n.payment.amount, kind="money", total=True, why=why),
            Column("835", file_words, kind="soft"),
            Column("Provider's 999", lambda n: syntax_chip(n.payment), kind="chip"),
        ),
        rows=payments,
        key=lambda n: f"payment-{n.pk}",
        side=why,
        why=why,
    )


def member_payment_table(rows: Sequence[tuple[MemberPayment, str]]) -> Table:
    """Checks to members who kept their benefits."""
    return Table(
        caption="Payments to members",
        columns=(
            Column("Check", lambda row: row[0].check_number, kind="strong"),
            Column("Member", lambda row: row[1], flexible=True),
            Column("Paid on", lambda row: row[0].paid_on, kind="day"),
            Column("Amount", lambda row: row[0].amount, kind="money", total=True),
        ),
        rows=rows,
        key=lambda row: f"member-{row[0].pk}",
        href=lambda row: reverse("members:page", args=[row[0].member_id]),
    )


def run_facts(run: CheckRun, held: Held, payees: int) -> list[Fact]:
    """The strip: what goes out, to how many, and what is held back."""
    return [
        Fact("Pay on", run.pay_on),
        Fact("To providers", run.amount, note=f"{payees:,} payee{'' if payees == 1 else 's'}"),
        Fact("To members", run.member_amount),
        Fact("Claims", run.line_count),
        Fact(
            "Held",
            held.amount,
            note=f"{held.count} claim{'' if held.count == 1 else 's'}",
            tone="act" if held.count and run.state == RunState.PREPARED else "",
        ),
    ]


def payment_steps(payment: Payment) -> list[Step]:
    """amount = claims - carried in + carried out, step by step."""
    steps = [
        Step(counted(payment.claim_count, "claim"), payment.claims_amount, "the sum of CLP04"),
    ]
    if payment.carried_in:
        steps.append(
            Step("Owed from an earlier remittance", -payment.carried_in, "PLB FB, taken back now")
        )
    if payment.carried_out:
        steps.append(Step("Below zero: carried to the next payment", payment.carried_out, "PLB FB"))
    return steps


def payee_steps(total: PayeeTotal, owes: Decimal) -> list[Step]:
    """What a payee will get: the claims' sum less what it still owes."""
    steps = [Step(counted(total.lines, "claim"), total.amount, "decided and not yet remitted")]
    if owes:
        taken = min(owes, max(total.amount, Decimal(0)))
        steps.append(Step("Owed from an earlier remittance", -taken, f"{owes:,.2f} in all, PLB FB"))
    return steps


def run_moments(run: CheckRun, names: Mapping[int, str]) -> list[Moment]:
    """Prepared and released, by whom."""
    people = dict.fromkeys([run.prepared_by or 0, *run.preparers])
    words = " and ".join(names.get(one, "the system") for one in people)
    moments = [Moment(run.prepared_at, f"Prepared by {words}")]
    if run.released_at:
        words = f"Released by {names.get(run.released_by or 0, 'the system')}"
        moments.append(Moment(run.released_at, words, "good"))
    return moments
