"""A receipt's key: the same request again is the same receipt, and another request under it is refused."""

import hashlib
import json
from collections.abc import Sequence

from cleanclaim.apps.billing.receipts.models import Receipt
from cleanclaim.apps.billing.receipts.parts import Part
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.kernel.errors import InputError, StateError

# What a row keeps of the request that took it; the parts are in its entry alone.
_SAID = {
    "patient_id": "patient", "claim_id": "claim", "kind": "kind", "method": "method", "amount": "amount",
    "reference": "number", "received_on": "day", "note": "note",
}  # fmt: skip


def check_lengths(row: Receipt) -> None:
    """Raise where the number or the key has no room: cut, it could be that of another receipt.

    Raises:
        InputError: it has none.
    """
    for name, words in (("reference", "check number or authorization"), ("key", "key")):
        most = int(getattr(Receipt._meta.get_field(name), "max_length", 0))
        if (length := len(getattr(row, name))) > most:
            raise InputError(
                f"{words} of {length} characters, expected {most} at most",
                hint="Nothing was taken. Give a shorter one.",
            )


def sha256_of(row: Receipt, parts: Sequence[Part] | None) -> str:
    """The digest of all that the request said."""
    put = None if parts is None else sorted((one.item_id, f"{one.amount:.2f}") for one in parts)
    said = {name: f"{getattr(row, name)}" for name in _SAID} | {"amount": f"{row.amount:.2f}"}
    return hashlib.sha256(json.dumps([said, put], sort_keys=True).encode()).hexdigest()


def first_of(asked: Receipt) -> Receipt | None:
    """The receipt that was taken under the key, if the request is the same; others with the key wait until it is.

    Raises:
        StateError: it was taken by another request; the message says what differs.
    """
    lock_names([f"receipt key {asked.key}"])
    row = Receipt.objects.filter(key=asked.key).first()
    if row is None:
        return None
    differ = [words for name, words in _SAID.items() if getattr(row, name) != getattr(asked, name)]
    if not differ and row.request_sha256 not in ("", asked.request_sha256):
        differ = ["items"]
    if differ:
        raise StateError(
            f"receipt {row.pk} was taken under this key; this one differs in {', '.join(differ)}",
            hint="Nothing was taken. Give each receipt a key of its own.",
        )
    row.is_repeat = True
    return row
