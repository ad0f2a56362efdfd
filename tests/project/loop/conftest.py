"""A world in a test's own folder and database, and files for it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cleanclaim.project.home import Home


@pytest.fixture
def home(tmp_path: Path, database) -> Home:
    """A test home whose database is the test's."""
    folder = tmp_path / "home"
    folder.mkdir()
    return Home(folder, "test", "x" * 50, "", "")


@pytest.fixture
def claim_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes an 837P file of invented claims, a few claims a provider."""
    from cleanclaim.project.seed.claims import Scene
    from cleanclaim.project.seed.file import write_claim_file

    def write(claims: int, *, seed: int = 7) -> Path:
        path = tmp_path / f"claims-{seed}.837"
        write_claim_file(path, claims, seed=seed, scene=Scene(claims_per_provider=3))
        return path

    return write
