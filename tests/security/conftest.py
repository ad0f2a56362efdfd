"""Worlds to attack: one filled by the loop for questions in SQL, one with people for questions by page."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import TestDatabase, cloned, connect_django
from tests.stories.claims_file import file_of, some_claims


@pytest.fixture(scope="module")
def full(template_database: TestDatabase, tmp_path_factory) -> Iterator[TestDatabase]:
    """A database in which door, practices and plan hold the rows of a whole cycle."""
    from cleanclaim.project.home import Home
    from cleanclaim.project.loop.progress import Quiet
    from cleanclaim.project.loop.run import LoopRequest, run_loop

    folder: Path = tmp_path_factory.mktemp("full")
    claims = folder / "claims.837"
    claims.write_bytes(file_of(some_claims(30)))
    with cloned(template_database) as database:
        connect_django(database.worker)
        home = Home(folder, "test", "secret", database.name, "cleanclaim_test")
        run_loop(home, LoopRequest(files=(claims,), enroll=True, processes=1), Quiet())
        yield database
