"""Bindings: what no field can hold is carried and written again; content never raises."""

import pytest

from cleanclaim.edi import read_file, write_271, write_276
from tests.edi import normal
from tests.edi.people import ENVELOPE
from tests.edi.test_samples import FOLDER

BENEFITS = (FOLDER / "eligibility/samples/benefits.edi").read_bytes()


def _benefits(message):
    return message.eligibility().sources[0].receivers[0].subscribers[0].person.benefits


@pytest.mark.parametrize(
    ("sent", "changed"),
    [
        (b"DTP*348*D8*20260101", b"DTP*348*D8*20261301"),  # no day
        (b"DTP*348*D8*20260101", b"DTP*348*RD8*20260101-2026"),  # half a period
        (b"*812.5", b"*8,12"),  # no amount
        (b"EB*1*IND", b"EB*1*IND*30*HM*X********HC:99213:::::WORDS:99215*1:2~EB*1*IND"),  # eight components
        (b"MSG*PER VISIT", b"MSG*PER VISIT*SS*2"),  # an element without a field
        (b"NM1*P3*1*OKAFOR*CHIDI", b"NM1*P3*1*OKAFOR*CHIDI**DR"),
        (b"PER*IC*FRONT DESK*TE*6145550100", b"PER*IC*FRONT DESK***TE*6145550100"),
        (b"HL*3*2*22*0", b"HL*3*2*22*1"),  # says that levels follow, none do
        (b"HL*3*2*22*0", b"HL*3*2*22"),
    ],
)  # fmt: skip
def test_what_no_field_holds_is_written_again(sent, changed):
    assert sent in BENEFITS
    data = BENEFITS.replace(sent, changed)

    message = next(read_file(data).messages)
    again = write_271([message.eligibility()], envelope=ENVELOPE)

    assert _rows(again) == _rows(data)


def _rows(data: bytes) -> list[str]:
    text = data.decode().split("~")
    return text[3:-4]  # without envelope, ST and SE


def test_a_repeated_element_keeps_the_separator_of_the_file_out_of_its_values():
    data = BENEFITS.replace(b"*^*00501", b"*!*00501").replace(b"98^UC", b"98!UC")

    message = next(read_file(data).messages)

    assert _benefits(message)[1].service_types == ("98", "UC")
    assert normal.messages(write_271([message.eligibility()], envelope=ENVELOPE)) == (
        normal.messages(data)
    )


def test_a_message_without_its_head_is_read():
    data = BENEFITS.replace(b"BHT*0022*11*INQ1*20260302*0815~", b"")

    message = next(read_file(data).messages)

    assert not message.is_accepted
    assert len(_benefits(message)) == 6


def test_levels_are_numbered_anew_in_each_message():
    data = (FOLDER / "status/samples/two_claims_asked.edi").read_bytes()
    sent = next(read_file(data).messages).claim_status()

    rows = [r.split("*") for r in write_276([sent, sent], envelope=ENVELOPE).decode().split("~")]

    numbers = [(row[1], row[2]) for row in rows if row[0] == "HL"]
    assert numbers == [("1", ""), ("2", "1"), ("3", "2"), ("4", "3"), ("5", "4")] * 2
