"""Key whole checks at once: those of a CSV file, or a list of entries from a program."""

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from cleanclaim.apps.billing.charges.selectors import Line, charges_of, of_version
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.keying.csv_file import Problem, Row, Sheet
from cleanclaim.apps.billing.keying.entries import Keyed
from cleanclaim.apps.billing.keying.finding import payer_named
from cleanclaim.apps.billing.keying.models import Batch, Entry, Kind
from cleanclaim.apps.billing.keying.services.batches import Header, lock_open, open_batch
from cleanclaim.apps.billing.keying.services.saving import Saved, keep, saved
from cleanclaim.kernel.errors import InputError, StateError


@transaction.atomic
def key_sheet(sheet: Sheet, *, by: int | None) -> tuple[Batch, list[Problem]]:
    """A batch with all that the sheet says. With problems it is not complete: the caller takes it back.

    Raises:
        InputError: the check itself cannot be right.
        StateError: this payment is here already.
    """
    header = Header(
        payer_named(sheet.payer).pk,
        sheet.number,
        sheet.amount,
        sheet.paid_on,
        sheet.method,
        sheet.deposited_on,
        sheet.deposit_reference,
    )
    batch = open_batch(header, by=by)
    problems: list[Problem] = []
    found: list[Keyed] = []
    for row in sheet.rows:
        try:
            found.append(_named(row))
        except InputError as error:
            problems.append(Problem(row.place, error.message))
    if not problems:
        add_entries(batch.pk, found, by=by)
    return batch, problems


@transaction.atomic
def add_entries(batch_id: int, keyed: Sequence[Keyed], *, by: int | None) -> Saved:
    """Keep these behind what is on the tape, in their order; all or nothing.

    Raises:
        InputError: one cannot be right.
        StateError: the batch is not open, somebody else keys it, or a line stands on its tape already.
    """
    batch = lock_open(batch_id, by=by)
    last = Entry.objects.filter(batch=batch).order_by("-number").first()
    number = last.number if last else 0
    lines = Entry.objects.filter(batch=batch, is_undone=False, kind=Kind.LINE)
    standing = set(lines.values_list("item_id", "is_reversal"))
    for one in keyed:
        number += 1
        line = (one.item_id, one.is_reversal)
        if one.kind == Kind.LINE and line in standing:
            raise StateError(f"charge line {one.item_id}: keyed in batch {batch_id} already")
        standing.add(line)
        keep(batch, number, one, by=by)
    return saved(batch, number)


def _named(row: Row) -> Keyed:
    """The row with the claim and line that it names, by number."""
    if not row.claim:
        return row.keyed
    claims = list(Claim.objects.filter(control_number=row.claim)[:2])
    if len(claims) != 1:
        raise InputError(
            f"claim {row.claim[:40]!r}: {'several have' if claims else 'none has'} this number"
        )
    item_id = None
    if row.keyed.kind == Kind.LINE:
        item_id = line_named(claims[0].pk, row.line).item_id
    return replace(row.keyed, claim_id=claims[0].pk, item_id=item_id)


def line_named(claim_id: int, text: str) -> Line:
    """The charge line of a claim by its number, by its code where that is enough, or the only one.

    Raises:
        InputError: none or several.
    """
    lines = [line for line in of_version(charges_of([claim_id])[claim_id], 0) if line.item_id]
    if text:
        lines = [line for line in lines if str(line.line_number) == text] or [
            line for line in lines if line.procedure == text.upper()
        ]
    if len(lines) != 1:
        raise InputError(
            f"line {text[:20]!r}: {len(lines)} of the claim fit, expected its number or a code that it has once"
        )
    return lines[0]
