"""Shows how far long work is, on standard error, and nothing where nobody looks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)


class Progressing(Protocol):
    """What a long task tells."""

    def stage(self, words: str, total: int) -> None:
        """A new stage of `total` steps begins."""

    def step(self, count: int = 1) -> None:
        """`count` steps are done."""


class Quiet:
    """Tells nobody."""

    def stage(self, words: str, total: int) -> None:
        """Nothing."""

    def step(self, count: int = 1) -> None:
        """Nothing."""


class Bars:
    """One bar a stage."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: TaskID | None = None

    def stage(self, words: str, total: int) -> None:
        """Finish the last bar and begin the next."""
        self._task = self._progress.add_task(words, total=max(total, 1))
        if total == 0:
            self._progress.update(self._task, completed=1)

    def step(self, count: int = 1) -> None:
        """Move the current bar."""
        if self._task is not None:
            self._progress.update(self._task, advance=count)


@contextmanager
def make_progress(*, is_quiet: bool) -> Iterator[Quiet | Bars]:
    """Bars on standard error, or silence."""
    if is_quiet:
        yield Quiet()
        return
    columns = (
        TextColumn("{task.description:<42}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield Bars(progress)
