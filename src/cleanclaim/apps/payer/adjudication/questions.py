"""Questions of the cases' pages: find cases, what stood on a day, the evidence of a pend."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum

from cleanclaim.apps.payer.adjudication.models import CaseDecision, DecisionKind
from cleanclaim.apps.payer.adjudication.services.writing import DECIDE_WITHIN
from cleanclaim.apps.payer.intake.models import CaseLine, CaseState, ClaimCase
from cleanclaim.apps.payer.members.models import Member
from cleanclaim.apps.payer.members.selectors import find_members
from cleanclaim.apps.payer.plans.models import PlanProvider
from cleanclaim.kernel.money import ZERO
from cleanclaim.rules.parameters import parameter
from cleanclaim.values.claim import Claim
from cleanclaim.values.codec import from_json
from cleanclaim.values.decision import Decision

# What a person filters by, and which rows that is.
FILTERS: dict[str, tuple[str, Q]] = {
    "received": ("Received, not decided", Q(state=CaseState.RECEIVED)),
    "pended": ("Pended", Q(state=CaseState.PENDED)),
    "decided": ("Decided, to be paid", Q(state=CaseState.DECIDED)),
    "paid": ("Paid", Q(state=CaseState.PAID, outcome="pay")),
    "denied": (
        "Denied",
        Q(state__in=[CaseState.DECIDED, CaseState.PAID], outcome="deny"),
    ),
    "rejected": ("Rejected at the front end", Q(state=CaseState.REJECTED)),
    "replaced": ("Replaced or voided", Q(state__in=[CaseState.REPLACED, CaseState.VOIDED])),
}
MEMBERS_SEARCHED = 200


def matching_cases(
    *, wanted: str = "", text: str = "", file_id: int | None = None, member_id: int | None = None
) -> QuerySet[ClaimCase]:
    """Cases without bodies; `text` begins our number or the provider's, or names a member."""
    found = ClaimCase.objects.defer("body")
    if wanted:
        found = found.filter(FILTERS[wanted][1])
    if file_id is not None:
        found = found.filter(file_id=file_id)
    if member_id is not None:
        found = found.filter(member_id=member_id)
    if words := text.strip():
        numbers = Q(icn__startswith=words) | Q(control_number__istartswith=words)
        members = find_members(words).order_by().values("pk")[:MEMBERS_SEARCHED]
        found = found.filter(numbers | Q(member_id__in=list(members.values_list("pk", flat=True))))
    return found


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of all cases that fit; `released` to providers and members, and `decided` but not yet."""

    count: int
    charge: Decimal
    released: Decimal
    decided: Decimal


def totals(cases: QuerySet[ClaimCase]) -> Totals:
    """Sums over the whole filtered list, not over one page."""
    pays = F("paid") + F("paid_to_member")
    found = cases.aggregate(
        count=Count("id"),
        charge=Sum("charge"),
        released=Sum(pays, filter=Q(state=CaseState.PAID)),
        decided=Sum(pays, filter=Q(state=CaseState.DECIDED)),
    )
    return Totals(found.pop("count"), **{name: sum_ or ZERO for name, sum_ in found.items()})


def pended_cases() -> QuerySet[ClaimCase]:
    """What waits for an examiner."""
    return ClaimCase.objects.defer("body").filter(state=CaseState.PENDED)


def queues() -> dict[str, int]:
    """How many cases wait in each queue, by its name."""
    rows = pended_cases().order_by().values("pend_queue").annotate(number=Count("id"))
    return {row["pend_queue"]: row["number"] for row in rows.order_by("pend_queue")}


@dataclass(frozen=True, slots=True)
class Named:
    """One case with the names of member and provider ("" where the plan knows none)."""

    case: ClaimCase
    member: str
    provider: str

    @property
    def pk(self) -> int:
        """The case's row."""
        return self.case.pk


def with_names(cases: Sequence[ClaimCase]) -> list[Named]:
    """The cases with names, in two statements."""
    members = {
        member.pk: str(member)
        for member in Member.objects.filter(pk__in={case.member_id for case in cases} - {None})
    }
    providers = dict(
        PlanProvider.objects.filter(
            pk__in={case.provider_id for case in cases} - {None}
        ).values_list("pk", "name")
    )
    return [
        Named(case, members.get(case.member_id, ""), providers.get(case.provider_id, ""))
        for case in cases
    ]


