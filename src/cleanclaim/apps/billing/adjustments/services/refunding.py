"""A credit on its way back: identified, requested, approved by a second person, or settled by the payer itself."""

from copy import copy
from datetime import date
from decimal import Decimal

from django.db import transaction

from cleanclaim.apps.billing.adjustments import refund_work as work
from cleanclaim.apps.billing.adjustments import takebacks
from cleanclaim.apps.billing.adjustments.authority import authority_of, require_second_person
from cleanclaim.apps.billing.adjustments.credits import CreditRow, credit_of, payer_program
from cleanclaim.apps.billing.adjustments.models import Refund, RefundState, RefundStep
from cleanclaim.apps.billing.adjustments.payees import PayeeBank, payee_of, with_bank
from cleanclaim.apps.billing.adjustments.services import refund_entries as entries
from cleanclaim.apps.billing.adjustments.services.together import refunds_approved_before
from cleanclaim.apps.billing.adjustments.terms import due_of
from cleanclaim.apps.billing.remittances.services.watching import look_again
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.ledger.services import reverse_entry
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO, is_whole_cents, show
from cleanclaim.rules.credits import Owner
from cleanclaim.values.accounts import TAKEBACK_PAYABLE

_STANDS = {one.value: one.label.lower() for one in RefundState} | {
    "waiting": "waiting for approval",
    "dismissed": "closed without a refund",
}
BEFORE_APPROVAL = (RefundState.IDENTIFIED, RefundState.WAITING)


@transaction.atomic
def identify_credit(
    key: str,
    *,
    on: date,
    by: int,
    amount: Decimal | None = None,
    owner: str = "",
    owner_id: int = 0,
    words: str = "",
) -> Refund:
    """Say that a credit is money to be given back: its clock starts. Returns the case.

    Args:
        key: of a `CreditRow` as it is today.
        amount: a part of it; what is the owner's own money where not given.
        owner: `payer` or `patient` with `owner_id`, where a person knows better than the entries, with
            `words` that say why.

    Raises:
        StateError: the credit is not there any more, or smaller.
        InputError: nobody is known to be owed, or a figure is wrong.
    """
    authority_of(by, Permission.ACCOUNTS_ADJUST)
    entries.lock_source(key)
    found = credit_of(key, on=on)
    if found is None:
        raise StateError("the credit is not there any more", hint="Reload the list of credits.")
    given = (found.refund or found.amount) if amount is None else amount
    if given <= 0 or not is_whole_cents(given):
        raise InputError(
            f"credit {key[:60]!r}: amount {given}, expected whole cents above zero",
            hint=f"Give dollars up to {show(found.amount)}.",
        )
    if given > found.amount:
        raise StateError(
            f"refund of {show(given)}: the credit is {show(found.amount)}, expected no more",
            hint="A part may be identified already. Reload the list of credits.",
        )
    whose, whose_id, program = _owner(found, owner, owner_id, words)
    payer_id = whose_id if whose == Owner.PAYER else 0
    due = due_of(program, payer_id=payer_id, identified_on=on)
    row = Refund.objects.create(
        account=found.account, item_id=found.item_id, claim_id=found.claim_id,
        line_number=found.line_number, patient_id=found.patient_id, payer_id=found.payer_id,
        trace=found.trace, amount=given, cause=found.verdict.cause.value,
        proof=list(found.verdict.proof), words=(words or found.verdict.words)[:300],
        owner=whose, owner_id=whose_id, payee=payee_of(whose, whose_id), program=program,
        identified_by=by, identified_on=on, due_on=due.day, citation=due.citation[:120],
        clock=due.words[:120],
    )  # fmt: skip
    note(row, f"Identified: {row.words}. Due {due.day}, {due.citation}.", on=on, by=by)
    work.open_refund(row, on=on)
    return row


def _owner(found: CreditRow, owner: str, owner_id: int, words: str) -> tuple[str, int, str]:
    if not owner:
        if found.verdict.owner is Owner.NOBODY:
            raise InputError(
                "nobody is known to be owed",
                hint="Name the payer or the patient, or correct the posting",
            )
        return found.verdict.owner.value, found.owner_id, found.program
    if owner not in ("payer", "patient") or not owner_id or not words.strip():
        raise InputError(
            f"owner {owner[:20]!r} {owner_id}: expected payer or patient, their id, and why they are owed",
            hint="Leave the owner out where the entries tell who is owed.",
        )
    if (owner, owner_id) == (found.verdict.owner.value, found.owner_id):
        return owner, owner_id, found.program
    return owner, owner_id, "patient" if owner == "patient" else payer_program(owner_id)


