"""Where a receipt went with others: the desk above that takes receipts to the bank answers, this one asks."""

from collections.abc import Callable

from cleanclaim.apps.billing.receipts.models import Receipt
from cleanclaim.kernel.errors import StateError

Question = Callable[[int], str]
_questions: list[Question] = []


def answer_with(question: Question) -> None:
    """Name who knows: given a receipt's entry, the batch in words that it lies in, empty where it lies in none."""
    if question not in _questions:
        _questions.append(question)


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
