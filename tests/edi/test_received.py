"""Reading files as they come: odd separators, broken envelopes, bad content; and what we answer."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.edi import Delimiters, read_file, syntax_acknowledgements, write_837p
from cleanclaim.kernel.errors import InputError
from tests.edi.people import ANA, BATCH, CLAIM, ENVELOPE, LINE

GOOD = write_837p([CLAIM], envelope=ENVELOPE, batch=BATCH)


def _message(data: bytes):
    return next(read_file(data).messages)


def _errors(data: bytes) -> set[tuple[str, str, str]]:
    return {(f.carrier, f.code, f.segment) for f in _message(data).findings if f.is_error}


def _answer(data: bytes):
    [ack] = syntax_acknowledgements(read_file(data).interchanges[0])
    return ack


def test_a_good_file_is_accepted_and_answered_so():
    received = read_file(GOOD)

    assert received.is_accepted
    assert list(_message(GOOD).claims()) == [CLAIM]
    assert received.interchanges[0].ta1.code == "A"
    ack = _answer(GOOD)
    assert (ack.outcome, ack.sets_accepted, ack.messages[0].codes) == ("accepted", 1, ())


@pytest.mark.parametrize("data", [b"", b"  \r\n "])
def test_an_empty_file_says_so(data):
    with pytest.raises(InputError, match="empty file"):
        read_file(data)


def test_text_that_is_not_x12_says_what_stands_at_byte_0():
    with pytest.raises(InputError, match="found 'Dear Sir, th' at byte 0"):
        read_file(b"Dear Sir, the claims follow by post. ISA is our word for it.")


def test_junk_of_any_size_is_no_x12():
    with pytest.raises(InputError, match="not an X12 file"):
        read_file(bytes(range(1, 255)) * 20_000)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: "  \r\n" + text + "\r\n\x1a",
        lambda text: text.replace("~", "~\r\n"),
        lambda text: text.replace("~", "~\n   "),
        lambda text: text.replace("~", "\n"),
        lambda text: text.replace("~", "\r\n"),
        lambda text: text.replace("~", "\x1d"),
        lambda text: text.replace("*", "|").replace(":", ">"),
        lambda text: "From: clearinghouse\n\n" + text + "\n-- end --\n" + text.replace("000000041", "000000042"),
        lambda text: text.replace("MAPLECLINIC    *", "MAPLECLINIC*", 1).replace("00*          *", "00**"),
    ],
    ids=["bom", "blanks", "crlf", "indented", "newline", "crlf-only", "gs-char", "other-separators", "text-between",
         "short-isa"],
)  # fmt: skip
def test_forms_of_the_same_file_read_the_same(change):
    received = read_file(change(GOOD.decode()).encode())

    assert received.is_accepted
    for message in received.messages:
        assert list(message.claims()) == [CLAIM]


def test_before_version_00402_there_is_no_repetition_separator():
    data = GOOD.replace(b"*^*00501*", b"*U*00401*").replace(b"RIVERA", b"RUIZ U")

    claim = next(_message(data).claims())

    assert read_file(data).is_accepted
    assert claim.subscriber.person.last_name == "RUIZ U"


@pytest.mark.parametrize(("encoding", "named"), [("latin-1", "latin-1"), ("utf-8", "utf-8")])
def test_accents_are_kept_and_remarked(encoding, named):
    data = GOOD.decode().replace("RIVERA", "MUÑOZ").encode(encoding)

    received = read_file(data)

    message = next(received.messages)
    assert received.encoding == named
    assert received.is_accepted
    assert next(message.claims()).subscriber.person.last_name == "MUÑOZ"
    remark = next(f for f in message.findings if f.code == "6")
    assert (remark.carrier, remark.segment, remark.element, remark.is_error) == (
        "IK403",
        "NM1",
        3,
        False,
    )
    assert _answer(data).outcome == "accepted with errors"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("SE*", "SE*9", "4"),
        ("SE*25*0001", "SE*25*0002", "3"),
        ("SE*25*0001~", "", "2"),
    ],
)
def test_a_broken_message_trailer_is_refused_with_its_code(old, new, code):
    assert old in GOOD.decode()

    answer = _answer(GOOD.decode().replace(old, new).encode())

    assert answer.outcome == "rejected"
    assert answer.messages[0].codes == (code,)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("GE*1*17", "GE*2*17", "5"), ("GE*1*17", "GE*1*18", "4"), ("GE*1*17~", "", "3")],
)
def test_a_broken_group_trailer_refuses_the_group(old, new, code):
    data = GOOD.decode().replace(old, new).encode()

    answer = _answer(data)

    assert (answer.outcome, answer.codes, answer.sets_accepted) == ("rejected", (code,), 0)
    assert not _message(data).is_accepted


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        ("IEA*1*000000041", "IEA*1*000000040", "001"),
        ("IEA*1*", "IEA*2*", "021"),
        ("IEA*1*000000041~", "", "023"),
        ("*0*T*:", "*0*X*:", "020"),
    ],
)
def test_a_broken_interchange_gets_a_ta1_and_no_999(old, new, note):
    received = read_file(GOOD.decode().replace(old, new).encode())

    interchange = received.interchanges[0]
    assert (interchange.ta1.code, interchange.ta1.note) == ("R", note)
    assert interchange.wants_ta1
    assert syntax_acknowledgements(interchange) == ()
    assert not received.is_accepted


def test_a_cut_off_file_is_refused_with_what_could_be_read():
    received = read_file(GOOD[: len(GOOD) // 2])

    assert received.interchanges[0].ta1.note == "023"
    assert not next(received.messages).is_accepted


def test_the_same_control_numbers_twice_in_a_file_are_refused():
    twice = GOOD.decode().split("ST*")[0] + "".join(
        "ST*" + GOOD.decode().split("ST*")[1].split("GE*")[0] for _ in "12"
    )
    data = (twice + "GE*2*17~IEA*1*000000041~").encode()

    answer = _answer(data)

    assert [m.codes for m in answer.messages] == [(), ("23",)]
    assert answer.outcome == "partially accepted"
    assert read_file(GOOD + GOOD).interchanges[1].ta1.note == "025"


@pytest.mark.parametrize("guide", ["004010X098A1", "004010X096A1", "005010X292", "005010X291", ""])
def test_an_unsupported_guide_is_answered_not_raised(guide):
    data = GOOD.replace(b"*X*005010X222A1", b"*X*" + guide.encode())

    message = _message(data)

    assert not message.is_supported
    assert not message.is_accepted
    answer = _answer(data)
    assert (answer.outcome, answer.codes, answer.messages[0].codes) == ("rejected", ("2",), ("I6",))
    with pytest.raises(InputError):
        list(message.claims())


def test_a_message_of_another_kind_in_the_group_is_refused():
    data = GOOD.replace(b"ST*837*", b"ST*835*")

    assert _answer(data).messages[0].codes == ("6",)


@pytest.mark.parametrize("guide", [b"005010X222", b"005010X222A2"])
def test_revisions_of_the_guide_read_alike(guide):
    assert list(_message(GOOD.replace(b"005010X222A1", guide)).claims()) == [CLAIM]


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("BHT*0019*00*B1*20260302*0000*CH~", "", ("IK304", "3", "BHT")),
        ("CLM*C1*", "ZZZ*1~CLM*C1*", ("IK304", "1", "ZZZ")),
        ("CLM*C1*", "SVC*1~CLM*C1*", ("IK304", "6", "SVC")),
        ("CLM*C1*", "CTP****1~CLM*C1*", ("IK304", "2", "CTP")),
        ("HI*ABK:I10~", "HI*ABK:I10~HI*ABK:E119~", ("IK304", "5", "HI")),
        ("HI*ABK:I10~", "HI*ABK:I10~DTP*431*D8*20260101~", ("IK304", "7", "DTP")),
        ("HI*ABK:I10~", "", ("IK304", "3", "HI")),
        ("*Y*A*Y*Y~", "*Y*A*Y~", ("IK403", "1", "CLM")),
        ("*Y*A*Y*Y~", "*Y*Q*Y*Y~", ("IK403", "7", "CLM")),
        ("CLM*C1*125*", "CLM*C1*12.3.4*", ("IK403", "6", "CLM")),
        ("CLM*C1*", "CLM*" + "C" * 39 + "*", ("IK403", "5", "CLM")),
        ("SBR*P*", "SBR*PP*", ("IK403", "5", "SBR")),
        ("DMG*D8*19800517*F", "DMG*D8*19800231*F", ("IK403", "8", "DMG")),
        ("DMG*D8*19800517*F", "DMG**19800517*F", ("IK403", "1", "DMG")),
        ("DTP*472*D8*20260203", "DTP*472*RD8*20260203", ("IK403", "8", "DTP")),
        ("MI*H100200300", "*H100200300", ("IK403", "2", "NM1")),
        ("HL*2*1*22*0", "HL*3*1*22*0", ("IK403", "7", "HL")),
        ("HL*2*1*22*0", "HL*2*9*22*0", ("IK403", "7", "HL")),
        ("LX*1~", "LX*2~", ("IK403", "7", "LX")),
        ("NM1*IL*1*", "NM1**1*", ("IK403", "1", "NM1")),
        ("RIVERA", "RIV\x07RA", ("IK403", "6", "NM1")),
        ("REF*6R*L1", "REF*6R*L1***X:Y*Z", ("IK403", "3", "REF")),
        ("SV1*HC:99213:25", "SV1*HC:99213:25:::::::X", ("IK403", "13", "SV1")),
        ("REF*EI*310000001", "REF*EI*31^02", ("IK403", "12", "REF")),
    ],
)
def test_a_defect_is_found_with_its_code(old, new, finding):
    text = GOOD.decode()
    assert old in text

    assert finding in _errors(text.replace(old, new, 1).encode())


def test_a_claim_without_lines_is_refused():
    data = write_837p([replace(CLAIM, lines=())], envelope=ENVELOPE, batch=BATCH)

    finding = next(f for f in _message(data).findings if f.is_error)

    assert (finding.carrier, finding.code, finding.segment, finding.loop) == (
        "IK304",
        "3",
        "LX",
        "2400",
    )
    assert "2400" in finding.message


def test_a_total_that_does_not_add_up_concerns_only_its_claim():
    wrong = replace(CLAIM, control_number="C2", charge=Decimal("999"))
    data = write_837p([CLAIM, wrong, CLAIM], envelope=ENVELOPE, batch=BATCH)

    message = _message(data)

    assert message.is_accepted
    located = list(message.located_claims())
    assert [one.is_clean for one in located] == [True, False, True]
    finding = located[1].findings[0]
    assert (finding.level, finding.position, finding.segment) == (3, located[1].position, "CLM")
    assert "999" in finding.message and "125" in finding.message


def test_negative_charges_and_future_days_are_read_as_they_are():
    odd = replace(
        CLAIM,
        charge=Decimal("-5"),
        lines=(replace(LINE, charge=Decimal("-5"), service_from=date(2098, 1, 1)),),
    )

    assert list(_message(write_837p([odd], envelope=ENVELOPE, batch=BATCH)).claims()) == [odd]


def test_a_wrong_npi_is_only_remarked():
    odd = replace(CLAIM, billing=replace(CLAIM.billing, npi="1234567890"))

    message = _message(write_837p([odd], envelope=ENVELOPE, batch=BATCH))

    assert message.is_accepted
    assert [(f.level, f.segment, f.element, f.value) for f in message.findings] == [
        (5, "NM1", 9, "1234567890")
    ]


def test_the_same_claim_number_twice_is_no_error():
    data = write_837p([CLAIM, CLAIM], envelope=ENVELOPE, batch=BATCH)

    assert _message(data).is_accepted
    assert list(_message(data).claims()) == [CLAIM, CLAIM]
    assert data.count(b"HL*") == 2  # alike neighbours share their levels


def test_data_that_holds_usual_separators_moves_the_separators():
    odd = replace(
        CLAIM, subscriber=replace(CLAIM.subscriber, person=replace(ANA, last_name="A*B:C"))
    )

    data = write_837p([odd], envelope=ENVELOPE, batch=BATCH)

    assert list(_message(data).claims()) == [odd]
    with pytest.raises(InputError, match="holds the separator"):
        write_837p([odd], envelope=ENVELOPE, batch=BATCH, delimiters=Delimiters())


def test_a_line_break_in_the_data_is_refused():
    odd = replace(
        CLAIM, subscriber=replace(CLAIM.subscriber, person=replace(ANA, last_name="A\nB"))
    )

    with pytest.raises(InputError, match="control character"):
        write_837p([odd], envelope=ENVELOPE, batch=BATCH)


def test_many_claims_are_spread_over_messages():
    data = write_837p([CLAIM] * 5, envelope=ENVELOPE, batch=BATCH, most_claims=2)

    found = list(read_file(data).messages)

    assert [m.control_number for m in found] == ["0001", "0002", "0003"]
    assert [m.header.reference for m in found] == ["B1", "B1-2", "B1-3"]
    assert [len(list(m.claims())) for m in found] == [2, 2, 1]


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        ("*ZZ*MAPLE", "*XX*MAPLE", "005"),
        ("*ZZ*HARBOR", "*99*HARBOR", "007"),
        ("ISA*00*", "ISA*07*", "010"),
        ("*00*          *ZZ*MAPLE", "*09*          *ZZ*MAPLE", "012"),
    ],
)
def test_an_unknown_qualifier_of_the_envelope_is_accepted_with_a_note(old, new, note):
    text = GOOD.decode()
    assert text.count(old) == 1

    received = read_file(text.replace(old, new).encode())

    assert received.interchanges[0].ta1.code == "E"
    assert received.interchanges[0].ta1.note == note
    assert received.is_accepted


def test_a_level_that_says_it_has_none_below_but_has_one_is_remarked():
    patient = "HL*3*2*23*0~PAT*19~NM1*QC*1*RIVERA*LUZ~N3*12 ELM ST~N4*PORTLAND*ME*04101~DMG*D8*20150517*F~"
    text = GOOD.decode()
    text = text.replace("CLM*C1*", patient + "CLM*C1*")
    assert "HL*2*1*22*0" in text

    [wrong] = [f for f in _message(text.encode()).findings if f.segment == "HL"]
    right = _message(text.replace("HL*2*1*22*0", "HL*2*1*22*1").encode())

    assert (wrong.carrier, wrong.code, wrong.element, wrong.value) == ("IK403", "7", 4, "0")
    assert (wrong.loop, wrong.is_error) == ("2000B", False)
    assert text[text.index("ST*") :].split("~")[wrong.position - 1] == "HL*2*1*22*0"
    assert not [f for f in right.findings if f.segment == "HL"]
