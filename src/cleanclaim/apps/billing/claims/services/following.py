"""When an earlier payer's answer changes after the claim went on: what follows by itself, and what a person sends.

The money follows the new answer at once. A claim that has not been sent is taken back and built anew. One that was
sent keeps its place: the payer that has it was told an answer that no longer stands, so work is opened, and one
key sends it a corrected claim (frequency 7) under its own control number. Nothing is sent by itself.

Source: ASC X12N 005010X222A1, CLM05-3 and REF*F8 (the payer's number of the claim that is replaced).
"""

from dataclasses import replace
from datetime import date

from django.db import transaction

from cleanclaim.apps.billing.claims import amounts, handing, next_work, rows
from cleanclaim.apps.billing.claims.answers import PostedAnswer
from cleanclaim.apps.billing.claims.chain import Chain, chain_of
from cleanclaim.apps.billing.claims.models import (
    Claim,
    ClaimPayer,
    PayerState,
    SubmissionClaim,
    VersionKind,
)
from cleanclaim.apps.billing.claims.services.payer_steps import audit, withdraw
from cleanclaim.apps.billing.claims.services.versions import add_version, as_replacement, lock_claim
from cleanclaim.apps.billing.claims.states import UNSENT, State
from cleanclaim.kernel.errors import StateError
from cleanclaim.rules.cob import NextCoverage, next_claim, second_reason, with_reason
from cleanclaim.rules.edits import Stage
from cleanclaim.values import claim as values


def without_stale(chain: Chain, *, state: str, on: date, by: int | None) -> Chain:
    """The chain after what was built on answers that no longer stand is taken back or follows the new ones.

    `state` is the claim's before the answer was posted.
    """
    row = chain.claim
    while chain.rank > chain.first_rank:
        stale = _stale(chain)
        if not stale:
            if not chain.answers_at(chain.rank):
                _keep_state(row, state)
            return chain
        crossed = chain.payers[chain.rank].state == PayerState.CROSSED
        is_theirs = state not in UNSENT or was_sent(chain)
        if chain.answers_at(chain.rank) or (is_theirs and not crossed):
            for rank in stale:
                _follow(chain, rank, state=state, on=on, by=by)
            return chain_of(row)
        words = f"Taken back from {row.payer_name}: the answer before it no longer stands."
        withdraw(chain, words=words, on=on, by=by)
        row = lock_claim(row.pk)
        state = row.state
        chain = chain_of(row)
    return chain


def _stale(chain: Chain) -> list[int]:
    """The places whose claim was built on an answer that is not the one that stands before them."""
    found = []
    for before, rank in zip(chain.ranks, chain.ranks[1:], strict=False):
        answer = chain.standing(before)
        if chain.payers[rank].built_on != (answer.id if answer else 0):
            found.append(rank)
    return found


def was_sent(chain: Chain) -> bool:
    """Whether the current payer was sent the claim and did not refuse it."""
    mine = chain.payers.get(chain.rank)
    if mine is None or chain.claim.state == State.REJECTED:
        return False
    sent = SubmissionClaim.objects.filter(claim_id=chain.claim.pk, version__gte=mine.first_version)
    return sent.exists()


def told_otherwise(chain: Chain) -> values.Claim | None:
    """The corrected claim that the current payer is to have; None where what it was told still stands.

    Also None while an earlier payer has no answer that stands: then there is nothing to tell yet.
    """
    if chain.rank == chain.first_rank or chain.payers[chain.rank].state == PayerState.CROSSED:
        return None
    has = chain.value_to(chain.rank)
    before = chain.stages()[:-1]
    built = next_claim(has, before, NextCoverage(has.payer, has.subscriber)).claim
    if built is None or _told(built, len(before)) == _told(has, len(before)):
        return None
    lines = zip(has.lines, built.lines, strict=True)
    corrected = replace(
        has,
        other_coverages=built.other_coverages + has.other_coverages[len(before) :],
        lines=tuple(replace(line, adjudications=new.adjudications) for line, new in lines),
    )
    return with_reason(corrected, second_reason(has))


