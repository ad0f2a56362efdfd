"""Typed values that are read when they are first asked for.

Reading a claim with all its parts costs more than finding where it stands. So `read` gives out values whose few leading
fields are set and whose other fields are read, all at once, when one of them is first looked at. From then on, and in
every comparison, copy or print, such a value is an ordinary one of its class.
"""

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

Value = TypeVar("Value")


def lazy_class(kind: type[Value], source_field: str) -> type[Value]:
    """A class whose objects become objects of `kind` when a field that was not set is asked for.

    Args:
        kind: a frozen dataclass with slots and a `quick` constructor.
        source_field: a field of it that is never set beforehand; it holds the reader until then.
    """
    hold: Any = kind.__dict__[source_field]  # the slot itself: frozen classes refuse assignment
    values_of = attrgetter(*(f.name for f in fields(kind)))  # type: ignore[arg-type]
    begin: Any = kind.__init__

    def become(self: Any) -> Any:
        # The quick `__init__` sets every field and leaves an object of `kind`.
        begin(self, *values_of(hold.__get__(self)()))
        return self

    body: dict[str, Any] = {
        "__slots__": (),
        "__doc__": f"A {kind.__name__} that is read when it is asked for.",
        "__getattr__": lambda self, name: getattr(become(self), name),
        source_field: property(lambda self: getattr(become(self), source_field)),
        "__eq__": lambda self, other: become(self) == other,
        "__hash__": lambda self: hash(become(self)),
        "__repr__": lambda self: repr(become(self)),
        "__reduce_ex__": lambda self, protocol: become(self).__reduce_ex__(protocol),
    }
    return type(f"_Lazy{kind.__name__}", (kind,), body)


def maker(
    kind: type[Value], source_field: str, known: tuple[str, ...]
) -> Callable[[Callable[[], Value], tuple[object, ...]], Value]:
    """A function that makes a lazy value from its reader and the values of the `known` fields."""
    lazy = lazy_class(kind, source_field)
    hold: Any = kind.__dict__[source_field]
    setters = [kind.__dict__[name].__set__ for name in known]

    def make(read: Callable[[], Value], values: tuple[object, ...]) -> Value:
        made = lazy.__new__(lazy)
        hold.__set__(made, read)
        for setter, value in zip(setters, values, strict=True):
            setter(made, value)
        return made

    return make
