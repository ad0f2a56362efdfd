"""The benchmark of pages measures real pages; and no page asks the database once per row."""

import json
import subprocess
import sys
from pathlib import Path

from cleanclaim.project import postgres

MOST_STATEMENTS = {"claim list": 10, "work queue": 10, "claim page": 26, "account page": 25}


def cleanclaim(*words: object) -> dict:
    command = [sys.executable, "-m", "cleanclaim.project.cli", *map(str, words), "--json"]
    return json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def test_pages_of_a_seeded_practice_open_in_few_statements(tmp_path: Path) -> None:
    home = tmp_path / "home"
    try:
        seeded = cleanclaim("seed", "--claims", 120, "--home", home)
        found = cleanclaim("bench", "pages", "--users", 2, "--rounds", 3, "--home", home)
    finally:
        postgres.destroy(home)

    assert (seeded["claims"], found["failures"]) == (120, 0)
    assert found["web_cpu_ms_per_page"] > 0
    for page, most in MOST_STATEMENTS.items():
        assert found[page]["opened"] == 6
        assert 0 < found[page]["statements"] <= most, page
