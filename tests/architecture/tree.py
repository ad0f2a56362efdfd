"""The checkout as the architecture tests see it."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "cleanclaim"
PURE_FLOORS = ("kernel", "codes", "wire", "values", "edi", "rules")


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that git keeps and that is still there."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=True
    ).stdout.decode()
    return tuple(ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())


def python_files(*folders: Path) -> Iterator[Path]:
    """All Python files below the folders; migrations are generated and left out."""
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def shown(path: Path) -> str:
    """A path as a person would type it from the root of the checkout."""
    return str(path.relative_to(ROOT))
