"""kill -9 at random moments changes no file, claim or cent; and the test sees it when a control is missing."""

import sys
from pathlib import Path

from cleanclaim.project.bench.crash import bench_crash

BROKEN = Path(__file__).with_name("loop_that_forgets_files.py")


def test_ten_kills_change_nothing() -> None:
    report = bench_crash(kills=10, claims=90, seed=11)

    assert report.problems == []
    assert sum(report.kills.values()) == 10
    assert report.facts["claims"] == 90 * report.files + 1  # the one that makes the world


def test_a_loop_that_forgets_files_doubles_claims() -> None:
    """The twin: it is killed once, right after its first import."""
    report = bench_crash(kills=0, claims=90, seed=11, loop=[sys.executable, str(BROKEN)])

    assert any(words.startswith("claims_twice") for words in report.problems)
