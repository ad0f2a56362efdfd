"""What the checklist said when a month was closed, kept with the close: never worked out anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cleanclaim.apps.reports.closing.checks import Check, question_of
from cleanclaim.apps.reports.closing.models import CloseRequest, KeptChecklist, State, Verb


@dataclass(frozen=True, slots=True)
class KeptCheck:
    """One line of a kept checklist. `amount` is None where none was kept; `waiver` why it was let stand unpassed."""

    name: str
    question: str
    passed: bool
    found: str
    amount: Decimal | None
    waiver: str


@dataclass(frozen=True, slots=True)
class Closing:
    """A close of a month with its evidence. Not `is_whole`: it is from before checklists were kept with their figures."""

    request_id: int
    reason: str
    asked_by: int | None
    asked_at: datetime
    closed_by: int | None
    closed_at: datetime | None
    checks: tuple[KeptCheck, ...]
    is_whole: bool

    @property
    def passed(self) -> int:
        """How many checks passed."""
        return sum(one.passed for one in self.checks)

    @property
    def waived(self) -> int:
        """How many did not, and were let stand."""
        return len(self.checks) - self.passed


def keep(row: CloseRequest, found: Sequence[Check], *, by: int) -> None:
    """Keep the checklist that a close was approved on, in the transaction that closes."""
    KeptChecklist.objects.create(
        request_id=row.pk,
        month=row.month,
        checks=[_written(one, row.waivers) for one in found],
        asked_by=row.requested_by,
        asked_at=row.requested_at,
        closed_by=by,
    )


def closings(month: date) -> list[Closing]:
    """Every close of a month with the checklist it was approved on, newest first."""
    rows = CloseRequest.objects.filter(month=month, verb=Verb.CLOSE, state=State.APPROVED)
    kept = {row.request_id: row for row in KeptChecklist.objects.filter(month=month)}
    return [_closing(row, kept.get(row.pk)) for row in rows.order_by("-id")]


def standing(month: date, found: Sequence[Closing]) -> Closing | None:
    """Of a closed month's closes the one that stands; None where it was opened again, or never closed, and a later month
    closes it."""
    decided = CloseRequest.objects.filter(month=month, state=State.APPROVED)
    last = decided.order_by("-id").values_list("id", flat=True).first()
    return next((one for one in found if one.request_id == last), None)


def _written(one: Check, waivers: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": one.name,
        "question": one.question,
        "passed": one.result.passed,
        "found": one.result.words,
        "amount": f"{one.result.amount:.2f}",
        "waiver": waivers.get(one.name, ""),
    }


def _closing(row: CloseRequest, kept: KeptChecklist | None) -> Closing:
    if kept is None:  # an old close: its request knows what was found in words, and no figures
        checks = tuple(
            KeptCheck(name, question_of(name), passed, words, None, row.waivers.get(name, ""))
            for name, passed, words in row.checks
        )
        people = (row.requested_by, row.requested_at, row.decided_by, row.decided_at)
    else:
        checks = tuple(
            KeptCheck(**{**one, "amount": Decimal(one["amount"])}) for one in kept.checks
        )
        people = (kept.asked_by, kept.asked_at, kept.closed_by, kept.closed_at)
    return Closing(row.pk, row.reason, *people, checks, is_whole=kept is not None)