@transaction.atomic
def investigate_credit(
    refund_id: int, *, began: date, ended: date | None, on: date, by: int
) -> Refund:
    """Say from when to when the overpayment is being investigated; Medicare's clock stands still so long.

    Raises:
        InputError: it ends before it begins, or later than today.
        StateError: the money is on its way already.
    """
    authority_of(by, Permission.ACCOUNTS_ADJUST)
    row = locked(refund_id, *BEFORE_APPROVAL)
    if ended is not None and ended < began:
        raise InputError(
            f"refund {row.pk}: investigation ends {ended}, expected {began} or later",
            hint="Correct the two days.",
        )
    if (latest := ended or began) > on:
        raise InputError(
            f"refund {row.pk}: investigation {latest}, it is {on}, expected no later day",
            hint="Leave the end empty while it still runs.",
        )
    payer_id = row.owner_id if row.owner == "payer" else 0
    due = due_of(
        row.program, payer_id=payer_id, identified_on=row.identified_on, investigated=(began, ended)
    )
    row.investigation_from, row.investigation_to = began, ended
    row.due_on, row.citation, row.clock = due.day, due.citation[:120], due.words[:120]
    row.save()
    note(
        row, f"Investigation {began} to {ended or 'now'}: due {due.day}, {due.words}.", on=on, by=by
    )
    work.open_refund(row, on=on)
    return row


@transaction.atomic
def request_refund(refund_id: int, *, on: date, by: int, bank: PayeeBank | None = None) -> Refund:
    """Ask a second person to approve giving it back; with the account, where it is to leave by transfer.

    Raises:
        InputError: no transfer can reach the account.
        StateError: it is on its way already, or the payer has taken it back itself.
    """
    authority_of(by, Permission.ACCOUNTS_ADJUST)
    row = locked(refund_id, RefundState.IDENTIFIED)
    refuse_taken(row)
    row.state, row.requested_by = RefundState.WAITING, by
    row.payee = with_bank(row.payee, bank, what=f"refund {row.pk}")
    row.save()
    where = f", by transfer to {bank}" if bank else ""
    note(row, f"Refund of {show(row.amount)} requested{where}.", on=on, by=by)
    return row


@transaction.atomic
def approve_refund(refund_id: int, *, on: date, by: int) -> Refund:
    """Approve it as a second person whose limit covers it: the credit becomes a payable.

    Raises:
        PermissionRefusedError: the same person, or above their limit.
        StateError: it waits no more, the credit is smaller now, or the payer has taken it back itself.
    """
    row = locked(refund_id, RefundState.WAITING)
    who = authority_of(by, Permission.ACCOUNTS_ADJUST)
    # A credit that was cut up goes through in pieces, were each looked at alone.
    lock_names([f"refunds approved {by}"])
    before, since = refunds_approved_before(row, on=on, by=by)
    require_second_person(
        who, first=row.requested_by or 0, amount=row.amount, what=f"refund {row.pk}",
        before=before, since=since,
    )  # fmt: skip
    refuse_taken(row)
    row.state, row.approved_by, row.approved_on = RefundState.APPROVED, by, on
    row.approval_entry_id = entries.post_approval(row, on=on, by=by)
    row.save()
    note(
        row, f"Approved: {show(row.amount)} is payable.", on=on, by=by, entry=row.approval_entry_id
    )
    return row


@transaction.atomic
def cancel_refund(refund_id: int, *, words: str, on: date, by: int) -> Refund:
    """Back to identified: refused, withdrawn, or its approval taken back before it was issued.

    Raises:
        InputError: no reason.
        StateError: it was issued (stop it first), or is not on its way.
    """
    authority_of(by, Permission.ACCOUNTS_ADJUST)
    row = locked(refund_id, RefundState.WAITING, RefundState.APPROVED)
    reason = _given(words, "why it is not refunded now")
    entry = _take_approval_back(row, on=on, by=by)
    row.state, row.requested_by = RefundState.IDENTIFIED, None
    row.save()
    note(row, f"Not refunded now: {reason}", on=on, by=by, entry=entry)
    return row


@transaction.atomic
def dismiss_credit(refund_id: int, *, words: str, on: date, by: int) -> Refund:
    """Close the case without a refund: it was a posting error, or applied elsewhere.

    Raises:
        InputError: no reason.
        StateError: a request waits or the money is on its way.
    """
    authority_of(by, Permission.ACCOUNTS_ADJUST)
    row = locked(refund_id, RefundState.IDENTIFIED)
    row.state, row.closed_words = RefundState.DISMISSED, _given(words, "why nobody is owed")
    row.save()
    note(row, f"No refund: {row.closed_words}", on=on, by=by)
    work.close_refund(row, outcome="No refund")
    return row


