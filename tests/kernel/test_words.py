"""Numbers of things in words."""

import pytest

from cleanclaim.kernel.words import counted


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0 claims"), (1, "1 claim"), (2, "2 claims"), (1204, "1,204 claims")],
)
def test_one_thing_has_no_s(count: int, shown: str) -> None:
    assert counted(count, "claim") == shown


def test_a_plural_of_its_own() -> None:
    assert [counted(number, "entry", "entries") for number in (1, 3)] == ["1 entry", "3 entries"]
