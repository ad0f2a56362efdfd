"""A new version of a claim: what changed, what stays booked, what the edits say now."""

from dataclasses import replace
from datetime import date

from django.db import transaction

from cleanclaim.apps.billing.charges.booking import Booking, kept_places, unbookable
from cleanclaim.apps.billing.charges.services import (
    book_charges,
    items_by_place,
    live_charges,
    retire_charges,
)
from cleanclaim.apps.billing.claims import amounts, rows, work
from cleanclaim.apps.billing.claims.convert import (
    VALUE_COLUMNS,
    changes,
    current_value,
    value_columns,
)
from cleanclaim.apps.billing.claims.models import (
    Claim,
    ClaimPayer,
    ClaimVersion,
    PayerState,
    VersionKind,
)
from cleanclaim.apps.billing.claims.services.adding import check, hold_words
from cleanclaim.apps.billing.claims.states import State
from cleanclaim.apps.billing.coverage.services import find_or_add_payers, payer_key
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.kernel.errors import StateError
from cleanclaim.kernel.findings import Finding, holds
from cleanclaim.rules.edits import Stage
from cleanclaim.values import claim as values
from cleanclaim.values.codec import to_json

_KIND_BY_FREQUENCY = {"7": VersionKind.CORRECTED, "8": VersionKind.VOID}


def lock_claim(claim_id: int) -> Claim:
    """The claim, locked until the caller commits.

    Raises:
        Claim.DoesNotExist: no such claim in this tenant.
    """
    return Claim.objects.select_for_update().get(pk=claim_id)


def add_version(
    row: Claim,
    new: values.Claim,
    *,
    kind: VersionKind,
    stage: Stage,
    on: date,
    by: int | None,
    words: str,
    source: tuple[int | None, int | None] = (None, None),
) -> tuple[Finding, ...]:
    """Make `new` the claim's current version, ready or held; `row` is locked and changed.

    Lines whose money is the same keep their items. The others are taken back and booked anew, so
    that what a payer paid on them stands as a credit until it takes that back. A void keeps no line.
    """
    old = current_value(row)
    _rebook(row, old, new, kind=kind, on=on, by=by)
    findings = check(new, stage=stage, on=on)
    row.version += 1
    ClaimVersion.objects.create(
        claim=row,
        number=row.version,
        kind=kind,
        body=to_json(new).decode(),
        changes=changes(old, new),
        source_file_id=source[0],
        source_position=source[1],
        made_on=on,
        made_by=by,
    )
    for name, value in zip(VALUE_COLUMNS, value_columns(new), strict=True):
        setattr(row, name, value)
    row.payer_id = find_or_add_payers([new.payer])[payer_key(new.payer)]
    row.save(update_fields=[*VALUE_COLUMNS, "version", "payer_id"])
    settle(row, findings, on=on, by=by, kind=kind.value, words=words)
    record_audit(
        "change",
        patient_ids=[row.patient_id],
        by=by,
        what="change claim",
        detail=f"claim {row.pk} version {row.version}",
    )
    return findings


def settle(
    row: Claim,
    findings: tuple[Finding, ...],
    *,
    on: date,
    by: int | None,
    kind: str,
    words: str,
) -> None:
    """Ready or held by these findings; amounts, timeline and work follow."""
    rows.replace_findings(row.pk, row.version, findings)
    row.state = State.HELD if holds(findings) else State.READY
    # What was denied before is no answer to the version that goes out now.
    amounts.store(amounts.amounts_of([row.pk]), states={row.pk: row.state}, denied={})
    rows.add_events([(row.pk, kind, words)], on=on, by=by)
    work.close(row.pk, outcome=words)
    if row.state is State.HELD:
        reason = hold_words(findings)
        rows.add_events([(row.pk, "held", f"Held: {reason}")], on=on, by=by)
        work.open_held({row.pk: reason}, on=on)


def went_on(claim_id: int) -> bool:
    """Whether the claim is with a further payer, after one that answered it here."""
    states = (PayerState.BILLED, PayerState.CROSSED)
    return ClaimPayer.objects.filter(claim_id=claim_id, state__in=states).count() > 1


def refuse_change_after_payer(row: Claim) -> None:
    """Say why the charges of a claim that went on cannot change.

    Raises:
        StateError: always.
    """
    raise StateError(
        f"claim {row.pk}: its charges were answered by the payer before {row.payer_name}",
        hint="Take it back from this payer, correct it with the payer before, then send it on.",
    )


def _rebook(
    row: Claim, old: values.Claim, new: values.Claim, *, kind: VersionKind, on: date, by: int | None
) -> None:
    live = live_charges([row.pk]).get(row.pk, [])
    items = items_by_place(old, live) if live else []
    is_void = kind is VersionKind.VOID
    is_further = bool(live) and went_on(row.pk)
    kept = kept_places(old, new, with_prior=not is_further) if live and not is_void else {}
    if is_further and (is_void or len(kept) != len(live) or len(kept) != len(new.lines)):
        refuse_change_after_payer(row)
    keep = {place: items[old_place] for place, old_place in kept.items() if items[old_place]}
    if live:
        retire_charges(
            row.pk,
            old,
            payer_id=row.payer_id,
            version=row.version,
            keep=list(keep.values()),
            on=on,
            by=by,
        )
    if is_void or unbookable(new):
        return
    payer_id = find_or_add_payers([new.payer])[payer_key(new.payer)]
    booking = Booking(
        claim_id=row.pk,
        version=row.version + 1,
        patient_id=row.patient_id,
        payer_id=payer_id,
        claim=new.dated,
        kept=tuple(keep.get(place, 0) for place in range(len(new.lines))) if keep else (),
    )
    book_charges([booking], booked_on=on, by=by)


@transaction.atomic
def import_version(
    claim_id: int,
    claim: values.Claim,
    *,
    source: tuple[int, int],
    received_on: date,
    by: int | None,
) -> None:
    """A corrected (7) or void (8) claim that came from elsewhere, on the claim that it corrects.

    The number that this claim is sent under is the newer one's. `source` is file id and position.
    """
    row = lock_claim(claim_id)
    kind = _KIND_BY_FREQUENCY[claim.frequency_code]
    words = f"{kind.label}, received in file {source[0]}, claim {source[1]}."
    add_version(
        row,
        claim,
        kind=kind,
        stage=Stage.SUBMISSION,
        on=received_on,
        by=by,
        words=words,
        source=source,
    )


def as_replacement(claim: values.Claim, *, frequency_code: str, payer_number: str) -> values.Claim:
    """The claim with the frequency code and the payer's number of the claim that it answers."""
    return replace(claim, frequency_code=frequency_code, original_payer_number=payer_number)
