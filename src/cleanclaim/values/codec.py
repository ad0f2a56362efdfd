"""Values as JSON and back, for keeping a claim or decision whole in one column.

A field that holds its empty default (None, False, no text, no members) is left out: half of a claim is empty.
msgspec leaves defaults out of its own structs only, so each dataclass is written and read by way of a struct with
the same fields, which is as fast as the direct way.
"""

from dataclasses import MISSING, Field, fields, is_dataclass
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

Value = TypeVar("Value")


def to_json(value: object) -> bytes:
    """The value as JSON; Decimals as text, dates as ISO days, so that nothing is rounded."""
    if is_dataclass(value):
        value = msgspec.convert(value, _struct(type(value)), from_attributes=True)
    return msgspec.json.encode(value)


def from_json(data: bytes | str, kind: type[Value]) -> Value:
    """The value of the class `kind` (a dataclass, or some: `list[Claim]`) that `to_json` wrote.

    Raises:
        msgspec.ValidationError: the JSON does not fit the class.
    """
    struct = msgspec.json.decode(data, type=_like(kind))
    return msgspec.convert(struct, kind, from_attributes=True)


_structs: dict[Any, type[msgspec.Struct]] = {}


def _struct(kind: Any) -> type[msgspec.Struct]:
    """A struct with the fields of the dataclass that leaves empty defaults out."""
    if kind not in _structs:
        hints = get_type_hints(kind)
        names = [(one.name, _like(hints[one.name]), _default(one)) for one in fields(kind)]
        _structs[kind] = msgspec.defstruct(
            kind.__name__, names, omit_defaults=True, kw_only=True, gc=False
        )
    return _structs[kind]


def _like(hint: Any) -> Any:
    """The type with structs in the place of dataclasses."""
    if isinstance(hint, type) and is_dataclass(hint):
        return _struct(hint)
    origin, parts = get_origin(hint), tuple(_like(part) for part in get_args(hint))
    if origin is None or not parts:
        return hint
    return Union[parts] if origin is UnionType else origin[parts]  # noqa: UP007


def _default(field: "Field[Any]") -> Any:
    """The field's default. One that is not empty comes from a factory: the struct then writes it each time."""
    if field.default_factory is not MISSING:
        return msgspec.field(default_factory=field.default_factory)
    default = field.default
    if default is MISSING:
        return msgspec.NODEFAULT
    # These are one object each in all of Python, and only the very same object is left out.
    if any(default is empty for empty in (None, False, "", ())):
        return default
    return msgspec.field(default_factory=lambda: default)
