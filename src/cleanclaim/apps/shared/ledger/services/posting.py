"""Post entries, many at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter

from django.db import IntegrityError, connection, transaction

from cleanclaim.apps.shared.ledger.convert import entry_values
from cleanclaim.apps.shared.ledger.models import Entry, Leg
from cleanclaim.apps.shared.tenancy.bulk import (
    ReadyStatement,
    insertion,
    insertion_of,
    reserve_ids,
)
from cleanclaim.kernel.errors import CleanclaimError, InvariantError, StateError
from cleanclaim.kernel.money import CENT
from cleanclaim.values import entry as values

ENTRY_FIELDS = [
    "id",
    "kind",
    "idempotency_key",
    "effective_on",
    "accounting_on",
    "reverses",
    "posted_by",
    "memo",
]
LEG_FIELDS = [
    "entry",
    "item_id",
    "claim_id",
    "patient_id",
    "payer_id",
    "line_number",
    "accounting_on",
    "account",
    "amount",
    "reason",
    "trace",
    "entity",
]


def post_entries(
    entries: Sequence[values.Entry], *, by: int | None = None, recorded_at: datetime | None = None
) -> list[int]:
    """Post the entries in a few statements; returns their ids, in order.

    An entry whose key is known and whose content is the same gives the first one's id and posts
    nothing, also when its month has been closed since. `recorded_at` is honoured by the database
    for its owner only (the demo's seeder).

    Raises:
        StateError: a key is known with other content, the month is closed, or the entry to be
            reversed is reversed already.
        InvariantError: an item is not of the leg's claim and organization.
    """
    ids, _ = post(entries, by=by, recorded_at=recorded_at)
    return ids


def post(
    entries: Sequence[values.Entry], *, by: int | None, recorded_at: datetime | None = None
) -> tuple[list[int], set[int]]:
    """As `post_entries`; also says which of the ids are new."""
    if not entries:
        return [], set()
    prepared = prepare(
        entries, by=by, ids=reserve_ids(Entry, len(entries)), recorded_at=recorded_at
    )
    return post_prepared(prepared)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Entries with the rows that they become, ready to be posted under these ids.

    `entries` are left out (`of_new`) where it is certain that no key of theirs is known.
    """

    entries: Sequence[values.Entry]
    ids: Sequence[int]
    entry_rows: ReadyStatement
    leg_rows: ReadyStatement

    def of_new(self) -> "Prepared":
        """The rows alone."""
        return replace(self, entries=())


def reserve_entries(count: int) -> list[int]:
    """Ids for `prepare`; one that is never used is a gap."""
    return reserve_ids(Entry, count)


def prepare(
    entries: Sequence[values.Entry],
    *,
    by: int | None,
    ids: Sequence[int],
    recorded_at: datetime | None = None,
) -> Prepared:
    """The work of posting that the database is not needed for; to be done while it is busy (`tenancy.beside`)."""
    entry_rows = _entry_insertion(entries, ids, by, recorded_at)
    leg_rows = insertion_of(Leg, LEG_FIELDS, _leg_columns_once(entries, ids, set(ids)))
    return Prepared(entries, ids, entry_rows, leg_rows)


def post_prepared(prepared: Prepared) -> tuple[list[int], set[int]]:
    """As `post_entries`; also says which of the ids are new."""
    if not prepared.ids:
        return [], set()
    try:
        with transaction.atomic():
            return _post(prepared)
    except IntegrityError as error:
        raise _in_words(error) from error


def prove_now() -> None:
    """Have the entries of this database transaction proved to have legs now and not at COMMIT, where it takes as long.

    Whatever legs come later balance by themselves (migrations/legs_balance_at_once.sql).

    Raises:
        InvariantError: an entry has none, or a reversal is not its original negated.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS entry_legs_balance IMMEDIATE")
            cursor.execute("SET CONSTRAINTS entry_legs_balance DEFERRED")
    except IntegrityError as error:
        raise InvariantError(str(error).partition("\n")[0]) from error


def _post(prepared: Prepared) -> tuple[list[int], set[int]]:
    entries, ids = prepared.entries, list(prepared.ids)
    inserted = prepared.entry_rows.run()
    if inserted == len(ids):
        prepared.leg_rows.run()
        return ids, set(ids)
    if not entries:
        raise InvariantError(f"{len(ids) - inserted} of {len(ids)} new entries were posted before")
    ids, fresh = _settle_known_keys(entries, ids)
    insertion_of(Leg, LEG_FIELDS, _leg_columns_once(entries, ids, fresh)).run()
    return ids, fresh


def _entry_insertion(
    entries: Sequence[values.Entry],
    ids: Sequence[int],
    by: int | None,
    recorded_at: datetime | None,
) -> ReadyStatement:
    rows = [
        (
            entry_id,
            entry.kind,
            entry.idempotency_key,
            entry.effective_on,
            entry.accounting_on,
            entry.reverses or None,
            by,
            entry.memo,
        )
        for entry_id, entry in zip(ids, entries, strict=True)
    ]
    # Always in the order of the keys, so that two writers of the same keys wait and never deadlock.
    rows.sort(key=lambda row: row[2])
    if recorded_at is None:
        return insertion(Entry, ENTRY_FIELDS, rows, ignore_conflicts=True)
    dated = [(*row, recorded_at) for row in rows]
    return insertion(Entry, [*ENTRY_FIELDS, "recorded_at"], dated, ignore_conflicts=True)


def _leg_columns_once(
    entries: Sequence[values.Entry], ids: Sequence[int], fresh: set[int]
) -> list[Sequence[object]]:
    """The legs of the new entries, in the order of `LEG_FIELDS`; an entry given twice in one call has its legs once."""
    by_id = dict(zip(ids, entries, strict=True))
    kept = [(entry_id, by_id[entry_id]) for entry_id in sorted(fresh)]
    legs = [leg for _, entry in kept for leg in entry.legs]
    given: dict[str, Sequence[object]] = {
        "entry": [entry_id for entry_id, entry in kept for _ in entry.legs],
        "accounting_on": [entry.accounting_on for _, entry in kept for _ in entry.legs],
    }
    return [given.get(name) or list(map(attrgetter(name), legs)) for name in LEG_FIELDS]


def _settle_known_keys(
    entries: Sequence[values.Entry], ids: Sequence[int]
) -> tuple[list[int], set[int]]:
    """The ids to answer with, and the new ones among them, when some keys were known."""
    kept = dict(
        Entry.objects.filter(
            idempotency_key__in=[entry.idempotency_key for entry in entries]
        ).values_list("idempotency_key", "id")
    )
    reserved = set(ids)
    first_given: dict[str, values.Entry] = {}
    known: list[tuple[int, values.Entry]] = []
    for entry in sorted(entries, key=lambda entry: entry.idempotency_key):
        key = entry.idempotency_key
        if key not in kept:
            raise _reversed_already(entry)
        if kept[key] not in reserved:
            known.append((kept[key], entry))
        elif _content(first_given.setdefault(key, entry)) != _content(entry):
            raise InvariantError(f"entry {key}: given twice in one call with different content")
    _refuse_other_content(known)
    answers = [kept[entry.idempotency_key] for entry in entries]
    return answers, reserved & set(answers)


def _refuse_other_content(known: Sequence[tuple[int, values.Entry]]) -> None:
    stored = entry_values([entry_id for entry_id, _ in known])
    for entry_id, entry in known:
        if _content(stored[entry_id]) != _content(entry):
            raise StateError(
                f"entry {entry_id} was posted under the key {entry.idempotency_key} "
                "with other content",
                hint="Reverse it and post the new one under a key of its own.",
            )


def _content(entry: values.Entry) -> tuple[object, ...]:
    """What two entries under one key must have in common; the order of legs says nothing."""
    legs = sorted(
        (
            leg.account,
            leg.amount.quantize(CENT),
            leg.item_id,
            leg.claim_id,
            leg.line_number,
            leg.patient_id,
            leg.payer_id,
            leg.reason,
            leg.trace,
            leg.entity,
        )
        for leg in entry.legs
    )
    return (entry.kind, entry.effective_on, entry.accounting_on, entry.memo, entry.reverses, legs)


def _reversed_already(entry: values.Entry) -> StateError:
    first = Entry.objects.filter(reverses=entry.reverses).values_list("id", flat=True).first()
    return StateError(f"entry {entry.reverses} is already reversed by entry {first}")


def _in_words(error: IntegrityError) -> CleanclaimError | IntegrityError:
    """The rule of the database that refused, as the error that says who must act."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    message = getattr(diagnosis, "message_primary", None) or str(error)
    if name == "entry_month_open":
        _, _, said = message.partition(": ")  # the entry it names is taken back with the refusal
        return StateError(
            said, hint="Post on a day of an open month, or have two leads open this one again."
        )
    if name in ("leg_item_of_claim", "leg_comes_with_entry", "entry_legs_balance"):
        return InvariantError(message)
    return error
