"""Addresses of many rows: a list of 50 lines needs some 300, and `reverse` takes 25 µs for each."""

from functools import cache
from itertools import count

from django.urls import reverse

_FIRST_MARK = 10**17  # whole numbers that no address contains and every id's pattern takes


def address(url_name: str, *args: int | str) -> str:
    """`reverse(url_name, args=args)` for ids and plain names, its pattern worked out once.

    Raises:
        NoReverseMatch: no such page with so many arguments.
    """
    pieces = _pieces(url_name, len(args))
    return "".join(piece + str(value) for piece, value in zip(pieces, (*args, ""), strict=True))


@cache
def _pieces(url_name: str, number: int) -> tuple[str, ...]:
    """What stands before, between and behind the arguments."""
    marks = [mark for mark, _ in zip(count(_FIRST_MARK), range(number), strict=False)]
    rest = reverse(url_name, args=marks)
    pieces = []
    for mark in marks:
        piece, _, rest = rest.partition(str(mark))
        pieces.append(piece)
    return (*pieces, rest)
