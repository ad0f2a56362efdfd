"""The checks by name. A check is a function (or, where it adds up over a message, a class) with one line of words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from cleanclaim.edi.checks.problem import Problem
from cleanclaim.edi.checks.unit import Unit
from cleanclaim.edi.fields import Elements
from cleanclaim.wire.x12.tree import Block

SegmentFunction = Callable[[Unit, Block, Elements], Iterable[Problem]]
LoopFunction = Callable[[Unit, Block], Iterable[Problem]]

CLAIMS = ("837P", "837I", "837D")


class Tally(Protocol):
    """A check over a whole message: sees each of its loops in order, speaks at the end, keeps little."""

    def see(self, unit: Unit, block: Block) -> Iterable[Problem]:
        """Take note of one loop; what can be said at once is returned."""

    def finish(self, unit: Unit) -> Iterable[Problem]:
        """What is wrong with the whole; `unit.path` is the outermost block, all its segments read."""


@dataclass(frozen=True, slots=True)
class Check:
    """One registered check.

    Attributes:
        loops: ids of the loops it looks at; empty: any.
        tags: segments it looks at; empty: it is handed whole loops.
        is_error: grade of what it finds, unless the problem or the caller says otherwise.
        status: claim status code that a 277CA would name.
    """

    name: str
    level: int
    messages: tuple[str, ...]
    says: str
    loops: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    is_error: bool = True
    status: str = ""
    segment: SegmentFunction | None = None
    loop: LoopFunction | None = None
    tally: Callable[[], Tally] | None = None


_T = TypeVar("_T", bound=Tally)
RULES: dict[str, Check] = {}


def _register(check: Check) -> None:
    if check.name in RULES:
        raise ValueError(f"two checks are called {check.name}")
    RULES[check.name] = check


def segment_check(
    name: str,
    level: int,
    messages: tuple[str, ...],
    tags: tuple[str, ...],
    says: str,
    *,
    loops: tuple[str, ...] = (),
    is_error: bool = True,
    status: str = "",
) -> Callable[[SegmentFunction], SegmentFunction]:
    """Register a function that looks at single segments."""

    def keep(function: SegmentFunction) -> SegmentFunction:
        _register(
            Check(name, level, messages, says, loops, tags, is_error, status, segment=function)
        )
        return function

    return keep


def loop_check(
    name: str,
    level: int,
    messages: tuple[str, ...],
    loops: tuple[str, ...],
    says: str,
    *,
    is_error: bool = True,
    status: str = "",
) -> Callable[[LoopFunction], LoopFunction]:
    """Register a function that looks at whole loops."""

    def keep(function: LoopFunction) -> LoopFunction:
        _register(Check(name, level, messages, says, loops, (), is_error, status, loop=function))
        return function

    return keep


def message_check(
    name: str,
    level: int,
    messages: tuple[str, ...],
    loops: tuple[str, ...],
    says: str,
    *,
    is_error: bool = True,
) -> Callable[[type[_T]], type[_T]]:
    """Register a tally over the message; it is shown the loops named."""

    def keep(kind: type[_T]) -> type[_T]:
        _register(Check(name, level, messages, says, loops, (), is_error, tally=kind))
        return kind

    return keep
