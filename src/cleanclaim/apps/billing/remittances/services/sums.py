"""Sums that no column holds: the database refuses them, and whoever posts is told instead of broken off."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DataError

from cleanclaim.kernel.errors import StateError


@contextmanager
def fitting_sums() -> Iterator[None]:
    """Around one posting, which is all or nothing by itself.

    Raises:
        StateError: with it an account's sum would be larger than its column.
    """
    try:
        yield
    except DataError as error:
        raise StateError(
            "with it an account would hold a trillion dollars or more",
            hint="Nothing was posted. Ask the payer whether the amounts are right.",
        ) from error
