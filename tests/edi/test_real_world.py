"""Files as they really come: one test for each liberty that senders take with separators, envelopes and packing."""

import gzip
import io
import random
import time
import zipfile

import pytest

from cleanclaim.edi import check, read, read_file, write_837p
from cleanclaim.edi.files import ALL_LEVELS
from cleanclaim.edi.redact import redact
from cleanclaim.edi.show import show
from cleanclaim.kernel.errors import InputError
from cleanclaim.wire.x12 import source
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.feed import LONGEST_SEGMENT
from tests.edi.people import BATCH, CLAIM, ENVELOPE

GOOD = write_837p([CLAIM], envelope=ENVELOPE, batch=BATCH).decode()
OTHER = GOOD.replace("000000041", "000000042")


def _claims(data: bytes) -> list[object]:
    """What is read; the file has to be accepted by every way in."""
    received = check(data, levels=ALL_LEVELS)
    assert received.is_accepted, [m.findings for m in received.messages]
    units = [unit.value for unit in read(data)]
    assert units == [claim for m in read_file(data).messages for claim in m.claims()]
    return units


@pytest.mark.parametrize("short", ["ISA*00**00**ZZ*MAPLE*ZZ*HARBOR*", "ISA*00* *00* *ZZ*M*ZZ*H*"])
@pytest.mark.parametrize("terminator", ["~", "\n", "\x1d", "~\r\n"])
def test_separators_are_read_from_an_isa_of_any_length(short, terminator):
    text = short + GOOD[GOOD.index("*260302*") + 1 :]
    changed = text.replace("*", "|").replace(":", ">").replace("~", terminator)

    assert _claims(changed.encode()) == [CLAIM]


@pytest.mark.parametrize("terminator", ["~", "\n", "\x1d", "~\r\n", "\r\n", "\x1c", "'"])
def test_segments_end_with_whatever_follows_the_isa(terminator):
    assert _claims(GOOD.replace("~", terminator).encode()) == [CLAIM]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
@pytest.mark.parametrize(("old", "new"), [("~", "§"), ("*", "¦"), (":", "¬"), ("^", "¶")])
def test_separators_need_not_be_ascii(old, new, encoding):
    assert _claims(GOOD.replace(old, new).encode(encoding)) == [CLAIM]


def test_separators_may_change_from_one_interchange_to_the_next():
    other = OTHER.replace("*", "|").replace("~", "\n").replace(":", ">")

    assert _claims((GOOD + other).encode()) == [CLAIM, CLAIM]


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        b" \r\n\t" + GOOD.encode() + b"\r\n\x1a\x00\x00",
        b"Subject: claims\r\n\r\n" + GOOD.encode() + b"\r\n-- \r\nSent by MAPLE CLINIC\r\n",
        b"\x00" * 2_000_000 + GOOD.encode(),
        b"ISA is the first word. ISA*\n" + GOOD.encode(),
    ],
    ids=["bom", "blanks", "text-around", "zeros", "isa-in-words"],
)
def test_what_stands_around_an_interchange_is_skipped(data):
    assert _claims(data) == [CLAIM]


@pytest.mark.parametrize("between", ["\r\n", "\x1a", " next batch \n", "\ufeff", "\x00" * 10_000])
def test_what_stands_between_interchanges_is_skipped(between):
    assert _claims((GOOD + between + OTHER).encode()) == [CLAIM, CLAIM]


def test_several_interchanges_groups_and_messages_are_read_in_order():
    message = GOOD[GOOD.index("ST*") : GOOD.index("GE*")]
    again = message.replace("*0001*", "*0002*").replace("*0001~", "*0002~")
    group = GOOD[GOOD.index("GS*") : GOOD.index("IEA*")]
    two = group.replace(message, message + again).replace("GE*1*", "GE*2*")
    other = two.replace("*17*X*", "*18*X*").replace("GE*2*17", "GE*2*18")
    one = GOOD.replace(group, two + other).replace("IEA*1*", "IEA*2*")

    assert _claims((one + one.replace("000000041", "000000042")).encode()) == [CLAIM] * 8


@pytest.mark.parametrize(
    ("version", "is_repeated"), [("00401", False), ("00402", True), ("00501", True)]
)
def test_repetitions_are_separated_only_from_version_00402_on(version, is_repeated):
    data = GOOD.replace("*^*00501*", f"*^*{version}*").replace("REF*EI*310000001", "REF*EI*31^02")

    codes = {f.code for m in check(data.encode()).messages for f in m.findings}

    assert ("12" in codes) is is_repeated


