"""A whole world for a story: a fresh database as the worker role, and a home folder for its drop folders."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from cleanclaim.project.home import Home
from tests.conftest import TestDatabase, connect_django

TODAY = date(2026, 11, 23)


@pytest.fixture
def home(database: TestDatabase, tmp_path: Path) -> Iterator[Home]:
    """A test home on the story's own database, connected as the worker."""
    connect_django(database.worker)
    yield Home(tmp_path, "test", "secret", database.name, "cleanclaim_test")


@pytest.fixture
def loop(home: Home, tmp_path: Path) -> Callable[..., object]:
    """Run the loop on bytes or paths, in this process; returns its report."""
    from cleanclaim.project.loop.progress import Quiet
    from cleanclaim.project.loop.run import LoopRequest, run_loop

    def run(*files: bytes | Path, **options: object) -> object:
        paths = []
        for place, file in enumerate(files, 1):
            if isinstance(file, bytes):
                path = tmp_path / f"given-{place}.837"
                path.write_bytes(file)
                file = path
            paths.append(file)
        options.setdefault("enroll", True)
        return run_loop(home, LoopRequest(files=tuple(paths), processes=1, **options), Quiet())

    return run
