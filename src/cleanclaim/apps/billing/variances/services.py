"""Keep comparisons up to date; decide about differences."""

import json
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from cleanclaim.apps.billing.remittances.models import Remittance, RemittanceClaim
from cleanclaim.apps.billing.remittances.models import State as Posting
from cleanclaim.apps.billing.variances import chances
from cleanclaim.apps.billing.variances.answers import answered_claims, posted_sums
from cleanclaim.apps.billing.variances.comparing import (
    Compared,
    compare,
    expectations,
    line_key,
)
from cleanclaim.apps.billing.variances.fees import fees_of_posting
from cleanclaim.apps.billing.variances.missing import answered_here, covered_by, overdue
from cleanclaim.apps.billing.variances.models import Variance
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.apps.shared.work.services import NewWork, close_work, open_work
from cleanclaim.rules.variance import Answer, Kind, Said, answer_of

MISSING = chances.MISSING
_COLUMNS = {
    "compare_key": "text",
    "kind": "text",
    "state": "text",
    "payer_id": "bigint",
    "payer_name": "text",
    "claim_id": "bigint",
    "patient_id": "bigint",
    "item_id": "bigint",
    "control_number": "text",
    "line_number": "int",
    "service_from": "date",
    "promised": "numeric",
    "received": "numeric",
    "amount": "numeric",
    "contract": "text",
    "term": "text",
    "implied": "text",
    "clause": "text",
    "words": "text",
    "remittance_id": "bigint",
    "trace_number": "text",
    "rank": "numeric",
    "rank_steps": "jsonb",
    "compared_on": "date",
}
_KEPT = ("compare_key", "state", "remittance_id", "trace_number")
_SAVE = f"""
INSERT INTO variances_variance AS v ({", ".join(_COLUMNS)})
SELECT * FROM unnest({", ".join(f"%s::{kind}[]" for kind in _COLUMNS.values())})
ON CONFLICT (organization_id, compare_key) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name not in _KEPT)},
    remittance_id = COALESCE(excluded.remittance_id, v.remittance_id),
    trace_number = COALESCE(NULLIF(excluded.trace_number, ''), v.trace_number),
    state = CASE WHEN excluded.state = 'open' AND v.state <> 'settled'
        AND v.amount = excluded.amount AND v.kind = excluded.kind
        THEN v.state ELSE excluded.state END
"""


@transaction.atomic
def compare_remittance(remittance_id: int, *, on: date) -> int:
    """Compare everything that one remittance touched, its fees and what it should have had; returns how many rows."""
    row = Remittance.objects.defer("body").get(pk=remittance_id)
    places = RemittanceClaim.objects.filter(remittance=row, claim_id__isnull=False)
    claim_ids = sorted(set(places.values_list("claim_id", flat=True)))
    Variance.objects.filter(remittance_id=row.pk, kind=Kind.FEE).delete()
    fees = fees_of_posting(row)
    _save(fees, on=on)
    count = compare_claims(claim_ids, on=on, remittance=row)
    if row.state != Posting.POSTED:
        return count + len(fees)
    missing = covered_by(claim_ids)
    return count + len(fees) + compare_claims(missing, on=on, missing=True)


@transaction.atomic
def compare_claims(
    claim_ids: Sequence[int],
    *,
    on: date,
    missing: bool = False,
    remittance: Remittance | None = None,
) -> int:
    """Bring these claims' comparisons up to date; returns how many there are now.

    Args:
        missing: lines without an answer count as missing; else they are not compared.
    """
    found = expectations(claim_ids)
    if not found:
        Variance.objects.filter(is_one_of("claim_id", list(claim_ids))).delete()
        outcome = "Nothing is expected any more"
        close_work(MISSING, subject_kind="claim", subject_ids=list(claim_ids), outcome=outcome)
        return 0
    answered = answered_claims({one.claim.pk for one in found})
    sums = posted_sums(answered) if answered else {}
    answers: dict[int, Answer | None] = {}
    kept = _known_missing([one.line.item_id for one in found])
    for one in found:
        item_id = one.line.item_id
        if one.claim.pk in answered:
            answers[item_id] = answer_of(sums.get(item_id, {}))
        elif missing or item_id in kept:
            answers[item_id] = None
    compared = compare(found, answers, on=on)
    keys = [one.compare_key for one in compared]
    stale = Variance.objects.filter(is_one_of("claim_id", list(claim_ids)))
    stale.exclude(is_one_of("compare_key", keys)).delete()
    _save(compared, on=on, remittance=remittance)
    _follow_up(compared, on=on)
    return len(compared)


