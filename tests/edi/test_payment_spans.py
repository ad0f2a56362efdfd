"""The claims of an 835 read span by span are those read in one go, whatever stands between them."""

from pathlib import Path

import pytest

from cleanclaim import edi
from cleanclaim.edi import read_file
from cleanclaim.edi.received import ReceivedMessage
from tests.edi.shared_data import needs_samples, samples

FOLDER = Path(edi.__file__).parent
OWN = sorted((FOLDER / "hc835" / "samples").glob("*.edi"))

CLAIM = (
    "CLP*A{0}*1*100*60**12*ICN{0}*11*1~NM1*QC*1*LAU*CHIDI****MI*M1~"
    "SVC*HC:99213*100*60**1~DTM*472*20260203~CAS*CO*45*40~"
)


def messages(data: bytes) -> list[ReceivedMessage]:
    return [one for one in read_file(data).messages if one.kind == "835" and one.is_accepted]


def assert_spans_are_the_whole(message: ReceivedMessage) -> None:
    whole = list(message.claim_payments())
    for count in (1, 2, 3, 7):
        spans = message.payment_spans(count)
        parts = [list(message.claim_payments(span)) for span in spans]

        assert [claim for part in parts for claim in part] == whole, count
        assert [len(part) for part in parts[:-1]] == [count] * (len(parts) - 1)
        assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_our_samples(path: Path) -> None:
    for message in messages(path.read_bytes()):
        assert_spans_are_the_whole(message)


@needs_samples
def test_the_shared_samples() -> None:
    found = 0
    for sample in samples():
        if sample.transaction == "835":
            for message in messages(sample.path.read_bytes()):
                assert_spans_are_the_whole(message)
                found += 1
    assert found >= 15


@pytest.mark.parametrize(
    "levels",
    [(5,), (1, 4), (2, 2, 1), (1, 1, 1, 1, 1)],
    ids=lambda sizes: "-".join(map(str, sizes)),
)
@pytest.mark.parametrize("has_own", [False, True])
def test_a_levels_own_segments_go_with_its_first_claim_alone(
    levels: tuple[int, ...], has_own: bool
) -> None:
    text = OWN[0].read_text().replace("\n", "").replace("BPR*I*70*", "BPR*I*300*")
    head, tail = text[: text.index("LX*")], text[text.index("GE*") :]
    own = "TS3*1234567893*11*20261231*1*100~" if has_own else ""
    body, numbers = "", iter(range(5))
    for place, size in enumerate(levels, 1):
        body += f"LX*{place}~{own}" + "".join(CLAIM.format(next(numbers)) for _ in range(size))
    count = (head[head.index("ST*") :] + body).count("~") + 1
    whole = f"{head}{body}SE*{count}*0001~{tail}"

    [message] = messages(whole.encode())

    assert len(list(message.claim_payments())) == 5
    assert_spans_are_the_whole(message)
