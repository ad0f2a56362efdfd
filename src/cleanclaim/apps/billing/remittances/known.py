"""Whether a payment is here already: as an 835, or as whatever apps above take in (paper that was keyed)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from django.db import connection

from cleanclaim.apps.billing.remittances.models import Remittance, State
from cleanclaim.kernel.money import show
from cleanclaim.values import remittance as values


@dataclass(frozen=True, slots=True)
class Known:
    """The remittance of the same payer, trace, amount and day that was here first."""

    remittance_id: int
    file_id: int
    received_on: date


# The day as the payer wrote it counts, too, where a person said that another one is meant.
_SAME = """
SELECT id, file_id, received_on, state, repeat FROM remittances_remittance AS one
 WHERE payer_trace_id = %(payer)s AND trace_number = %(trace)s AND paid = %(paid)s
   AND (paid_on = %(day)s OR EXISTS (
        SELECT FROM remittances_dayconfirmation AS confirmed
         WHERE confirmed.remittance_id = one.id AND confirmed.said_on = %(day)s AND confirmed.undone_at IS NULL))
 ORDER BY state = 'reversed', repeat, id
"""

Stop = Callable[[int], str]
_stops: list[Stop] = []


def register_stop(stop: Stop) -> None:
    """Have posting ask this, too, why the remittance of an id may not be posted; empty = it may."""
    if stop not in _stops:
        _stops.append(stop)


def held_above(remittance_id: int | None) -> str:
    """Why an app above holds the remittance; empty where none does, or it is not kept yet."""
    if remittance_id is None:
        return ""
    return next((words for stop in _stops if (words := stop(remittance_id))), "")


Superseded = Callable[[], Collection[int]]
_superseded: list[Superseded] = []


def register_superseded(superseded: Superseded) -> None:
    """Name who knows of remittances in whose place another one of the same payment has come; it says their ids."""
    if superseded not in _superseded:
        _superseded.append(superseded)


def superseded_ids() -> frozenset[int]:
    """The remittances that are no payment of their own any more: another one of the same payment stands for them."""
    return frozenset(pk for told in _superseded for pk in told())


Finder = Callable[[values.Remittance], Known | None]
_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """Have every payment that comes looked up by this, too."""
    if finder not in _finders:
        _finders.append(finder)


def find_known(value: values.Remittance) -> Known | None:
    """The remittance with the same payer, trace, amount and day, if there is one that stands or may stand again."""
    for pk, file_id, received_on, state, _ in _same(value):
        if not _is_aside(pk, state):
            return Known(pk, file_id, received_on)
    return next((known for finder in _finders if (known := finder(value))), None)


def repeat_after(value: values.Remittance) -> int:
    """Which one of its trace a new payment is (`Remittance.repeat`): above zero behind one that never posts again."""
    aside = [repeat for pk, _, _, state, repeat in _same(value) if _is_aside(pk, state)]
    return max(aside) + 1 if aside else 0


def _is_aside(remittance_id: int, state: str) -> bool:
    """Taken back, and never to be posted again: a batch that was keyed anew."""
    return state == State.REVERSED and bool(held_above(remittance_id))


def _same(value: values.Remittance) -> list[tuple[int, int, date, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            _SAME,
            {
                "payer": value.payer_trace_id[:10],
                "trace": value.trace_number[:50],
                "paid": value.paid,
                "day": value.paid_on,
            },
        )
        return cursor.fetchall()


def trace_finding(row: Remittance) -> tuple[str, ...]:
    """What to look into where the payer's trace brought another amount, or on another day, that stands posted.

    Payers say that a trace names one payment; of the same with the same amount and day two persons said that it is
    another one.
    """
    if not row.paid or row.repeat:  # advices without money carry whatever number
        return ()
    others = Remittance.objects.filter(
        payer_trace_id=row.payer_trace_id, trace_number=row.trace_number, state=State.POSTED
    ).exclude(pk=row.pk)
    first = others.exclude(paid=0).only("paid", "paid_on").order_by("id").first()
    if first is None:
        return ()
    return (
        f"trace {row.trace_number} of this payer came before, as remittance {first.pk} of "
        f"{show(first.paid)} on {first.paid_on}: a payment may have come twice, changed",
    )
