"""`./run` hands over with settings that every start needs."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_bytecode_is_kept_in_the_venv_also_where_the_surroundings_ask_for_none() -> None:
    words = "import sys; print(sys.dont_write_bytecode, sys.pycache_prefix)"

    told = subprocess.run(
        [ROOT / "run", "python", "-c", words],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.split() == ["False", str(ROOT.resolve() / ".venv" / "bytecode")]


def _chosen(system: Path, **surroundings: str) -> str:
    """What `./run` would take on a machine whose own Python is `system`."""
    words = (ROOT / "run").read_text().split("as_root() {")[0].split("is_python() {")[1]
    words = words.replace("/usr/bin/python3", str(system))
    told = subprocess.run(
        ["/bin/sh", "-c", f"is_python() {{{words}\nfind_python"],
        env=surroundings,
        capture_output=True,
        text=True,
    )
    return told.stdout.strip()


def _python(at: Path, *, told: str) -> Path:
    """A stand-in: statements that match the pattern `told` work in it."""
    at.write_text(f'#!/bin/sh\ncase "$2" in {told}) exit 0;; esac; exit 1\n')
    at.chmod(0o755)
    return at


def test_the_systems_own_python_comes_before_those_on_the_path(tmp_path: Path) -> None:
    system = _python(tmp_path / "system", told="*")
    _python(tmp_path / "python3", told="*")

    assert _chosen(system, PATH=str(tmp_path)) == str(system)


def test_the_python_that_is_named_comes_first(tmp_path: Path) -> None:
    system, named = (_python(tmp_path / name, told="*") for name in ("system", "named"))

    assert _chosen(system, PATH="", PYTHON=str(named)) == str(named)


def test_one_that_cannot_make_a_venv_comes_after_one_that_can(tmp_path: Path) -> None:
    system = _python(tmp_path / "system", told="*pass*")
    assert _chosen(system, PATH=str(tmp_path)) == str(system)

    able = _python(tmp_path / "python3.13", told="*")
    assert _chosen(system, PATH=str(tmp_path)) == str(able)


def test_one_that_is_too_old_is_not_taken(tmp_path: Path) -> None:
    old = _python(tmp_path / "old", told="nothing")

    assert _chosen(old, PATH="", PYTHON=str(old)) == ""
