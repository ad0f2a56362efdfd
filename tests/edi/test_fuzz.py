"""Any bytes at all: tokenizer, numbers, dates and each message's reader hold (see `fuzz_targets`, and `fuzz` for more)."""

import os
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.edi.fuzz_targets import FOLDERS, TARGETS

TIMES = int(os.environ.get("CLEANCLAIM_STORM") or 1)
_words = b"ISA* GS* ST* SE* GE* IEA* TA1* * ~ ^ : 00501 00401 HC 837 005010X222A1 1 \xe9 \x00 \x1d".split(
    b" "
)
_tokens = st.sampled_from([*_words, b"\n", b" "])
_any = st.binary(max_size=60)
_soup = st.lists(st.one_of(_tokens, st.binary(max_size=4)), max_size=60).map(b"".join)
_numbers = st.lists(st.text("0123456789.-+eE ,", max_size=22), min_size=1, max_size=9)
_dates = st.lists(st.text("0129 -", max_size=18), min_size=1, max_size=9)
_inputs = {
    "tokenizer": st.tuples(st.binary(min_size=4, max_size=4), _soup).map(b"".join),
    "numbers": st.one_of(_any, _numbers.map(lambda found: "*".join(found).encode())),
    "dates": st.one_of(_any, _dates.map(lambda found: "*".join(found).encode())),
}
_change = st.tuples(
    st.binary(min_size=2, max_size=2), st.integers(0, 31), st.lists(_tokens, max_size=4)
).map(lambda c: c[0] + bytes([c[1], len(b"".join(c[2])[:15])]) + b"".join(c[2])[:15])
_changes = st.tuples(st.binary(min_size=1, max_size=1), st.lists(_change, min_size=1, max_size=4))


def _hold(target: Callable[[bytes], None], inputs: st.SearchStrategy[bytes], times: int) -> None:
    settings(max_examples=times * TIMES, deadline=None)(given(inputs)(target))()


@pytest.mark.parametrize("name", _inputs)
def test_any_bytes_hold(name):
    _hold(TARGETS[name], _inputs[name], 300)


@pytest.mark.parametrize("folder", FOLDERS)
def test_any_change_of_a_sample_holds(folder):
    _hold(TARGETS[folder], _changes.map(lambda c: c[0] + b"".join(c[1])), 60)