def _known_missing(item_ids: Collection[int]) -> set[int]:
    """Lines that count as missing already: they stay so until an answer comes."""
    rows = Variance.objects.filter(is_one_of("compare_key", list(map(line_key, item_ids))))
    return set(rows.filter(kind=Kind.MISSING).values_list("item_id", flat=True))


@transaction.atomic
def find_missing(*, on: date) -> int:
    """Compare the lines whose answer is overdue; returns how many. Once a day is enough: it ranks all anew, too."""
    chances.rank_open(on=on)
    _forget_answered(on=on)
    return compare_claims(overdue(on=on), on=on, missing=True)


def _forget_answered(*, on: date) -> None:
    """What counted as missing and is answered by a payment that waits here since: it is compared when that is posted."""
    missing = Variance.objects.filter(kind=Kind.MISSING)
    answered = answered_here(set(missing.values_list("claim_id", flat=True)) - {None}, on=on)
    missing.filter(is_one_of("claim_id", sorted(answered))).delete()
    words = "The payer's answer is here, to be posted"
    close_work(MISSING, subject_kind="claim", subject_ids=sorted(answered), outcome=words)


def _save(compared: Sequence[Compared], *, on: date, remittance: Remittance | None = None) -> None:
    if not compared:
        return
    said = chances.said()
    rows = [
        _row(one, on, remittance, said) for one in sorted(compared, key=lambda c: c.compare_key)
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, columns)


def _row(
    one: Compared, on: date, remittance: Remittance | None, said: Sequence[Said]
) -> tuple[Any, ...]:
    verdict = one.verdict
    value, steps = chances.rank_of(
        verdict.kind,
        amount=verdict.amount,
        payer_id=one.payer_id,
        payer=one.payer_number,
        service_from=one.service_from,
        on=on,
        said=said,
    )
    is_answered = (
        verdict.kind is not Kind.MISSING
        and remittance is not None
        and remittance.payer_id == one.payer_id
    )
    return (
        one.compare_key,
        verdict.kind.value,
        "settled" if verdict.kind is Kind.EXACT else "open",
        one.payer_id,
        one.payer_name[:120],
        one.claim_id,
        one.patient_id,
        one.item_id,
        one.control_number[:80],
        one.line_number,
        one.service_from,
        verdict.promised,
        verdict.received,
        verdict.amount,
        one.contract[:120],
        one.term[:120],
        one.implied[:120],
        one.clause[:120],
        one.words[:300],
        remittance.pk if is_answered and remittance else one.remittance_id,
        remittance.trace_number if is_answered and remittance else one.trace_number,
        value,
        json.dumps(steps),
        on,
    )


def _follow_up(compared: Sequence[Compared], *, on: date) -> None:
    """A call to the payer, due tomorrow, for each line that it promised and did not remit."""
    asked = [one for one in compared if one.verdict.kind is Kind.MISSING]
    waiting = {one.claim_id for one in asked}
    settled = [one.claim_id for one in compared if one.claim_id and one.claim_id not in waiting]
    close_work(MISSING, subject_kind="claim", subject_ids=settled, outcome="The payer has answered")
    open_work(
        [
            NewWork(
                kind=MISSING,
                subject_kind="claim",
                subject_id=one.claim_id or 0,
                title=f"Not remitted: {one.control_number}"[:120],
                reason=_missing_reason(one),
                opened_on=on,
                amount=one.verdict.amount,
                due_on=on + timedelta(days=1),
                patient_id=one.patient_id,
                patient_name=one.patient_name,
                payer_name=one.payer_name,
                dedupe_key=f"{MISSING}:{one.compare_key}",
            )
            for one in asked
        ]
    )


def _missing_reason(one: Compared) -> str:
    words = one.words[:1].upper() + one.words[1:]
    desk = f" Help desk {one.help_desk}." if one.help_desk else ""
    return f"{words}.{desk} Ask for its status."