def members_of(cases: Collection[ClaimCase]) -> set[int]:
    """The members whose data the cases show."""
    return {case.member_id for case in cases if case.member_id is not None}


@dataclass(frozen=True, slots=True)
class PromptPay:
    """Until when the law wants a claim paid, contested or denied."""

    days: int
    due_on: date
    source: str


def prompt_pay(received_on: date) -> PromptPay:
    """The limit for a claim that was received on the day."""
    limit = parameter(DECIDE_WITHIN)
    days: int = limit.value(on=received_on)
    return PromptPay(days, received_on + timedelta(days=days), limit.source)


def settled_on(case: ClaimCase, decisions: Sequence[CaseDecision]) -> date | None:
    """The day on which the case was decided first; None while it is open."""
    if case.state in (CaseState.RECEIVED, CaseState.PENDED):
        return None
    return next((d.decided_on for d in decisions if d.outcome != "pend"), None)


def decision_on(
    decisions: Sequence[CaseDecision], *, on: date | None, known_by: datetime | None
) -> CaseDecision | None:
    """The decision that stood on a day, as known by a moment; reversals take back and do not stand."""
    seen = [
        d
        for d in decisions
        if (on is None or d.decided_on <= on) and (known_by is None or d.recorded_at <= known_by)
    ]
    reversed_ids = {d.reverses_id for d in seen if d.reverses_id}
    standing = [d for d in seen if d.kind != DecisionKind.REVERSAL and d.pk not in reversed_ids]
    return standing[-1] if standing else None


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two lines that look like one another: this claim's and an earlier one's."""

    mine: CaseLine
    earlier: CaseLine
    case: ClaimCase
    claim: Claim

    @property
    def rows(self) -> list[tuple[str, object, object, bool]]:
        """(what, this claim's, the earlier one's, whether they differ) for a side-by-side view."""
        pairs = (
            ("Day", self.mine.service_from, self.earlier.service_from),
            ("Code", self.mine.procedure_code, self.earlier.procedure_code),
            ("Modifiers", self.mine.modifiers or "none", self.earlier.modifiers or "none"),
            ("Units", f"{self.mine.quantity:f}".rstrip("0").rstrip("."),
             f"{self.earlier.quantity:f}".rstrip("0").rstrip(".")),
            ("Charge", self.mine.charge, self.earlier.charge),
            ("Billed by", self.mine.billing_id, self.earlier.billing_id),
        )  # fmt: skip
        return [(what, mine, earlier, mine != earlier) for what, mine, earlier in pairs]


def likenesses(case: ClaimCase) -> list[Likeness]:
    """Earlier lines of the same member, day and code: the evidence of a suspect duplicate."""
    mine = list(CaseLine.objects.filter(case_id=case.pk).order_by("number"))
    if not mine or case.member_id is None:
        return []
    days = {line.service_from for line in mine}
    earlier = CaseLine.objects.filter(
        member_id=case.member_id, service_from__in=days, case_id__lt=case.pk
    ).exclude(case__state__in=[CaseState.REJECTED, CaseState.VOIDED, CaseState.REPLACED])
    others = list(earlier.order_by("-case_id", "number"))
    cases = ClaimCase.objects.in_bulk({line.case_id for line in others})
    return [
        Likeness(line, other, cases[other.case_id], from_json(cases[other.case_id].body, Claim))
        for line in mine
        for other in others
        if (other.service_from, other.procedure_code) == (line.service_from, line.procedure_code)
    ]


def read_decision(row: CaseDecision) -> Decision:
    """The decision whole, from its row."""
    body = CaseDecision.objects.values_list("body", flat=True).get(pk=row.pk)
    return from_json(body, Decision)


def lines_without_price(decision: Decision) -> list[int]:
    """Numbers of the lines that wait for a person's price."""
    return [
        line.number
        for line in decision.lines
        if any(step.rule == "pricing.manual" for step in line.steps)
        and line.outcome == "pend"
        and not line.allowed
    ]
