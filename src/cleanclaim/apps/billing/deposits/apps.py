"""App registration."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.apps import AppConfig


class DepositsConfig(AppConfig):
    """Bank statements against remittances and batches, and the daily proof."""

    name = "cleanclaim.apps.billing.deposits"
    label = "deposits"

    def ready(self) -> None:
        """Place waiting money when a remittance comes; say which receipts went to the bank; prove lines against legs.

        A copy of a payment that was stopped is not posted.
        """
        from cleanclaim.apps.billing.deposits import debit_sources, proving  # models are loaded now
        from cleanclaim.apps.billing.deposits.given_back import guard_given_back
        from cleanclaim.apps.billing.deposits.receipt_returns import RETURNS
        from cleanclaim.apps.billing.deposits.settlements_back import BACKS
        from cleanclaim.apps.billing.deposits.transfers import TRANSFERS
        from cleanclaim.apps.billing.receipts.banked import answer_with, reopen_with
        from cleanclaim.apps.billing.remittances import guards, known
        from cleanclaim.apps.billing.remittances.services.announcing import MOVED
        from cleanclaim.apps.shared.ledger.provers import register
        from cleanclaim.apps.shared.outbox.services import subscribe

        answer_with(_batch_of)
        reopen_with(_reopen_lines, lock=_lock_lines)
        register("deposits", proving.prove_deposits, check=proving.CHECK)
        for source in (
            RETURNS,
            BACKS,
            TRANSFERS,
        ):  # where two fit as well, the first is offered first
            debit_sources.register(source)
        known.register_stop(_why_stopped)
        guards.register(guard_given_back)
        subscribe("remittances.received", _place_waiting)
        subscribe(MOVED, _settle_given_back)


def _batch_of(entry_id: int) -> str:
    from cleanclaim.apps.billing.deposits.selectors import batch_of_entry

    return batch_of_entry(entry_id)


def _reopen_lines(entry_ids: Collection[int], reason: str, on: date, by: int | None) -> None:
    from cleanclaim.apps.billing.deposits.services import reopen_explained

    reopen_explained(entry_ids, reason=reason, on=on, by=by)


def _lock_lines() -> None:
    from cleanclaim.apps.billing.deposits.services import lock_placing

    lock_placing()


def _why_stopped(remittance_id: int) -> str:
    from cleanclaim.apps.billing.deposits.copies import why_stopped

    return why_stopped(remittance_id)


def _place_waiting(payload: dict[str, Any]) -> None:
    """Readers of banks' files are loaded where the event is heard, not by every process that starts."""
    from cleanclaim.apps.billing.deposits.services import place_after_remittances

    place_after_remittances(payload)


def _settle_given_back(payload: dict[str, Any]) -> None:
    from cleanclaim.apps.billing.deposits.services import settle_after_posting

    settle_after_posting(payload)
