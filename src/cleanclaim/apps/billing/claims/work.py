"""Which work the claims make, and when its cause is gone."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.shared.work.services import NewWork, close_work, open_work
from cleanclaim.kernel.money import show, total
from cleanclaim.rules.posting import WorkRequest

SUBJECT = "claim"
HOLD = "hold"
REJECTION = "rejection"
DENIAL = "denial"
PARTIAL = "partial"
CREDIT = "credit_balance"
UNDERPAID = "underpaid"
BEFORE_PAYER = (HOLD, REJECTION)
AFTER_PAYER = (DENIAL, PARTIAL, CREDIT, UNDERPAID)
ANSWERED_AGAIN = "The payer has answered again"  # the outcome of what a later answer closed
_KINDS = {
    "credit": CREDIT,
    "underpaid": UNDERPAID,
}  # of what posting asks for; the rest are denials


def open_held(reasons: Mapping[int, str], *, on: date) -> None:
    """One item per claim that an edit holds; `reasons` by claim id."""
    _open_each(HOLD, "Claim held by an edit", reasons, on=on)


def open_rejected(reasons: Mapping[int, str], *, on: date) -> None:
    """One item per claim that the payer would not take in."""
    _open_each(REJECTION, "Claim rejected by the payer", reasons, on=on)


def _open_each(kind: str, title: str, reasons: Mapping[int, str], *, on: date) -> None:
    if not reasons:
        return
    claims = Claim.objects.filter(pk__in=list(reasons))
    open_work([_item(claim, kind, title, reasons[claim.pk], on=on) for claim in claims])


def _item(claim: Claim, kind: str, title: str, reason: str, *, on: date) -> NewWork:
    return NewWork(
        kind=kind,
        subject_kind=SUBJECT,
        subject_id=claim.pk,
        title=f"{title}: {claim.control_number}"[:120],
        reason=reason[:300],
        opened_on=on,
        amount=claim.open_amount,
        patient_id=claim.patient_id,
        patient_name=claim.patient_name,
        payer_name=claim.payer_name,
        dedupe_key=f"{kind}:claim:{claim.pk}:{claim.version}",
    )


def open_answers(answers: Sequence[tuple[Claim, WorkRequest, str]], *, on: date) -> None:
    """What the posting rules ask for; see `work_of_answers`."""
    open_work(work_of_answers(answers, on=on))


def work_of_answers(
    answers: Sequence[tuple[Claim, WorkRequest, str]], *, on: date
) -> list[NewWork]:
    """What the posting rules ask for: one item per answer and kind. The text names the payer's answer.

    `answers` are (claim, request, the trace or payment it came with); amounts add up.
    """
    grouped: dict[tuple[int, str, str], list[tuple[Claim, WorkRequest, str]]] = {}
    for claim, request, source in answers:
        kind = _KINDS.get(request.kind, DENIAL)
        grouped.setdefault((claim.pk, kind, source), []).append((claim, request, source))
    return [_answer_item(kind, parts, on=on) for (_, kind, _), parts in grouped.items()]


def answer_key(kind: str, claim_id: int, source: str) -> str:
    """The key of what one answer asks for; `source` is `trace:position`."""
    return f"{kind}:claim:{claim_id}:{source}"[:120]


def _answer_item(
    kind: str, parts: Sequence[tuple[Claim, WorkRequest, str]], *, on: date
) -> NewWork:
    claim, first, source = parts[0]
    amount = total(request.amount for _, request, _ in parts)
    codes = ", ".join(dict.fromkeys(_code(request) for _, request, _ in parts))
    if kind == CREDIT:
        title, reason = "Credit balance", first.suggestion
    elif kind == UNDERPAID:
        lines = ", ".join(str(request.line_number) for _, request, _ in parts)
        title = "Answered short"
        reason = f"{show(amount)} on line {lines} is neither paid nor denied. {first.suggestion}"
    else:
        whole = amount >= claim.charge
        kind = DENIAL if whole else PARTIAL
        title = "Denied" if whole else "Partly denied"
        reason = f"{codes}: {first.suggestion}"
    return NewWork(
        kind=kind,
        subject_kind=SUBJECT,
        subject_id=claim.pk,
        title=f"{title}: {claim.control_number}"[:120],
        reason=reason[:300],
        opened_on=on,
        amount=amount,
        patient_id=claim.patient_id,
        patient_name=claim.patient_name,
        payer_name=claim.payer_name,
        dedupe_key=answer_key(kind, claim.pk, source),
    )


def _code(request: WorkRequest) -> str:
    """As people say it: `line 2 CO-197 N130`."""
    return " ".join((f"line {request.line_number} {request.reason}", *request.remark_codes)).strip()


def close(claim_id: int, *, outcome: str) -> None:
    """A person has changed, released or taken back the claim: what it waited for is done."""
    close_work(
        (*BEFORE_PAYER, *AFTER_PAYER),
        subject_kind=SUBJECT,
        subject_ids=[claim_id],
        outcome=outcome,
    )


def close_answered(claim_ids: Collection[int], *, but_for: Collection[str] = ()) -> None:
    """The payer has answered anew: what an earlier answer asked for is gone, and opens again if it is not.

    Args:
        but_for: keys (`answer_key`) of what the new answers say nothing of.
    """
    close_work(
        (*BEFORE_PAYER, *AFTER_PAYER),
        subject_kind=SUBJECT,
        subject_ids=list(claim_ids),
        outcome=ANSWERED_AGAIN,
        but_for=but_for,
    )
