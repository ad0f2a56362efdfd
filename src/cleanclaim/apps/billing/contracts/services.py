"""Record contracts, their editions, obligations and documents; end them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from cleanclaim.apps.billing.contracts.models import (
    Contract,
    ContractDocument,
    ContractEdition,
    Obligation,
)
from cleanclaim.apps.shared.outbox.services import emit
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.apps.shared.reference import services as reference
from cleanclaim.apps.shared.reference.models import Edition
from cleanclaim.apps.shared.work.services import NewWork, close_key, open_work
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO, fits_ledger
from cleanclaim.rules.pricing import Contract as Terms
from cleanclaim.rules.pricing import schedules_of
from cleanclaim.values.codec import from_json, to_json

CHANGED = "contracts.changed"
OBLIGATION = "obligation"
DOCUMENT_LIMIT_BYTES = 20 * 2**20


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that a contract asks by a day."""

    words: str
    due_on: date
    clause: str = ""


@dataclass(frozen=True, slots=True)
class NewEdition:
    """A contract with the terms of one edition; fields as in `models.Contract` and `ContractEdition`."""

    terms: Terms
    payer_id: int
    valid_from: date
    valid_to: date | None = None
    provider_npi: str = ""
    routing: str = ""
    help_desk: str = ""
    notes: str = ""
    tolerance: Decimal = ZERO
    missing_after_days: int | None = None
    duties: Sequence[Duty] = field(default_factory=tuple)


@transaction.atomic
def save_edition(new: NewEdition, *, on: date, by: int | None = None) -> ContractEdition:
    """Keep an edition; the contract is added with its first one. The same edition again comes back as it is.

    What was expected of lines that it prices is worked out anew by whoever hears `contracts.changed`.

    Raises:
        InputError: the terms are empty, the span or the tolerance is wrong, or the contract is another payer's.
        StateError: the edition is on record with other terms or days, or the contract has ended.
    """
    _check(new)
    payer = Payer.objects.get(pk=new.payer_id)
    row = Contract.objects.select_for_update().filter(code=new.terms.code).first()
    if row is None:
        row = Contract(code=new.terms.code[:40], payer_id=payer.pk)
    elif row.payer_id != payer.pk:
        raise InputError(
            f"contract {row.code}: it is with {row.payer_name}, not with {payer.name}",
            hint="Give the other payer's contract a code of its own.",
        )
    if row.ended_on is not None and new.valid_from >= row.ended_on:
        raise StateError(f"contract {row.code} ended on {row.ended_on}")
    _describe(row, new, payer)
    for duty in new.duties:
        _add_obligation(row, duty, on=on)
    found = ContractEdition.objects.filter(contract=row, edition=new.terms.edition).first()
    if found is not None:
        same_days = (found.valid_from, found.valid_to) == (new.valid_from, new.valid_to)
        if not same_days or from_json(found.body, Terms) != new.terms:
            raise StateError(
                f"edition {found.edition!r} of {row.code}: it is on record with other terms or days",
                hint="Give the amendment an edition of its own.",
            )
        return found
    edition = ContractEdition.objects.create(
        contract=row,
        edition=new.terms.edition,
        valid_from=new.valid_from,
        valid_to=new.valid_to,
        body=to_json(new.terms).decode(),
        recorded_by=by,
    )
    _announce(row, on=on)
    return edition


def _check(new: NewEdition) -> None:
    what = f"contract {new.terms.code}"
    if not new.terms.terms:
        raise InputError(f"{what}: no terms, expected one or more")
    if len(new.terms.code) > 40 or len(new.terms.edition) > 60:
        raise InputError(f"{what}: code or edition too long, expected 40 and 60 characters at most")
    if new.valid_to is not None and new.valid_to <= new.valid_from:
        raise InputError(f"{what}: ends on {new.valid_to}, not after its first day")
    if new.tolerance < 0 or not fits_ledger(new.tolerance):
        raise InputError(f"{what}: tolerance {new.tolerance}, expected whole cents, zero or more")
    if new.missing_after_days is not None and not 0 <= new.missing_after_days < 3660:
        raise InputError(f"{what}: missing after {new.missing_after_days} days, expected 0 to 3659")


def _describe(row: Contract, new: NewEdition, payer: Payer) -> None:
    row.payer_name = payer.name
    row.name = new.terms.name[:120]
    row.provider_npi = new.provider_npi[:10]
    row.routing = new.routing[:80]
    row.help_desk = new.help_desk[:60]
    row.notes = new.notes
    row.tolerance = new.tolerance  # type: ignore[assignment]
    row.missing_after_days = new.missing_after_days
    row.save()


