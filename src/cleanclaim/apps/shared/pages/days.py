"""Days in the addresses and forms of pages."""

from datetime import date
from typing import overload

from django.http import HttpRequest

from cleanclaim.kernel.dates import read_day

__all__ = ["asked_day", "read_day"]


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
