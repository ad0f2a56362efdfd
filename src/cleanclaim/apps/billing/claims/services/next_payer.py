"""Send a claim on to the patient's next payer once the payer before it has answered, and take that back.

The claim stays one claim with the same open items: a new version goes to the next payer, its charges are now for
that payer's bucket, and what the answer left (to the patient, or denied for want of a benefit) moves there.
Revenue is not touched. Where the payer sent the claim on itself, nothing is sent twice: the other payer's
remittance is waited for. When an answer is taken back, so is what was built on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from cleanclaim.apps.billing.charges.services import hand_on
from cleanclaim.apps.billing.claims import amounts, handing, next_work, rows, work
from cleanclaim.apps.billing.claims.answers import PostedAnswer
from cleanclaim.apps.billing.claims.chain import (
    Chain,
    as_next,
    bucket_of,
    chain_of,
    later_coverages,
    may_go_on,
    next_coverage,
)
from cleanclaim.apps.billing.claims.convert import VALUE_COLUMNS, value_columns
from cleanclaim.apps.billing.claims.models import (
    Claim,
    ClaimPayer,
    ClaimVersion,
    PayerState,
    VersionKind,
)
from cleanclaim.apps.billing.claims.services.adding import check
from cleanclaim.apps.billing.claims.services.patient_part import correct_patient_part
from cleanclaim.apps.billing.claims.services.versions import lock_claim, settle
from cleanclaim.apps.billing.claims.states import UNSENT, State
from cleanclaim.apps.billing.coverage.models import Coverage
from cleanclaim.apps.billing.coverage.services import find_or_add_payers, payer_key
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.apps.shared.tenancy.bulk import insert_rows
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import show
from cleanclaim.rules.cob import NextClaim, next_claim
from cleanclaim.rules.cob.order import insurance_type
from cleanclaim.rules.edits import Stage
from cleanclaim.rules.parameters import parameter
from cleanclaim.rules.posting import crossed_over_to
from cleanclaim.values import claim as values
from cleanclaim.values.codec import to_json

CROSSED_WAIT = Path(__file__).parents[1] / "parameters" / "crossed_over_wait.yaml"
MEDICARE = ("MA", "MB")


@dataclass(frozen=True, slots=True)
class Outlook:
    """What comes after a payer's answer: the next claim, or what it waits for; `asks`: a person must say."""

    coverage: Coverage | None = None
    built: NextClaim | None = None
    waits: str = ""
    asks: str = ""
    crossed: bool = False

    @property
    def is_ready(self) -> bool:
        """Whether it can go on now."""
        return self.built is not None and self.built.claim is not None and not self.waits


def outlook(chain: Chain, *, on: date) -> Outlook:
    """What comes after the current payer's answer, as things stand."""
    answer = chain.standing(chain.rank)
    claim = chain.claim
    if answer is None or chain.ended or claim.purpose != "CH" or claim.frequency_code == "8":
        return Outlook(waits="the payer has not answered" if answer is None else "")
    coverage = next_coverage(chain, on=claim.service_from)
    sent_on_to = crossed_over_to(answer.payment)
    if coverage is None:
        asks = f"The payer sent it on to {sent_on_to}; no coverage of the patient's is known there"
        return Outlook(asks=asks if sent_on_to else "")
    waits = handing.waits_for_what(chain, answer, on=on)
    kind, asks = _medicare_reason(coverage, on=claim.service_from or on)
    built = next_claim(
        chain.value_to(chain.rank),
        chain.stages(),
        as_next(coverage),
        later=later_coverages(chain, coverage, on=claim.service_from),
        insurance_type=kind,
    )
    return Outlook(coverage, built, waits, asks or built.problem, bool(sent_on_to))


def _medicare_reason(coverage: Coverage, *, on: date) -> tuple[str, str]:
    """SBR05 of a claim to Medicare, and what must be asked where it is not known."""
    if coverage.filing_indicator not in MEDICARE:
        return "", ""
    if not coverage.second_because:
        return "", f"Say on the coverage why {coverage.payer.name} is not the first payer"
    return insurance_type(coverage.second_because, on=on), ""


@transaction.atomic
def after_answers(before: Mapping[int, str], *, on: date, by: int | None) -> list[int]:
    """After payers' answers were posted or taken back: send on what can go on; returns those claims.

    `before` are the claims' states before it. Most claims have one payer and cost nothing here.
    """
    gone = []
    for claim_id in may_go_on(before):
        row = lock_claim(claim_id)
        chain = _without_stale(chain_of(row), state=before[claim_id], on=on, by=by)
        if chain.rank > chain.first_rank and chain.standing(chain.rank) is None:
            continue
        found = outlook(chain, on=on)
        if found.asks:
            next_work.open_question(row, found.asks, on=on)
        elif found.is_ready:
            _go_on(chain, found, on=on, by=by, words="")
            gone.append(claim_id)
            continue
        if chain.ended or found.coverage is None:
            correct_patient_part(chain, on=on, by=by)
    return gone