@transaction.atomic
def end_contract(contract_id: int, *, on: date, reason: str, today: date) -> Contract:
    """The contract prices no service from `on`; what was expected of such lines already is withdrawn.

    Raises:
        InputError: no reason.
        StateError: it has ended already.
    """
    row = Contract.objects.select_for_update().get(pk=contract_id)
    if not reason.strip():
        raise InputError("end contract: the reason is empty, expected why it ends")
    if row.ended_on is not None:
        raise StateError(f"contract {row.code} ended on {row.ended_on}: {row.end_reason}")
    row.ended_on, row.end_reason = on, reason.strip()[:200]
    row.save(update_fields=["ended_on", "end_reason"])
    _announce(row, on=today)
    return row


def _announce(row: Contract, *, on: date) -> None:
    emit(CHANGED, {"contract_id": row.pk, "payer_id": row.payer_id, "on": on.isoformat()})


@transaction.atomic
def add_obligation(contract_id: int, duty: Duty, *, on: date) -> Obligation:
    """Keep what the contract asks by a day, and open it as work. Twice is once.

    Raises:
        InputError: the words are empty.
    """
    return _add_obligation(Contract.objects.get(pk=contract_id), duty, on=on)


def _add_obligation(row: Contract, duty: Duty, *, on: date) -> Obligation:
    if not duty.words.strip():
        raise InputError(f"contract {row.code}: an obligation without words")
    kept, is_new = Obligation.objects.get_or_create(
        contract=row,
        words=duty.words.strip()[:200],
        due_on=duty.due_on,
        defaults={"clause": duty.clause[:60]},
    )
    if is_new:
        where = f" ({row.code}, {duty.clause})" if duty.clause else f" ({row.code})"
        open_work(
            [
                NewWork(
                    kind=OBLIGATION,
                    subject_kind="contract",
                    subject_id=row.pk,
                    title=f"Contract {row.code}: due {duty.due_on}",
                    reason=f"{kept.words}{where}",
                    opened_on=on,
                    due_on=duty.due_on,
                    payer_name=row.payer_name,
                    dedupe_key=_obligation_key(kept.pk),
                )
            ]
        )
    return kept


def _obligation_key(obligation_id: int) -> str:
    return f"{OBLIGATION}:{obligation_id}"


@transaction.atomic
def finish_obligation(obligation_id: int, *, on: date, by: int | None) -> Obligation:
    """It is done; its work is closed.

    Raises:
        StateError: it was done before.
    """
    row = Obligation.objects.select_for_update().get(pk=obligation_id)
    if row.done_on is not None:
        raise StateError(f"obligation {row.pk} was done on {row.done_on}")
    row.done_on, row.done_by = on, by
    row.save(update_fields=["done_on", "done_by"])
    close_key(_obligation_key(row.pk), outcome="The obligation is met")
    return row


@transaction.atomic
def keep_document(
    contract_id: int, *, name: str, content: bytes, by: int | None = None
) -> ContractDocument:
    """Keep the contract as signed. The same bytes again come back as they are.

    Raises:
        InputError: the file is empty or larger than 20 MiB.
    """
    if not 0 < len(content) <= DOCUMENT_LIMIT_BYTES:
        raise InputError(f"document {name!r}: {len(content)} bytes, expected 1 to 20 MiB")
    row = Contract.objects.get(pk=contract_id)
    digest = hashlib.sha256(content).hexdigest()
    values: dict[str, Any] = {"name": name[:120], "content": content, "recorded_by": by}
    kept, _ = ContractDocument.objects.get_or_create(contract=row, sha256=digest, defaults=values)
    return kept


@transaction.atomic
def import_fees(
    text: str,
    *,
    name: str,
    release: str,
    valid_from: date,
    valid_to: date | None = None,
    on: date | None = None,
) -> Edition:
    """A fee schedule of ours from CSV (`code,modifier,amount[,valid_from,valid_to]`), all of it or nothing.

    What contracts that name it should bring is worked out anew, as of `on` (its first day where not given).

    Raises:
        InputError: a row is wrong or there is none; the message names it.
        StateError: this release is loaded already.
    """
    fees = reference.read_fee_csv(text)
    if not fees:
        raise InputError(f"fee schedule {name}: no rows, expected one or more")
    if not name.strip() or not release.strip():
        raise InputError("fee schedule: name or release is empty")
    if Edition.objects.filter(kind="fees", name=name, release=release).exists():
        raise StateError(
            f"fee schedule {name} {release} is loaded already",
            hint="An edition is never changed. Give the correction a release of its own.",
        )
    edition = reference.load_fees(
        fees,
        name=name,
        release=release,
        publisher="imported by us",
        licence="our own record",
        valid_from=valid_from,
        valid_to=valid_to,
    )
    for row in _contracts_that_name(name):
        _announce(row, on=on or valid_from)
    return edition


def _contracts_that_name(schedule: str) -> list[Contract]:
    """Contracts with a term that looks into the fee schedule, in any edition."""
    editions = ContractEdition.objects.select_related("contract").order_by("contract_id", "id")
    found = {
        one.contract_id: one.contract
        for one in editions
        if schedule in schedules_of(from_json(one.body, Terms))
    }
    return list(found.values())