def _told(claim: values.Claim, count: int) -> list[object]:
    """What a claim says of the money of its first `count` other payers."""
    others = [(one.paid, one.adjustments) for one in claim.other_coverages[:count]]
    ids = {one.payer.payer_id for one in claim.other_coverages[:count]}
    lines = [
        [
            (one.payer_id, one.paid, one.procedure.code, one.adjustments)
            for one in line.adjudications
            if one.payer_id in ids
        ]
        for line in claim.lines
    ]
    return [others, lines]


@transaction.atomic
def send_corrected(claim_id: int, *, on: date, by: int | None) -> str:
    """Make the corrected claim (frequency 7) for the current payer with the answers that stand now; returns its state.

    Raises:
        StateError: what it was told still stands, or it has told no control number of its own.
    """
    row = lock_claim(claim_id)
    chain = chain_of(row)
    corrected = told_otherwise(chain)
    if corrected is None or not was_sent(chain):
        raise StateError(
            f"claim {claim_id}: nothing to correct with {row.payer_name}",
            hint="What it was told is what the payers before it answered.",
        )
    if not row.payer_control_number:
        raise StateError(
            f"claim {claim_id}: {row.payer_name} has told no control number of its own",
            hint="Its 277CA or remittance brings it; a corrected claim without it counts as a duplicate.",
        )
    words = f"Corrected claim for {row.payer_name}'s {row.payer_control_number}: the answer before it changed."
    add_version(
        row,
        as_replacement(corrected, frequency_code="7", payer_number=row.payer_control_number),
        kind=VersionKind.CORRECTED,
        stage=Stage.SUBMISSION,
        on=on,
        by=by,
        words=words,
    )
    next_work.close(claim_id, outcome=words)
    audit(row, "send corrected claim to next payer", by)
    return row.state


def _keep_state(row: Claim, state: str) -> None:
    """An earlier payer's word that changes nothing leaves the claim where it was with the next one."""
    if row.state != state:
        Claim.objects.filter(pk=row.pk).update(state=state)
        row.state = state


def _follow(chain: Chain, rank: int, *, state: str, on: date, by: int | None) -> None:
    """The money of the payer at this place follows the answer before it; what is to be sent is asked."""
    row, mine = chain.claim, chain.payers[rank]
    before = chain.ranks[chain.ranks.index(rank) - 1]
    answer = chain.standing(before)
    _move_again(chain, mine, answer, from_rank=before, on=on, by=by)
    if not chain.answers_at(chain.rank):
        _keep_state(row, state)
    amounts.refresh([row.pk])
    next_work.close(row.pk, outcome="The answer before it changed again")
    words = f"The answer that the claim to {mine.payer_name} was built on was taken back. "
    if answer is None:
        words += "Wait for the new one."
    elif told_otherwise(chain) is None and rank == chain.rank:
        words += "The new one says the same: nothing is sent."
    else:
        words += "Send a corrected claim with the new one."
    rows.add_events([(row.pk, "payer", words)], on=on, by=by)
    if not words.endswith("nothing is sent."):
        next_work.open_question(row, words, on=on, about=f"{mine.pk}:{mine.built_on}")


def _move_again(
    chain: Chain,
    mine: ClaimPayer,
    answer: PostedAnswer | None,
    *,
    from_rank: int,
    on: date,
    by: int | None,
) -> None:
    if mine.entry_id:
        handing.take_money_back(mine.entry_id, on=on, by=by)
    mine.entry_id, mine.built_on = 0, 0
    if answer is not None:
        mine.entry_id = handing.move_money(
            chain, answer, from_rank=from_rank, version=chain.claim.version, on=on, by=by
        )
        mine.built_on = answer.id
    mine.save(update_fields=["entry_id", "built_on"])
