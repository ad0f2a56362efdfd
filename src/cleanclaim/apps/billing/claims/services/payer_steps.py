"""The pieces of which a claim's way from one payer to the next is made: rows, versions, and the way back."""

from datetime import date
from decimal import Decimal

from cleanclaim.apps.billing.charges.services import hand_on
from cleanclaim.apps.billing.claims import amounts, handing, next_work, restating, rows, work
from cleanclaim.apps.billing.claims.chain import Chain, bucket_of
from cleanclaim.apps.billing.claims.convert import VALUE_COLUMNS, value_columns
from cleanclaim.apps.billing.claims.models import (
    Claim,
    ClaimPayer,
    ClaimVersion,
    PayerState,
    VersionKind,
)
from cleanclaim.apps.billing.claims.states import DENIALS, State
from cleanclaim.apps.billing.coverage.services import find_or_add_payers, payer_key
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.tenancy.bulk import insert_rows
from cleanclaim.values import claim as values
from cleanclaim.values.codec import to_json


def keep_first(chain: Chain, *, on: date) -> None:
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


def add_version(
    row: Claim,
    claim: values.Claim,
    *,
    kind: VersionKind,
    payer_number: str,
    on: date,
    by: int | None,
) -> None:
    """Make `claim` the current version; which state it is in is the caller's."""
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


def withdraw(
    chain: Chain, *, words: str, on: date, by: int | None, answer_stands: bool = False
) -> None:
    """Take the claim back from the current payer: the answer before it stands again, with its money.

    `answer_stands`: it was not taken back itself, so that what was taken off meanwhile is taken off of its money.
    """
    row, mine = chain.claim, chain.payers[chain.rank]
    rank = chain.ranks[-2]
    value = chain.value_to(rank)
    answers = chain.answers_at(rank)
    number = answers[-1].payment.payer_control_number if answers else ""
    if mine.entry_id:
        handing.take_money_back(mine.entry_id, on=on, by=by)
        if answer_stands:
            handing.settle_taken_off(mine.entry_id, on=on, by=by)
    hand_on(row.pk, bucket=bucket_of(rank), version=row.version + 1)
    ClaimPayer.objects.filter(pk=mine.pk).update(state=PayerState.WITHDRAWN)
    add_version(row, value, kind=VersionKind.BACK, payer_number=number[:80], on=on, by=by)
    standing = chain.standing(rank)
    found = amounts.amounts_of([row.pk])
    state = State.ACCEPTED if standing is None else State(standing.outcome)
    if state == State.PAID and not found[row.pk].has_rest:  # written off while the other had it
        state = State.CLOSED
    denied = standing.denied if standing else Decimal(0)
    amounts.store(found, states={row.pk: state}, denied={row.pk: denied})
    if state in DENIALS:
        restating.restate([row.pk])
    row.refresh_from_db(fields=["state"])
    rows.replace_findings(row.pk, row.version, ())
    rows.add_events([(row.pk, "payer", words)], on=on, by=by)
    work.close(row.pk, outcome=words)
    next_work.close(row.pk, outcome=words)


def audit(row: Claim, what: str, by: int | None) -> None:
    """Note what was done with the claim."""
    record_audit("change", patient_ids=[row.patient_id], by=by, what=what, detail=f"claim {row.pk}")
