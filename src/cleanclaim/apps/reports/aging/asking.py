"""What a page's address asks of aging, as values."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from django.http import HttpRequest, QueryDict

from cleanclaim.apps.reports.aging.questions import Cell, Measure, View, Who
from cleanclaim.apps.shared.ledger.models import Bucket
from cleanclaim.apps.shared.pages.days import read_day
from cleanclaim.kernel.errors import InputError

Choice = TypeVar("Choice", bound=StrEnum)


def view_of(request: HttpRequest, asked: QueryDict, *, on: date | None = None) -> View:
    """The view that an address asks for, as of the header's dates or of another day."""
    as_of = request.as_of
    by = dict.fromkeys(asked.getlist("by")) or {"bucket": None}
    measure = _one_of(Measure, "measure", asked.get("measure", Measure.BUCKET))
    who = _one_of(Who, "who", asked.get("who", Who.ALL))
    return View(on or as_of.day, as_of.recorded_by, tuple(by), measure, who=who)


def _one_of(choices: type[Choice], name: str, text: str) -> Choice:
    if text not in [one.value for one in choices]:
        raise InputError(f"{name} {text[:20]!r}: expected one of {', '.join(choices)}")
    return choices(text)


def cell_of(view: View, asked: QueryDict) -> Cell:
    """The cell that an address asks for."""
    group = {
        name: str(asked[f"is_{name}"]).replace("\0", "")
        for name in view.by
        if f"is_{name}" in asked
    }
    if group.get("bucket", Bucket.PATIENT) not in Bucket.values:
        raise InputError(f"bucket {group['bucket'][:20]!r}: expected one of {', '.join(Bucket)}")
    text = asked.get("band", "")
    ages = len(view.limits_days)
    if text and not (text.isascii() and text.isdigit() and int(text[:2]) <= ages):
        raise InputError(f"band {text[:20]!r}: expected a number from 0 to {ages}")
    return Cell(group, int(text) if text else None, credits="credits" in asked)


def pairs(view: View, group: Mapping[str, str]) -> list[tuple[str, str]]:
    """The address of a group, as `view_of` and `cell_of` read it."""
    asked = [("by", name) for name in view.by]
    asked += [("measure", view.measure.value), ("who", view.who.value)]
    return asked + [(f"is_{name}", value) for name, value in group.items()]


def other_day(asked: QueryDict) -> date | None:
    """The second as-of day, where one is asked for."""
    text = asked.get("beside", "")
    return read_day(text, "beside") if text else None
