"""What of a payment as a whole stops it, whatever its claims say: a day that cannot be meant, or foreign money.

Amounts here are US dollars. An 835 may name another currency (CUR02); to book it one to one would be wrong, and which
rate holds is for a person and the bank to say.
"""

from datetime import date, timedelta
from pathlib import Path

from cleanclaim.kernel.money import show
from cleanclaim.rules.parameters import parameter
from cleanclaim.values.remittance import Remittance

DAYS = Path(__file__).parent / "parameters" / "payment_day.yaml"
DOLLARS = "USD"
NO_MONEY = "NON"  # BPR04


def held_by_head(payment: Remittance, *, on: date) -> str:
    """Why nothing of the payment may be posted on a day; empty where it may."""
    if other := _foreign_currency(payment):
        return (
            f"the payment is in {other} (CUR02), and the books are in dollars: ask the payer for dollars, or key what "
            "the bank paid as a paper payment"
        )
    return odd_day(payment, on=on)


def odd_day(payment: Remittance, *, on: date) -> str:
    """Why the day of the payment cannot be meant; empty where it can. A person may say that it is, or which one is."""
    days = parameter(DAYS).value(on=on)
    if payment.paid_on > on + timedelta(days=days["days_ahead"]):
        ahead = (payment.paid_on - on).days
        return (
            f"the day of the payment (BPR16) is {payment.paid_on}, {ahead:,} days ahead: ask the payer for the right "
            "one, confirm it, or wait for it"
        )
    if payment.paid_on.year < on.year - days["years_ago"]:
        return (
            f"the day of the payment (BPR16) is {payment.paid_on}, {on.year - payment.paid_on.year} years ago: ask the "
            "payer for the right one, or confirm it"
        )
    return ""


def looked_at_by_head(payment: Remittance, *, on: date) -> tuple[str, ...]:
    """What does not stop the payment, but somebody should look into."""
    return (*_without_money(payment), *_long_ago(payment, on=on))


def before_its_day(paid_on: date, *, received_on: date, on: date) -> tuple[str, ...]:
    """What to look into where a payment is put into the books of a day before its own.

    Payers send many ahead of their day, and they are posted when they come; a day before that was chosen.
    """
    if on >= min(paid_on, received_on):
        return ()
    return (
        f"it is posted on {on}, before the day of the payment (BPR16), {paid_on}: is it the right one",
    )


def before_its_charge(booked_on: date, *, on: date) -> tuple[str, ...]:
    """What to look into where a claim is answered in the books before it stands there."""
    if on >= booked_on:
        return ()
    return (f"it is posted on {on}, and its charges are in the books since {booked_on}",)


def _without_money(payment: Remittance) -> tuple[str, ...]:
    """A payment that says itself that no money is sent, and of how much."""
    if payment.method != NO_MONEY or payment.paid <= 0:
        return ()
    return (
        f"it pays {show(payment.paid)} and says that no money is sent (BPR04 {NO_MONEY}): ask the payer how it comes",
    )


def _long_ago(payment: Remittance, *, on: date) -> tuple[str, ...]:
    years = on.year - payment.paid_on.year
    days = parameter(DAYS).value(on=on)
    if not days["years_looked_at"] < years <= days["years_ago"]:
        return ()
    return (
        f"the day of the payment (BPR16) is {payment.paid_on}, {years} years before it was posted: is it the right one",
    )


def _foreign_currency(payment: Remittance) -> str:
    """The currency that the 835 names, where it is not dollars."""
    for one in payment.carried:
        elements = [part for part in one.elements if isinstance(part, str)]
        if elements[:1] == ["CUR"] and len(elements) > 2 and elements[2] not in ("", DOLLARS):
            return elements[2]
    return ""
