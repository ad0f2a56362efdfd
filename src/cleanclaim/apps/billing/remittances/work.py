"""Which work remittances make, and when its cause is gone."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal

from cleanclaim.apps.billing.remittances.models import PostingRule, Remittance, WorkerRule
from cleanclaim.apps.billing.remittances.plans import Place
from cleanclaim.apps.billing.remittances.unreversed import Unreversed
from cleanclaim.apps.shared.exchange.models import MessageFile
from cleanclaim.apps.shared.work.models import WorkItem
from cleanclaim.apps.shared.work.services import NewWork, close_key, close_work, open_work
from cleanclaim.kernel.money import show

SUBJECT = "remittance"
UNPOSTED = "unposted"
MATCH = "match"
RECOUPMENT = "recoupment"
_UNREVERSED = "unreversed:adjustment:"


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


def open_postable(row: Remittance, place: Place, *, reversed_by: str, on: date) -> None:
    """The reversal that a held correction waited for has come: a person posts it, today."""
    number = place.payment.control_number
    open_work(
        [
            NewWork(
                kind=MATCH,
                subject_kind=SUBJECT,
                subject_id=row.pk,
                title=f"Its reversal has come, post it: {number}"[:120],
                reason=(
                    f"Payment {place.position} of trace {row.trace_number}: the answer in its way was taken back by "
                    f"trace {reversed_by}. Open it under Held and apply it to claim {number}."
                )[:300],
                opened_on=on,
                due_on=on,
                amount=place.payment.paid,
                payer_name=row.payer_name,
                patient_id=place.claim.patient_id if place.claim else None,
                dedupe_key=_place_key(row.pk, place.position),
            )
        ]
    )


def waiting_places(places: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of these held payments, as (remittance, position), that have open work."""
    keys = {_place_key(*place): place for place in places}
    found = WorkItem.objects.filter(dedupe_key__in=list(keys)).exclude(state="done")
    return {keys[key] for key in found.values_list("dedupe_key", flat=True)} if keys else set()


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


def open_unreversed(found: Sequence[Unreversed], *, on: date) -> None:
    """One item per takeback that no reversal has come for: with the claim, where it names one."""
    open_work([_unreversed_item(one, on=on) for one in found])


def _unreversed_item(one: Unreversed, *, on: date) -> NewWork:
    row, claim = one.adjustment.remittance, one.claims[0] if len(one.claims) == 1 else None
    reference = one.adjustment.reference or "no reference"
    how = "beyond its" if one.is_beyond else "without a"
    return NewWork(
        kind=RECOUPMENT,
        subject_kind="claim" if claim else SUBJECT,
        subject_id=claim.pk if claim else row.pk,
        title=f"Taken back {how} reversal: {reference}"[:120],
        reason=_unreversed_words(one)[:300],
        opened_on=on,
        amount=one.left,
        patient_id=claim.patient_id if claim else None,
        patient_name=claim.patient_name if claim else "",
        payer_name=row.payer_name,
        dedupe_key=_unreversed_key(one.adjustment.pk),
    )


def _unreversed_words(one: Unreversed) -> str:
    taken = f"PLB WO of trace {one.adjustment.remittance.trace_number} took {show(one.left)}"
    numbers = [claim.control_number for claim in one.claims]
    if not numbers:
        return (
            f"{taken} and names no claim that is known here; no reversal of it has come. Ask the payer for which claim "
            "and why. Right: have the reversal sent. Wrong: dispute it in time."
        )
    named = f"claim{'s' if numbers[1:] else ''} {', '.join(numbers[:3])}"
    if numbers[3:]:
        named += f" and {len(numbers) - 3} more"
    if one.is_beyond:
        why = "beyond what was reversed: it may be taken twice"
    else:
        stands = "their answers still stand" if numbers[1:] else "its answer still stands"
        why = f"and no reversal has come: {stands}"
    return (
        f"{taken} for {named}, {why}. Ask the payer why. Right: have the reversal sent, or settle the credit by it "
        "at Credits. Wrong: dispute it in time."
    )


def close_unreversed(adjustment_ids: Collection[int], *, outcome: str) -> None:
    """Their reversals have come, credits were settled by them, or their postings were taken back."""
    keys = [_unreversed_key(adjustment_id) for adjustment_id in adjustment_ids]
    found = WorkItem.objects.filter(dedupe_key__in=keys).exclude(state="done") if keys else ()
    for item in found:
        close_key(item.dedupe_key, outcome=outcome)


def watched_takebacks(*, is_open: bool = False) -> list[int]:
    """Ids of the takebacks that have work, but for those that a person finished; or only of those whose work is open."""
    found = WorkItem.objects.filter(kind=RECOUPMENT, dedupe_key__startswith=_UNREVERSED)
    done = {"state": "done"} if is_open else {"state": "done", "closed_by_system": False}
    found = found.exclude(**done)
    return [
        int(key.removeprefix(_UNREVERSED)) for key in found.values_list("dedupe_key", flat=True)
    ]


def _unreversed_key(adjustment_id: int) -> str:
    return f"{_UNREVERSED}{adjustment_id}"


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
