"""Everything that decisions rest on, read in a few statements for a whole batch of cases."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from cleanclaim.apps.payer.adjudication.models import PlanOptions
from cleanclaim.apps.payer.intake.models import CaseLine, CaseState, ClaimCase
from cleanclaim.apps.payer.members.matching import KnownPerson
from cleanclaim.apps.payer.members.selectors import (
    AgreedCare,
    UseKey,
    authorizations_of,
    people_by_id,
    spans_by_member,
    use_of_families,
)
from cleanclaim.apps.payer.plans.selectors import (
    EditionInForce,
    KnownProvider,
    contract_editions,
    plan_editions,
    providers_by_id,
)
from cleanclaim.apps.shared.reference.selectors import fee_table
from cleanclaim.kernel.money import ZERO
from cleanclaim.rules.adjudication import Coverage, Options, PriorLine
from cleanclaim.rules.benefits import Plan, Used
from cleanclaim.rules.pricing import Contract, FeeLookup, FeeTable
from cleanclaim.values.claim import Claim
from cleanclaim.values.codec import from_json

Covers = tuple[tuple[int, Coverage], ...]  # edition id with its days
Spans = tuple[tuple[int, date, date | None], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A case's row as adjudication works on it."""

    id: int
    icn: str
    frequency_code: str
    state: str
    member_id: int
    provider_id: int
    original_id: int | None
    decision_id: int | None
    received_on: date
    service_from: date | None
    claim: Claim


