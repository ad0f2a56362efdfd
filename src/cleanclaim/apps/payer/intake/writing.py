"""Write the cases of a file in bulk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cleanclaim.apps.payer.intake.judging import Judged
from cleanclaim.apps.payer.intake.models import CaseLine, CaseState, ClaimCase
from cleanclaim.apps.payer.intake.numbers import next_icns
from cleanclaim.apps.shared.tenancy.bulk import insert_rows, reserve_ids
from cleanclaim.kernel.money import ZERO, fits_ledger
from cleanclaim.values.claim import ServiceLine
from cleanclaim.values.codec import to_json

_CASE = (
    "id",
    "message",
    "file_id",
    "partner_id",
    "icn",
    "control_number",
    "frequency_code",
    "purpose",
    "state",
    "body",
    "charge",
    "service_from",
    "service_to",
    "received_on",
    "member_id",
    "provider_id",
    "original_id",
    "reject_category",
    "reject_status",
    "reject_entity",
    "reject_words",
    "outcome",
    "allowed",
    "paid",
    "patient_owes",
    "paid_to_member",
    "denied_lines",
    "pend_queue",
    "pend_reason",
)
_LINE = (
    "case",
    "number",
    "member_id",
    "billing_id",
    "service_from",
    "service_to",
    "procedure_code",
    "modifiers",
    "quantity",
    "charge",
)
_UNDECIDED = ("", ZERO, ZERO, ZERO, ZERO, "", "", "")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a claim comes from."""

    file_id: int
    partner_id: int
    message_id: int | None = None


def write_cases(
    judged: Sequence[Judged],
    sources: Sequence[Source],
    *,
    received_on: date,
    state: CaseState = CaseState.RECEIVED,
) -> list[str]:
    """One case per claim, accepted ones in `state`; the plan's numbers in order, empty for rejected claims."""
    ids = reserve_ids(ClaimCase, len(judged))
    accepted = sum(1 for j in judged if j.rejection is None)
    numbers = iter(next_icns(accepted, received_on=received_on))
    icns = ["" if j.rejection else next(numbers) for j in judged]
    rows = [
        _case_row(row_id, icn, j, source, received_on, state)
        for row_id, icn, j, source in zip(ids, icns, judged, sources, strict=True)
    ]
    insert_rows(ClaimCase, _CASE, rows)
    lines = [
        _line_row(row_id, j, line)
        for row_id, j in zip(ids, judged, strict=True)
        if j.rejection is None
        for line in j.claim.dated.lines
    ]
    insert_rows(CaseLine, _LINE, lines)
    return icns


def _case_row(
    row_id: int,
    icn: str,
    judged: Judged,
    source: Source,
    received_on: date,
    state: CaseState,
) -> tuple[Any, ...]:
    claim, why = judged.claim, judged.rejection
    return (
        row_id,
        source.message_id,
        source.file_id,
        source.partner_id,
        icn,
        claim.control_number[:80],
        claim.frequency_code[:2],
        claim.purpose.value,
        state.value if why is None else CaseState.REJECTED.value,
        to_json(claim).decode(),
        # A rejected claim may carry an amount that no column takes; its body keeps what was sent.
        claim.charge if why is None or fits_ledger(claim.charge) else ZERO,
        claim.service_from,
        claim.service_to,
        received_on,
        judged.member_id,
        judged.provider.id if judged.provider else None,
        judged.original_id,
        why.category if why else "",
        why.status if why else "",
        why.entity if why else "",
        why.words[:300] if why else "",
        *_UNDECIDED,
    )


def _line_row(row_id: int, judged: Judged, line: ServiceLine) -> tuple[Any, ...]:
    billing = judged.claim.billing
    return (
        row_id,
        line.number,
        judged.member_id,
        (billing.npi or billing.tin)[:80],
        line.service_from,
        line.service_to,
        line.billed_code[:48],
        "-".join(line.procedure.modifiers)[:20],
        line.quantity,
        line.charge,
    )
