"""Say whose payments the worker posts by itself: that a person looks first counts at once, everything else by two persons."""

from datetime import date

from django.db import transaction

from cleanclaim.apps.billing.remittances import work
from cleanclaim.apps.billing.remittances.models import Way, WorkerRule
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.apps.shared.users import two_persons
from cleanclaim.apps.shared.users.two_persons import IN_FORCE, Standing
from cleanclaim.kernel.errors import InputError, StateError


@transaction.atomic
def set_worker_rule(*, payer_id: int, way: Way, note: str, on: date, by: int) -> WorkerRule:
    """Say who starts the posting of a payer's payments; `payer_id` 0 = of all without a rule of their own.

    What the worker left to a person stays with that person, whatever is said later.

    Raises:
        InputError: no reason, no such payer, or nothing that the rule of all could follow.
    """
    if not note.strip():
        raise InputError("the reason is empty", hint="Say why, for those who ask later.")
    payer = Payer.objects.filter(pk=payer_id).first() if payer_id else None
    if payer_id and payer is None:
        raise InputError(f"payer {payer_id}: not found")
    if way == Way.DEFAULT and not payer_id:
        raise InputError(
            f"{Way.DEFAULT.label!r} is said of one payer", hint="Name the payer that has a rule."
        )
    row = WorkerRule.objects.create(
        payer_id=payer_id,
        payer_name=payer.name[:120] if payer else "",
        way=way,
        note=note.strip()[:200],
        made_by=by,
        state=Standing.ALONE if way == Way.LOOK else Standing.PROPOSED,
    )
    work.open_rule(row, on=on)
    return row


@transaction.atomic
def approve_worker_rule(rule_id: int, *, by: int) -> WorkerRule:
    """Put it in force as the second person, or say that one in force was looked at.

    Raises:
        StateError: it is decided, or something newer was said of the same payer meanwhile.
        PermissionRefusedError: the person said it.
    """
    row = _locked(rule_id)
    newer = WorkerRule.objects.filter(payer_id=row.payer_id, pk__gt=row.pk, state__in=IN_FORCE)
    if row.state == Standing.PROPOSED and (first := newer.order_by("id").first()):
        raise StateError(
            f"worker rule {first.pk} was said of the same payer since", hint="Say it anew."
        )
    two_persons.approve(row, by=by, maker=row.made_by, name=_name(row))
    work.close_rule(row, outcome="Approved")
    replaced = WorkerRule.objects.filter(payer_id=row.payer_id, pk__lt=row.pk, state=Standing.ALONE)
    for one in replaced:
        work.close_rule(one, outcome=f"Replaced by rule {row.pk}")
    return row


@transaction.atomic
def refuse_worker_rule(rule_id: int, *, by: int, words: str) -> WorkerRule:
    """Say no to what is not in force yet, with the reason.

    Raises:
        InputError: no reason.
        StateError: it is in force, or decided.
    """
    row = _locked(rule_id)
    two_persons.refuse(row, by=by, words=words, name=_name(row))
    work.close_rule(row, outcome="Refused")
    return row


@transaction.atomic
def withdraw_worker_rule(rule_id: int, *, by: int) -> WorkerRule:
    """Take one's own word back before it is in force.

    Raises:
        StateError: it is in force, decided, or somebody else's.
    """
    row = _locked(rule_id)
    two_persons.withdraw(row, by=by, maker=row.made_by, name=_name(row))
    work.close_rule(row, outcome="Withdrawn")
    return row


def _locked(rule_id: int) -> WorkerRule:
    return WorkerRule.objects.select_for_update().get(pk=rule_id)


def _name(row: WorkerRule) -> str:
    return f"worker rule {row.pk}"
