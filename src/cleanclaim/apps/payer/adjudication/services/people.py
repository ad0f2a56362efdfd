"""What an examiner does: let a pended claim go, deny it, or override a decision. Always with a note."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db import transaction

from cleanclaim.apps.payer.adjudication.contexts import Seen, context_of
from cleanclaim.apps.payer.adjudication.gather import Case, gather, read_cases
from cleanclaim.apps.payer.adjudication.manual import deny_all_lines
from cleanclaim.apps.payer.adjudication.models import CaseDecision, DecisionKind
from cleanclaim.apps.payer.adjudication.services.deciding import (
    CORRECTIONS,
    decide,
    decide_correction,
    take_back,
)
from cleanclaim.apps.payer.adjudication.services.reversing import (
    reverse_decision,
    standing_versions,
)
from cleanclaim.apps.payer.adjudication.services.writing import Decided, write_decisions
from cleanclaim.apps.payer.intake.models import CaseState
from cleanclaim.apps.payer.members.services import lock_benefits
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.values.codec import from_json
from cleanclaim.values.decision import Decision, Outcome


@transaction.atomic
def release_pend(
    case_id: int,
    *,
    decided_on: date,
    by: int,
    note: str,
    authority: str = "",
    manual_prices: Mapping[int, Decimal] | None = None,
) -> Outcome:
    """Decide a pended claim, its pend reasons looked at and let go; it may pend again for another reason.

    `manual_prices` sets the allowed amount of lines (by number) that no contract term prices.

    Raises:
        StateError: the claim does not pend. InputError: the note is empty, or a price is below zero.
    """
    case = _lock(case_id, CaseState.PENDED, note)
    stored = CaseDecision.objects.get(pk=case.decision_id)
    before = from_json(stored.context, Seen).options
    released = before.released | {p.code for p in from_json(stored.body, Decision).pends}
    prices = _prices(case, {**before.manual_prices, **(manual_prices or {})})
    if case.frequency_code in CORRECTIONS:
        return decide_correction(
            case,
            decided_on=decided_on,
            released=released,
            manual_prices=prices,
            by=by,
            note=note,
            authority=authority,
        )
    batch = gather([case])
    decided = decide(
        case,
        batch,
        decided_on=decided_on,
        released=released,
        manual_prices=prices,
    )
    write_decisions([replace(decided, by=by, note=note, authority=authority)], batch)
    return decided.decision.outcome


@transaction.atomic
def deny_pend(
    case_id: int,
    *,
    reason: str,
    words: str,
    decided_on: date,
    by: int,
    note: str,
    group: str = "CO",
    remark_codes: tuple[str, ...] = (),
    authority: str = "",
) -> None:
    """Deny a pended claim, all lines, with a CARC and what the provider is told.

    Raises:
        StateError: the claim does not pend. InputError: the note is empty, or the CARC needs a remark code.
    """
    case = _lock(case_id, CaseState.PENDED, note)
    batch = gather([case])
    context, seen = context_of(case, batch, decided_on=decided_on)
    decision = deny_all_lines(
        case.claim, context, group=group, reason=reason, words=words, remark_codes=remark_codes
    )
    plan_id = batch.plan_on(case.member_id, case.service_from)
    decided = Decided(case, decision, seen, plan_id, DecisionKind.OVERRIDE, by, note, authority)
    write_decisions([decided], batch)


@transaction.atomic
def override_decision(
    case_id: int,
    *,
    manual_prices: Mapping[int, Decimal],
    decided_on: date,
    by: int,
    note: str,
    authority: str,
) -> Outcome:
    """Take a decision back and decide anew with allowed amounts that a person sets, by line number.

    Raises:
        StateError: the claim is not decided. InputError: the note or the authority is empty.
    """
    case = _lock(case_id, (CaseState.DECIDED, CaseState.PAID), note)
    if not authority.strip():
        raise InputError("override: the authority is empty, expected the level or rule it rests on")
    prices = _prices(case, manual_prices)
    state = CaseState(case.state)
    seen = from_json(CaseDecision.objects.get(pk=case.decision_id).context, Seen)
    reverse_decision(
        case, decided_on=decided_on, state=state, by=by, note=note, authority=authority
    )
    [case] = read_cases("id = %s", [case_id])
    versions = standing_versions(case)
    batch = gather([case], without_cases=[version.id for version in versions])
    decided = decide(
        case,
        batch,
        decided_on=decided_on,
        original=seen.original,
        released=seen.options.released,
        manual_prices={**seen.options.manual_prices, **prices},
    )
    take_back(versions, decided, by=by)
    decided = replace(decided, kind=DecisionKind.OVERRIDE, by=by, note=note, authority=authority)
    write_decisions([decided], batch)
    return decided.decision.outcome


def _lock(case_id: int, states: CaseState | tuple[CaseState, ...], note: str) -> Case:
    """The case, nobody else deciding meanwhile."""
    if not note.strip():
        raise InputError("note: it is empty, expected why this is done")
    lock_benefits()
    found = read_cases("id = %s FOR UPDATE", [case_id])
    if not found:
        raise InputError(f"claim {case_id}: there is none")
    if found[0].decision_id is None:
        raise StateError(f"claim {found[0].icn} is history: it was decided outside of this system")
    wanted = states if isinstance(states, tuple) else (states,)
    if found[0].state not in wanted:
        raise StateError(
            f"claim {found[0].icn} is {found[0].state}, expected {' or '.join(wanted)}",
            hint="Somebody may have decided it meanwhile: load the page again",
        )
    return found[0]


def _prices(case: Case, prices: Mapping[int, Decimal]) -> Mapping[int, Decimal]:
    numbers = {line.number for line in case.claim.lines}
    for number, amount in prices.items():
        if number not in numbers:
            raise InputError(f"line {number}: claim {case.icn} has no such line")
        if amount < 0 or amount != round(amount, 2):
            raise InputError(f"line {number}: {amount} allowed, expected whole cents, zero or more")
    return prices
