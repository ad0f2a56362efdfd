"""Allowed = Medicare's fee for the place of service x units x the term's percent, rounded half-up to cents.

Source: the provider contract; Medicare's fee of the locality is an edition of the user's (`cleanclaim contracts fees`).
A physician's work has two fees: in a facility (`<schedule>-facility`) and elsewhere (`<schedule>-office`); which places
are facilities is dated data. The schedule is `medicare` unless the term names another.
"""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from cleanclaim.rules.parameters import parameter
from cleanclaim.rules.pricing.fee_schedule import rule as fee_schedule
from cleanclaim.rules.pricing.values import FeeLookup, Option, Price
from cleanclaim.rules.pricing.words import percent_words
from cleanclaim.values.claim import ServiceLine

FACILITIES = Path(__file__).parent.parent / "parameters" / "facility_places.yaml"


def price(line: ServiceLine, term: Option, fees: FeeLookup) -> Price | None:
    """The price, or None where Medicare's schedule has no fee for the code, the place and the day."""
    found = fee_schedule.price(line, _by_place(line, term), fees)
    return None if found is None else replace(found, method="percent_of_medicare", term=term)


def words(term: Option) -> str:
    """Such as `120 % of Medicare`."""
    return f"{percent_words(term.rate)} of {_name(term)}"


def implied(line: ServiceLine, term: Option, fees: FeeLookup, allowed: Decimal) -> str:
    """The percent of Medicare's fee that gives this amount."""
    found = fee_schedule.implied(line, _by_place(line, term), fees, allowed)
    return f"{found.partition(' of ')[0]} of {_name(term)}" if found else ""


def schedules(term: Option) -> tuple[str, ...]:
    """Both fees of the schedule."""
    name = term.schedule or "medicare"
    return (f"{name}-facility", f"{name}-office")


def _name(term: Option) -> str:
    return f"Medicare ({term.schedule})" if term.schedule else "Medicare"


def _by_place(line: ServiceLine, term: Option) -> Option:
    """The term with the name of the schedule for the line's place."""
    places: list[str] = (
        parameter(FACILITIES).value(on=line.service_from) if line.service_from else []
    )
    place = "facility" if line.place_of_service in places else "office"
    return replace(term, schedule=f"{term.schedule or 'medicare'}-{place}")