def test_a_character_named_for_repetitions_and_components_separates_components():
    data = GOOD.replace(":", "^").encode()

    assert _claims(data) == [CLAIM]
    [interchange] = check(data).interchanges
    assert (interchange.ta1.code, interchange.ta1.note) == ("E", "022")
    [remark] = interchange.findings
    assert (remark.segment, remark.element, remark.value, remark.is_error) == (
        "ISA",
        11,
        "^",
        False,
    )


@pytest.mark.parametrize("taken", ["*", "~"])
def test_other_separators_named_twice_are_refused_at_the_isa(taken):
    data = GOOD.replace(":", taken).encode()

    [interchange] = check(data).interchanges

    assert interchange.ta1.code == "R"
    assert interchange.findings[0].segment == "ISA"


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "cp1252"])
def test_accents_are_kept_and_located(encoding):
    data = GOOD.replace("RIVERA", "ÑANDÚ").encode(encoding)

    [claim] = _claims(data)

    assert claim.subscriber.person.last_name == "ÑANDÚ"
    [message] = check(data).messages
    [remark] = [f for f in message.findings if f.code == "6"]
    assert (remark.segment, remark.element, remark.value) == ("NM1", 3, "ÑANDÚ")
    assert remark.position > 0 and not remark.is_error


@pytest.mark.parametrize("block", [1, 2, 3, 7, 64])
def test_characters_cut_by_the_end_of_a_block_are_put_together(block, monkeypatch):
    data = GOOD.replace("RIVERA", "Ñ€ANDÚ").encode()
    parts = (data[at : at + block] for at in range(0, len(data), block))

    assert "".join(source.Texts(parts)) == data.decode()


def test_lower_case_data_are_kept():
    data = GOOD.replace("RIVERA", "Rivera").encode()

    [claim] = _claims(data)

    assert claim.subscriber.person.last_name == "Rivera"


def test_trailing_separators_are_remarked_and_read_as_nothing():
    text = GOOD.replace("HI*ABK:I10~", "HI*ABK:I10::*~").replace("LX*1~", "LX*1**~")
    data = text.replace("REF*EI*310000001~", "REF*EI*310000001**~").encode()

    assert _claims(data) == [CLAIM]
    [message] = check(data).messages
    assert {(f.carrier, f.code) for f in message.findings} == {("IK304", "8")}
    assert [f.segment for f in message.findings] == ["REF", "HI", "LX"]


def _zip(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (gzip.compress(GOOD.encode()), 1),
        (gzip.compress(GOOD.encode()) + gzip.compress(OTHER.encode()), 2),
        (_zip(("in/", b""), ("in/claims.edi", GOOD.encode())), 1),
        (_zip(("a.edi", GOOD.encode()), ("b.edi", OTHER.encode())), 2),
    ],
    ids=["gzip", "gzip-twice", "zip", "zip-of-two"],
)
def test_packed_files_are_unpacked(data, count, tmp_path):
    (tmp_path / "claims").write_bytes(data)

    assert check(tmp_path / "claims").is_accepted
    with (tmp_path / "claims").open("rb") as stream:
        assert [unit.value for unit in read(stream)] == [CLAIM] * count


@pytest.mark.parametrize("terminator", ["~", "~\n", "\n"], ids=["tilde", "tilde-line", "line"])
@pytest.mark.parametrize("cut", [1, 40, 300])
def test_a_zip_member_that_was_cut_off_leaves_the_next_one_whole(terminator, cut):
    first, second = (one.replace("~\n", "~").replace("~", terminator) for one in (GOOD, OTHER))
    start = first.rstrip().removesuffix("~")[: 1 - cut or None]
    packed = _zip(("a.edi", start.encode()), ("b.edi", second.encode()))

    messages = list(check(packed).messages)

    assert [one.is_accepted for one in messages] == [cut == 1, True]
    assert not messages[-1].findings


@pytest.mark.parametrize(
    "pack", [gzip.compress, lambda data: _zip(("bomb.edi", data))], ids=["gzip", "zip"]
)
def test_a_bomb_is_refused_when_it_outgrows_its_measure(pack, monkeypatch):
    monkeypatch.setattr(source, "ALWAYS_BYTES", 1 << 20)
    bomb = pack(GOOD.encode() + b" " * (24 << 20))

    with pytest.raises(InputError, match="unpack to more than"):
        check(bomb)


@pytest.mark.parametrize(
    "pack", [gzip.compress, lambda data: _zip(("claims.edi", data))], ids=["gzip", "zip"]
)
def test_damaged_packed_files_are_refused_in_words(pack):
    whole = pack(GOOD.encode())

    for cut in range(4, len(whole), 7):
        for data in (whole[:cut], whole[:cut] + b"\xff" + whole[cut + 1 :]):
            try:
                check(data)
            except InputError as error:
                assert (
                    "damaged" in str(error)
                    or "zip file" in str(error)
                    or "not an X12 file" in str(error)
                    or "empty" in str(error)
                )


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_a_zip_damaged_anywhere_is_refused_in_words(method):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("claims.edi", GOOD)
    whole = packed.getvalue()

    for place in range(4, len(whole), 3):
        for change in (b"\x00", b"\xff"):
            try:
                check(whole[:place] + change + whole[place + 1 :], levels=frozenset({1}))
            except InputError as error:
                assert str(error)


