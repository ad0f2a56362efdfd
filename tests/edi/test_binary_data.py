"""Documents inside a 275 may hold the file's separators: every way to look at a file knows where they end."""

import pytest

from cleanclaim.edi import read, read_file, write_275
from cleanclaim.edi.checks import ALL_LEVELS
from cleanclaim.edi.compare import Change, compare
from cleanclaim.edi.hc275.values import Attachment, Document
from cleanclaim.edi.redact import redact
from cleanclaim.edi.show import LineKind, show
from tests.edi.people import ENVELOPE
from tests.edi.plan_people import ATTACHING

TRICKY = b"NOTE~BIN*3*NM1*QC*1*RIVERA*ANA~SE*1*0001~\x00\xff^:IEA*1~"


def _file(data: bytes) -> bytes:
    return write_275([Attachment((Document(data),))], envelope=ENVELOPE, head=ATTACHING)


def test_separators_in_a_document_do_not_cut_what_is_shown():
    lines = list(show(_file(TRICKY), levels=ALL_LEVELS))

    tags = [line.text.partition("*")[0] for line in lines if line.kind is LineKind.SEGMENT]
    assert tags.count("BIN") == 1
    assert "SE" not in tags
    assert f"BIN*{len(TRICKY)}*({len(TRICKY)} bytes)" in [line.text for line in lines]
    assert [line.text for line in lines if line.kind is LineKind.FINDING] == []


def test_a_document_that_differs_is_one_changed_segment():
    other = TRICKY.replace(b"ANA", b"ANN")

    assert list(compare(_file(TRICKY), _file(TRICKY))) == []
    [difference] = compare(_file(TRICKY), _file(other))

    assert difference.change is Change.CHANGED
    assert difference.before.startswith("BIN*")
    assert difference.elements == (2,)


def test_a_redacted_document_keeps_its_length_and_nothing_else():
    redacted = "".join(redact(_file(TRICKY), key=b"k")).encode()

    [message] = read_file(redacted).messages
    assert message.is_accepted
    [unit] = read(redacted)
    assert unit.value.documents[0].content == b"X" * len(TRICKY)
    assert b"RIVERA" not in redacted


@pytest.mark.parametrize("length", ["", "12X", "1" * 16])
def test_a_document_without_a_length_is_redacted_element_by_element(length):
    changed = _file(b"ANA RIVERA*KNEE").replace(b"BIN*15*", f"BIN*{length}*".encode())

    redacted = "".join(redact(changed, key=b"k"))

    assert f"BIN*{length}*XXXXXXXXXX*XXXX~" in redacted
