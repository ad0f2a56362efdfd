"""Binary data are cut by their length, whatever stands in them and however the file comes in."""

import random

import pytest

from cleanclaim.wire.x12.binary import find_binary, hold_binaries, is_length_right, released

ISA = b"ISA*00*          *00*          *ZZ*MAPLECLINIC    *ZZ*HARBORPLAN     *260302*0815*^*00501*000000041*0*T*:~"
HOSTILE = b"~SE*1*0001~\nIEA*1*1~ISA*00*\x00\xff~BIN*3*abc~"
SIZES = (1, 7, 100, 513, 4096)


def _held(data: bytes, size: int) -> bytes:
    return b"".join(hold_binaries(data[k : k + size] for k in range(0, len(data), size)))


def _file(*segments: bytes) -> bytes:
    return ISA + b"".join(segment + b"~\r\n" for segment in segments)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("tag", [b"BIN*%d*", b"BDS*B64*%d*"])
def test_separators_in_binary_data_end_nothing(size, tag):
    data = _file(b"LX*1", tag % len(HOSTILE) + HOSTILE, b"SE*3*0001")

    held = _held(data, size)

    assert held == data.replace(HOSTILE, HOSTILE.hex().encode())


@pytest.mark.parametrize("size", SIZES)
def test_data_of_any_bytes_and_length_come_through(size):
    content = random.Random(size).randbytes(5000)

    held = _held(_file(b"BIN*5000*" + content, b"BIN*1*~"), size)

    assert held == _file(b"BIN*5000*" + content.hex().encode(), b"BIN*1*7e")
    assert released(content.hex()) == content


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("length", [b"2", b"4", b"99999999", b"999999999999999"])
def test_with_a_wrong_length_the_next_terminator_ends_the_data(size, length):
    data = _file(b"BIN*" + length + b"*abc", b"SE*2*0001")

    assert _held(data, size) == data.replace(b"*abc", b"*616263")


@pytest.mark.parametrize(
    "segment",
    [b"NTE*ADD*BIN*3*abc", b"BIN*x*abc", b"BIN**abc", b"BINS*3*abc", b"BDS*3*abc", b"BIN"],
)
def test_what_is_no_binary_segment_stays_as_it_is(segment):
    data = _file(b"LX*1", segment, b"SE*3*0001")

    assert _held(data, 50) == data


def test_nothing_is_held_before_an_interchange_says_its_separators():
    assert _held(b"BIN*3*abc~BIN*3*abc~", 8) == b"BIN*3*abc~BIN*3*abc~"


def test_a_second_interchange_has_its_own_separators():
    other = ISA.replace(b"*", b"|").replace(b"~", b"'")

    held = _held(_file(b"BIN*1*a", b"IEA*0*1") + other + b"BIN|3|~*''IEA|0|1'", 64)

    assert b"BIN*1*61~" in held
    assert held.endswith(b"BIN|3|7e2a27'IEA|0|1'")


def test_a_file_without_binary_data_is_not_changed():
    data = _file(b"NM1*IL*1*LISA*A*B", b"NTE*ADD*BINARY") * 50

    assert all(_held(data, size) == data for size in SIZES)


def test_the_place_of_the_data_is_told():
    found = find_binary(b"xBIN*3*~~~~", 1, element=b"*", terminator=b"~")

    assert found is not None
    assert (found.start, found.end, found.is_exact) == (7, 10, True)
    assert find_binary(b"BIN*3*abcd~", 0, element=b"*", terminator=b"~").is_exact is False


def test_a_length_is_right_only_for_its_own_data():
    assert is_length_right("3", "616263")
    assert not any(is_length_right(text, "616263") for text in ("2", "4", "", "x", "3" * 16))
