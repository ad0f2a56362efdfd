"""Values as JSON and back, for keeping a claim or decision whole in one column."""

from typing import TypeVar

import msgspec

Value = TypeVar("Value")


def to_json(value: object) -> bytes:
    """The value as JSON; Decimals as text, dates as ISO days, so that nothing is rounded."""
    return msgspec.json.encode(value)


def from_json(data: bytes | str, kind: type[Value]) -> Value:
    """The value of class `kind` that `to_json` wrote.

    Raises:
        msgspec.ValidationError: the JSON does not fit the class.
    """
    return msgspec.json.decode(data, type=kind)
