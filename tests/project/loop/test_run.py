"""The whole cycle in one call: proved to the cent, and the same again changes nothing."""

import pickle

import pytest

from tests.apps.billing.world import claim

pytestmark = pytest.mark.database_core


def _run(home, *files):
    from cleanclaim.project.loop.progress import Quiet
    from cleanclaim.project.loop.run import LoopRequest, run_loop

    return run_loop(home, LoopRequest(files=files, enroll=True, processes=1), Quiet())


def test_twelve_claims_of_four_providers_end_at_zero(home, claim_file) -> None:
    report = _run(home, claim_file(12))

    assert report.is_clean
    assert report.proof.counts.received == report.proof.counts.accepted == 12
    assert f"{report.proof.difference:.2f}" == "0.00"
    assert report.proof.cash.payer_disbursed > 0


def test_the_same_file_again_is_named_and_changes_nothing(home, claim_file) -> None:
    path = claim_file(6)
    first = _run(home, path)

    second = _run(home, path)

    assert second.arrivals[0].duplicate_of is not None
    assert second.proof == first.proof


def test_a_second_file_adds_to_the_world(home, claim_file) -> None:
    _run(home, claim_file(6))

    report = _run(home, claim_file(6, seed=8))

    assert report.is_clean
    assert report.proof.counts.received == 12


def test_claims_travel_to_another_process_unchanged(home) -> None:
    from cleanclaim.project.loop.run import Parcel

    parcel = Parcel([(3, claim("A1")), (5, claim("A2", frequency_code="7"))])

    assert pickle.loads(pickle.dumps(parcel)) == parcel
