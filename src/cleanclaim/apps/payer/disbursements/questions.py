"""Questions of the check runs' pages: runs, their lines with names, payments with file and 999."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from cleanclaim.apps.payer.disbursements.models import (
    CheckRun,
    CheckRunLine,
    LineState,
    MemberPayment,
    Payment,
    RunState,
)
from cleanclaim.apps.payer.intake.models import ClaimCase
from cleanclaim.apps.payer.members.models import Member
from cleanclaim.apps.payer.plans.models import PlanProvider
from cleanclaim.apps.shared.exchange.models import MessageFile
from cleanclaim.kernel.money import ZERO

# What each flag means, as a person would say it.
FLAGS = {
    "reversal": "Takes back an earlier decision.",
    "override": "A person overrode the decision.",
    "examiner": "A person released it from the pended queue.",
    "denied": "Denied: nothing is paid, the provider is told.",
    "zero-paid": "Allowed, but nothing is paid: all of it is the member's share.",
    "above-charge": "Pays more than was charged.",
    "high-dollar": "Pays a high amount.",
    "to-member": "Pays the member: the benefits were not assigned.",
    "correction": "A corrected or void claim.",
    "new-payee": "The first payment to this provider.",
}


@dataclass(frozen=True, slots=True)
class NamedLine:
    """One line of the pre-check list with its case and names."""

    line: CheckRunLine
    case: ClaimCase
    provider: str
    member: str

    @property
    def pk(self) -> int:
        """The line's row."""
        return self.line.pk

    @property
    def flags(self) -> list[str]:
        """What a person should look at."""
        return self.line.flags.split(",") if self.line.flags else []


def lines_of(
    run: CheckRun, *, flag: str = "", state: str = "", provider_id: int | None = None
) -> QuerySet[CheckRunLine]:
    """The run's lines; all, or those with a flag, in a state, to one payee."""
    found = CheckRunLine.objects.filter(run=run)
    if flag:
        found = found.filter(
            Q(flags=flag)
            | Q(flags__startswith=f"{flag},")
            | Q(flags__endswith=f",{flag}")
            | Q(flags__contains=f",{flag},")
        )
    if state:
        found = found.filter(state=state)
    if provider_id is not None:
        found = found.filter(provider_id=provider_id)
    return found


def with_names(lines: Sequence[CheckRunLine]) -> list[NamedLine]:
    """The lines with names, in three statements."""
    cases = ClaimCase.objects.defer("body").in_bulk([line.case_id for line in lines])
    providers = dict(
        PlanProvider.objects.filter(pk__in={line.provider_id for line in lines}).values_list(
            "pk", "name"
        )
    )
    members = {
        member.pk: str(member)
        for member in Member.objects.filter(pk__in={line.member_id for line in lines})
    }
    return [
        NamedLine(
            line,
            cases[line.case_id],
            providers.get(line.provider_id, ""),
            members.get(line.member_id, ""),
        )
        for line in lines
    ]


def flag_counts(run: CheckRun) -> dict[str, int]:
    """How many lines of the run carry each flag."""
    counts: dict[str, int] = {}
    for flags in (
        CheckRunLine.objects.filter(run=run).exclude(flags="").values_list("flags", flat=True)
    ):
        for flag in flags.split(","):
            counts[flag] = counts.get(flag, 0) + 1
    return counts


@dataclass(frozen=True, slots=True)
class Held:
    """How many lines are kept out, and their dollars."""

    count: int
    amount: Decimal


def held_of(run: CheckRun) -> Held:
    """What the run leaves for a later one."""
    found = CheckRunLine.objects.filter(run=run, state=LineState.HELD).aggregate(
        count=Count("id"), amount=Sum("amount")
    )
    return Held(found["count"], found["amount"] or ZERO)


def waiting_lines() -> QuerySet[CheckRunLine]:
    """Lines of the run that waits for its release, counted on the rail."""
    return CheckRunLine.objects.filter(run__state=RunState.PREPARED, state=LineState.INCLUDED)


@dataclass(frozen=True, slots=True)
class NamedPayment:
    """One payment with its payee and the state of its 835."""

    payment: Payment
    payee: str
    file: MessageFile | None

    @property
    def pk(self) -> int:
        """The payment's row."""
        return self.payment.pk


def payments_of(run: CheckRun) -> list[NamedPayment]:
    """The run's payments by payee."""
    rows = list(Payment.objects.filter(run=run).order_by("id"))
    names = dict(
        PlanProvider.objects.filter(pk__in={row.provider_id for row in rows}).values_list(
            "pk", "name"
        )
    )
    files = (
        MessageFile.objects.defer("content")
        .select_related("state")
        .in_bulk([row.file_id for row in rows if row.file_id])
    )
    return [
        NamedPayment(row, names[row.provider_id], files.get(row.file_id) if row.file_id else None)
        for row in rows
    ]


def member_payments_of(run: CheckRun) -> list[tuple[MemberPayment, str]]:
    """What the run sends to members, with their names."""
    rows = list(MemberPayment.objects.filter(run=run).order_by("id"))
    members = Member.objects.in_bulk([row.member_id for row in rows])
    return [(row, str(members[row.member_id])) for row in rows]
