"""What people do with one claim: enter, change, fix, release, resend, correct, void."""

from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from cleanclaim.apps.billing.charges.services import live_charges, retire_charges
from cleanclaim.apps.billing.claims import amounts, rows, work
from cleanclaim.apps.billing.claims.convert import current_value, finding_value
from cleanclaim.apps.billing.claims.models import Claim, ClaimFinding, VersionKind
from cleanclaim.apps.billing.claims.services.adding import Arrival, add_claims, check
from cleanclaim.apps.billing.claims.services.versions import (
    add_version,
    as_replacement,
    lock_claim,
    refuse_change_after_payer,
    settle,
    went_on,
)
from cleanclaim.apps.billing.claims.states import (
    ANSWERED,
    UNSENT,
    WITH_PAYER,
    State,
    require_state,
)
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.apps.shared.tenancy.bulk import reserve_ids
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.findings import Finding, holds
from cleanclaim.rules import edits
from cleanclaim.rules.edits import Stage
from cleanclaim.values import claim as values


@dataclass(frozen=True, slots=True)
class Changed:
    """A claim after a change: its state and what the edits say now."""

    claim_id: int
    state: str
    findings: tuple[Finding, ...]

    @property
    def is_held(self) -> bool:
        """Whether an edit holds it."""
        return holds(self.findings)


@transaction.atomic
def enter_claim(
    claim: values.Claim,
    *,
    entered_on: date,
    by: int | None,
    patient_id: int | None = None,
    words: str = "Entered at the desk",
) -> Changed:
    """Add one claim typed in at the desk, its charges booked; the stricter edits of entry may hold it.

    A claim without a control number gets one. Without `patient_id` the patient is found or added by
    what the claim says. `words` open its timeline.

    Raises:
        InputError: no lines, or an amount that cannot be booked.
    """
    lock_names(["claims import"])
    if not claim.lines:
        raise InputError("claim: 0 lines, expected one or more", hint="Enter a service line.")
    if not claim.control_number:
        claim = replace(claim, control_number=_next_control_number())
    [added] = add_claims(
        [Arrival(claim, None, patient_id)],
        stage=Stage.ENTRY,
        received_on=entered_on,
        source_file_id=None,
        words=words,
        what="enter claim",
        by=by,
    )
    return Changed(added.claim_id, added.state, added.findings)


def _next_control_number() -> str:
    """A number that no claim of ours had: the next row's id, as `C` and eight digits."""
    return f"C{reserve_ids(Claim, 1)[0]:08d}"


@transaction.atomic
def change_claim(
    claim_id: int,
    claim: values.Claim,
    *,
    on: date,
    by: int | None,
    words: str = "Changed before it was sent.",
) -> Changed:
    """Change a claim that is not with the payer; `words` tell it on the timeline.

    Raises:
        StateError: it was sent; then correct it instead.
    """
    row = lock_claim(claim_id)
    require_state(
        claim_id, row.state, UNSENT, to="change it", hint="Send a corrected claim instead."
    )
    findings = add_version(
        row,
        claim,
        kind=VersionKind.FIX,
        stage=Stage.ENTRY,
        on=on,
        by=by,
        words=words,
    )
    return Changed(claim_id, row.state, findings)


@transaction.atomic
def fix_claim(
    claim_id: int, finding_id: int, *, on: date, by: int | None, attested: str = ""
) -> Changed:
    """Apply the fix that the edit behind a finding knows; a new version.

    `attested` is what the person has vouched for, in the edit's own words; the timeline keeps it with their name.

    Raises:
        InputError: the edit asks for an attestation, and it was not given.
        StateError: the finding is settled, its edit knows no fix, or the claim was sent.
    """
    row = ClaimFinding.objects.filter(pk=finding_id, claim_id=claim_id, cleared_at=None).first()
    if row is None:
        raise StateError(f"finding {finding_id} of claim {claim_id} is settled already")
    wanted = edits.attestation(finding_value(row))
    if wanted and attested != wanted:
        raise InputError(
            f"finding {finding_id}: the fix was not attested",
            hint=f"Say so if it is true: {wanted}.",
        )
    claim = current_value(Claim.objects.get(pk=claim_id))
    fixed = edits.fix(claim, finding_value(row))
    if fixed is None or fixed == claim:
        raise StateError(
            f"finding {finding_id}: {row.code} has no ready fix", hint="Change the claim by hand."
        )
    words = "Changed before it was sent."
    if wanted:
        words += f" Attested: {wanted}."
    return change_claim(claim_id, fixed, on=on, by=by, words=words)


