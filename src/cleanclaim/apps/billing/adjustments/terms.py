"""The clocks of refunds, with the organization's own terms in place of the programs'."""

from datetime import date

from cleanclaim.apps.billing.adjustments.models import Refund, Term, TermKind
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.rules.credits import Due, due_on, escheat_on


def term(kind: TermKind, subjects: list[str], *, on: date) -> Term | None:
    """The organization's own term for the first of the subjects that has one in force on the day."""
    for subject in subjects:
        found = Term.objects.filter(kind=kind, subject=subject, valid_from__lte=on)
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


def owner_state(row: Refund) -> str:
    """The owner's state by the last address known; empty where none is."""
    if row.owner == "patient":
        patient = Patient.objects.filter(pk=row.owner_id).first()
        return patient.state if patient else ""
    payer = Payer.objects.filter(pk=row.owner_id).first()
    return str(payer.address.get("state", "")) if payer else ""


def unclaimed_on(row: Refund) -> date:
    """When an uncashed refund is to be reported to its owner's state."""
    state = owner_state(row)
    since = row.issued_on or row.identified_on
    own = term(TermKind.ESCHEAT_YEARS, [f"state:{state}"], on=since)
    return escheat_on(state, since=since, years=own.length if own else None)
