"""Add claims, many at once: patients, coverages, charges, edits, versions, timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cleanclaim.apps.billing.charges.booking import Booking, TakenOver, unbookable
from cleanclaim.apps.billing.charges.services import book_charges
from cleanclaim.apps.billing.claims import amounts, rows, work
from cleanclaim.apps.billing.claims.convert import VALUE_COLUMNS, value_columns
from cleanclaim.apps.billing.claims.models import (
    BillingProfile,
    Claim,
    ClaimFinding,
    ClaimVersion,
    VersionKind,
)
from cleanclaim.apps.billing.claims.states import State
from cleanclaim.apps.billing.coverage.services import (
    find_or_add_payers,
    keep_coverages,
    payer_key,
    payers_of,
)
from cleanclaim.apps.billing.patients.matching import patient_keys
from cleanclaim.apps.billing.patients.services import Found, find_or_add_patients
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.tenancy.bulk import insert_rows, reserve_ids
from cleanclaim.kernel.findings import Finding, Severity, holds
from cleanclaim.rules.edits import EditContext, Stage, run_edits
from cleanclaim.values import claim as values
from cleanclaim.values.codec import to_json

_CLAIM_COLUMNS = (
    "id",
    "patient",
    "payer_id",
    *VALUE_COLUMNS,
    "state",
    "received_on",
    "submitted_on",
    "source_file_id",
    *amounts.COLUMNS,
    "has_credit",
)
_VERSION_COLUMNS = (
    "claim",
    "number",
    "kind",
    "body",
    "source_file_id",
    "source_position",
    "made_on",
    "made_by",
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A claim to add. `position` is its place in the source file from 1, None where it was typed in.

    One `taken_over` was sent by a former system: no edit runs, and `state` says where it stands there. One with
    `sent_on` was sent by another program on that day and taken in by the payer: no edit runs either.
    """

    claim: values.Claim
    position: int | None = None
    patient_id: int | None = None  # None: found or added by what the claim says
    taken_over: TakenOver | None = None
    state: State = State.ACCEPTED
    sent_on: date | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """A claim that was added, with what the edits said."""

    claim_id: int
    state: State
    findings: tuple[Finding, ...]


def check(claim: values.Claim, *, stage: Stage, on: date) -> tuple[Finding, ...]:
    """What the edits say; a claim that cannot be booked is held whatever they say."""
    findings = run_edits(claim, EditContext(submit_on=on), stage=stage)
    reason = "" if holds(findings) else unbookable(claim)
    if not reason:
        return findings
    hint = "Correct the claim, then release it"
    return (*findings, Finding("claim.charges.unbookable", Severity.HOLD, "lines", reason, hint))


def add_claims(
    arrivals: Sequence[Arrival],
    *,
    stage: Stage,
    received_on: date,
    source_file_id: int | None,
    words: str,
    what: str,
    by: int | None,
) -> list[Added]:
    """Add the claims and everything that hangs on them; nothing else about them is asked or refused.

    The caller holds the tenant's import lock. `words` opens each timeline; `what` names the audit event.
    """
    if not arrivals:
        return []
    claims = [arrival.claim for arrival in arrivals]
    payer_ids = find_or_add_payers([payer for claim in claims for payer in payers_of(claim)])
    patients = _patients(arrivals)
    keep_coverages(list(zip(patients.ids, claims, strict=True)), payer_ids=payer_ids)
    _keep_profiles(claims)
    ids = reserve_ids(Claim, len(claims))
    added = []
    for claim_id, arrival in zip(ids, arrivals, strict=True):
        if arrival.taken_over or arrival.sent_on:
            added.append(Added(claim_id, arrival.state, ()))
            continue
        findings = check(arrival.claim, stage=stage, on=received_on)
        state = State.HELD if holds(findings) else State.READY
        added.append(Added(claim_id, state, findings))
    bookings = [
        Booking(
            claim_id, 1, patient_id, payer_ids[payer_key(arrival.claim.payer)],
            arrival.claim.dated,
            taken_over=arrival.taken_over,
        )
        for claim_id, patient_id, arrival in zip(ids, patients.ids, arrivals, strict=True)
        # A void asks for nothing, also where the claim that it takes back was never here.
        if arrival.claim.frequency_code != values.Frequency.VOID and not unbookable(arrival.claim)
    ]  # fmt: skip
    book_charges(bookings, booked_on=received_on, by=by)
    _insert(arrivals, added, patients, payer_ids, received_on, source_file_id, by)
    rows.add_events(
        [
            (
                one.claim_id,
                "received",
                f"{words}, claim {arrival.position}." if arrival.position else f"{words}.",
            )
            for one, arrival in zip(added, arrivals, strict=True)
        ],
        on=received_on,
        by=by,
        file_id=source_file_id or 0,
    )
    _hold(added, on=received_on, by=by)
    record_audit("create", patient_ids=patients.added, by=by, what=what)
    known = set(patients.ids) - patients.added
    record_audit("change", patient_ids=known, by=by, what=what)
    return added


