"""Which work remittances make, and when its cause is gone."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from cleanclaim.apps.billing.remittances.models import PostingRule, Remittance, WorkerRule
from cleanclaim.apps.billing.remittances.plans import Place
from cleanclaim.apps.shared.exchange.models import MessageFile
from cleanclaim.apps.shared.work.services import NewWork, close_key, close_work, open_work

SUBJECT = "remittance"
UNPOSTED = "unposted"
MATCH = "match"


def open_refused(refused: Sequence[tuple[int, str]], *, on: date) -> None:
    """A payment came a second time; (first remittance's id, message) each."""
    open_work(
        [
            NewWork(
                kind="other",
                subject_kind=SUBJECT,
                subject_id=first_id,
                title="Payment received twice",
                reason=message,
                opened_on=on,
                dedupe_key=_refused_key(first_id),
            )
            for first_id, message in refused
        ]
    )


def close_refused(first_id: int, *, outcome: str) -> None:
    """Every payment that was refused as a repeat of it was let in after all."""
    close_key(_refused_key(first_id), outcome=outcome)


def _refused_key(first_id: int) -> str:
    return f"refused:remittance:{first_id}"


def open_faulty(file: MessageFile, faults: Sequence[str], *, on: date) -> None:
    """The format of a payment was refused: nobody posts it until the payer sends it anew."""
    if not faults:
        return
    open_work(
        [
            NewWork(
                kind=UNPOSTED,
                subject_kind="file",
                subject_id=file.pk,
                title=f"Remittance refused: {file.name}"[:120],
                reason=faults[0],
                opened_on=on,
                payer_name=file.partner.name if file.partner else "",
            )
        ]
    )


def open_ready(row: Remittance, reason: str, *, on: date) -> None:
    """The worker leaves its posting to a person."""
    open_work(
        [
            NewWork(
                kind=UNPOSTED,
                subject_kind=SUBJECT,
                subject_id=row.pk,
                title=f"Ready to post: trace {row.trace_number}"[:120],
                reason=reason[:300],
                opened_on=on,
                amount=row.paid,
                payer_name=row.payer_name,
                dedupe_key=_ready_key(row.pk),
            )
        ]
    )


def close_ready(remittance_id: int, *, outcome: str) -> None:
    """A person has posted it, or found why it cannot be."""
    close_key(_ready_key(remittance_id), outcome=outcome)


def _ready_key(remittance_id: int) -> str:
    return f"ready:remittance:{remittance_id}"


def open_hold(row: Remittance, reason: str, *, on: date) -> None:
    """The remittance cannot be posted as it is."""
    close_ready(row.pk, outcome="Held")
    open_work(
        [
            NewWork(
                kind=UNPOSTED,
                subject_kind=SUBJECT,
                subject_id=row.pk,
                title=f"Remittance held: trace {row.trace_number}"[:120],
                reason=reason,
                opened_on=on,
                amount=row.paid,
                payer_name=row.payer_name,
            )
        ]
    )


def open_findings(row: Remittance, findings: Sequence[str], *, on: date) -> None:
    """What did not stop the posting, but somebody should look into."""
    open_work(
        [
            NewWork(
                kind="other",
                subject_kind=SUBJECT,
                subject_id=row.pk,
                title=f"Look into trace {row.trace_number}"[:120],
                reason=finding,
                opened_on=on,
                amount=row.paid,
                payer_name=row.payer_name,
                dedupe_key=f"finding:remittance:{row.pk}:{number}",
            )
            for number, finding in enumerate(findings)
        ]
    )


def open_unmatched(row: Remittance, held: Sequence[Place], *, on: date) -> None:
    """One item per payment whose claim could not be told, or that does not fit it."""
    open_work(
        [
            NewWork(
                kind=MATCH,
                subject_kind=SUBJECT,
                subject_id=row.pk,
                title=f"Payment to be matched: {place.payment.control_number}"[:120],
                reason=f"Payment {place.position} of trace {row.trace_number}: {place.plan.hold}",
                opened_on=on,
                amount=place.payment.paid,
                payer_name=row.payer_name,
                patient_id=place.claim.patient_id if place.claim else None,
                dedupe_key=_place_key(row.pk, place.position),
            )
            for place in held
        ]
    )


def open_taken_back(
    row: Remittance, position: int, control_number: str, paid: Decimal, *, words: str, on: date
) -> None:
    """A person took one payment back: it waits for its claim again."""
    open_work(
        [
            NewWork(
                kind=MATCH,
                subject_kind=SUBJECT,
                subject_id=row.pk,
                title=f"Payment to be matched: {control_number}"[:120],
                reason=f"Payment {position} of trace {row.trace_number}: {words}"[:300],
                opened_on=on,
                amount=paid,
                payer_name=row.payer_name,
                dedupe_key=_place_key(row.pk, position),
            )
        ]
    )


def _place_key(remittance_id: int, position: int) -> str:
    return f"{MATCH}:remittance:{remittance_id}:{position}"


def close_place(remittance_id: int, position: int, *, outcome: str) -> None:
    """A held payment found its claim."""
    close_key(_place_key(remittance_id, position), outcome=outcome)


def close_remittance(remittance_id: int, *, kinds: Sequence[str], outcome: str) -> None:
    """What the remittance as a whole waited for is done."""
    close_work(kinds, subject_kind=SUBJECT, subject_ids=[remittance_id], outcome=outcome)


def open_rule(row: PostingRule | WorkerRule, *, on: date) -> None:
    """A rule that somebody proposed, or that counts at once, is to be looked at by a second person."""
    if isinstance(row, WorkerRule):
        kind, words = "worker rule", row.way
    else:
        kind, words = "posting rule", f"{row.pattern}: {row.action}"
    waits = "In force; look at it." if row.is_in_force else "Not in force before that."
    open_work(
        [
            NewWork(
                kind="other",
                subject_kind=_rule_kind(row),
                subject_id=row.pk,
                title=f"Approve: {kind} {row.pk}, {words.replace('_', ' ')}"[:120],
                reason=f"{row.payer_name or 'All payers'}. {waits} At Remittances, Posting rules.",
                opened_on=on,
                payer_name=row.payer_name,
                dedupe_key=_rule_key(row),
            )
        ]
    )


def close_rule(row: PostingRule | WorkerRule, *, outcome: str) -> None:
    """A second person has decided, or the rule is withdrawn or has ended."""
    close_key(_rule_key(row), outcome=outcome)


def open_rule_end(row: PostingRule, *, on: date) -> None:
    """Somebody asked to end a rule that keeps something open."""
    open_work(
        [
            NewWork(
                kind="other",
                subject_kind="posting_rule",
                subject_id=row.pk,
                title=f"Approve: end of posting rule {row.pk}, {row.pattern}: {row.action}"[:120],
                reason=f"{row.payer_name or 'All payers'}. It stays in force before that. At Remittances, Posting rules.",
                opened_on=on,
                payer_name=row.payer_name,
                dedupe_key=_end_key(row),
            )
        ]
    )


def close_rule_end(row: PostingRule, *, outcome: str) -> None:
    """The rule has ended, or it stays."""
    close_key(_end_key(row), outcome=outcome)


def _end_key(row: PostingRule) -> str:
    return f"end:posting_rule:{row.pk}"


def _rule_key(row: PostingRule | WorkerRule) -> str:
    return f"other:{_rule_kind(row)}:{row.pk}"


def _rule_kind(row: PostingRule | WorkerRule) -> str:
    return "worker_rule" if isinstance(row, WorkerRule) else "posting_rule"