def read_cases(condition: str, parameters: Sequence[Any]) -> list[Case]:
    """The cases that the SQL condition selects (and orders), with their claims, a day on every line."""
    table = connection.ops.quote_name(ClaimCase._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, icn, frequency_code, state, member_id, provider_id, original_id, decision_id, "
            f"received_on, service_from, body FROM {table} WHERE {condition}",
            list(parameters),
        )
        return [Case(*row[:10], claim=from_json(row[10], Claim).dated) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Prior:
    """An earlier line with the case that it belongs to."""

    case_id: int
    line: PriorLine


@dataclass(slots=True)
class Batch:
    """What a batch of cases needs to be decided. `use`, `priors` and `denied` move on while it is worked."""

    people: dict[int, KnownPerson]
    providers: dict[int, KnownProvider]
    plans: dict[int, list[EditionInForce[Plan]]]
    contracts: dict[int, list[EditionInForce[Contract]]]
    spans: dict[int, list[tuple[int, date, date | None]]]
    use: dict[UseKey, Decimal]
    care: dict[int, list[AgreedCare]]
    priors: dict[int, list[Prior]]
    options: Options
    fees: FeeLookup
    denied: set[tuple[int, int]] = field(default_factory=set)  # (case, line) denied in this batch
    _coverages: dict[Spans, Covers] = field(default_factory=dict)

    def coverages(self, member_id: int) -> Covers:
        """The member's days under each plan edition, each with the edition's row."""
        spans = tuple(self.spans.get(member_id, ()))
        found = self._coverages.get(spans)
        if found is None:
            found = tuple(
                (edition.id, Coverage(edition.terms, first, end))
                for plan_id, span_from, span_to in spans
                for edition in self.plans.get(plan_id, ())
                for first, end in [_overlap(edition, span_from, span_to)]
                if end is None or first < end
            )
            self._coverages[spans] = found
        return found

    def plan_on(self, member_id: int, on: date | None) -> int:
        """The id of the plan that covers the member on the day; 0 for none."""
        for plan_id, first, end in self.spans.get(member_id, ()):
            if on is not None and first <= on and (end is None or on < end):
                return plan_id
        return 0

    def contract_on(
        self, provider: KnownProvider | None, on: date
    ) -> EditionInForce[Contract] | None:
        """The edition of the provider's contract on the day; None without a contract."""
        if provider is None or provider.contract_id is None:
            return None
        for edition in self.contracts.get(provider.contract_id, ()):
            if edition.valid_from <= on and (edition.valid_to is None or on < edition.valid_to):
                return edition
        return None

    def used(self, person: KnownPerson, plan_id: int, years: set[int]) -> dict[int, Used]:
        """What the person and their family have used of the plan's years."""
        found = {}
        for year in years:
            mine = (plan_id, person.id, "member")
            family = (plan_id, person.family_id, "family")
            used = Used(
                self.use.get((*mine, "deductible", year), ZERO),
                self.use.get((*family, "deductible", year), ZERO),
                self.use.get((*mine, "out_of_pocket", year), ZERO),
                self.use.get((*family, "out_of_pocket", year), ZERO),
            )
            if any((used.deductible, used.family_deductible)) or any(
                (used.out_of_pocket, used.family_out_of_pocket)
            ):
                found[year] = used
        return found


def _overlap(
    edition: EditionInForce[Plan], span_from: date, span_to: date | None
) -> tuple[date, date | None]:
    ends = [end for end in (edition.valid_to, span_to) if end is not None]
    return max(edition.valid_from, span_from), min(ends, default=None)


def gather(cases: Sequence[Case], *, without_cases: Sequence[int] = ()) -> Batch:
    """Read all that these cases need; what `without_cases` used or billed is left out."""
    member_ids = {case.member_id for case in cases}
    people = people_by_id(member_ids)
    contracts = contract_editions()
    terms = [edition.terms for editions in contracts.values() for edition in editions]
    families = {person.family_id for person in people.values()}
    return Batch(
        people=people,
        providers=providers_by_id({case.provider_id for case in cases}),
        plans=plan_editions(),
        contracts=contracts,
        spans=spans_by_member(member_ids),
        use=use_of_families(families, without_cases=without_cases),
        care=authorizations_of(member_ids, without_cases=without_cases),
        priors=_prior_lines(cases, without_cases=without_cases),
        options=plan_options(),
        fees=fees_for([case.claim for case in cases], terms),
    )


def fees_for(claims: Sequence[Claim], contracts: Sequence[Contract]) -> FeeLookup:
    """The fees that these contracts may need for the claims' codes on their days."""
    schedules = {term.schedule for terms in contracts for term in terms.terms} - {""}
    lines = [line for claim in claims for line in claim.lines]
    days = [line.service_from for line in lines if line.service_from]
    if not schedules or not days:
        return FeeTable([])
    codes = {line.procedure.code for line in lines}
    return fee_table(schedules, codes, first_on=min(days), last_on=max(days))


def plan_options() -> Options:
    """The plan's switches, or the rules' own defaults."""
    row = PlanOptions.objects.first()
    if row is None:
        return Options()
    return Options(
        original_not_found=row.original_not_found,
        suspect_duplicate=row.suspect_duplicate,
        high_dollar=row.high_dollar,
    )


# In process or remitted, and not denied: what a new claim can be a duplicate of.
_LIVE = [CaseState.RECEIVED, CaseState.PENDED, CaseState.DECIDED, CaseState.PAID]


def _prior_lines(
    cases: Sequence[Case], *, without_cases: Sequence[int] = ()
) -> dict[int, list[Prior]]:
    """Other live lines of the same members on the same days, by member."""
    days = {
        (case.member_id, line.service_from)
        for case in cases
        for line in case.claim.lines
        if line.service_from
    }
    lines, rows = (connection.ops.quote_name(m._meta.db_table) for m in (CaseLine, ClaimCase))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.member_id, l.case_id, c.icn, l.number, l.service_from, l.procedure_code, "
            "l.modifiers, l.quantity, l.charge, l.billing_id, c.denied_lines "
            f"FROM unnest(%s::bigint[], %s::date[]) AS d(member_id, day) JOIN {lines} l "
            "ON l.member_id = d.member_id AND l.service_from = d.day "
            f"JOIN {rows} c ON c.id = l.case_id "
            "WHERE c.state = ANY(%s) AND c.outcome <> 'deny' AND NOT c.id = ANY(%s) AND c.purpose <> 'RP' "
            "ORDER BY l.case_id, l.number",
            [[m for m, _ in days], [d for _, d in days], list(_LIVE), list(without_cases)],
        )
        found: dict[int, list[Prior]] = {}
        for (
            member,
            case,
            icn,
            number,
            day,
            code,
            modifiers,
            quantity,
            charge,
            who,
            denied,
        ) in cursor:
            if denied and str(number) in denied.split(","):
                continue
            line = PriorLine(
                icn,
                number,
                day,
                code,
                tuple(modifiers.split("-")) if modifiers else (),
                quantity,
                charge,
                who,
            )
            found.setdefault(member, []).append(Prior(case, line))
    return found
