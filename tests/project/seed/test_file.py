"""The claim file writer: the same bytes for the same seed, several interchanges, all readable."""

from decimal import Decimal

import pytest

from cleanclaim.edi import read_file
from cleanclaim.project.seed import file as seed_file
from cleanclaim.project.seed.file import write_claim_file


def test_the_same_number_and_seed_give_the_same_bytes(tmp_path) -> None:
    first, second, other = (tmp_path / name for name in ("a", "b", "c"))

    size = write_claim_file(first, 20, seed=7)
    write_claim_file(second, 20, seed=7)
    write_claim_file(other, 20, seed=8)

    assert first.read_bytes() == second.read_bytes()
    assert len(first.read_bytes()) == size
    assert first.read_bytes() != other.read_bytes()


def test_a_long_file_is_several_interchanges_with_numbers_of_their_own(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(seed_file, "CLAIMS_PER_INTERCHANGE", 8)
    path = tmp_path / "claims.837"

    write_claim_file(path, 20, seed=7)

    received = read_file(path.read_bytes())
    assert received.is_accepted
    numbers = [one.control_number for one in received.interchanges]
    assert len(numbers) == len(set(numbers)) == 3
    claims = [claim for message in received.messages for claim in message.claims()]
    assert len({claim.control_number for claim in claims}) == 20
    assert all(
        claim.charge == sum((line.charge for line in claim.lines), Decimal(0)) for claim in claims
    )


def test_nothing_half_written_is_left_under_the_name(tmp_path, monkeypatch) -> None:
    def fail(*_: object, **__: object) -> bytes:
        raise RuntimeError("stop")

    monkeypatch.setattr(seed_file, "write_837p", fail)
    path = tmp_path / "claims.837"

    with pytest.raises(RuntimeError):
        write_claim_file(path, 3)

    assert not path.exists()