@transaction.atomic
def settle_by_takeback(refund_id: int, *, on: date, by: int) -> Refund:
    """The payer took the money back out of a later payment (PLB): close the case, and stop the refund.

    Where it took a part, the case is of that part; the rest is a case of its own under the same clock.

    Raises:
        StateError: the refund was issued already (stop it first), or the payer has taken nothing.
    """
    authority_of(by, Permission.ACCOUNTS_ADJUST)
    row = locked(refund_id, *BEFORE_APPROVAL, RefundState.APPROVED)
    # One takeback may name several claims: of two cases that it could settle the second waits, and looks anew.
    lock_names([f"takebacks {row.owner} {row.owner_id}"])
    taken = taken_of(row)
    if taken.amount <= 0:
        raise StateError(
            f"refund {row.pk}: the payer has taken {show(ZERO)} of {show(row.amount)}",
            hint="It settles when a posted remittance takes it by WO under the claim's number.",
        )
    _take_approval_back(row, on=on, by=by)
    if taken.amount < row.amount:
        _leave_the_rest(row, row.amount - taken.amount, on=on, by=by)
        row.amount = taken.amount
    row.state, row.taken_by = RefundState.TAKEN_BACK, taken.words[:80]
    row.takebacks = taken.drawn(row.amount)
    row.settle_entry_id = entries.post_settlement(row, on=on, by=by)
    row.save()
    note(row, f"Taken back by {taken.words}.", on=on, by=by, entry=row.settle_entry_id)
    work.close_refund(row, outcome="Taken back by the payer")
    look_again([int(pk) for pk in row.takebacks], payer_id=row.owner_id, on=on)
    return row


def _leave_the_rest(row: Refund, rest: Decimal, *, on: date, by: int) -> None:
    """A case of what the payer has not taken: identified on the same day, due on the same day."""
    other = copy(row)
    other.pk, other._state.adding = None, True
    other.amount, other.state, other.requested_by = rest, RefundState.IDENTIFIED, None
    other.save()
    note(other, f"The rest of refund {row.pk}, of which the payer took {show(row.amount - rest)}.", on=on, by=by)  # fmt: skip
    note(row, f"{show(rest)} of it is refund {other.pk} from now on.", on=on, by=by)
    work.open_refund(other, on=on)


def locked(refund_id: int, *states: str) -> Refund:
    """The case, kept from others, where it stands in one of the states.

    Raises:
        StateError: it does not.
    """
    row = Refund.objects.select_for_update().get(pk=refund_id)
    if row.state not in states:
        hint = "Stop it first." if row.state == RefundState.ISSUED else "Reload the case."
        expected = " or ".join(_STANDS[one] for one in states)
        raise StateError(
            f"refund {refund_id} is {_STANDS[row.state]}, expected {expected}", hint=hint
        )
    entries.lock_source_of(row)
    return row


def refuse_taken(row: Refund) -> None:
    """Raise where the payer has taken the money back itself.

    Raises:
        StateError: it has.
    """
    taken = taken_of(row)
    if taken.amount:
        raise StateError(
            f"refund {row.pk}: the payer has taken back {show(taken.amount)} by {taken.words}",
            hint="Settle the credit by the takeback; do not pay it as well.",
        )


def note(row: Refund, words: str, *, on: date, by: int, entry: int = 0) -> None:
    """Write a step of the case, and the audit event where a patient is named."""
    RefundStep.objects.create(refund=row, on=on, words=words[:300], by=by, entry_id=entry)
    if row.patient_id:
        record_audit(
            "change", patient_ids=[row.patient_id], by=by, what="refund", detail=f"refund {row.pk}"
        )


def taken_of(row: Refund) -> takebacks.Taken:
    """What the payer took of it: by the claim's number, or off what is owed back to it as a whole."""
    if row.account != TAKEBACK_PAYABLE.code:
        return takebacks.taken_for(row)
    return takebacks.taken_off_account(row, lies=entries.available(row))


def _take_approval_back(row: Refund, *, on: date, by: int) -> int:
    """Reverse the approval's entry where there is one; returns the reversal's id, or 0."""
    if not row.approval_entry_id:
        return 0
    entry = reverse_entry(
        row.approval_entry_id, key=f"undo:{row.approval_entry_id}",
        effective_on=max(on, row.approved_on or on), accounting_on=on,
        memo=f"refund {row.pk} not paid", by=by,
    )  # fmt: skip
    entries.refresh(row)
    row.approval_entry_id, row.approved_by, row.approved_on = 0, None, None
    return entry


def _given(words: str, expected: str) -> str:
    if not words.strip():
        raise InputError(
            f"reason: it is empty, expected {expected}", hint="Say why; it stands in the case."
        )
    return words.strip()[:300]