@transaction.atomic
def bill_next_payer(claim_id: int, *, on: date, by: int | None, crossed: bool = False) -> str:
    """Send the claim on now, a person's decision; returns its state. `crossed`: the payer has sent it on itself.

    A denial that is still to be worked does not stop it; money that does not balance does.

    Raises:
        StateError: nothing to send on, or nobody to send it to; the message says what is missing.
    """
    row = lock_claim(claim_id)
    ledger.lock_claims([claim_id])
    chain = chain_of(row)
    found = outlook(chain, on=on)
    reason = found.asks or ("" if found.coverage else found.waits or "no further payer is known")
    if found.coverage and not handing.left_of(chain, chain.rank):
        reason = "nothing is left for it"
    if reason or found.built is None or found.built.claim is None:
        raise StateError(
            f"claim {claim_id} cannot go to the next payer: {reason}",
            hint="Enter the coverage, or say that nobody comes after this payer.",
        )
    chosen = Outlook(found.coverage, found.built, "", "", crossed or found.crossed)
    return _go_on(chain, chosen, on=on, by=by, words="by hand")


@transaction.atomic
def end_payers(claim_id: int, *, reason: str, on: date, by: int | None) -> None:
    """Say that nobody comes after the current payer: what it left to the patient may be billed.

    Raises:
        InputError: no reason.
        StateError: it has been said already.
    """
    if not reason.strip():
        raise InputError(f"claim {claim_id}: no reason, expected why nobody else pays")
    row = lock_claim(claim_id)
    chain = chain_of(row)
    if chain.ended:
        raise StateError(f"claim {claim_id} has no further payer already")
    _keep_first(chain, on=on)
    ClaimPayer.objects.create(
        claim=row,
        rank=chain.rank + 1,
        state=PayerState.NONE,
        first_version=row.version,
        why=reason.strip()[:300],
        since=on,
    )
    words = f"No payer comes after {row.payer_name}: {reason.strip()}"
    rows.add_events([(claim_id, "payer", words)], on=on, by=by)
    next_work.close(claim_id, outcome=words)
    correct_patient_part(chain_of(row), on=on, by=by)
    _audit(row, "end payers", by)


@transaction.atomic
def withdraw_next_payer(claim_id: int, *, reason: str, on: date, by: int | None) -> None:
    """Take a claim that has not been sent back from the next payer; the answer before it stands again.

    Raises:
        InputError: no reason.
        StateError: it went to no further payer, or it has been sent.
    """
    if not reason.strip():
        raise InputError(f"claim {claim_id}: no reason, expected why it is taken back")
    row = lock_claim(claim_id)
    chain = chain_of(row)
    crossed = chain.rank in chain.payers and chain.payers[chain.rank].state == PayerState.CROSSED
    if chain.rank == chain.first_rank or (row.state not in UNSENT and not crossed):
        raise StateError(
            f"claim {claim_id} is not waiting to go to a further payer",
            hint="One that was sent is voided with that payer.",
        )
    _withdraw(chain, words=f"Taken back from {row.payer_name}: {reason.strip()}", on=on, by=by)
    _audit(row, "take claim back from next payer", by)


def _go_on(chain: Chain, found: Outlook, *, on: date, by: int | None, words: str) -> str:
    """The step itself: version, charges, money, order of payers, edits."""
    row, answer = chain.claim, chain.standing(chain.rank)
    assert found.coverage is not None and found.built is not None and found.built.claim is not None
    assert answer is not None
    _keep_first(chain, on=on)
    former = row.payer_name
    rank = chain.rank + 1
    claim = found.built.claim
    version = row.version + 1
    entry_id = handing.move_money(
        chain, answer, from_rank=chain.rank, version=version, on=on, by=by
    )
    hand_on(row.pk, bucket=bucket_of(rank), version=version)
    _add_version(row, claim, kind=VersionKind.NEXT, payer_number="", on=on, by=by)
    ClaimPayer.objects.create(
        claim=row,
        rank=rank,
        payer_id=row.payer_id,
        payer_name=row.payer_name,
        coverage_id=found.coverage.pk,
        state=PayerState.CROSSED if found.crossed else PayerState.BILLED,
        first_version=version,
        entry_id=entry_id,
        built_on=answer.id,
        expected_by=_expected_by(answer.paid_on) if found.crossed else None,
        since=on,
    )
    left = show(handing.left_by(answer))
    notes = " ".join(f"{note}." for note in found.built.notes)
    if found.crossed:
        told = f"{former} sent it on to {row.payer_name}: {left} is left. Its remittance is waited for."
        amounts.store(amounts.amounts_of([row.pk]), states={row.pk: State.ACCEPTED}, denied={})
        row.state = State.ACCEPTED
        rows.add_events([(row.pk, "next", told)], on=on, by=by, entry_ids={row.pk: entry_id})
        work.close(row.pk, outcome=told)
    else:
        how = f" {words}" if words else ""
        told = f"Goes to {row.payer_name}{how} with the answer of {former}: {left} is left. {notes}"
        findings = check(claim, stage=Stage.SUBMISSION, on=on)
        settle(row, findings, on=on, by=by, kind="next", words=told.strip())
    next_work.close(row.pk, outcome=told)
    _audit(row, "bill next payer", by)
    return row.state


