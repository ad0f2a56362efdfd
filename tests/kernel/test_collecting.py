"""The collector is off inside and back as it was after, whatever happens inside."""

import gc

import pytest

from cleanclaim.kernel.collecting import without_cycle_collection


def test_it_is_off_inside_and_on_after_an_error() -> None:
    with pytest.raises(ValueError, match="in the middle"), without_cycle_collection():
        assert not gc.isenabled()
        raise ValueError("in the middle")

    assert gc.isenabled()


def test_inside_another_it_stays_off_until_that_one_ends() -> None:
    with without_cycle_collection():
        with without_cycle_collection():
            pass
        assert not gc.isenabled()

    assert gc.isenabled()
