"""A 999 names the claims of its errors, whether the file was read as a whole or part by part."""

import pytest

from cleanclaim.edi import check, read_file, syntax_acknowledgements
from cleanclaim.project.seed.file import write_claim_file
from cleanclaim.wire.x12 import feed, reader

CLAIMS = 120


@pytest.fixture(scope="module")
def damaged(tmp_path_factory):
    """Every line has a wrong DTP02, so that wherever a part ends a finding follows; the last claim has no line."""
    path = tmp_path_factory.mktemp("claims") / "837p.edi"
    write_claim_file(path, CLAIMS, seed=3)
    head, *claims = path.read_text().replace("DTP*472*D8*", "DTP*472*XX*").split("~CLM*")
    first_line = claims[-1].index("~LX*")
    claims[-1] = claims[-1][:first_line] + claims[-1][claims[-1].index("~SE*") :]
    return "~CLM*".join((head, *claims)).encode()


def _named(ack) -> list[tuple[int, str, str]]:
    [answer] = ack.messages
    return [
        (f.position, f.segment, f.contexts[0].names[0][1] if f.contexts else "")
        for f in answer.findings
    ]


@pytest.mark.parametrize("piece", [300, feed.FIRST_PIECE])
def test_the_999_is_the_same_from_a_file_as_it_comes_and_from_a_whole_one(
    damaged, piece, monkeypatch
):
    for module in (feed, reader):
        monkeypatch.setattr(module, "FIRST_PIECE", piece)
    [whole] = syntax_acknowledgements(read_file(damaged).interchanges[0])

    [streamed] = syntax_acknowledgements(check(damaged).interchanges[0])

    assert streamed == whole
    numbers = [clm.partition("*")[0] for clm in damaged.decode().split("~CLM*")[1:]]
    assert {name for _, _, name in _named(streamed)} == set(numbers)


def test_a_finding_is_named_by_the_claim_that_its_segment_stands_in(damaged):
    [ack] = syntax_acknowledgements(check(damaged).interchanges[0])

    segments = [s.strip() for s in damaged.decode().split("~")]
    first = next(n for n, s in enumerate(segments) if s.startswith("ST*"))
    found = _named(ack)
    assert len(found) > 2 * CLAIMS
    for position, tag, name in found:
        if tag == "DTP":
            before = segments[: first + position]
            assert next(s for s in reversed(before) if s.startswith("CLM*")).split("*")[1] == name
