"""Each command in a process of its own: what it imports first must not need the database that it opens later."""

import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = 60


@pytest.mark.parametrize(
    "words",
    [
        "post FILE",
        "key FILE",
        "reconcile FILE",
        "proof --day 2026-11-25",
        "owes A1",
        "aging",
        "kpi",
        "credits",
        "writeoff preview --up-to 9.99",
        "rules",
        "adjustments",
        "accruals list 2026-11",
        "contracts load FILE",
        "contracts claims FILE",
        "contracts list",
        "contracts show CODE",
        "variances",
        "true-ups",
        "chances",
        "opening check FILE --trial-balance FILE --as-of 2026-06-30",
        "opening list",
        "close check 2026-11",
        "close journal 2026-11 --form csv",
    ],
)
def test_a_home_that_is_not_there_is_told_in_one_line(tmp_path: Path, words: str) -> None:
    file = tmp_path / "file"
    file.write_text("Date,Amount,Memo\n2026-11-25,1.00,DEPOSIT\n", encoding="utf-8")
    given = [str(file) if word == "FILE" else word for word in words.split()]

    done = subprocess.run(
        [sys.executable, "-m", "cleanclaim.project.cli", *given, "--home", str(tmp_path / "none")],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1
    assert "none" in done.stderr
