"""The clocks of refunds, with the organization's own terms in place of the programs'."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from cleanclaim.apps.billing.adjustments.models import Refund, RefundState, Term, TermKind
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.apps.shared.users.two_persons import IN_FORCE
from cleanclaim.rules.credits import Due, due_on, escheat_on


def term(kind: TermKind, subjects: list[str], *, on: date) -> Term | None:
    """The organization's own term for the first of the subjects that has one in force on the day."""
    for subject in subjects:
        found = Term.objects.filter(
            kind=kind, subject=subject, valid_from__lte=on, state__in=IN_FORCE
        )
        if row := found.order_by("-valid_from", "-id").first():
            return row
    return None


def due_of(
    program: str,
    *,
    payer_id: int,
    identified_on: date,
    investigated: tuple[date, date | None] | None = None,
) -> Due:
    """By when a credit is to be given back: the payer's own term, else the program's."""
    subjects = [f"payer:{payer_id}"] if payer_id else []
    own = term(TermKind.REFUND_DAYS, [*subjects, f"program:{program}"], on=identified_on)
    return due_on(
        program,
        identified_on=identified_on,
        investigated=investigated,
        days=own.length if own else None,
        citation=own.citation if own else "",
    )


@dataclass(frozen=True, slots=True)
class Uncashed:
    """A refund that is out or fell to the state: its owner's state by the last address known, and from when on it is its."""

    row: Refund
    state: str
    day: date


def uncashed() -> list[Uncashed]:
    """What nobody cashed yet, what came back and was not sent anew, and what fell to a state that was not paid yet; by the
    day on which it is the state's."""
    out = Q(state__in=(RefundState.ISSUED, RefundState.UNCLAIMED))
    back = Q(state=RefundState.APPROVED, owed_since__isnull=False)
    rows = list(Refund.objects.filter(out | back))
    return sorted(with_states(rows), key=lambda one: (one.day, one.row.pk))


def with_states(rows: Sequence[Refund]) -> list[Uncashed]:
    """These refunds with state and day, by three statements."""
    patients = Patient.objects.in_bulk({row.owner_id for row in rows if row.owner == "patient"})
    payers = Payer.objects.in_bulk({row.owner_id for row in rows if row.owner != "patient"})
    kept = Term.objects.filter(kind=TermKind.ESCHEAT_YEARS).order_by("-valid_from", "-id")
    terms = list(kept) if rows else []
    found = []
    for row in rows:
        if row.owner == "patient":
            state = patients[row.owner_id].state if row.owner_id in patients else ""
        else:
            payer = payers.get(row.owner_id)
            state = str(payer.address.get("state", "")) if payer else ""
        since = row.owed_since or row.issued_on or row.identified_on
        mine = (t for t in terms if t.subject == f"state:{state}" and t.valid_from <= since)
        own = next(mine, None)
        found.append(
            Uncashed(row, state, escheat_on(state, since=since, years=own.length if own else None))
        )
    return found


def unclaimed_on(row: Refund) -> date:
    """When an uncashed refund is to be reported to its owner's state."""
    return with_states([row])[0].day
