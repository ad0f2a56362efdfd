"""The bytes beside a claim: the right message of the file, the right claim, every segment under its own number."""

import pytest

from cleanclaim.apps.billing.remittances.message_text import lines_around, lines_of, outline

ISA = "ISA*00*          *00*          *ZZ*CAHP1          *ZZ*HARBOR         *260708*0000*^*00501*000000001*0*T*:~"
OTHER = ["ST*835*0001", "BPR*X", "CLP*Z", "SE*4*0001"]
OWN = [
    "ST*835*0002", "BPR*I", "LX*1", "CLP*A", "NM1*QC", "CLP*B", "CAS*CO", "LX*2", "TS3*1", "CLP*C", "PLB*1", "PLB*2",
    "SE*13*0002",
]  # fmt: skip


def text(*segments: str, between: str = "~") -> str:
    return between.join((ISA.rstrip("~"), "GS*HP", *segments, "GE*2*1", "IEA*1*000000001")) + "~"


@pytest.mark.parametrize("between", ["~", "~\n", "~\r\n"])
def test_head_claim_and_end_are_shown_and_the_rest_is_counted(between):
    lines = lines_around(text(*OTHER, *OWN, between=between), message=2, position=2)

    assert [one.text for one in lines if one.is_current] == ["CLP*B", "CAS*CO"]
    assert [(one.number, one.skipped) for one in lines if one.skipped] == [(6, 2), (11, 3)]
    assert all(OWN[one.number - 1] == one.text for one in lines)
    assert [one.text for one in lines[-3:]] == ["PLB*1", "PLB*2", "SE*13*0002"]


@pytest.mark.parametrize("position", [1, 2, 3])
def test_every_claim_has_its_own_segments(position):
    lines = lines_around(text(*OWN), message=1, position=position)

    assert next(one.text for one in lines if one.is_current) == f"CLP*{'ABC'[position - 1]}"
    assert all(OWN[one.number - 1] == one.text for one in lines)


def test_a_message_without_claims_is_shown_whole():
    own = ["ST*835*0002", "BPR*I", "PLB*1", "SE*4*0002"]

    lines = lines_around(text(*own), message=1, position=1)

    assert [one.text for one in lines] == own
    assert not any(one.is_current or one.skipped for one in lines)


@pytest.mark.parametrize("broken", ["", "  ", "no interchange", ISA])
def test_what_is_no_message_shows_nothing(broken):
    assert lines_around(broken, message=1, position=1) == []


def test_a_message_that_breaks_off_shows_what_there_is():
    whole = text(*OWN)

    lines = lines_around(whole[: whole.index("LX*2")], message=1, position=2)

    assert [one.text for one in lines if one.is_current] == ["CLP*B", "CAS*CO"]


@pytest.mark.parametrize("between", ["~", "~\n", "~\r\n"])
def test_an_outline_in_bytes_shows_the_same_as_the_whole_text(between):
    own = [one.replace("NM1*QC", "NM1*QC*Müller") for one in OWN]
    whole = "\n " + text(*OTHER, *own, between=between)
    data = whole.encode()
    read = []

    def part(start: int, stop: int) -> str:
        read.append(stop - start)
        return data[start:stop].decode()

    for position in (1, 2, 3):
        found = outline(data.decode("latin-1"), message=2)
        shown = lines_of(found, position=position, read=part)

        assert shown == lines_around(whole, message=2, position=position)
    assert max(read) < len(data) // 2
