"""Empty components at the end of a composite say nothing: values read and written again are the same values."""

from pathlib import Path

import pytest

import cleanclaim.edi
from cleanclaim.edi import read, read_file
from tests.edi import claim_messages, plan_messages
from tests.edi.test_samples import _envelope

FOLDER = Path(cleanclaim.edi.__file__).parent


@pytest.mark.parametrize(
    ("sample", "old", "new", "again"),
    [
        ("hc837d/samples/orthodontics_and_fillings.edi", b"TOO*JP*14*M:O~", b"TOO*JP*14*M:O::~", claim_messages.again),
        ("hc837d/samples/orthodontics_and_fillings.edi", b"TOO*JP*19~", b"TOO*JP*19*:~", claim_messages.again),
        ("hc834/samples/family_and_leaver.edi", b"*C:RET:2106-3^H*1~", b"*C:~", plan_messages.again),
        ("hc834/samples/family_and_leaver.edi", b"*C:RET:2106-3^H*1~", b"*::~", plan_messages.again),
    ],
)  # fmt: skip
def test_values_with_empty_last_components_survive(sample, old, new, again):
    data = (FOLDER / sample).read_bytes()
    assert old in data
    changed = data.replace(old, new)
    [interchange] = read_file(changed).interchanges

    written = again(next(interchange.messages), envelope=_envelope(interchange))

    assert [unit.value for unit in read(written)] == [unit.value for unit in read(changed)]
    plain = new.rstrip(b"~:").rstrip(b"*") + b"~"
    assert written == changed.replace(new, plain).replace(b"\n", b"")
