"""The posting benches: they post and prove what they say."""

from cleanclaim.project.bench.post import bench_post
from cleanclaim.project.bench.proof import LEGS_A_CLAIM, bench_proof


def test_a_payment_is_posted_and_its_legs_are_copied_beside_it() -> None:
    speed = bench_post(30, lines=2)

    found = speed.as_json()
    assert (found["posted"], found["held"], found["difference"]) == (30, 0, "0.00")
    # Two lines of three pairs of legs a claim; 2 of 30 have a denied line; one pair for the provider adjustment.
    assert found["legs"] == 30 * 12 - 2 * 6 + 2


def test_the_proof_of_a_made_ledger_is_clean() -> None:
    speed = bench_proof(20 * LEGS_A_CLAIM)

    assert (speed.as_json()["legs"], speed.as_json()["difference"]) == (480, "0.00")
