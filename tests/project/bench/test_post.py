"""The posting benches: they post what they say, kills change nothing, and a posting without its controls is found out."""

import sys
from pathlib import Path

from cleanclaim.project.bench.post import bench_post
from cleanclaim.project.bench.post_kills import bench_post_kills
from cleanclaim.project.bench.proof import LEGS_A_CLAIM, bench_proof

BROKEN = Path(__file__).with_name("posting_without_keys.py")


def test_a_payment_is_posted_and_its_legs_are_copied_beside_it() -> None:
    speed = bench_post(30, lines=2)

    found = speed.as_json()
    assert (found["posted"], found["held"], found["difference"]) == (30, 0, "0.00")
    # Two lines of three pairs of legs a claim; 2 of 30 have a denied line; one pair for the provider adjustment.
    assert found["legs"] == 30 * 12 - 2 * 6 + 2


def test_kills_change_nothing() -> None:
    report = bench_post_kills(kills=4, payments=2, claims=5, seed=3)

    assert report.problems == []
    assert report.payments == 2


def test_a_posting_without_its_controls_posts_twice() -> None:
    """The twin: it is killed once, right after a commit that should not be."""
    report = bench_post_kills(
        kills=0, payments=1, claims=5, seed=3, work=[sys.executable, str(BROKEN)]
    )

    assert any(words.startswith("entries payment") for words in report.problems)


def test_the_proof_of_a_made_ledger_is_clean() -> None:
    speed = bench_proof(20 * LEGS_A_CLAIM)

    assert (speed.as_json()["legs"], speed.as_json()["difference"]) == (480, "0.00")
