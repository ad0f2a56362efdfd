"""What a person said of a payment's day (BPR16) that cannot be meant: it is right, or another one is."""

from dataclasses import replace
from datetime import date

from cleanclaim.apps.billing.remittances.models import DayConfirmation, Remittance
from cleanclaim.rules.posting.head import looked_at_by_head, odd_day
from cleanclaim.values import remittance as values


def confirmation_of(row: Remittance) -> DayConfirmation | None:
    """What a person said of its day, if it stands."""
    return DayConfirmation.objects.filter(remittance=row, undone_at=None).first()


def with_confirmed_day(row: Remittance, head: values.Remittance, *, on: date) -> values.Remittance:
    """The payment with a day that nobody asks about, where a person has said which one is meant."""
    is_asked = odd_day(head, on=on) or looked_at_by_head(head, on=on)
    if not is_asked or row.pk is None or confirmation_of(row) is None:
        return head
    return replace(head, paid_on=on)