def _keep_first(chain: Chain, *, on: date) -> None:
    """The row of the payer that the claim went to first, once a second one comes."""
    if chain.payers:
        return
    row = chain.claim
    ClaimPayer.objects.create(
        claim=row,
        rank=chain.first_rank,
        payer_id=row.payer_id,
        payer_name=row.payer_name,
        state=PayerState.BILLED,
        first_version=1,
        since=row.received_on if row.received_on else on,
    )


def _add_version(
    row: Claim,
    claim: values.Claim,
    *,
    kind: VersionKind,
    payer_number: str,
    on: date,
    by: int | None,
) -> None:
    row.version += 1
    insert_rows(
        ClaimVersion,
        ("claim", "number", "kind", "body", "made_on", "made_by"),
        [(row.pk, row.version, kind.value, to_json(claim).decode(), on, by)],
    )
    for name, value in zip(VALUE_COLUMNS, value_columns(claim), strict=True):
        setattr(row, name, value)
    row.payer_id = find_or_add_payers([claim.payer])[payer_key(claim.payer)]
    row.payer_control_number = payer_number
    row.save(update_fields=[*VALUE_COLUMNS, "version", "payer_id", "payer_control_number"])


def _without_stale(chain: Chain, *, state: str, on: date, by: int | None) -> Chain:
    """The chain after what was built on an answer that no longer stands is taken back.

    A claim that has been sent to the next payer keeps its place: its money follows the new answer, and a person
    sends that payer a corrected claim.
    """
    row = chain.claim
    while chain.rank > chain.first_rank:
        mine = chain.payers[chain.rank]
        before = chain.standing(chain.ranks[-2])
        if before is not None and before.id == mine.built_on:
            if not chain.answers_at(chain.rank):
                _keep_state(row, state)
            return chain
        answered = bool(chain.answers_at(chain.rank))
        if mine.state != PayerState.CROSSED and (answered or state not in UNSENT):
            _follow_sent(chain, mine, before, state=state, on=on, by=by)
            return chain_of(row)
        words = f"Taken back from {row.payer_name}: the answer before it no longer stands."
        _withdraw(chain, words=words, on=on, by=by)
        row = lock_claim(row.pk)
        state = row.state
        chain = chain_of(row)
    return chain


def _keep_state(row: Claim, state: str) -> None:
    """An earlier payer's word that changes nothing leaves the claim where it was with the next one."""
    if row.state != state:
        Claim.objects.filter(pk=row.pk).update(state=state)
        row.state = state


def _follow_sent(
    chain: Chain,
    mine: ClaimPayer,
    answer: PostedAnswer | None,
    *,
    state: str,
    on: date,
    by: int | None,
) -> None:
    row = chain.claim
    if mine.entry_id:
        handing.take_money_back(mine.entry_id, on=on, by=by)
    mine.entry_id, mine.built_on = 0, 0
    if answer is not None:
        from_rank = chain.ranks[-2]
        mine.entry_id = handing.move_money(
            chain, answer, from_rank=from_rank, version=row.version, on=on, by=by
        )
        mine.built_on = answer.id
    mine.save(update_fields=["entry_id", "built_on"])
    words = f"The answer that the claim to {row.payer_name} was built on was taken back. " + (
        "Send a corrected claim with the new one." if answer else "Wait for the new one."
    )
    if not chain.answers_at(chain.rank):
        _keep_state(row, state)
    amounts.refresh([row.pk])
    rows.add_events([(row.pk, "payer", words)], on=on, by=by)
    next_work.open_question(row, words, on=on, about=str(mine.built_on))


def _withdraw(chain: Chain, *, words: str, on: date, by: int | None) -> None:
    row, mine = chain.claim, chain.payers[chain.rank]
    rank = chain.ranks[-2]
    value = chain.value_to(rank)
    answers = chain.answers_at(rank)
    number = answers[-1].payment.payer_control_number if answers else ""
    if mine.entry_id:
        handing.take_money_back(mine.entry_id, on=on, by=by)
    hand_on(row.pk, bucket=bucket_of(rank), version=row.version + 1)
    ClaimPayer.objects.filter(pk=mine.pk).update(state=PayerState.WITHDRAWN)
    _add_version(row, value, kind=VersionKind.BACK, payer_number=number[:80], on=on, by=by)
    standing = chain.standing(rank)
    found = amounts.amounts_of([row.pk])
    state = State.ACCEPTED if standing is None else State(standing.outcome)
    denied = standing.denied if standing else Decimal(0)
    amounts.store(found, states={row.pk: state}, denied={row.pk: denied})
    row.state = state
    rows.replace_findings(row.pk, row.version, ())
    rows.add_events([(row.pk, "payer", words)], on=on, by=by)
    work.close(row.pk, outcome=words)
    next_work.close(row.pk, outcome=words)


def _expected_by(day: date) -> date:
    return day + timedelta(days=int(parameter(CROSSED_WAIT).value(on=day)))


def _audit(row: Claim, what: str, by: int | None) -> None:
    record_audit("change", patient_ids=[row.patient_id], by=by, what=what, detail=f"claim {row.pk}")
