"""Decide received cases in the order in which they came in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import takewhile

from django.db import transaction

from cleanclaim.apps.payer.adjudication.contexts import context_of
from cleanclaim.apps.payer.adjudication.gather import Batch, Case, gather, read_cases
from cleanclaim.apps.payer.adjudication.services.reversing import (
    reverse_decision,
    standing_versions,
)
from cleanclaim.apps.payer.adjudication.services.writing import Decided, write_decisions
from cleanclaim.apps.payer.intake.models import CaseState
from cleanclaim.apps.payer.members.selectors import in_family_groups
from cleanclaim.apps.payer.members.services import lock_benefits
from cleanclaim.kernel.collecting import without_cycle_collection
from cleanclaim.kernel.money import ZERO
from cleanclaim.rules.adjudication import Original, adjudicate
from cleanclaim.values.claim import Frequency
from cleanclaim.values.decision import Outcome

CORRECTIONS = (Frequency.CORRECTED.value, Frequency.VOID.value)


@dataclass(slots=True)
class Counts:
    """How many cases a run decided, by outcome."""

    pay: int = 0
    deny: int = 0
    pend: int = 0
    inform: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.pay + self.deny + self.pend + self.inform

    def add(self, outcome: Outcome) -> None:
        """Count one."""
        setattr(self, outcome.value, getattr(self, outcome.value) + 1)


@transaction.atomic
def adjudicate_cases(*, decided_on: date, limit: int = 5000) -> Counts:
    """Decide up to `limit` received cases, oldest first, as one batch. A second run waits for the first."""
    with without_cycle_collection():
        lock_benefits()
        cases = read_cases(
            "state = %s ORDER BY id LIMIT %s FOR UPDATE", [CaseState.RECEIVED.value, limit]
        )
        return _adjudicate(cases, decided_on)


@transaction.atomic
def adjudicate_families(groups: Collection[int], *, decided_on: date, limit: int = 5000) -> Counts:
    """As `adjudicate_cases`, for the families of some groups, beside runs for other groups.

    Nothing that decides a claim reaches beyond its family but a correction, whose original may be anybody's:
    the run ends before the first one, and `adjudicate_cases` takes it and what came after it.
    """
    with without_cycle_collection():
        lock_benefits(groups)
        cases = read_cases(
            f"state = %s AND {in_family_groups('member_id')} ORDER BY id LIMIT %s FOR UPDATE",
            [CaseState.RECEIVED.value, list(groups), limit],
        )
        return _adjudicate(list(takewhile(_is_no_correction, cases)), decided_on)


def _is_no_correction(case: Case) -> bool:
    return case.frequency_code not in CORRECTIONS


def _adjudicate(cases: Sequence[Case], decided_on: date) -> Counts:
    counts = Counts()
    run: list[Case] = []
    for case in cases:
        if _is_no_correction(case):
            run.append(case)
            continue
        # A correction takes back what earlier cases used, so that these must be written first.
        _decide_run(run, decided_on=decided_on, counts=counts)
        run = []
        counts.add(decide_correction(case, decided_on=decided_on))
    _decide_run(run, decided_on=decided_on, counts=counts)
    return counts


def _decide_run(cases: Sequence[Case], *, decided_on: date, counts: Counts) -> None:
    if not cases:
        return
    batch = gather(cases)
    decided = [decide(case, batch, decided_on=decided_on) for case in cases]
    write_decisions(decided, batch)
    for d in decided:
        counts.add(d.decision.outcome)


def decide(
    case: Case,
    batch: Batch,
    *,
    decided_on: date,
    original: Original | None = None,
    released: frozenset[str] = frozenset(),
    manual_prices: Mapping[int, Decimal] | None = None,
) -> Decided:
    """The decision on one case; the batch moves on by what it uses."""
    context, seen = context_of(
        case,
        batch,
        decided_on=decided_on,
        original=original,
        released=released,
        manual_prices=manual_prices,
    )
    plan_id = batch.plan_on(case.member_id, case.service_from)
    decided = Decided(case, adjudicate(case.claim, context), seen, plan_id)
    _move_on(batch, decided)
    return decided


def _move_on(batch: Batch, decided: Decided) -> None:
    """Let later cases of the batch see what this one used and what of it was denied."""
    case, decision = decided.case, decided.decision
    family_id = batch.people[case.member_id].family_id
    for change in decision.accumulators:
        who = family_id if change.scope == "family" else case.member_id
        key = (decided.plan_id, who, change.scope, change.kind, change.year)
        batch.use[key] = batch.use.get(key, ZERO) + change.amount
    for line in decision.lines:
        if line.outcome is Outcome.DENY:
            batch.denied.add((case.id, line.number))
    for taken in decision.authorizations:
        care = batch.care[case.member_id]
        for place, agreed in enumerate(care):
            is_same = (agreed.number, agreed.codes) == (taken.number, taken.codes)
            if is_same and agreed.units_left is not None:
                care[place] = replace(agreed, units_left=agreed.units_left - taken.units)


def decide_correction(
    case: Case,
    *,
    decided_on: date,
    released: frozenset[str] = frozenset(),
    manual_prices: Mapping[int, Decimal] | None = None,
    by: int | None = None,
    note: str = "",
    authority: str = "",
) -> Outcome:
    """Decide a corrected (7) or void (8) claim as if its earlier versions had never been; then reverse those.

    A correction that is not worked (it pends, or a claim step denies it) leaves them as they are.
    """
    versions = standing_versions(case)
    batch = gather([case], without_cases=[version.id for version in versions])
    made = decide(
        case,
        batch,
        decided_on=decided_on,
        original=_original(case, versions),
        released=released,
        manual_prices=manual_prices,
    )
    take_back(versions, made, by=by)
    write_decisions([replace(made, by=by, note=note, authority=authority)], batch)
    return made.decision.outcome


def _original(case: Case, versions: Sequence[Case]) -> Original | None:
    """The claim that a correction names, as the rules see it; None where it names none of ours."""
    if versions:
        return Original(versions[0].icn)
    if case.original_id is None:
        return None
    # On its way, taken back before, or history that was loaded without a decision.
    return Original(case.claim.original_payer_number, is_final=False)


def take_back(versions: Sequence[Case], made: Decided, *, by: int | None) -> None:
    """Reverse the earlier versions of a claim whose correction or void was worked."""
    if not made.decision.takes_back:
        return
    is_void = made.case.frequency_code == Frequency.VOID
    for version in versions:
        reverse_decision(
            version,
            decided_on=made.decision.decided_on,
            state=CaseState.VOIDED if is_void else CaseState.REPLACED,
            by=by,
            note=f"{'Voided' if is_void else 'Replaced'} by claim {made.case.icn}",
        )
