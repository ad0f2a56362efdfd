"""Days in the addresses and forms of pages."""

from datetime import date
from typing import overload

from django.http import HttpRequest

from cleanclaim.kernel.dates import checked_day
from cleanclaim.kernel.errors import InputError


def read_day(text: str, name: str) -> date:
    """The day that was typed for `name`.

    Raises:
        InputError: it is none, or outside the years that books can have.
    """
    try:
        found = date.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(f"{name} {text[:20]!r}: expected a day like 2026-11-30") from error
    return checked_day(found, name)


@overload
def asked_day(request: HttpRequest, name: str, default: date) -> date: ...
@overload
def asked_day(request: HttpRequest, name: str, default: None) -> date | None: ...
def asked_day(request: HttpRequest, name: str, default: date | None) -> date | None:
    """The day that an address asks for by a name.

    Raises:
        InputError: as `read_day`.
    """
    typed = request.GET.get(name, "").strip()
    return read_day(typed, name) if typed else default