def _patients(arrivals: Sequence[Arrival]) -> Found:
    unknown = [arrival for arrival in arrivals if arrival.patient_id is None]
    found = find_or_add_patients(
        [(arrival.claim.patient_person, patient_keys(arrival.claim)) for arrival in unknown]
    )
    if len(unknown) == len(arrivals):
        return found
    ids = iter(found.ids)
    return Found(tuple(a.patient_id or next(ids) for a in arrivals), found.added)


def _keep_profiles(claims: Sequence[values.Claim]) -> None:
    profiles = {(c.billing.npi_key, c.billing.tin_key): c.billing for c in claims}
    insert_rows(
        BillingProfile,
        ("npi", "tin", "name", "body"),
        [(*key, one.full_name[:120], to_json(one).decode()) for key, one in profiles.items()],
        ignore_conflicts=True,
    )


def _insert(
    arrivals: Sequence[Arrival],
    added: Sequence[Added],
    patients: Found,
    payer_ids: Mapping[tuple[str, str], int],
    received_on: date,
    source_file_id: int | None,
    by: int | None,
) -> None:
    booked = amounts.amounts_of([one.claim_id for one in added])
    claim_rows: list[tuple[Any, ...]] = []
    versions: list[tuple[Any, ...]] = []
    findings: list[tuple[Any, ...]] = []
    for one, arrival, patient_id in zip(added, arrivals, patients.ids, strict=True):
        claim_rows.append(
            (
                one.claim_id,
                patient_id,
                payer_ids[payer_key(arrival.claim.payer)],
                *value_columns(arrival.claim),
                one.state.value,
                received_on,
                arrival.sent_on,
                source_file_id,
                *booked[one.claim_id].as_row(),
                booked[one.claim_id].has_credit,
            )
        )
        versions.append(
            (
                one.claim_id,
                1,
                VersionKind.ORIGINAL.value,
                to_json(arrival.claim).decode(),
                source_file_id,
                arrival.position,
                received_on,
                by,
            )
        )
        findings.extend(rows.finding_rows(one.claim_id, 1, one.findings))
    insert_rows(Claim, _CLAIM_COLUMNS, claim_rows)
    insert_rows(ClaimVersion, _VERSION_COLUMNS, versions)
    insert_rows(ClaimFinding, rows.FINDING_COLUMNS, findings)


def _hold(added: Sequence[Added], *, on: date, by: int | None) -> None:
    held = {one.claim_id: hold_words(one.findings) for one in added if one.state is State.HELD}
    rows.add_events(
        [(claim_id, "held", f"Held: {reason}") for claim_id, reason in held.items()], on=on, by=by
    )
    work.open_held(held, on=on)


def hold_words(findings: Sequence[Finding]) -> str:
    """The first reason that holds a claim, and how many more there are."""
    reasons = [one.message for one in findings if one.severity is Severity.HOLD]
    more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
    return f"{reasons[0]}{more}."
