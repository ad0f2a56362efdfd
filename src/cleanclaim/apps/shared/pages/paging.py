"""Keyset paging: page n+1 starts after the last row of page n, so that deep pages cost what the first one does."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db import models

from cleanclaim.kernel.errors import InputError

ModelT = TypeVar("ModelT", bound=models.Model)

LARGEST_ID = 2**63 - 1
LARGEST_PAGE = 200
LONGEST_CURSOR = 600


@dataclass(frozen=True, slots=True)
class Page(Generic[ModelT]):
    """Rows of one page; `next_cursor` is empty on the last one."""

    rows: list[ModelT]
    next_cursor: str
    is_first: bool


def keyset_page(
    rows: "models.QuerySet[ModelT]", *, order: Sequence[str], cursor: str = "", size: int = 50
) -> Page[ModelT]:
    """One page of `rows` in `order`.

    Args:
        order: columns of the model that are never NULL, `-` in front for descending; the last one is unique.
        cursor: what the page before gave as `next_cursor`, "" for the first page.
        size: rows on the page, 1 to 200.

    Raises:
        InputError: the cursor is not one that we gave for this order.
    """
    size = max(1, min(size, LARGEST_PAGE))
    ordered = rows.order_by(*order)
    if cursor:
        ordered = ordered.filter(_after(rows.model, order, cursor))
    found = list(ordered[: size + 1])
    more = len(found) > size
    found = found[:size]
    return Page(found, _cursor(found[-1], order) if more else "", is_first=not cursor)


def bounded_id(text: str) -> int:
    """A row's id from outside.

    Raises:
        InputError: not a whole number that an id can be.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and int(text) <= LARGEST_ID):
        raise InputError(f"id {text[:30]!r}: expected a whole number from 1 to {LARGEST_ID}")
    return int(text)


def _name(column: str) -> str:
    return column.removeprefix("-")


def _cursor(row: models.Model, order: Sequence[str]) -> str:
    values = [getattr(row, _field(type(row), _name(column)).attname) for column in order]
    # str() keeps all that a date, a moment (to the microsecond) or a Decimal holds.
    text = json.dumps(values, default=str, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _after(model: type[models.Model], order: Sequence[str], cursor: str) -> models.Q:
    """Rows behind the cursor: (a after x) or (a = x and b after y) or ..."""
    values = _read(model, order, cursor)
    steps = []
    for index, column in enumerate(order):
        same = {_name(order[i]): values[i] for i in range(index)}
        way = "lt" if column.startswith("-") else "gt"
        steps.append(models.Q(**same, **{f"{_name(column)}__{way}": values[index]}))
    # The plain bound on the first column lets the database use its index for the whole condition.
    bound = "lte" if order[0].startswith("-") else "gte"
    return models.Q(**{f"{_name(order[0])}__{bound}": values[0]}) & reduce(or_, steps)


def _read(model: type[models.Model], order: Sequence[str], cursor: str) -> list[Any]:
    try:
        if len(cursor) > LONGEST_CURSOR:
            raise ValueError
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        values = json.loads(text)
        if not isinstance(values, list) or len(values) != len(order):
            raise ValueError
        return [
            _clean(model, _name(column), value) for column, value in zip(order, values, strict=True)
        ]
    except (ValueError, TypeError, binascii.Error, ValidationError, RecursionError) as error:
        raise InputError(
            f"page cursor {cursor[:30]!r}: expected the one from the page before",
            hint="Start again at the first page",
        ) from error


def _clean(model: type[models.Model], name: str, value: Any) -> Any:
    if isinstance(value, bool | list | dict) or value is None:
        raise ValueError
    if isinstance(value, int) and abs(value) > LARGEST_ID:
        raise ValueError
    if isinstance(value, str) and "\0" in value:
        raise ValueError
    return _field(model, name).to_python(value)


def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    field = model._meta.get_field(name)
    if not isinstance(field, models.Field):
        raise TypeError(f"{model.__name__}.{name}: not a column to order by")
    return field