@transaction.atomic
def release_claim(claim_id: int, *, reason: str, on: date, by: int | None) -> Changed:
    """Let a held claim go. What only the desk's stricter edits hold, a person's reason releases.

    Raises:
        InputError: no reason.
        StateError: it is not held, or an edit of every sent claim holds it still.
    """
    row = lock_claim(claim_id)
    require_state(
        claim_id, row.state, frozenset((State.HELD,)), to="release it", hint="Open it again."
    )
    if not reason.strip():
        raise InputError(f"claim {claim_id}: no reason, expected why it may go as it is")
    findings = check(current_value(row), stage=Stage.SUBMISSION, on=on)
    if holds(findings):
        first = next(one for one in findings if one.severity.value == "hold")
        raise StateError(f"claim {claim_id}: {first.message}", hint=first.hint)
    settle(row, findings, on=on, by=by, kind="released", words=f"Released: {reason.strip()}")
    record_audit(
        "change",
        patient_ids=[row.patient_id],
        by=by,
        what="release claim",
        detail=f"claim {claim_id}",
    )
    return Changed(claim_id, row.state, findings)


@transaction.atomic
def resend_claim(claim_id: int, *, on: date, by: int | None) -> Changed:
    """Put a rejected claim in line again as it is; the filing clock has not stopped.

    Raises:
        StateError: it is not rejected.
    """
    row = lock_claim(claim_id)
    allowed = frozenset((State.REJECTED,))
    require_state(claim_id, row.state, allowed, to="send it again", hint="Correct it instead.")
    findings = check(current_value(row), stage=Stage.SUBMISSION, on=on)
    settle(row, findings, on=on, by=by, kind="resend", words="To be sent again.")
    record_audit(
        "change",
        patient_ids=[row.patient_id],
        by=by,
        what="resend claim",
        detail=f"claim {claim_id}",
    )
    return Changed(claim_id, row.state, findings)


@transaction.atomic
def correct_claim(claim_id: int, claim: values.Claim, *, on: date, by: int | None) -> Changed:
    """Send a corrected claim (frequency 7) for one that the payer has; it names the payer's number.

    Raises:
        StateError: the payer has not answered it, or told us no number.
    """
    row = lock_claim(claim_id)
    _require_known_to_payer(row, to="correct it")
    findings = add_version(
        row,
        as_replacement(claim, frequency_code="7", payer_number=row.payer_control_number),
        kind=VersionKind.CORRECTED,
        stage=Stage.ENTRY,
        on=on,
        by=by,
        words=f"Corrected claim for the payer's {row.payer_control_number}.",
    )
    return Changed(claim_id, row.state, findings)


@transaction.atomic
def void_claim(claim_id: int, *, reason: str, on: date, by: int | None) -> Changed:
    """Take a claim back. One that the payer has goes out again as a void (frequency 8).

    Its charges are taken back at once; what the payer paid stands as a credit until it takes that back.

    Raises:
        InputError: no reason.
        StateError: it is void already, or on its way to the payer.
    """
    row = lock_claim(claim_id)
    if not reason.strip():
        raise InputError(f"claim {claim_id}: no reason, expected why it is taken back")
    if row.state in UNSENT and not row.payer_control_number:
        return _void_here(row, reason=reason.strip(), on=on, by=by)
    _require_known_to_payer(row, to="void it")
    claim = as_replacement(
        current_value(row), frequency_code="8", payer_number=row.payer_control_number
    )
    findings = add_version(
        row,
        claim,
        kind=VersionKind.VOID,
        stage=Stage.SUBMISSION,
        on=on,
        by=by,
        words=f"Void: {reason.strip()}",
    )
    return Changed(claim_id, row.state, findings)


def _void_here(row: Claim, *, reason: str, on: date, by: int | None) -> Changed:
    """The payer never had it: the charges go, and that is all."""
    if went_on(row.pk):
        refuse_change_after_payer(row)
    if live_charges([row.pk]):
        retire_charges(
            row.pk,
            current_value(row),
            payer_id=row.payer_id,
            version=row.version,
            keep=(),
            on=on,
            by=by,
        )
    amounts.store(amounts.amounts_of([row.pk]), states={row.pk: State.VOID}, denied={})
    rows.add_events([(row.pk, "void", f"Void: {reason}")], on=on, by=by)
    work.close(row.pk, outcome=f"Void: {reason}")
    record_audit(
        "change", patient_ids=[row.patient_id], by=by, what="void claim", detail=f"claim {row.pk}"
    )
    return Changed(row.pk, State.VOID, ())


def _require_known_to_payer(row: Claim, *, to: str) -> None:
    allowed = frozenset((*ANSWERED, *WITH_PAYER, State.REJECTED))
    hint = "Wait for the payer's answer."
    require_state(row.pk, row.state, allowed - {State.SENT}, to=to, hint=hint)
    if not row.payer_control_number:
        raise StateError(f"claim {row.pk}: the payer told no number of its own", hint=hint)
