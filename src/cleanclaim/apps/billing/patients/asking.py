"""What billing pages read from an address or a form."""

from datetime import date
from typing import cast

from django.http import HttpRequest

from cleanclaim.apps.shared.pages.days import read_day

LONGEST = 80


def person_id(request: HttpRequest) -> int:
    """The signed-in person's id; the middleware lets nobody else in."""
    return cast(int, request.user.pk)


def text_of(request: HttpRequest, name: str, *, longest: int = LONGEST) -> str:
    """A parameter of the address as text, cut to what a column could hold."""
    return request.GET.get(name, "").replace("\0", "").strip()[:longest]


def words_of(request: HttpRequest, name: str, *, longest: int = 500) -> str:
    """A field of the form as text."""
    return request.POST.get(name, "").replace("\0", "").strip()[:longest]


def day_of(request: HttpRequest, name: str) -> date | None:
    """A day of the address; None where none is given.

    Raises:
        InputError: it is not a day.
    """
    text = text_of(request, name)
    return read_day(text, name) if text else None
