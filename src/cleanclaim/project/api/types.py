"""The words of the API's requests and answers: bounded text, ids, days, money, pages, problems.

Requests take what their schema says and nothing else: no numbers for text, no seconds for days.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from django.db.models import QuerySet
from ninja import Schema
from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from cleanclaim.apps.shared.pages.paging import LARGEST_ID, LARGEST_PAGE, keyset_page

# Printable: the database takes no NUL, and no field of ours holds line breaks.
PLAIN = r"^[^\u0000-\u001f\u007f]*$"
_AMOUNT = r"^-?[0-9]{1,12}\.[0-9]{2}$"


def _iso_day(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return value
    if isinstance(value, date):
        return value
    raise ValueError("expected a day as YYYY-MM-DD")


def _iso_moment(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-.*([Zz]|[+-][0-9:]{5})", value):
        return value
    raise ValueError("expected a moment as YYYY-MM-DDTHH:MM:SS and its time zone")


def _exact_amount(value: Any) -> Any:
    if isinstance(value, Decimal) or (isinstance(value, str) and re.fullmatch(_AMOUNT, value)):
        return value
    raise ValueError('expected dollars as text with two decimals, such as "125.00"')


def whole(value: Any) -> Any:
    """A whole number, as JSON or as text of an address."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("expected a whole number")
    if isinstance(value, str) and not re.fullmatch(r"-?(0|[1-9][0-9]{0,18})", value):
        raise ValueError("expected a whole number")
    return value


def number_only(value: Any) -> Any:
    """A number of a body: in JSON, 3.0 is a whole number, too."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value % 1:
        raise ValueError("expected a whole number")
    return int(value)


Day = Annotated[
    date, BeforeValidator(_iso_day), WithJsonSchema({"type": "string", "format": "date"})
]
Moment = Annotated[
    datetime,
    BeforeValidator(_iso_moment),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Money = Annotated[
    Decimal,
    BeforeValidator(_exact_amount),
    PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": _AMOUNT, "examples": ["125.00"]}),
]
# In an address everything is text; in a body a number is a number.
RowId = Annotated[int, Field(ge=1, le=LARGEST_ID), BeforeValidator(whole)]
BodyId = Annotated[int, Field(ge=1, le=LARGEST_ID), BeforeValidator(number_only)]
Limit = Annotated[int, Field(ge=1, le=LARGEST_PAGE), BeforeValidator(whole)]
Text2 = Annotated[str, Field(max_length=2, pattern=PLAIN)]
Text20 = Annotated[str, Field(max_length=20, pattern=PLAIN)]
Text40 = Annotated[str, Field(max_length=40, pattern=PLAIN)]
Text80 = Annotated[str, Field(max_length=80, pattern=PLAIN)]
Text200 = Annotated[str, Field(max_length=200, pattern=PLAIN)]
# Begins with something to read.
WORDS = r"^[^\u0000-\u0020\u007f][^\u0000-\u001f\u007f]*$"
Text500 = Annotated[str, Field(max_length=500, pattern=PLAIN)]


class Inline:
    """Marks a choice whose values stand where it is used: many of our enumerations are called State."""

    def __init__(self, kind: type[Enum]) -> None:
        self.values = [member.value for member in kind]

    def __get_pydantic_json_schema__(self, _core: Any, _handler: Any) -> dict[str, Any]:
        return {"type": "string", "enum": self.values}


class Request(Schema):
    """A body that a program sends; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Answer(Schema):
    """A body that a program gets. `patient_field` names the field with the id of the patient (or member)
    whom it shows: the call then writes an audit event for them (see `operation`)."""

    patient_field: ClassVar[str] = ""

    def patient_ids(self) -> Iterator[int]:
        """Everybody whom this answer shows, at any depth."""
        if self.patient_field:
            value = getattr(self, self.patient_field)
            if value:
                yield value
        for name in type(self).model_fields:
            yield from _shown(getattr(self, name))


def _shown(value: Any) -> Iterator[int]:
    if isinstance(value, Answer):
        yield from value.patient_ids()
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _shown(part)


Row = TypeVar("Row", bound=Answer)


class Page(Answer, Generic[Row]):
    """Rows of one page; `next_cursor` is null on the last one."""

    rows: list[Row]
    next_cursor: str | None = None


class Paging(Schema):
    """Which page. `cursor` is the `next_cursor` of the page before."""

    cursor: Annotated[str, Field(max_length=600, pattern=r"^[A-Za-z0-9_-]*$")] = ""
    limit: Limit = 50


def page_of(
    rows: QuerySet[Any], to_row: Callable[[Any], Row], paging: Paging, *, order: Sequence[str]
) -> Page[Row]:
    """One page of a list."""
    found = keyset_page(rows, order=order, cursor=paging.cursor, size=paging.limit)
    return page(map(to_row, found.rows), found.next_cursor)


def page(rows: Iterable[Row], next_cursor: str = "") -> Page[Row]:
    """These rows as a page."""
    found = list(rows)
    # A page of the rows' own kind: one of `Answer`s would be written without their fields.
    kind: Any = type(found[0]) if found else Answer
    return Page[kind](rows=found, next_cursor=next_cursor or None)


class Detail(Schema):
    """One thing that is wrong: where it stands, the value found, what was expected."""

    where: str = ""
    value: str = ""
    expected: str = ""


class Problem(Detail):
    """Why a call was refused, and what to do. `more` lists further things wrong with the same call."""

    what: str
    hint: str = ""
    request_id: str = ""
    more: list[Detail] = []
