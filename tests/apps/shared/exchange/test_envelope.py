"""The door's look at a file tells interchanges from junk and never raises."""

import time
from collections.abc import Callable

import pytest

from cleanclaim.apps.shared.exchange.envelope import GroupKey, Peek, Unreadable, peek
from cleanclaim.apps.shared.exchange.kinds import Kind


def test_a_file_names_its_sender_numbers_and_kind(interchange: Callable[..., bytes]) -> None:
    seen = peek(interchange(interchange=7, group=8))

    assert isinstance(seen, Peek)
    assert seen.kind is Kind.CLAIMS
    assert seen.sender == "ZZ:1234567893"
    assert seen.receiver == "ZZ:330000002"
    assert seen.usages == {"P"}
    assert seen.keys == (GroupKey("ZZ:1234567893", "000000007", "8", "0001"),)


def test_a_byte_order_mark_line_ends_and_odd_delimiters_do_not_hide_the_envelope(
    interchange: Callable[..., bytes],
) -> None:
    plain = interchange(interchange=7, group=8)
    odd = plain.translate(bytes.maketrans(b"*~:", b"|!>")).replace(b"!", b"!\r\n")

    seen = peek(b"\xef\xbb\xbf\r\n" + odd)

    assert isinstance(seen, Peek)
    assert seen.keys == (GroupKey("ZZ:1234567893", "000000007", "8", "0001"),)


def test_every_group_of_every_interchange_has_a_key(interchange: Callable[..., bytes]) -> None:
    data = (
        interchange(interchange=1, group=1) + b"\n" + interchange(interchange=2, group=5, usage="T")
    )

    seen = peek(data)

    assert isinstance(seen, Peek)
    assert [(key.interchange_control, key.group_control) for key in seen.keys] == [
        ("000000001", "1"),
        ("000000002", "5"),
    ]
    assert seen.usages == {"P", "T"}


def test_an_isa_of_uneven_width_is_read_by_its_separators() -> None:
    data = b"ISA*00**00**ZZ*ME*ZZ*YOU*260302*0000*^*00501*5*0*P*:~GS*HC*ME*YOU*20260302*0*9*X*G~"

    seen = peek(data)

    assert isinstance(seen, Peek)
    assert seen.keys == (GroupKey("ZZ:ME", "5", "9", ""),)


@pytest.mark.parametrize(
    ("kind", "guide", "functional", "expected"),
    [
        ("835", "005010X221A1", "HP", Kind.REMITTANCE),
        ("999", "005010X231A1", "FA", Kind.SYNTAX),
        ("277", "005010X214", "HN", Kind.CLAIM_ANSWER),
        ("277", "005010X212", "HN", Kind.UNKNOWN),
        ("834", "005010X220A1", "BE", Kind.UNKNOWN),
    ],
)
def test_the_kind_is_the_first_message(
    interchange: Callable[..., bytes], kind: str, guide: str, functional: str, expected: Kind
) -> None:
    seen = peek(interchange(kind=kind, guide=guide, functional=functional))

    assert isinstance(seen, Peek)
    assert seen.kind is expected


def test_a_ta1_stands_without_a_group(interchange: Callable[..., bytes]) -> None:
    head = interchange().split(b"GS*")[0]

    seen = peek(head + b"TA1*000000001*260302*0000*A*000~IEA*0*000000001~")

    assert isinstance(seen, Peek)
    assert seen.kind is Kind.INTERCHANGE
    assert seen.keys == (GroupKey("ZZ:1234567893", "000000001", "", ""),)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty: 0 bytes, expected an interchange that begins with ISA"),
        (b"   \r\n ", "byte 7: found only blanks, expected ISA"),
        (b"Dear sirs, enclosed", 'byte 1: found "Dea", expected ISA'),
        (b"\n\nGS*HC~", 'byte 3: found "GS*", expected ISA'),
        (b"PK\x03\x04rest", "byte 1: this is a ZIP archive"),
        (b"%PDF-1.7", "byte 1: this is a PDF document"),
        (b"\x9f\x88\x01\x02", "byte 1: found 9f 88 01, expected ISA"),
        (b"ISA*00*          *00*", "byte 1: the ISA segment has 4 complete elements, expected 16"),
        (b"ISA*" * 20, 'byte 1: the ISA segment ends with "S", expected a sign'),
        (b"ISABELLA went home", 'byte 1: found "ISA", expected ISA'),
    ],
)
def test_what_is_no_interchange_is_located(data: bytes, words: str) -> None:
    seen = peek(data)

    assert isinstance(seen, Unreadable)
    assert words in seen.words


@pytest.mark.parametrize(
    "junk", [b"\x00" * 100_000_000, b"~*:" * 33_000_000, b"ISA*" * 25_000_000, b" " * 100_000_000]
)
def test_a_hundred_megabytes_of_junk_are_told_at_once(junk: bytes) -> None:
    started = time.process_time()

    peek(junk)

    assert time.process_time() - started < 2.0


def test_accents_in_the_envelope_are_read_byte_by_byte(interchange: Callable[..., bytes]) -> None:
    seen = peek(interchange(sender="CLÍNICA"))

    assert isinstance(seen, Peek)
    assert seen.sender == "ZZ:CLÍNICA"
