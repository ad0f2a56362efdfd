"""The context of one decision, and the record of what it saw, so that a re-run sees the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from cleanclaim.apps.payer.adjudication.gather import Batch, Case, fees_for
from cleanclaim.apps.payer.members.selectors import AgreedCare
from cleanclaim.apps.payer.plans.models import ContractEdition, PlanEdition
from cleanclaim.apps.payer.plans.selectors import KnownProvider
from cleanclaim.rules.adjudication import (
    Authorization,
    Context,
    Coverage,
    Member,
    Options,
    Original,
    PriorLine,
    ProviderStanding,
)
from cleanclaim.rules.benefits import Plan, Used
from cleanclaim.rules.pricing import Contract, FeeLookup
from cleanclaim.values.claim import Claim
from cleanclaim.values.codec import from_json


@dataclass(frozen=True, slots=True)
class SeenCover:
    """Days under one plan edition, by its row."""

    edition_id: int
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A context with editions by their rows. `fees` are not kept: their editions never change."""

    received_on: date
    decided_on: date
    member_id: str | None
    covers: tuple[SeenCover, ...] = ()
    contract_edition_id: int | None = None
    provider: ProviderStanding = field(default_factory=ProviderStanding)
    used: Mapping[int, Used] = field(default_factory=dict)
    prior_lines: tuple[PriorLine, ...] = ()
    authorizations: tuple[Authorization, ...] = ()
    original: Original | None = None
    options: Options = field(default_factory=Options)


def context_of(
    case: Case,
    batch: Batch,
    *,
    decided_on: date,
    original: Original | None = None,
    released: frozenset[str] = frozenset(),
    manual_prices: Mapping[int, Decimal] | None = None,
) -> tuple[Context, Seen]:
    """What the plan knows about the case now, and the record of it."""
    person = batch.people[case.member_id]
    provider = batch.providers.get(case.provider_id)
    covers = batch.coverages(person.id)
    on = case.service_from or case.received_on
    contract = batch.contract_on(provider, on)
    options = batch.options
    if released or manual_prices:
        options = Options(
            options.original_not_found,
            options.suspect_duplicate,
            options.high_dollar,
            released,
            manual_prices or {},
        )
    seen = Seen(
        received_on=case.received_on,
        decided_on=decided_on,
        member_id=person.member_id,
        covers=tuple(SeenCover(row, c.valid_from, c.valid_to) for row, c in covers),
        contract_edition_id=contract.id if contract else None,
        provider=_standing(provider, case),
        used=batch.used(person, batch.plan_on(person.id, on), _years(case, covers)),
        prior_lines=_earlier_lines(case, batch),
        authorizations=_agreed(batch.care.get(person.id, ()), provider),
        original=original,
        options=options,
    )
    terms = contract.terms if contract else None
    return _context(seen, tuple(c for _, c in covers), terms, batch.fees), seen


def _standing(provider: KnownProvider | None, case: Case) -> ProviderStanding:
    if provider is None:
        return ProviderStanding(is_known=False)
    if case.service_from is not None and case.service_from < provider.valid_from:
        return ProviderStanding(is_known=False)
    return ProviderStanding(excluded_from=provider.valid_to)


def _years(case: Case, covers: tuple[tuple[int, Coverage], ...]) -> set[int]:
    days = [line.service_from for line in case.claim.lines if line.service_from]
    return {cover.plan.benefit_year(day) for day in days for _, cover in covers}


def _earlier_lines(case: Case, batch: Batch) -> tuple[PriorLine, ...]:
    """Lines of cases that came before this one and are not denied."""
    priors = batch.priors.get(case.member_id)
    if not priors:
        return ()
    return tuple(
        p.line
        for p in priors
        if p.case_id < case.id and (p.case_id, p.line.line_number) not in batch.denied
    )


def _agreed(
    care: list[AgreedCare] | tuple[()], provider: KnownProvider | None
) -> tuple[Authorization, ...]:
    npi = provider.npi if provider else ""
    return tuple(
        Authorization(
            a.number,
            frozenset(a.codes),
            a.valid_from,
            a.valid_to,
            a.units_left,
        )
        for a in care
        if not a.provider_npi or a.provider_npi == npi
    )


def _context(
    seen: Seen, coverages: tuple[Coverage, ...], contract: Contract | None, fees: FeeLookup
) -> Context:
    return Context(
        member=None if seen.member_id is None else Member(seen.member_id, coverages),
        contract=contract,
        fees=fees,
        received_on=seen.received_on,
        decided_on=seen.decided_on,
        provider=seen.provider,
        used=seen.used,
        prior_lines=seen.prior_lines,
        authorizations=seen.authorizations,
        original=seen.original,
        options=seen.options,
    )


def context_again(seen: Seen, claim: Claim) -> Context:
    """The context that a stored decision saw, with the same editions."""
    ids = [cover.edition_id for cover in seen.covers]
    plans = {row.pk: from_json(row.body, Plan) for row in PlanEdition.objects.filter(id__in=ids)}
    terms = ContractEdition.objects.filter(id=seen.contract_edition_id).first()
    contract = from_json(terms.body, Contract) if terms else None
    covers = tuple(Coverage(plans[c.edition_id], c.valid_from, c.valid_to) for c in seen.covers)
    fees = fees_for([claim], [contract] if contract else [])
    return _context(seen, covers, contract, fees)
