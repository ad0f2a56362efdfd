"""Send a claim on to the patient's next payer once the payer before it has answered, and take that back.

The claim stays one claim with the same open items: a new version goes to the next payer, its charges are now for
that payer's bucket, and what the answer left (to the patient, or denied for want of a benefit) moves there.
Revenue is not touched. Where the payer sent the claim on itself, nothing is sent twice: the other payer's
remittance is waited for. When an answer is taken back, so is what was built on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
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
    comes_before,
    later_coverages,
    may_go_on,
    next_coverage,
    payer_order,
    sent_on_to_another,
)
from cleanclaim.apps.billing.claims.models import (
    ClaimPayer,
    PayerState,
    VersionKind,
)
from cleanclaim.apps.billing.claims.services.adding import check
from cleanclaim.apps.billing.claims.services.following import (
    told_otherwise,
    was_sent,
    without_stale,
)
from cleanclaim.apps.billing.claims.services.patient_part import correct_patient_part, follow_use
from cleanclaim.apps.billing.claims.services.payer_steps import (
    add_version,
    audit,
    keep_first,
    withdraw,
)
from cleanclaim.apps.billing.claims.services.versions import lock_claim, settle
from cleanclaim.apps.billing.claims.states import UNSENT, State
from cleanclaim.apps.billing.claims.using_up import Uses, UsesOf
from cleanclaim.apps.billing.coverage.models import Coverage
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import show
from cleanclaim.rules.cob import NextClaim, next_claim
from cleanclaim.rules.cob.order import insurance_type
from cleanclaim.rules.edits import Stage
from cleanclaim.rules.parameters import parameter
from cleanclaim.rules.posting import crossed_over_to

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
    if told_otherwise(chain) is not None:
        waits = (
            f"{claim.payer_name} is to be sent a corrected claim: what it was told no longer stands"
        )
    kind, asks = _medicare_reason(chain, coverage, on=claim.service_from or on)
    asks = comes_before(chain, coverage, on=claim.service_from) or asks
    asks = asks or sent_on_to_another(chain, coverage, answer.payment, on=claim.service_from)
    built = next_claim(
        chain.value_to(chain.rank),
        chain.stages(),
        as_next(coverage),
        later=later_coverages(chain, coverage, on=claim.service_from),
        insurance_type=kind,
    )
    crossed = bool(sent_on_to) and not _never_came(chain, coverage, answer)
    return Outlook(coverage, built, waits, asks or built.problem, crossed)


def _never_came(chain: Chain, coverage: Coverage, answer: PostedAnswer) -> bool:
    """Whether a person took the claim back from this payer because the answer that was sent on to it never came."""
    taken_back = ClaimPayer.objects.filter(
        claim=chain.claim, coverage_id=coverage.pk, state=PayerState.WITHDRAWN, built_on=answer.id
    )
    return taken_back.filter(expected_by__isnull=False).exists()


def _medicare_reason(chain: Chain, coverage: Coverage, *, on: date) -> tuple[str, str]:
    """SBR05 of a claim to Medicare, and what must be asked where it is not known."""
    if coverage.filing_indicator not in MEDICARE:
        return "", ""
    ranked = payer_order(chain, on=on).why(coverage)
    if ranked is not None and ranked.insurance_type:
        return ranked.insurance_type, ""
    if not coverage.second_because:
        return "", f"Say on the coverage why {coverage.payer.name} is not the first payer"
    return insurance_type(coverage.second_because, on=on), ""


@transaction.atomic
def after_answers(before: Mapping[int, str], *, on: date, by: int | None) -> list[int]:
    """After payers' answers were posted or taken back: send on what can go on; returns those claims.

    `before` are the claims' states before it. Most claims have one payer and cost nothing here.
    """
    gone: list[int] = []
    affected = may_go_on(before)
    uses = UsesOf()
    for claim_id in affected:
        row = lock_claim(claim_id)
        uses[row.patient_id].forget(claim_id)
        chain = without_stale(chain_of(row), state=before[claim_id], on=on, by=by)
        if chain.rank > chain.first_rank and chain.standing(chain.rank) is None:
            continue
        found = outlook(chain, on=on)
        if found.asks:
            next_work.open_question(row, found.asks, on=on)
        elif found.is_ready:
            _go_on(chain, found, on=on, by=by, words="")
            uses[row.patient_id].forget(claim_id)
            gone.append(claim_id)
            continue
        if chain.ended or found.coverage is None:
            correct_patient_part(chain, uses[row.patient_id], on=on, by=by)
    if affected:
        follow_use(affected, uses, on=on, by=by)
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
    keep_first(chain, on=on)
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
    correct_patient_part(chain_of(row), Uses(row.patient_id), on=on, by=by)
    audit(row, "end payers", by)


@transaction.atomic
def reopen_payers(claim_id: int, *, reason: str, on: date, by: int | None) -> None:
    """Take back that nobody comes after the current payer: what it left waits for the next payer again.

    Raises:
        InputError: no reason.
        StateError: nobody said so.
    """
    if not reason.strip():
        raise InputError(f"claim {claim_id}: no reason, expected why somebody else pays after all")
    row = lock_claim(claim_id)
    chain = chain_of(row)
    if chain.ended is None:
        raise StateError(f"claim {claim_id}: nobody has said that no further payer comes")
    ClaimPayer.objects.filter(pk=chain.ended.pk).update(state=PayerState.WITHDRAWN)
    words = f"Another payer may come after {row.payer_name} after all: {reason.strip()}"
    rows.add_events([(claim_id, "payer", words)], on=on, by=by)
    correct_patient_part(chain_of(row), Uses(row.patient_id), on=on, by=by)
    audit(row, "reopen payers", by)


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
    is_here = row.state in UNSENT and not was_sent(chain)
    if chain.rank == chain.first_rank or not (is_here or crossed):
        raise StateError(
            f"claim {claim_id} is not waiting to go to a further payer",
            hint="One that was sent is voided with that payer.",
        )
    words = f"Taken back from {row.payer_name}: {reason.strip()}"
    withdraw(chain, words=words, on=on, by=by, answer_stands=True)
    audit(row, "take claim back from next payer", by)


def _go_on(chain: Chain, found: Outlook, *, on: date, by: int | None, words: str) -> str:
    """The step itself: version, charges, money, order of payers, edits."""
    row, answer = chain.claim, chain.standing(chain.rank)
    assert found.coverage is not None and found.built is not None and found.built.claim is not None
    assert answer is not None
    keep_first(chain, on=on)
    former = row.payer_name
    rank = chain.rank + 1
    claim = found.built.claim
    version = row.version + 1
    entry_id = handing.move_money(
        chain, answer, from_rank=chain.rank, version=version, on=on, by=by
    )
    hand_on(row.pk, bucket=bucket_of(rank), version=version)
    add_version(row, claim, kind=VersionKind.NEXT, payer_number="", on=on, by=by)
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
    audit(row, "bill next payer", by)
    return row.state


def _expected_by(day: date) -> date:
    return day + timedelta(days=int(parameter(CROSSED_WAIT).value(on=day)))