def test_a_zip_of_more_files_than_are_read_is_refused_not_cut(monkeypatch):
    monkeypatch.setattr(source, "MOST_ZIP_MEMBERS", 2)
    data = _zip(*((f"{n}.edi", GOOD.encode()) for n in range(3)))

    with pytest.raises(InputError, match="3 files: expected 2 at most"):
        check(data)


def test_a_packed_stream_that_cannot_seek_may_grow_as_a_file_may(monkeypatch):
    monkeypatch.setattr(source, "ALWAYS_BYTES", 1)
    monkeypatch.setattr(source, "MOST_GROWTH", 3)
    noise = random.Random(1).randbytes(2 << 20).hex().encode()  # packs to half its size
    packed = gzip.compress(noise + GOOD.encode(), compresslevel=1)

    assert check(_Pipe(packed)).is_accepted


class _Pipe(io.BytesIO):
    """A stream such as standard input from a pipe."""

    def seekable(self) -> bool:
        return False


def test_control_characters_separate_as_well_as_others():
    delimiters = Delimiters("\x1d", "\x1f", "\x1e", "\x1c")
    data = write_837p([CLAIM], envelope=ENVELOPE, batch=BATCH, delimiters=delimiters)

    assert check(data).is_accepted
    assert _claims(data) == [CLAIM]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("component", ["§", "€", "ÿ"])
def test_components_may_be_separated_by_any_character(component):
    text = GOOD.replace(":", component).replace("HI*ABK", f"HI*ABK{component}I10*ABF")

    received = check(text.encode())

    assert not any(f for m in received.messages for f in m.findings)


def test_characters_beyond_latin_1_are_no_separators():
    text = GOOD.replace("~", "?").replace("*RIVERA*", "*RIVERA€*")

    received = check(text.encode())

    assert not any(f.is_error for m in received.messages for f in m.findings)


@pytest.mark.parametrize("segment", ["SE*1*1~", "GE*1*1~", "TA1*000000001*260101*0000*A*000~"])
def test_faults_of_the_envelope_are_bounded(segment):
    head = GOOD[: GOOD.index("GS*")]

    [interchange] = check((head + segment * 20_000).encode()).interchanges

    assert not interchange.is_accepted
    assert len(interchange.findings) < 1100
    assert "not listed" in interchange.findings[-1].message


def test_a_huge_segment_is_cut_and_found_in_time():
    data = GOOD.replace(
        "HI*ABK:I10~", "NTE*ADD*" + "A" * (3 * LONGEST_SEGMENT) + "~HI*ABK:I10~"
    ).encode()

    start = time.process_time()
    received = check(data, levels=ALL_LEVELS)

    assert time.process_time() - start < 5
    assert not received.is_accepted
    [message] = received.messages
    assert all(f.position or f.segment == "SE" for f in message.findings)
    assert max(len(f.value) for f in message.findings) <= 300


@pytest.mark.parametrize(
    "text", ["ISA", "ISA*", "ISA*00*", GOOD[:50], GOOD[:105], GOOD[:106], GOOD[:107]]
)
def test_a_file_of_only_an_isa_or_a_piece_of_one_is_refused(text):
    for call in (check, lambda data: list(read(data)), read_file):
        try:
            found = call(text.encode())
        except InputError as error:
            assert "not an X12 file" in str(error)
        else:
            assert found == [] or not found.is_accepted
    assert len("".join(redact(text.encode(), key=b"k"))) in (0, len(text))
    list(show(text.encode(), levels=ALL_LEVELS))


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("*125*UN*", "*١٢٥*UN*", ("SV1", 2, "6")),
        ("*UN*1*", "*UN*１*", ("SV1", 4, "6")),
        ("20260302*0815*CH", "20260302*０815*CH", ("BHT", 5, "9")),
        ("D8*20260203", "D8*２0260203", ("DTP", 3, "8")),
        ("HC:99213", "HC:９9213", ("SV1", 1, "I12")),
        ("*432150001", "*４32150001", ("N4", 3, "I12")),
    ],
)
def test_digits_of_other_scripts_are_none(old, new, found):
    text = GOOD.replace("20260302*0000*CH", "20260302*0815*CH")
    assert old in text

    [message] = check(text.replace(old, new).encode()).messages

    assert found in {(f.segment, f.element, f.code) for f in message.findings if f.is_error}
