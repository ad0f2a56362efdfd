"""Values that are read when they are asked for are ordinary values in every way that can be seen."""

import copy
import pickle
from dataclasses import fields, replace
from pathlib import Path

import pytest

from cleanclaim import edi
from cleanclaim.edi import read, read_file
from cleanclaim.values.claim import Claim
from cleanclaim.values.remittance import ClaimPayment

FOLDER = Path(edi.__file__).parent
CLAIMS = FOLDER / "hc837p" / "samples" / "self_dependent_secondary.edi"
PAYMENTS = next((FOLDER / "hc835" / "samples").glob("*.edi"))


def _whole(path):
    [message] = read_file(path.read_bytes()).messages
    return list(message.claims()) if message.kind == "837" else list(message.remittance().claims)


@pytest.fixture(params=[(CLAIMS, Claim), (PAYMENTS, ClaimPayment)], ids=["claims", "payments"])
def case(request):
    path, kind = request.param
    return [unit.value for unit in read(path)], _whole(path), kind


def test_they_are_equal_to_those_read_at_once(case):
    lazy, whole, kind = case

    assert lazy == whole
    assert [hash(value) for value in lazy] == [hash(value) for value in whole]
    assert all(type(value) is kind for value in lazy)


def test_the_first_field_asked_for_brings_all_of_them(case):
    lazy, whole, kind = case
    for mine, theirs in zip(lazy, whole, strict=True):
        assert mine.charge == theirs.charge
        assert isinstance(mine, kind)

        assert mine.lines == theirs.lines

        assert type(mine) is kind
        assert all(getattr(mine, f.name) == getattr(theirs, f.name) for f in fields(kind))


@pytest.mark.parametrize(
    "change",
    [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v)), lambda v: replace(v)],
)
def test_copies_are_equal(case, change):
    lazy, whole, _ = case

    assert [change(value) for value in lazy] == whole


def test_they_can_be_printed_and_not_changed(case):
    lazy, whole, _ = case

    assert [repr(value) for value in lazy] == [repr(value) for value in whole]
    with pytest.raises(AttributeError):
        lazy[0].charge = 0
    with pytest.raises(AttributeError):
        _ = lazy[0].no_such_field
