"""Where a receipt went with others, and what the bank says of it: the desk above that knows the bank answers."""

from collections.abc import Callable, Collection
from datetime import date

from cleanclaim.apps.billing.receipts.models import Receipt
from cleanclaim.kernel.errors import StateError

Question = Callable[[int], str]
Reopening = Callable[[Collection[int], str, date, int | None], None]
_questions: list[Question] = []
_reopenings: list[Reopening] = []
_locks: list[Callable[[], None]] = []


def answer_with(question: Question) -> None:
    """Name who knows: given a receipt's entry, the batch in words that it lies in, empty where it lies in none."""
    if question not in _questions:
        _questions.append(question)


def reopen_with(reopening: Reopening, *, lock: Callable[[], None]) -> None:
    """Name who reopens the bank's lines that entries explain: told the entries, the reason, the day and who says so.

    Args:
        lock: what keeps others off the bank's lines.
    """
    if reopening not in _reopenings:
        _reopenings.append(reopening)
        _locks.append(lock)


def lock_bank() -> None:
    """Keep others off the bank's lines; before a receipt is kept from them, as when a return is booked for a line."""
    for lock in _locks:
        lock()


def reopen_at_bank(entry_ids: Collection[int], reason: str, on: date, by: int | None) -> None:
    """Have the bank's lines that these entries explain opened again: the entries are about to be taken back."""
    for reopening in _reopenings:
        reopening(entry_ids, reason, on, by)


def refuse_banked(row: Receipt) -> None:
    """Raise unless the receipt's money is still in the drawer.

    Raises:
        StateError: it lies in a batch; the message names it.
    """
    for question in _questions:
        if words := question(row.entry_id):
            raise StateError(
                f"receipt {row.pk} lies in {words}",
                hint="Take it out of an open batch first; what the bank has comes back or is refunded, not voided.",
            )
