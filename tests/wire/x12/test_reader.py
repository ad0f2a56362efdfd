"""Envelopes cut block by block: how much work that is, and that pieces change nothing."""

import pytest

from cleanclaim.wire.x12 import reader
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.envelope import InterchangeClosed, PartRead
from cleanclaim.wire.x12.feed import FIRST_PIECE, read_segments
from cleanclaim.wire.x12.window import Window, cut

_ISA = "ISA*00*          *00*          *ZZ*A              *ZZ*B              *251103*1200*^*00501*{0:09}*0*T*:~"


def _interchange(number: int, body: str = "", end: str = "\n") -> str:
    return (
        f"{_ISA.format(number)}GS*HC*A*B*20251103*1200*{number}*X*005010X222A1~ST*837*0001~{body}"
        f"SE*{2 + body.count('~')}*0001~GE*1*{number}~IEA*1*{number:09}~{end}"
    )


@pytest.mark.parametrize("end", ["", "\n"])
def test_tiny_interchanges_are_cut_once_each(monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    cut_characters = 0

    def counted(text: str, delimiters: Delimiters) -> Window:
        nonlocal cut_characters
        cut_characters += len(text)
        return cut(text, delimiters)

    monkeypatch.setattr(reader, "cut", counted)
    text = "".join(_interchange(number, end=end) for number in range(1, 20_001))
    closed = [e for e in reader.read_events([text]) if isinstance(e, InterchangeClosed)]
    assert len(closed) == 20_000
    assert not any(event.interchange.defects for event in closed)
    assert 0 < cut_characters <= len(text)


def test_interchanges_without_an_end_cost_no_more_than_a_piece_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    longest = 0

    def counted(text: str, delimiters: Delimiters) -> Window:
        nonlocal longest
        longest = max(longest, len(text))
        return cut(text, delimiters)

    monkeypatch.setattr(reader, "cut", counted)
    text = "".join(_ISA.format(n) + "TA1*000000001*251103*1200*A*000~" for n in range(1, 501))
    closed = [e for e in reader.read_events([text]) if isinstance(e, InterchangeClosed)]
    assert len(closed) == 500
    assert longest < FIRST_PIECE + 200


@pytest.mark.parametrize("gap", ["", "\n"])
def test_pieces_hold_every_segment_once_and_in_order(gap: str) -> None:
    body = "".join(f"REF*G1*IEA{n}IEA*{n}~{gap}" for n in range(30_000))
    text = _interchange(1, body) + _interchange(2)
    found: list[str] = []
    for event in reader.read_events([text]):
        if isinstance(event, PartRead):
            found += event.window.segments
        elif isinstance(event, InterchangeClosed):
            assert not event.interchange.defects
    sent = ["ST*837*0001", *(raw.strip() for raw in body.split("~")[:-1])]
    assert found == [*sent, "ST*837*0001"]
    assert "".join(piece for piece, _ in read_segments(text.encode())) == text.replace(
        "\nISA", "ISA"
    ).removesuffix("\n")


@pytest.mark.parametrize("text", ["~A*1~~~B~", "A*1~~B", "A*1~ B \r\n~~", "~", "", "A~ \n", "~~~"])
def test_a_window_and_its_parts_say_the_same_in_every_way(text: str) -> None:
    window = cut(text, Delimiters())
    cuts = [(a, b) for a in range(window.count) for b in range(a + 1, window.count + 1)]
    expected = [segment.strip() for segment in text.split("~")]
    expected = expected if expected[-1] else expected[:-1]
    for start, end in cuts:
        part = cut(text, Delimiters()).part(start, end)
        chosen, sent = part.chosen(range(part.count)), part.text
        assert part.segments == chosen == expected[start:end]
        assert sent == part.text == "".join(s + "~" for s in chosen)
        assert part.empty == chosen.count("")
    assert window.segments == expected
