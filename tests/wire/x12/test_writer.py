"""Segments, numbers and envelopes as written."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.reader import read_interchanges
from cleanclaim.wire.x12.writer import (
    Envelope,
    Message,
    composite,
    number,
    segment,
    write_group,
)

ENVELOPE = Envelope(
    "ZZ", "SENDER", "30", "RECEIVER", 7, 3, 12, "P", date(2026, 3, 2), "0815", "GS1", "GS2", True
)


def _write(*segments: str, delimiters=None, envelope=ENVELOPE) -> bytes:
    return write_group(
        [Message("999", segments)],
        envelope=envelope,
        functional_id="FA",
        guide="005010X231A1",
        delimiters=delimiters,
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("125.00", "125"),
        ("0.50", "0.5"),
        ("-12.340", "-12.34"),
        ("1E+3", "1000"),
        ("0.00", "0"),
        ("-0", "0"),
    ],
)
def test_numbers_have_no_needless_digits(value, text):
    assert number(Decimal(value)) == text


def test_empty_ends_are_left_out():
    assert segment("REF", "G1", "", "").count("\x1d") == 1
    assert composite("HC", "99213", "", "") == "HC\x1f99213"


def test_the_envelope_counts_and_numbers():
    text = _write(segment("AK1", "HC", "1"), segment("AK9", "A", "1", "1", "1")).decode()

    assert text[:106] == (
        "ISA*00*          *00*          *ZZ*SENDER         *30*RECEIVER       *260302*0815*^*00501*000000007*1*P*:~"
    )
    assert (
        "~GS*FA*GS1*GS2*20260302*0815*3*X*005010X231A1~ST*999*0012~AK1*HC*1~AK9*A*1*1*1~SE*4*0012~"
        in text
    )
    assert text.endswith("~GE*1*3~IEA*1*000000007~")


def test_what_is_written_is_a_sound_envelope():
    [interchange], encoding = read_interchanges(_write(segment("AK1", "HC", "1")))

    assert encoding == "ascii"
    assert interchange.defects == []
    assert interchange.groups[0].defects == []
    assert interchange.groups[0].messages[0].defects == []
    assert interchange.groups[0].messages[0].segments[1] == "AK1*HC*1"


def test_separators_are_the_callers():
    text = _write(
        segment("AK1", "HC", composite("A", "B")), delimiters=Delimiters("|", ">", "!", "\n")
    ).decode()

    assert text[:106].endswith("|>\n")
    assert "\nAK1|HC|A>B\n" in text


@pytest.mark.parametrize("value", ["A*B", "A:B", "A^B", "A~B"])
def test_data_that_holds_the_wanted_separators_is_refused(value):
    with pytest.raises(InputError, match="segment AK1: the data holds the separator"):
        _write(segment("AK1", value), delimiters=Delimiters())


@pytest.mark.parametrize("value", ["A\x1dB", "A\x1cST", "A\nB", "A\x1fB", "A\x00"])
def test_control_characters_are_refused(value):
    with pytest.raises(InputError, match="control character"):
        segment("AK1", value)


@pytest.mark.parametrize(
    "envelope",
    [
        replace(ENVELOPE, sender_id="X" * 16),
        replace(ENVELOPE, receiver_id=""),
        replace(ENVELOPE, interchange_control=0),
        replace(ENVELOPE, sender_qualifier="Z*"),
        replace(ENVELOPE, receiver_qualifier="30X"),
        replace(ENVELOPE, group_control=0),
        replace(ENVELOPE, created_at="8:15"),
        replace(ENVELOPE, usage="TEST"),
    ],
)
def test_an_envelope_that_does_not_fit_is_refused(envelope):
    with pytest.raises(InputError):
        _write(segment("AK1", "HC"), envelope=envelope)


def test_nothing_to_write_is_refused():
    with pytest.raises(InputError, match="nothing to write"):
        write_group([], envelope=ENVELOPE, functional_id="FA", guide="X")


def test_ids_that_hold_a_usual_separator_move_the_separators():
    data = _write("AK1*HC", envelope=replace(ENVELOPE, sender_id="SEN:DER"))

    [interchange], _ = read_interchanges(data)
    assert interchange.head[5].rstrip() == "SEN:DER"
    assert interchange.delimiters.component == ">"
